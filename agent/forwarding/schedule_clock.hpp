// The time line of the schedule: next-try times as milliseconds since 1970 that no jump of the
// device's clock can move.
#pragma once

#include <cstdint>

#include "platform/clock.hpp"

namespace handover::forwarding {

using ScheduleTime = std::int64_t;

/// Anchored to the wall clock once, at start; from then on it runs with the monotonic clock alone.
/// Stored times are read after a restart against a new anchor, so a wait that was stored is bounded
/// then (Deliveries::recover, Lane).
class ScheduleClock {
 public:
  explicit ScheduleClock(const Clock& clock)
      : clock_(clock), monotonic_start_(clock.monotonic_now()), wall_start_(clock.wall_now()) {}

  [[nodiscard]] ScheduleTime now() const { return at(clock_.monotonic_now()); }

  /// The same moment on the device's clock as it goes now, for people.
  [[nodiscard]] WallTime to_wall(ScheduleTime time) const {
    return clock_.wall_now() + milliseconds(time - now());
  }

  /// The same moment for timers: never earlier than `time`, at most a millisecond later.
  [[nodiscard]] MonotonicTime to_monotonic(ScheduleTime time) const {
    return monotonic_start_ + milliseconds(time - wall_start_.time_since_epoch().count() + 1);
  }

 private:
  [[nodiscard]] ScheduleTime at(MonotonicTime moment) const {
    return wall_start_.time_since_epoch().count() +
           std::chrono::duration_cast<milliseconds>(moment - monotonic_start_).count();
  }

  const Clock& clock_;
  MonotonicTime monotonic_start_;
  WallTime wall_start_;
};

}  // namespace handover::forwarding
