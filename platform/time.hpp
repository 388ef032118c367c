// The two times of the program. They never mix: wall time is for records and people, monotonic time
// for waiting.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "platform/result.hpp"

namespace handover {

using std::chrono::milliseconds;

/// What the device's clock shows, UTC. It may be wrong, and may jump both ways.
using WallTime = std::chrono::sys_time<milliseconds>;

/// Counts up from an arbitrary start, also while the device sleeps. Meaningless in another process.
struct MonotonicClock {
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<MonotonicClock>;
  static constexpr bool is_steady = true;
};
using MonotonicTime = MonotonicClock::time_point;

/// RFC 3339, UTC, with milliseconds: 2026-11-22T10:26:53.000Z.
[[nodiscard]] std::string format_rfc3339(WallTime time);
/// RFC 3339, UTC, whole seconds: 2026-11-22T10:26:53Z.
[[nodiscard]] std::string format_rfc3339_seconds(WallTime time);

/// Reads the UTC forms that back-ends write: `T` or a blank between date and time, with or without
/// a fraction, ending in Z. Errors: kInvalid.
[[nodiscard]] Result<WallTime> parse_rfc3339(std::string_view text);

/// An HTTP date as RFC 9110 section 5.6.7 prefers it: Sun, 06 Nov 1994 08:49:37 GMT. Errors:
/// kInvalid.
[[nodiscard]] Result<WallTime> parse_http_date(std::string_view text);

}  // namespace handover
