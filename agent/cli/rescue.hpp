// handover rescue: what can still be read of a store that no agent can work on, in a file for
// people and scripts.
#pragma once

#include <string>

#include "agent/cli/command.hpp"

namespace handover::cli {

/// Writes to `file` (new, mode 0600) a line of JSON for each record: the record, its deliveries,
/// and what is to be done with each on the device that takes this one's place. Nothing is written
/// to the store. Errors: kRefused (already-exists) if there is anything at `file`; those of the
/// configuration, the key and the store; kCorrupt if nothing at all can be read.
[[nodiscard]] Result<ExitCode> rescue(Session& session, const std::string& file);

void add_rescue_command(CLI::App& program, Commands& commands);

}  // namespace handover::cli
