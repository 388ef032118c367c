#include "tests/bench/figures.hpp"

#include <algorithm>
#include <cmath>

#include "platform/assert.hpp"

namespace handover::bench {

Duration percentile(std::vector<Duration> values, double share) {
  INVARIANT(!values.empty() && share > 0 && share <= 1);
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
  const auto place = values.begin() + static_cast<std::ptrdiff_t>(rank - 1);
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

double median(std::vector<double> values) {
  INVARIANT(!values.empty());
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double microseconds(Duration time) {
  return std::chrono::duration<double, std::micro>(time).count();
}

double per_second(std::size_t count, Duration time) {
  return static_cast<double>(count) / std::chrono::duration<double>(time).count();
}

Figures figures_of(const std::vector<Round>& rounds) {
  std::vector<double> p50;
  std::vector<double> p99;
  std::vector<double> rates;
  for (const Round& round : rounds) {
    p50.push_back(microseconds(percentile(round.calls, 0.50)));
    p99.push_back(microseconds(percentile(round.calls, 0.99)));
    rates.push_back(per_second(round.calls.size(), round.whole));
  }
  return {median(p50), median(p99), median(rates)};
}

}  // namespace handover::bench
