// handover-sim enumerate: everything that can go wrong in one short script, each by itself.
#pragma once

#include <CLI/App.hpp>

namespace handover::sim {

/// `exit_code` is set when the command has run.
void add_enumerate_command(CLI::App& program, int& exit_code);

}  // namespace handover::sim
