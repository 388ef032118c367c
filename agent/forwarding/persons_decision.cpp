#include "agent/forwarding/persons_decision.hpp"
#include "platform/mark.hpp"

namespace handover::forwarding {

using storage::Delivery;
using storage::DeliveryChange;
using storage::DeliveryState;

Result<void> retry_delivery(storage::Deliveries& deliveries, const Delivery& delivery,
                            ScheduleTime now) {
  const bool waits =
      delivery.state == DeliveryState::kPending || delivery.state == DeliveryState::kUnknown;
  if (!waits && delivery.state != DeliveryState::kQuarantined) {
    return fail(Error::refused("delivery-closed",
                               "only a delivery that waits or is quarantined can be tried again"));
  }
  DeliveryChange change;
  change.state = delivery.repeat ? DeliveryState::kUnknown : DeliveryState::kPending;
  change.now = now;
  change.next_try_at = now;
  change.attempts = delivery.attempts;
  change.repeat = delivery.repeat;
  change.why = "to be tried again, as asked";
  HANDOVER_MARK("forwarding.person_tries_again");
  return deliveries.change(delivery.id, change);
}

Result<void> discard_delivery(storage::Deliveries& deliveries, const Delivery& delivery,
                              const std::string& reason, ScheduleTime now) {
  const bool open = delivery.state == DeliveryState::kPending ||
                    delivery.state == DeliveryState::kUnknown ||
                    delivery.state == DeliveryState::kQuarantined;
  if (!open) {
    return fail(Error::refused("delivery-closed",
                               "only a delivery that waits or is quarantined can be discarded"));
  }
  DeliveryChange change;
  change.state = DeliveryState::kDiscarded;
  change.now = now;
  change.attempts = delivery.attempts;
  change.repeat = delivery.repeat;  // It may have arrived, whatever is decided of it.
  change.why = reason;
  return deliveries.change(delivery.id, change);
}

}  // namespace handover::forwarding
