// `handover records --watch`.
#pragma once

#include <string>

#include "agent/cli/session.hpp"

namespace handover::cli {

/// Which records to show: those with a delivery on this lane and in this state; empty means any.
struct WatchedRecords {
  std::string lane;
  std::string state;
};

/// Shows the list, then each record again whose deliveries have changed, until the agent or the
/// person ends it. Asks the agent for what is not at its end only, and only when anything changed.
[[nodiscard]] Result<ExitCode> watch_records(Session& session, const WatchedRecords& wanted);

}  // namespace handover::cli
