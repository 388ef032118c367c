#include "agent/forwarding/lane_recall.hpp"

#include "platform/mark.hpp"

namespace handover::forwarding {
namespace {

constexpr std::int64_t kPlacesPerRecord = 65536;

}  // namespace

Result<Recall> recall(const storage::Store& store, const Backend& backend,
                      const storage::Delivery& delivery, const Record& record) {
  Recall found;
  const std::string note_name = backend.note_name(record, delivery.unit);
  const std::string hold_name = backend.hold_name(record, delivery.unit);
  if (!note_name.empty()) {
    TRY_ASSIGN(found.note, store.lane_notes.read(delivery.lane, note_name));
    TRY_ASSIGN(found.insisted_on, store.holds.names_of(delivery.id));
  }
  if (hold_name.empty()) return found;
  TRY_ASSIGN(const auto holder, store.holds.in_force(delivery.lane, hold_name));
  if (!holder) return found;
  HANDOVER_MARK("forwarding.held_back");
  found.held_back = "no " + hold_name + " is sent before a person has decided on record " +
                    std::to_string(*holder / kPlacesPerRecord) +
                    ", which is quarantined: retry or discard that one first";
  return found;
}

storage::DeliveryChange wait_for_hold(const storage::Delivery& delivery, const Recall& recall,
                                      ScheduleTime now, milliseconds look_again) {
  storage::DeliveryChange change;
  change.state =
      delivery.repeat ? storage::DeliveryState::kUnknown : storage::DeliveryState::kPending;
  change.now = now;
  change.next_try_at = now + look_again.count();
  change.attempts = delivery.attempts - 1;
  change.repeat = delivery.repeat;
  change.who = static_cast<int>(Who::kDispatcher);
  change.why = recall.held_back;
  return change;
}

Result<void> end_hold(storage::Store& store, const storage::Delivery& delivery, ScheduleTime now) {
  TRY_ASSIGN(const auto names, store.holds.names_of(delivery.id));
  if (names.empty()) return {};
  HANDOVER_MARK("forwarding.hold_ended");
  return store.deliveries.make_due_who(delivery.lane, now, static_cast<int>(Who::kDispatcher));
}

Result<void> learn(storage::Store& store, const Backend& backend, const storage::Delivery& delivery,
                   const Record& record, storage::DeliveryState state, const Verdict& verdict) {
  if (state == storage::DeliveryState::kQuarantined && !verdict.hold.empty())
    return store.holds.put(delivery.id, delivery.lane, verdict.hold);
  if (state != storage::DeliveryState::kDelivered || verdict.note.empty()) return {};
  const std::string name = backend.note_name(record, delivery.unit);
  if (name.empty()) return {};
  return store.lane_notes.write(delivery.lane, name, verdict.note);
}

}  // namespace handover::forwarding
