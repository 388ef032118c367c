// handover agent: the agent itself.
#pragma once

#include "agent/cli/config.hpp"

namespace handover::cli {

/// Runs until SIGTERM or SIGINT. Returns the exit code of the program.
[[nodiscard]] int run_agent(const Config& config);

}  // namespace handover::cli
