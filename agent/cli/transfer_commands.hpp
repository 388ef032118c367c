// handover transfer …
#pragma once

#include "agent/cli/command.hpp"

namespace handover::cli {

void add_transfer_commands(CLI::App& program, Commands& commands);

}  // namespace handover::cli
