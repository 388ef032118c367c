#include "agent/forwarding/retry_policy.hpp"

#include <algorithm>

#include "platform/assert.hpp"

namespace handover::forwarding {

milliseconds RetryPolicy::wait_after(std::int64_t failures, Entropy& entropy) const {
  INVARIANT(failures >= 1);
  milliseconds most = first;
  for (std::int64_t i = 1; i < failures && most < cap; ++i) most *= 2;
  most = std::min(most, cap);
  return milliseconds(uniform_below(entropy, static_cast<std::uint64_t>(most.count()) + 1));
}

}  // namespace handover::forwarding
