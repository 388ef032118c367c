// handover transfer …
#pragma once

#include "agent/cli/command.hpp"

namespace handover::cli {

/// Answers with the transfer, its warnings, and what to do next.
[[nodiscard]] Result<ExitCode> show_transfer(Session& session, const Json& view);

void add_transfer_commands(CLI::App& program, Commands& commands);

}  // namespace handover::cli
