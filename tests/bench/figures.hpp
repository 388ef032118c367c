// Times, and the few numbers that stand for many of them.
#pragma once

#include <chrono>
#include <vector>

namespace handover::bench {

using Duration = std::chrono::nanoseconds;
using SteadyClock = std::chrono::steady_clock;

/// One round: how long each call took, and how long all of them.
struct Round {
  std::vector<Duration> calls;
  Duration whole{0};
};

/// The value that the given share of all does not exceed (nearest rank). Requires: at least one, 0
/// < share <= 1.
[[nodiscard]] Duration percentile(std::vector<Duration> values, double share);
/// The middle one; of an even number the mean of the two. Requires: at least one.
[[nodiscard]] double median(std::vector<double> values);

[[nodiscard]] double microseconds(Duration time);
[[nodiscard]] double per_second(std::size_t count, Duration time);

/// What rounds of the same thing come to: the median of each round's own figure, so that one
/// disturbed round moves nothing.
struct Figures {
  double p50_us = 0;
  double p99_us = 0;
  double per_second = 0;
};
[[nodiscard]] Figures figures_of(const std::vector<Round>& rounds);

}  // namespace handover::bench
