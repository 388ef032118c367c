// handover doctor: what is wrong with this device, and what to do about it.
#pragma once

#include <string>
#include <vector>

#include "agent/cli/command.hpp"

namespace handover::cli {

struct Check {
  enum class State { kOk, kWarning, kProblem };
  std::string name;
  State state = State::kOk;
  std::string detail;  ///< What was found, and what to do if it is not well.
};

/// Looks at the configuration, the files and their modes, the keys, the clock, the store, and,
/// through a running agent, each lane. Changes no data.
[[nodiscard]] std::vector<Check> examine(Session& session);

void add_doctor_command(CLI::App& program, Commands& commands);

}  // namespace handover::cli
