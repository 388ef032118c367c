// What the loop writes down besides results: what the lane as a whole remembers, what was claimed
// and could not be sent, and what the disk refused.
#include "agent/forwarding/lane_loop.hpp"
#include "platform/deliberate_bug.hpp"
#include "platform/mark.hpp"

namespace handover::forwarding {

using storage::Delivery;
using storage::DeliveryChange;
using storage::DeliveryState;

/// What was claimed and not sent goes back as if it had never been claimed: the lane waits, and
/// says so.
void LaneLoop::give_back_claimed() {
  if (claimed_.empty()) return;
  HANDOVER_MARK("forwarding.claimed_given_back");
  const ScheduleTime now = world_.schedule.now();
  auto written = world_.store.committer.write([&]() -> Result<void> {
    for (const auto& claimed : claimed_) {
      DeliveryChange change;
      change.state = claimed->delivery.repeat ? DeliveryState::kUnknown : DeliveryState::kPending;
      change.now = now;
      change.next_try_at = claimed->delivery.next_try_at;
      change.attempts = claimed->delivery.attempts - 1;
      change.repeat = claimed->delivery.repeat;
      change.who = claimed->delivery.who;
      change.why = claimed->delivery.why;
      RETURN_IF_ERROR(world_.store.deliveries.change(claimed->delivery.id, change));
    }
    return {};
  });
  std::vector<std::int64_t> given_back;
  for (const auto& claimed : claimed_) given_back.push_back(claimed->delivery.id);
  claimed_.clear();
  if (written) {
    doubt_unless_durable(std::move(given_back));
  } else {
    HANDOVER_MARK("forwarding.giving_back_refused_by_disk");
    doubtful_.insert(doubtful_.end(), given_back.begin(), given_back.end());
  }
}

/// If the disk undoes what was just written of these deliveries, it is written again later.
void LaneLoop::doubt_unless_durable(std::vector<std::int64_t> ids) {
  world_.store.committer.on_outcome(
      [this, alive = alive_, ids = std::move(ids)](const Result<void>& outcome) {
        if (!*alive || outcome) return;
        HANDOVER_MARK("forwarding.result_undone_by_disk");
        if (deliberate_bug(Bug::kUndoneResultForgotten)) return;
        doubtful_.insert(doubtful_.end(), ids.begin(), ids.end());
        lane_.on_store_trouble(outcome.error().detail, world_.schedule.now(), world_.entropy);
        wake();
      });
}

/// Outcomes that the disk refused are of unknown outcome, as after a crash; the same request goes
/// out again.
void LaneLoop::write_down_doubtful() {
  if (doubtful_.empty()) return;
  const ScheduleTime now = world_.schedule.now();
  auto written = world_.store.committer.write([&]() -> Result<void> {
    for (const std::int64_t id : doubtful_) {
      TRY_ASSIGN(const Delivery delivery, world_.store.deliveries.read(id));
      if (delivery.state != DeliveryState::kInFlight) continue;
      DeliveryChange change;
      change.state = DeliveryState::kUnknown;
      change.now = now;
      change.next_try_at = now;
      change.attempts = delivery.attempts;
      change.repeat = true;
      change.why =
          "its outcome could not be written to this device's disk; it is asked for or repeated";
      RETURN_IF_ERROR(world_.store.deliveries.change(id, change));
    }
    return {};
  });
  if (written) {
    HANDOVER_MARK("forwarding.doubtful_written_down");
    doubt_unless_durable(std::exchange(doubtful_, {}));
  } else {
    HANDOVER_MARK("forwarding.doubtful_refused_by_disk");
    lane_.on_store_trouble(written.error().detail, now, world_.entropy);
  }
}

/// True if a hold came into force after it was claimed; it waits then, and has not left.
bool LaneLoop::is_held_back(const Claimed& claimed) {
  if (backend_.hold_name(claimed.record, claimed.delivery.unit).empty()) return false;
  auto again = recall(world_.store, backend_, claimed.delivery, claimed.record);
  if (again && again->held_back.empty()) return false;
  const ScheduleTime now = world_.schedule.now();
  auto written = world_.store.committer.write([&]() -> Result<void> {
    if (!again) return fail(std::move(again).error());
    const auto change = wait_for_hold(claimed.delivery, *again, now, settings_.retry.cap);
    return world_.store.deliveries.change(claimed.delivery.id, change);
  });
  if (written) {
    doubt_unless_durable({claimed.delivery.id});
  } else {
    doubtful_.push_back(claimed.delivery.id);
    lane_.on_store_trouble(written.error().detail, now, world_.entropy);
  }
  return true;
}

void LaneLoop::keep_memory() {
  // What the disk refused is written again, but not before it is asked anything again.
  const bool again = memory_undone_ && !lane_.next(world_.schedule.now()).until;
  if (!again && (memory_undone_ || !lane_.changed())) return;
  if (again) HANDOVER_MARK("forwarding.lane_memory_written_again");
  const auto& memory = lane_.memory();
  const auto mode = static_cast<LaneMode>(memory.mode);
  if (mode != logged_mode_) {
    logged_mode_ = mode;
    // Why is not for the log: the back-end's own words may name a part. `handover status` has them.
    const std::string line = "lane " + name_ + " is " + std::string(to_string(mode));
    if (mode == LaneMode::kRunning) {
      world_.log.info(line);
    } else {
      world_.log.warning(line + "; why: handover status");
    }
  }
  auto written = world_.store.committer.write(
      [&] { return world_.store.lane_memories.write(lane_id_, memory); });
  memory_undone_ = false;
  if (!written) {
    on_memory_undone(written.error());
    return;
  }
  world_.store.committer.on_outcome([this, alive = alive_](const Result<void>& outcome) {
    if (*alive && !outcome) on_memory_undone(outcome.error());
  });
}

void LaneLoop::on_memory_undone(const Error& error) {
  HANDOVER_MARK("forwarding.lane_memory_undone");
  memory_undone_ = true;
  world_.log.warning("lane " + name_ + ": its state could not be written: " + error.detail);
  lane_.on_store_trouble(error.detail, world_.schedule.now(), world_.entropy);
  wake();
}

}  // namespace handover::forwarding
