// `handover tangoe …`: Tangoe's seven operations for operators.
#pragma once

#include "agent/cli/command.hpp"

namespace handover::cli {

void add_tangoe_commands(CLI::App& program, Commands& commands);

}  // namespace handover::cli
