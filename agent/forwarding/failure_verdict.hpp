// What it means for a delivery that no answer came to be judged.
#pragma once

#include <string>

#include "agent/forwarding/backend.hpp"
#include "platform/http.hpp"

namespace handover::forwarding {

[[nodiscard]] Verdict verdict_of(Verdict::Kind kind, std::string why, Who who,
                                 bool whole_lane = false);

/// Nothing left: later, for the whole lane. Something may have left: the outcome is unknown. The
/// request itself cannot be sent: refused.
[[nodiscard]] Verdict verdict_of(const HttpFailure& failure);

}  // namespace handover::forwarding
