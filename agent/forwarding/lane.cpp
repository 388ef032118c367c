#include "agent/forwarding/lane.hpp"

#include <algorithm>

#include "platform/assert.hpp"

namespace handover::forwarding {
namespace {

using storage::Delivery;
using storage::DeliveryChange;
using storage::DeliveryState;

// A stopped lane looks this often whether a person has put things right; seldom enough to lock no
// account.
constexpr ScheduleTime kStoppedLookMs = 15 * 60 * 1000;
// The longest wait that a server's hint can cause.
constexpr ScheduleTime kHintMaxMs = 2 * 60 * 60 * 1000;
// So many failures in a row, each of one delivery alone, are a fault of the whole road.
constexpr std::int64_t kFailuresOfOneRoad = 3;

DeliveryChange change_to(DeliveryState state, const Verdict& verdict, const Delivery& delivery,
                         ScheduleTime now) {
  DeliveryChange change;
  change.state = state;
  change.now = now;
  change.next_try_at = now;
  change.attempts = delivery.attempts;
  change.repeat = delivery.repeat;
  change.who = static_cast<int>(verdict.who);
  change.why = verdict.why;
  if (!verdict.receipt.is_null()) change.receipt = verdict.receipt.dump();
  return change;
}

/// Back to where it was before this try, which does not count.
DeliveryChange untried(const Verdict& verdict, const Delivery& delivery, ScheduleTime now) {
  DeliveryChange change = change_to(
      delivery.repeat ? DeliveryState::kUnknown : DeliveryState::kPending, verdict, delivery, now);
  change.attempts = std::max<std::int64_t>(0, delivery.attempts - 1);
  return change;
}

}  // namespace

std::string_view to_string(LaneMode mode) {
  switch (mode) {
    case LaneMode::kRunning:
      return "running";
    case LaneMode::kPaused:
      return "paused";
    case LaneMode::kStopped:
      return "stopped";
  }
  INVARIANT(false);
  return {};
}

Lane::Lane(const LaneSettings& settings, const storage::LaneMemory& memory, ScheduleTime now)
    : settings_(settings), memory_(memory) {
  // The stored time was counted on another time line: the clock may have been set since. No wait
  // grows by that.
  const ScheduleTime most = memory_.hinted ? kHintMaxMs : settings_.retry.cap.count();
  if (mode() == LaneMode::kStopped) {
    memory_.until = now;  // A restart is when a person has most likely put things right.
  } else {
    memory_.until = std::min(memory_.until, now + most);
  }
  probing_ = mode() != LaneMode::kRunning;
}

LaneStep Lane::next(ScheduleTime now) const {
  LaneStep step;
  if (mode() != LaneMode::kRunning && now < memory_.until) {
    step.until = memory_.until;
    return step;
  }
  if (logging_in_) return step;
  if (!has_credential_) {
    step.kind = LaneStep::Kind::kLogIn;
    return step;
  }
  const std::int64_t most = probing_ ? 1 : settings_.in_flight_max;
  if (in_flight_ < most) {
    step.kind = LaneStep::Kind::kSend;
    step.send = most - in_flight_;
  }
  return step;
}

void Lane::on_login_started() { logging_in_ = true; }

void Lane::on_login_done(ScheduleTime now) {
  logging_in_ = false;
  logged_in_at_ = now;
  has_credential_ = true;
  credential_proven_ = false;
  ++credential_;
}

void Lane::on_login_failed(const Verdict& verdict, ScheduleTime now, Entropy& entropy) {
  logging_in_ = false;
  if (verdict.kind == Verdict::Kind::kStopLane) {
    stop(verdict.why, now);
  } else {
    memory_.failures += 1;
    const auto wait =
        verdict.wait ? *verdict.wait : settings_.retry.wait_after(memory_.failures, entropy);
    pause(now + std::min(wait.count(), kHintMaxMs), verdict.wait.has_value(), verdict.why, now);
  }
}

Lane::Ticket Lane::on_sent() {
  ++in_flight_;
  return {credential_, stretch_};
}

DeliveryChange Lane::on_verdict(const Ticket& ticket, const Verdict& verdict,
                                const Delivery& delivery, ScheduleTime now, WallTime wall,
                                Entropy& entropy) {
  INVARIANT(in_flight_ > 0 && verdict.kind != Verdict::Kind::kSend);
  --in_flight_;
  switch (verdict.kind) {
    case Verdict::Kind::kAccepted: {
      note_answer();
      if (verdict.wait)
        pause(now + std::min(verdict.wait->count(), kHintMaxMs), true, "the server asked to wait",
              now);
      DeliveryChange change = change_to(DeliveryState::kDelivered, verdict, delivery, now);
      change.delivered_at = wall.time_since_epoch().count();
      return change;
    }
    case Verdict::Kind::kSuperseded:
      note_answer();
      return change_to(DeliveryState::kSuperseded, verdict, delivery, now);
    case Verdict::Kind::kRefused:
      note_answer();
      return change_to(DeliveryState::kQuarantined, verdict, delivery, now);
    case Verdict::Kind::kLoginNeeded:
      ask_for_login(ticket, verdict, now);
      return untried(verdict, delivery, now);
    case Verdict::Kind::kStopLane:
      stop(verdict.why, now);
      return untried(verdict, delivery, now);
    case Verdict::Kind::kRetryLater: {
      note_failure(ticket, verdict, now, entropy);
      if (verdict.whole_lane) {
        DeliveryChange change = untried(verdict, delivery, now);
        change.next_try_at = std::max(now, memory_.until);
        return change;
      }
      DeliveryChange change =
          change_to(delivery.repeat ? DeliveryState::kUnknown : DeliveryState::kPending, verdict,
                    delivery, now);
      const auto wait =
          verdict.wait ? *verdict.wait : settings_.retry.wait_after(delivery.attempts, entropy);
      change.next_try_at = now + std::min(wait.count(), kHintMaxMs);
      return change;
    }
    case Verdict::Kind::kUnknown:
    case Verdict::Kind::kSend:
      break;
  }
  note_failure(ticket, verdict, now, entropy);
  DeliveryChange change = change_to(DeliveryState::kUnknown, verdict, delivery, now);
  change.repeat = true;
  const auto wait =
      verdict.wait ? *verdict.wait : settings_.retry.wait_after(delivery.attempts, entropy);
  change.next_try_at = now + std::min(wait.count(), kHintMaxMs);
  return change;
}

/// An answer that judged the delivery proves that road and credential are good.
void Lane::note_answer() {
  credential_proven_ = true;
  if (memory_.failures == 0 && mode() == LaneMode::kRunning && !probing_ &&
      memory_.last_error.empty())
    return;
  probing_ = false;
  memory_.failures = 0;
  memory_.last_error.clear();
  // A pause that the server asked for meanwhile stays.
  if (mode() == LaneMode::kPaused && memory_.hinted) return;
  memory_.mode = static_cast<int>(LaneMode::kRunning);
  changed_ = true;
}

void Lane::note_failure(const Ticket& ticket, const Verdict& verdict, ScheduleTime now,
                        Entropy& entropy) {
  if (verdict.wait && verdict.whole_lane) {
    pause(now + std::min(verdict.wait->count(), kHintMaxMs), true, verdict.why, now);
    return;
  }
  // Eight requests that fail together are one failure of the road, not eight.
  if (ticket.stretch != stretch_) return;
  memory_.failures += 1;
  memory_.last_error = verdict.why;
  changed_ = true;
  if (verdict.whole_lane || probing_ || memory_.failures >= kFailuresOfOneRoad) {
    pause(now + settings_.retry.wait_after(memory_.failures, entropy).count(), false, verdict.why,
          now);
  }
}

void Lane::ask_for_login(const Ticket& ticket, const Verdict& verdict, ScheduleTime now) {
  if (ticket.credential != credential_ || logging_in_ || !has_credential_)
    return;  // Another answer has asked already.
  has_credential_ = false;
  // A credential that never worked is wrong, not expired: another login would only lock the
  // account.
  if (!credential_proven_) {
    stop(verdict.why, now);
  } else if (now - logged_in_at_ < settings_.retry.first.count()) {
    // Good for one request and not for the next: at most one login in this time.
    pause(logged_in_at_ + settings_.retry.first.count(), false, verdict.why, now);
  }
}

void Lane::pause(ScheduleTime until, bool hinted, const std::string& why, ScheduleTime now) {
  if (mode() == LaneMode::kStopped) {  // Stays stopped; only its next look moves.
    memory_.until = std::max(memory_.until, until);
    changed_ = true;
    return;
  }
  if (mode() == LaneMode::kPaused && memory_.hinted && !hinted && memory_.until > now) return;
  if (mode() != LaneMode::kPaused) memory_.since = now;
  memory_.mode = static_cast<int>(LaneMode::kPaused);
  memory_.until = until;
  memory_.hinted = hinted;
  memory_.last_error = why;
  probing_ = true;
  ++stretch_;
  changed_ = true;
}

void Lane::stop(const std::string& why, ScheduleTime now) {
  if (mode() != LaneMode::kStopped) memory_.since = now;
  memory_.mode = static_cast<int>(LaneMode::kStopped);
  memory_.until = now + kStoppedLookMs;
  memory_.hinted = false;
  memory_.last_error = why;
  has_credential_ = false;
  probing_ = true;
  ++stretch_;
  changed_ = true;
}

void Lane::on_network_restored(ScheduleTime now) {
  if (mode() != LaneMode::kPaused || memory_.hinted) return;
  memory_.until = now;
  memory_.failures = 0;
  changed_ = true;
}

void Lane::on_sync(ScheduleTime now) {
  if (mode() == LaneMode::kRunning) return;
  memory_.until = now;
  memory_.failures = 0;
  changed_ = true;
}

void Lane::on_store_trouble(const std::string& why, ScheduleTime now, Entropy& entropy) {
  if (mode() != LaneMode::kRunning && now < memory_.until)
    return;  // What one full disk undid together is one failure.
  memory_.failures += 1;
  pause(now + settings_.retry.wait_after(memory_.failures, entropy).count(), false, why, now);
}

const storage::LaneMemory& Lane::memory() {
  changed_ = false;
  return memory_;
}

}  // namespace handover::forwarding
