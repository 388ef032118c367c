// handover-sim world: the deterministic simulation.
#pragma once

#include <CLI/App.hpp>

namespace handover::sim {

/// Adds the sub-command to `program`. When it was chosen it runs in the end and leaves its exit
/// code in `exit_code`.
void add_world_command(CLI::App& program, int& exit_code);

}  // namespace handover::sim
