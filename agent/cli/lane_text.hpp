// Lanes as people read them: how they are, and what to do about one that does not go on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/domain/json.hpp"
#include "platform/time.hpp"

namespace handover::cli {

/// The whole of GET /v1/status.
[[nodiscard]] std::string status_text(const Json& status, WallTime now);

/// What a person must do about this lane, a line or more; empty if nothing.
[[nodiscard]] std::string lane_advice_text(const Json& lane);

/// "3 wait, 1 quarantined".
[[nodiscard]] std::string lane_counts_text(const Json& lane);

struct LaneTotals {
  std::int64_t waiting = 0;  ///< Pending, in flight or of unknown outcome.
  std::int64_t quarantined = 0;
  std::int64_t needs_person = 0;  ///< Of those that wait: not before a person has acted.
};
[[nodiscard]] LaneTotals totals_of(const Json& lane);

/// The lanes of a status; none if it has none.
[[nodiscard]] const std::vector<Json>& lanes_of(const Json& status);

}  // namespace handover::cli
