#include "agent/forwarding/lane.hpp"

#include <algorithm>

#include "platform/assert.hpp"
#include "platform/deliberate_bug.hpp"
#include "platform/mark.hpp"

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
// An outdated credential is renewed no sooner than after this time.
constexpr ScheduleTime kCredentialAgeMinMs = 60'000;
// So many deliveries' refused logins are remembered; more of them are no trouble of single ones.
constexpr std::size_t kRefusedLoginsMax = 1000;

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
  if (!verdict.progress.is_null()) change.progress = verdict.progress.dump();
  if (verdict.asked_only) change.attempts = std::max<std::int64_t>(0, delivery.attempts - 1);
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

Json progress_of(const Delivery& delivery) {
  // Nearly all have none, and each delivery comes by here: an error made for that would be waste.
  if (delivery.progress.empty()) return {};
  return parse_json(delivery.progress, kStoredJsonLimits).value_or(Json());
}

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
  if (mode() == LaneMode::kPaused) HANDOVER_MARK("forwarding.restart_while_paused");
  if (mode() == LaneMode::kStopped) {
    HANDOVER_MARK("forwarding.restart_while_stopped");
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
  const bool outdated = credential_outdated_ && now - logged_in_at_ >= kCredentialAgeMinMs;
  if (!has_credential_ || outdated) {
    step.kind = LaneStep::Kind::kLogIn;
    return step;
  }
  const std::int64_t most = deliberate_bug(Bug::kInFlightMaxIgnored) ? 1000
                            : probing_                               ? 1
                                                                     : settings_.in_flight_max;
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
  credential_outdated_ = false;
  credential_proven_ = false;
  first_refused_ = 0;
  ++credential_;
}

void Lane::on_login_failed(const Verdict& verdict, ScheduleTime now, Entropy& entropy) {
  logging_in_ = false;
  if (verdict.kind == Verdict::Kind::kStopLane) {
    HANDOVER_MARK("forwarding.login_refused");
    stop(verdict.why, now);
  } else {
    HANDOVER_MARK("forwarding.login_lost");
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
  if (verdict.kind != Verdict::Kind::kLoginNeeded) refused_logins_.erase(delivery.id);
  switch (verdict.kind) {
    case Verdict::Kind::kAccepted: {
      note_answer(now);
      if (verdict.wait)
        pause(now + std::min(verdict.wait->count(), kHintMaxMs), true, "the server asked to wait",
              now);
      if (delivery.repeat) HANDOVER_MARK("forwarding.repeat_accepted");
      DeliveryChange change = change_to(DeliveryState::kDelivered, verdict, delivery, now);
      change.delivered_at = wall.time_since_epoch().count();
      return change;
    }
    case Verdict::Kind::kWaiting: {
      INVARIANT(verdict.wait.has_value());
      HANDOVER_MARK("forwarding.waits_for_the_outcome");
      note_answer(now);
      DeliveryChange change = change_to(DeliveryState::kUnknown, verdict, delivery, now);
      change.repeat = true;
      change.next_try_at = now + std::min(verdict.wait->count(), kHintMaxMs);
      return change;
    }
    case Verdict::Kind::kSuperseded:
      HANDOVER_MARK("forwarding.superseded");
      note_answer(now);
      return change_to(DeliveryState::kSuperseded, verdict, delivery, now);
    case Verdict::Kind::kRefused:
      HANDOVER_MARK("forwarding.refused");
      note_answer(now);
      if (deliberate_bug(Bug::kRefusedDropped))
        return change_to(DeliveryState::kDiscarded, verdict, delivery, now);
      return change_to(DeliveryState::kQuarantined, verdict, delivery, now);
    case Verdict::Kind::kLoginNeeded:
      return on_login_needed(ticket, verdict, delivery, now, entropy);
    case Verdict::Kind::kStopLane:
      HANDOVER_MARK("forwarding.stopped_by_an_answer");
      stop(verdict.why, now);
      return untried(verdict, delivery, now);
    case Verdict::Kind::kRetryLater: {
      note_failure(ticket, verdict, now, entropy);
      if (verdict.whole_lane) {
        if (delivery.repeat) HANDOVER_MARK("forwarding.unknown_stays_unknown");
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
  if (delivery.repeat) HANDOVER_MARK("forwarding.unknown_again");
  note_failure(ticket, verdict, now, entropy);
  DeliveryChange change = change_to(DeliveryState::kUnknown, verdict, delivery, now);
  change.repeat = true;
  const auto wait =
      verdict.wait ? *verdict.wait : settings_.retry.wait_after(delivery.attempts, entropy);
  change.next_try_at = now + std::min(wait.count(), kHintMaxMs);
  return change;
}

/// An answer that judged the delivery proves that road and credential are good.
void Lane::note_answer(ScheduleTime now) {
  credential_proven_ = true;
  // A pause that the server asked for meanwhile stays, with its reason.
  if (mode() == LaneMode::kPaused && memory_.hinted && now < memory_.until) {
    HANDOVER_MARK("forwarding.answer_during_hinted_pause");
    return;
  }
  if (memory_.failures == 0 && mode() == LaneMode::kRunning && !probing_ &&
      memory_.last_error.empty())
    return;
  probing_ = false;
  memory_.failures = 0;
  memory_.last_error.clear();
  memory_.mode = static_cast<int>(LaneMode::kRunning);
  changed_ = true;
}

void Lane::note_failure(const Ticket& ticket, const Verdict& verdict, ScheduleTime now,
                        Entropy& entropy) {
  if (verdict.wait && verdict.whole_lane) {
    HANDOVER_MARK("forwarding.server_asks_to_wait");
    pause(now + std::min(verdict.wait->count(), kHintMaxMs), true, verdict.why, now);
    return;
  }
  // Eight requests that fail together are one failure of the road, not eight.
  if (ticket.stretch != stretch_) {
    HANDOVER_MARK("forwarding.failure_of_an_old_stretch");
    return;
  }
  memory_.failures += 1;
  memory_.last_error = verdict.why;
  changed_ = true;
  if (!verdict.whole_lane && memory_.failures >= kFailuresOfOneRoad)
    HANDOVER_MARK("forwarding.many_failures_are_the_road");
  if (verdict.whole_lane || probing_ || memory_.failures >= kFailuresOfOneRoad) {
    pause(now + settings_.retry.wait_after(memory_.failures, entropy).count(), false, verdict.why,
          now);
  }
}

DeliveryChange Lane::on_login_needed(const Ticket& ticket, const Verdict& verdict,
                                     const Delivery& delivery, ScheduleTime now, Entropy& entropy) {
  const bool of_old_credential =
      ticket.credential != credential_ || logging_in_ || !has_credential_;
  if (of_old_credential) {
    HANDOVER_MARK("forwarding.refused_with_an_old_credential");
    return untried(verdict, delivery, now);
  }
  if (refused_logins_.size() >= kRefusedLoginsMax) refused_logins_.clear();
  const std::int64_t refusals = ++refused_logins_[delivery.id];
  if (!is_its_own_trouble(delivery.id)) {
    if (first_refused_ == 0) first_refused_ = delivery.id;
    ask_for_login(verdict, now);
    return untried(verdict, delivery, now);
  }
  HANDOVER_MARK("forwarding.login_refused_for_one_alone");
  first_refused_ = delivery.id;
  // Its credential may have expired meanwhile; seldom enough to lock no account.
  if (now - logged_in_at_ >= kStoppedLookMs) has_credential_ = false;
  DeliveryChange change = change_to(
      delivery.repeat ? DeliveryState::kUnknown : DeliveryState::kPending, verdict, delivery, now);
  change.why += "; a new login did not help, so it may be about this record alone";
  change.next_try_at = now + settings_.retry.wait_after(refusals - 1, entropy).count();
  return change;
}

/// True if a 401 says more of the delivery than of the credential: it was refused with an earlier
/// one too, and nobody else was refused with this one. It backs off, and the others go on.
bool Lane::is_its_own_trouble(std::int64_t delivery) const {
  if (refused_logins_.at(delivery) < 2) return false;
  return credential_proven_ || first_refused_ == 0 || first_refused_ == delivery;
}

void Lane::ask_for_login(const Verdict& verdict, ScheduleTime now) {
  has_credential_ = false;
  // A credential that never worked is wrong, not expired: another login would only lock the
  // account.
  if (!credential_proven_) {
    HANDOVER_MARK("forwarding.credential_never_worked");
    stop(verdict.why, now);
  } else if (now - logged_in_at_ < settings_.retry.first.count()) {
    // Good for one request and not for the next: at most one login in this time.
    HANDOVER_MARK("forwarding.login_again_too_soon");
    pause(logged_in_at_ + settings_.retry.first.count(), false, verdict.why, now);
  }
}

void Lane::pause(ScheduleTime until, bool hinted, const std::string& why, ScheduleTime now) {
  if (deliberate_bug(Bug::kPauseWithoutEnd)) until += kHintMaxMs * 1000;
  if (mode() == LaneMode::kStopped) {  // Stays stopped; only its next look moves.
    HANDOVER_MARK("forwarding.pause_while_stopped");
    memory_.until = std::max(memory_.until, until);
    changed_ = true;
    return;
  }
  if (mode() == LaneMode::kPaused && memory_.hinted && !hinted && memory_.until > now) {
    HANDOVER_MARK("forwarding.hinted_pause_stays");
    return;
  }
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
  HANDOVER_MARK("forwarding.network_ends_a_pause");
  memory_.until = now;
  memory_.failures = 0;
  changed_ = true;
}

void Lane::on_sync(ScheduleTime now) {
  if (mode() == LaneMode::kRunning) return;
  HANDOVER_MARK("forwarding.sync_ends_a_wait");
  memory_.until = now;
  memory_.failures = 0;
  changed_ = true;
}

void Lane::on_store_trouble(const std::string& why, ScheduleTime now, Entropy& entropy) {
  if (mode() != LaneMode::kRunning && now < memory_.until) {
    HANDOVER_MARK("forwarding.store_trouble_during_a_wait");
    return;  // What one full disk undid together is one failure.
  }
  memory_.failures += 1;
  pause(now + settings_.retry.wait_after(memory_.failures, entropy).count(), false, why, now);
}

const storage::LaneMemory& Lane::memory() {
  changed_ = false;
  return memory_;
}

}  // namespace handover::forwarding
