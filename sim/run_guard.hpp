// What `handover-sim world` and `enumerate` still say when they are stopped, crash or hang.
#pragma once

#include <CLI/App.hpp>
#include <string>

#include "sim/world/world.hpp"

namespace handover::sim {

/// The program as it was called, so that a line that begins with it can be pasted.
[[nodiscard]] std::string program_of(const CLI::App& command);

/// As long as it lives: SIGINT and SIGTERM say which run they met and set `control.stop`, the
/// second of them ends the program at once; whatever else kills it says the line first; and if
/// `control.tasks` stands still for minutes, it says the line and aborts. One at a time.
class RunGuard {
 public:
  /// Lifetime: `control` must outlive it.
  explicit RunGuard(RunControl& control);
  ~RunGuard();
  RunGuard(const RunGuard&) = delete;
  RunGuard& operator=(const RunGuard&) = delete;
};

/// What would show the run that begins now again.
void set_running_line(const std::string& line);
/// The exit code of a program that was stopped: 128 and the signal's number.
[[nodiscard]] int exit_code_when_stopped();

}  // namespace handover::sim
