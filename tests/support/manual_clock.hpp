// Time that passes only when a test says so.
#pragma once

#include "platform/clock.hpp"

namespace handover::test {

/// Starts on 2026-11-22T10:26:53Z.
class ManualClock final : public Clock {
 public:
  [[nodiscard]] MonotonicTime monotonic_now() const override { return monotonic_; }
  [[nodiscard]] WallTime wall_now() const override { return wall_; }

  /// Both times pass.
  void advance(MonotonicClock::duration by) {
    monotonic_ += by;
    wall_ += std::chrono::duration_cast<milliseconds>(by);
  }
  /// Somebody sets the device's clock; no time passes.
  void set_wall(WallTime to) { wall_ = to; }

 private:
  MonotonicTime monotonic_{std::chrono::hours(3)};
  WallTime wall_{std::chrono::seconds(1795343213)};
};

}  // namespace handover::test
