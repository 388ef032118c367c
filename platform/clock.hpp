// The seam for time.
#pragma once

#include "platform/time.hpp"

namespace handover {

/// Durations come only from monotonic_now(); wall_now() is for what people and back-ends read.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Never goes back within a process, and counts on while the device is suspended.
  [[nodiscard]] virtual MonotonicTime monotonic_now() const = 0;
  [[nodiscard]] virtual WallTime wall_now() const = 0;
};

}  // namespace handover
