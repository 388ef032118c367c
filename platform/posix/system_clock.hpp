// The clock of the device.
#pragma once

#include "platform/clock.hpp"

namespace handover::posix {

/// monotonic_now() is CLOCK_BOOTTIME, which counts on while the device is suspended.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] MonotonicTime monotonic_now() const override;
  [[nodiscard]] WallTime wall_now() const override;
};

}  // namespace handover::posix
