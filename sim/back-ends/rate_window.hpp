// Counts requests in fixed windows of time, for each endpoint by itself.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "platform/time.hpp"

namespace handover::sim {

class RateWindow {
 public:
  struct Taken {
    bool allowed = true;
    unsigned remaining = 0;
    WallTime resets_at;
  };

  explicit RateWindow(milliseconds length) : length_(length) {}

  /// Counts one request and says whether it is within `limit`.
  [[nodiscard]] Taken take(std::string_view endpoint, unsigned limit, WallTime now) {
    const auto window = now.time_since_epoch() / length_;
    auto found = used_.find(endpoint);
    if (found == used_.end()) found = used_.emplace(endpoint, Used{}).first;
    Used& used = found->second;
    if (used.window != window) used = {window, 0};
    const bool allowed = used.requests < limit;
    if (allowed) ++used.requests;
    return {allowed, allowed ? limit - used.requests : 0, WallTime(length_ * (window + 1))};
  }

  void reset() { used_.clear(); }

 private:
  struct Used {
    milliseconds::rep window = 0;
    unsigned requests = 0;
  };
  milliseconds length_;
  std::map<std::string, Used, std::less<>> used_;
};

}  // namespace handover::sim
