// What time it is on one device: it drifts, people and networks set it, and it counts on while the
// device is suspended.
#pragma once

#include "platform/clock.hpp"
#include "sim/world/loop.hpp"

namespace handover::sim {

class DeviceClock final : public Clock {
 public:
  /// The simulated world starts on 2026-11-22T10:26:53Z, true time.
  static constexpr WallTime kWorldStart{std::chrono::seconds(1795343213)};

  /// `drift_ppm`: how much this device's clock runs faster than true time, in millionths.
  DeviceClock(const Loop& loop, std::int64_t drift_ppm) : loop_(loop), drift_ppm_(drift_ppm) {}

  [[nodiscard]] MonotonicTime monotonic_now() const override {
    return MonotonicTime(drifted(loop_.now()));
  }
  [[nodiscard]] WallTime wall_now() const override {
    return kWorldStart + offset_ + std::chrono::floor<milliseconds>(drifted(loop_.now()));
  }

  /// Somebody sets the clock; no time passes.
  void jump(milliseconds by) { offset_ += by; }
  [[nodiscard]] milliseconds offset() const { return offset_; }

  /// When the device's monotonic clock will read `when`: never earlier.
  [[nodiscard]] VirtualTime true_time_of(MonotonicTime when) const {
    const auto reading = when.time_since_epoch();
    VirtualTime guess = reading - VirtualTime(reading.count() / 1'000'000 * drift_ppm_);
    while (drifted(guess) < reading) guess += std::max(VirtualTime(1), reading - drifted(guess));
    return guess;
  }

 private:
  [[nodiscard]] VirtualTime drifted(VirtualTime time) const {
    return time + VirtualTime(time.count() / 1'000'000 * drift_ppm_);
  }

  const Loop& loop_;
  std::int64_t drift_ppm_;
  milliseconds offset_{0};
};

}  // namespace handover::sim
