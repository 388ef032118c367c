// The program `handover`: finds the command, runs it, and tells what went wrong.
#pragma once

#include "agent/cli/world.hpp"

namespace handover::cli {

/// Returns the exit code of the program.
[[nodiscard]] int run_program(int argc, const char* const* argv, const World& world);

}  // namespace handover::cli
