// handover assets import
#pragma once

#include "agent/cli/command.hpp"

namespace handover::cli {

void add_asset_import_command(CLI::App& program, Commands& commands);

}  // namespace handover::cli
