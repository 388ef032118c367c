// How long to wait before the next try.
#pragma once

#include <cstdint>

#include "platform/entropy.hpp"
#include "platform/time.hpp"

namespace handover::forwarding {

/// Exponential back-off with full jitter ("Exponential Backoff And Jitter", AWS Architecture Blog,
/// 2015): a uniform wait between 0 and min(cap, first * 2^(failures - 1)). The jitter comes after
/// the cap, so that a fleet that was offline together does not come back in step.
struct RetryPolicy {
  milliseconds first{2000};
  milliseconds cap{300000};

  /// Requires: failures >= 1.
  [[nodiscard]] milliseconds wait_after(std::int64_t failures, Entropy& entropy) const;
};

}  // namespace handover::forwarding
