// handover open: the link to the handheld page.
#pragma once

#include "agent/cli/command.hpp"

namespace handover::cli {

void add_open_command(CLI::App& program, Commands& commands);

}  // namespace handover::cli
