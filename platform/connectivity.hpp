// The seam for hints about the network.
#pragma once

#include <functional>

namespace handover {

/// Says when a network may have come back. Only a hint: it may be late, missing or wrong, and it
/// opens or closes no gate. The proof of being online is an answer.
class Connectivity {
 public:
  virtual ~Connectivity() = default;
  /// `restored` runs each time a network may have come back. One listener; the last one given
  /// counts.
  virtual void on_restored(std::function<void()> restored) = 0;
};

}  // namespace handover
