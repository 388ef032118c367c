// What a person decides about a delivery that does not go by itself.
#pragma once

#include <string>

#include "agent/forwarding/schedule_clock.hpp"
#include "platform/result.hpp"
#include "storage/deliveries.hpp"

namespace handover::forwarding {

/// It becomes due now. Errors: kRefused if it is at its end or under way. Requires: called inside
/// Committer::write().
[[nodiscard]] Result<void> retry_delivery(storage::Deliveries& deliveries,
                                          const storage::Delivery& delivery, ScheduleTime now);

/// A person gives a delivery up, with a reason; also one whose lane has left the configuration.
/// Errors: kRefused if it is at its end or under way. Requires: called inside Committer::write().
[[nodiscard]] Result<void> discard_delivery(storage::Deliveries& deliveries,
                                            const storage::Delivery& delivery,
                                            const std::string& reason, ScheduleTime now);

}  // namespace handover::forwarding
