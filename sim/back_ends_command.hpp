// handover-sim back-ends: the simulated back-ends on sockets, until the program is told to stop.
#pragma once

#include <CLI/App.hpp>

namespace handover::sim {

/// Adds the sub-command to `program`. When it was chosen it runs in the end and leaves its exit
/// code in `exit_code`.
void add_back_ends_command(CLI::App& program, int& exit_code);

}  // namespace handover::sim
