// handover status, sync.
#pragma once

#include "agent/cli/command.hpp"

namespace handover::cli {

void add_status_commands(CLI::App& program, Commands& commands);

}  // namespace handover::cli
