// handover-sim demo: the main job from end to end, with two real agents and the simulated
// back-ends.
#pragma once

#include <CLI/App.hpp>

namespace handover::sim {

/// Adds the sub-command to `program`. When it was chosen it runs in the end and leaves its exit
/// code in `exit_code`: 0 if everything arrived once, 1 if anything is missing or doubled, 4 if it
/// could not be set up.
void add_demo_command(CLI::App& program, int& exit_code);

}  // namespace handover::sim
