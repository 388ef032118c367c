#include "agent/forwarding/lane_loop.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "agent/forwarding/failure_verdict.hpp"
#include "agent/forwarding/frozen_request.hpp"
#include "agent/forwarding/persons_decision.hpp"
#include "agent/forwarding/record_of.hpp"
#include "platform/assert.hpp"
#include "platform/deliberate_bug.hpp"
#include "platform/mark.hpp"

namespace handover::forwarding {
namespace {

using storage::Delivery;
using storage::DeliveryChange;
using storage::DeliveryState;

// Claimed ahead of sending, in multiples of what may be in flight: one wait for the disk then
// serves many requests. After a crash those that were claimed and not sent count as of unknown
// outcome, so this stays small, and only a back-end that is as fast as it all goes out within
// kClaimTime lets it grow.
constexpr std::int64_t kClaimAheadMin = 4;
constexpr std::int64_t kClaimAheadMax = 32;
constexpr milliseconds kClaimTime{100};
// The result of a delivery may wait so long for others to share a commit with. If it is lost by
// then, the request goes out again.
constexpr milliseconds kResultWait{20};
// So many records behind a delivery are shown to its back-end.
constexpr std::int64_t kLaterRecordsMax = 16;

/// For a deliberate bug: the code of a half as people say it.
std::string spoken_code(const Record& record) {
  const Json* transfer = record.body.find("transfer");
  const Json* codes = transfer == nullptr ? nullptr : transfer->find("ValidationCode");
  std::string code = codes == nullptr ? std::string() : codes->text_of("PublicCode");
  if (!code.empty()) code.insert(4, " ");
  return code;
}

}  // namespace

Result<std::unique_ptr<LaneLoop>> LaneLoop::make(const LaneWorld& world, std::string name,
                                                 const Backend& backend, HttpTransport& transport,
                                                 const LaneSettings& settings) {
  auto& store = world.store;
  const ScheduleTime now = world.schedule.now();
  std::int64_t in_doubt = 0;
  TRY_ASSIGN(const std::int64_t lane_id, store.committer.write([&]() -> Result<std::int64_t> {
    TRY_ASSIGN(const std::int64_t id, store.deliveries.lane_id(name, backend.kind()));
    TRY_ASSIGN(in_doubt, store.deliveries.recover(id, now, now + settings.retry.cap.count()));
    return id;
  }));
  if (in_doubt > 0) {
    world.log.info(
        "lane " + name + ": " + std::to_string(in_doubt) +
        " deliveries were under way when the program ended; they are asked for or repeated");
  }
  TRY_ASSIGN(const storage::LaneMemory memory, store.lane_memories.read(lane_id));
  return std::unique_ptr<LaneLoop>(
      new LaneLoop(world, std::move(name), lane_id, backend, transport, settings, memory));
}

LaneLoop::LaneLoop(const LaneWorld& world, std::string name, std::int64_t lane_id,
                   const Backend& backend, HttpTransport& transport, const LaneSettings& settings,
                   const storage::LaneMemory& memory)
    : world_(world),
      name_(std::move(name)),
      lane_id_(lane_id),
      backend_(backend),
      transport_(transport),
      settings_(settings),
      lane_(settings, memory, world.schedule.now()),
      claim_depth_(kClaimAheadMin),
      alive_(std::make_shared<bool>(true)) {}

LaneLoop::~LaneLoop() {
  *alive_ = false;
  if (timer_) world_.scheduler.cancel(*timer_);
}

void LaneLoop::wake() {
  if (work_posted_) return;
  work_posted_ = true;
  world_.scheduler.post([this, alive = alive_] {
    if (*alive) work();
  });
}

void LaneLoop::on_network_restored() {
  const ScheduleTime now = world_.schedule.now();
  auto written = world_.store.committer.write([&] {
    return world_.store.deliveries.make_due_who(lane_id_, now, static_cast<int>(Who::kNetwork));
  });
  if (!written) world_.log.warning("lane " + name_ + ": " + written.error().detail);
  lane_.on_network_restored(now);
  wake();
}

Result<void> LaneLoop::sync_now() {
  const ScheduleTime now = world_.schedule.now();
  RETURN_IF_ERROR(world_.store.committer.write(
      [&] { return world_.store.deliveries.make_due(lane_id_, now); }));
  lane_.on_sync(now);
  wake();
  return {};
}

Result<void> LaneLoop::retry(const Delivery& delivery) {
  RETURN_IF_ERROR(world_.store.journal.take_back(delivery.record_seq));
  RETURN_IF_ERROR(retry_delivery(world_.store.deliveries, delivery, world_.schedule.now()));
  return end_hold(world_.store, delivery, world_.schedule.now());
}

Result<void> LaneLoop::discard(const Delivery& delivery, const std::string& reason) {
  const ScheduleTime now = world_.schedule.now();
  RETURN_IF_ERROR(discard_delivery(world_.store.deliveries, delivery, reason, now));
  return end_hold(world_.store, delivery, now);
}

LaneStatus LaneLoop::status() const {
  const auto& memory = lane_.peek();
  LaneStatus status;
  status.name = name_;
  status.label = backend_.label();
  status.mode = static_cast<LaneMode>(memory.mode);
  status.since = memory.since;
  if (status.mode != LaneMode::kRunning) status.until = memory.until;
  status.last_error = memory.last_error;
  return status;
}

/// One turn: does all that can be done now, and sleeps until time or an event changes that.
void LaneLoop::work() {
  work_posted_ = false;
  // While the lane waits, the disk is left alone too: one that is full is not asked again and
  // again.
  if (!lane_.next(world_.schedule.now()).until) write_down_doubtful();
  const LaneStep step = lane_.next(world_.schedule.now());
  switch (step.kind) {
    case LaneStep::Kind::kLogIn: {
      if (!is_anything_due()) break;
      lane_.on_login_started();
      boost::asio::co_spawn(world_.scheduler.executor(), log_in(alive_), boost::asio::detached);
      break;
    }
    case LaneStep::Kind::kSend: {
      start_sending(step.send);
      claim_ahead();
      break;
    }
    case LaneStep::Kind::kWait: {
      if (step.until) {
        give_back_claimed();
        sleep_until(step.until);
      }
      break;
    }
  }
  keep_memory();
}

/// A lane with nothing to send leaves the network and the account alone.
bool LaneLoop::is_anything_due() {
  const auto due = world_.store.deliveries.next_due(lane_id_);
  if (!due) {
    // Asked again soon: nobody else wakes a lane whose disk could not say when to wake.
    HANDOVER_MARK("forwarding.due_time_unreadable");
    lane_.on_store_trouble(due.error().detail, world_.schedule.now(), world_.entropy);
    wake();
    return false;
  }
  if (!*due) return false;
  if (**due <= world_.schedule.now()) return true;
  sleep_until(**due);
  return false;
}

/// While one request tries the road for all, the others stay where they are.
std::int64_t LaneLoop::claims_wanted() const {
  return lane_.is_probing() ? 1 : settings_.in_flight_max * claim_depth_;
}

void LaneLoop::start_sending(std::int64_t most) {
  for (; most > 0 && !claimed_.empty(); --most) {
    ClaimedPtr claimed = std::move(claimed_.front());
    claimed_.pop_front();
    if (is_held_back(*claimed)) {
      wake();  // What may be sent now is decided anew: the disk may just have refused.
      return;
    }
    const Lane::Ticket ticket = lane_.on_sent();
    boost::asio::co_spawn(world_.scheduler.executor(), deliver(alive_, std::move(claimed), ticket),
                          boost::asio::detached);
  }
}

/// Marks the next deliveries as in flight and freezes their requests, in one commit; they are sent
/// when it is durable.
void LaneLoop::claim_ahead() {
  const std::int64_t wanted = claims_wanted();
  if (claiming_ || static_cast<std::int64_t>(claimed_.size()) * 2 > wanted) return;
  auto ready = std::make_shared<std::vector<ClaimedPtr>>();
  auto written = world_.store.committer.write([&] { return claim_and_freeze(*ready); });
  if (!written) {
    HANDOVER_MARK("forwarding.claim_refused_by_disk");
    if (written.error().code == Errc::kCorrupt) world_.on_damage();
    lane_.on_store_trouble(written.error().detail, world_.schedule.now(), world_.entropy);
    wake();
    return;
  }
  if (ready->empty()) {
    const auto due = world_.store.deliveries.next_due(lane_id_);
    if (due && *due && !deliberate_bug(Bug::kWakeForgotten)) sleep_until(**due);
    if (!due) {
      lane_.on_store_trouble(due.error().detail, world_.schedule.now(), world_.entropy);
      wake();
    }
    return doubt_unless_durable({});  // Why nothing can be sent was written down, perhaps in vain.
  }
  claiming_ = true;
  adapt_claims();
  world_.store.committer.when_durable([this, alive = alive_, ready](const Result<void>& outcome) {
    if (!*alive) return;
    claiming_ = false;
    if (outcome) {
      claimed_.insert(claimed_.end(), ready->begin(), ready->end());
    } else {
      HANDOVER_MARK("forwarding.claim_undone_by_disk");
      lane_.on_store_trouble(outcome.error().detail, world_.schedule.now(), world_.entropy);
    }
    wake();
  });
}

/// Claims so many that there is one commit in kClaimTime or less often, within limits.
void LaneLoop::adapt_claims() {
  const MonotonicTime now = world_.clock.monotonic_now();
  const bool soon = now - std::exchange(claimed_at_, now) < kClaimTime;
  claim_depth_ = soon ? std::min(claim_depth_ * 2, kClaimAheadMax)
                      : std::max(claim_depth_ / 2, kClaimAheadMin);
}

Result<void> LaneLoop::claim_and_freeze(std::vector<ClaimedPtr>& ready) {
  const std::int64_t wanted = claims_wanted() - static_cast<std::int64_t>(claimed_.size());
  TRY_ASSIGN(auto due, world_.store.deliveries.claim(lane_id_, world_.schedule.now(), wanted));
  for (Delivery& delivery : due) RETURN_IF_ERROR(prepare(std::move(delivery), ready));
  return {};
}

/// Makes a claimed delivery ready to send, or writes down why it cannot be sent.
Result<void> LaneLoop::prepare(Delivery delivery, std::vector<ClaimedPtr>& ready) {
  auto& store = world_.store;
  DeliveryChange change;
  change.now = world_.schedule.now();
  change.attempts = delivery.attempts - 1;
  change.repeat = delivery.repeat;
  change.state = DeliveryState::kQuarantined;
  change.who = static_cast<int>(Who::kDispatcher);
  auto entry = store.journal.read(delivery.record_seq);
  if (!entry) {
    HANDOVER_MARK("forwarding.delivery_of_unreadable_record");
    const Errc code = entry.error().code;
    if (code != Errc::kCorrupt && code != Errc::kNotFound) return fail(std::move(entry).error());
    RETURN_IF_ERROR(store.journal.set_aside({delivery.record_seq, entry.error().detail},
                                            world_.clock.wall_now()));
    change.why = entry.error().detail;
    return store.deliveries.change(delivery.id, change);
  }
  auto claimed = std::make_shared<Claimed>(
      Claimed{std::move(delivery), record_of(std::move(*entry)), HttpRequest()});
  if (backend_.looks_behind()) {
    TRY_ASSIGN(claimed->later, records_behind(claimed->delivery));
  }
  TRY_ASSIGN(claimed->recall, recall(store, backend_, claimed->delivery, claimed->record));
  if (!claimed->recall.held_back.empty()) {
    return store.deliveries.change(
        claimed->delivery.id,
        wait_for_hold(claimed->delivery, claimed->recall, change.now, settings_.retry.cap));
  }
  if (deliberate_bug(Bug::kNewKeyOnRetry) && claimed->delivery.repeat) {
    claimed->delivery.key = make_uuid(world_.entropy);
    claimed->delivery.request.clear();
  }
  const bool frozen = !claimed->delivery.request.empty();
  if (frozen) HANDOVER_MARK("forwarding.frozen_request_thawed");
  auto request = backend_.may_send(context_of(*claimed)).and_then([&] {
    return frozen ? thaw_for_today(*claimed) : backend_.encode(context_of(*claimed));
  });
  if (!request) {
    const Errc code = request.error().code;
    if (code == Errc::kUnauthorized) lane_.on_credential_outdated();
    change.why = request.error().detail;
    if (code == Errc::kConfig || code == Errc::kUnauthorized) {
      change.state = claimed->delivery.repeat ? DeliveryState::kUnknown : DeliveryState::kPending;
      change.next_try_at = change.now + settings_.retry.cap.count();
    }
    if (request.error().code == Errc::kRefused) {
      RETURN_IF_ERROR(store.holds.put(claimed->delivery.id, lane_id_, request.error().problem));
    }
    return store.deliveries.change(claimed->delivery.id, change);
  }
  claimed->request = std::move(*request);
  if (!frozen)
    RETURN_IF_ERROR(store.deliveries.freeze(claimed->delivery.id, freeze(claimed->request)));
  ready.push_back(std::move(claimed));
  return {};
}

Result<std::vector<Record>> LaneLoop::records_behind(const Delivery& delivery) const {
  std::vector<Record> later;
  TRY_ASSIGN(const auto numbers,
             world_.store.deliveries.records_behind(delivery.id, lane_id_, kLaterRecordsMax));
  for (const std::int64_t seq : numbers) {
    // A damaged one says nothing; it is set aside when its own turn comes.
    if (auto entry = world_.store.journal.read(seq)) later.push_back(record_of(std::move(*entry)));
  }
  return later;
}

Result<HttpRequest> LaneLoop::thaw_for_today(const Claimed& claimed) const {
  TRY_ASSIGN(HttpRequest request, thaw(claimed.delivery.request));
  request.target = backend_.target(context_of(claimed), request);
  return request;
}

void LaneLoop::sleep_until(std::optional<ScheduleTime> until) {
  if (timer_) world_.scheduler.cancel(*timer_);
  timer_ = world_.scheduler.call_at(world_.schedule.to_monotonic(*until), [this, alive = alive_] {
    if (!*alive) return;
    timer_.reset();
    wake();
  });
}

void LaneLoop::settle(const ClaimedPtr& claimed, const Lane::Ticket& ticket,
                      const Verdict& verdict) {
  const std::int64_t id = claimed->delivery.id;
  const DeliveryChange change =
      lane_.on_verdict(ticket, verdict, claimed->delivery, world_.schedule.now(),
                       world_.clock.wall_now(), world_.entropy);
  const MonotonicTime latest = world_.clock.monotonic_now() + kResultWait;
  auto written = world_.store.committer.write_by(latest, [&]() -> Result<void> {
    RETURN_IF_ERROR(world_.store.deliveries.change(id, change));
    RETURN_IF_ERROR(
        learn(world_.store, backend_, claimed->delivery, claimed->record, change.state, verdict));
    // A refused request was not applied: a retry by a person builds it anew, perhaps with corrected
    // settings.
    if (change.state == DeliveryState::kQuarantined && !verdict.keep_request)
      return world_.store.deliveries.freeze(id, "");
    return {};
  });
  if (written) {
    doubt_unless_durable({id});
  } else {
    HANDOVER_MARK("forwarding.result_refused_by_disk");
    doubtful_.push_back(id);
    lane_.on_store_trouble(written.error().detail, world_.schedule.now(), world_.entropy);
  }
  wake();
}

DeliveryContext LaneLoop::context_of(const Claimed& claimed) const {
  const Delivery& delivery = claimed.delivery;
  DeliveryContext context{claimed.record, delivery.unit,   delivery.environment,
                          delivery.key,   delivery.repeat, world_.clock.wall_now()};
  for (const Record& record : claimed.later) context.later.push_back(&record);
  context.progress = progress_of(delivery);
  context.attempts = delivery.attempts;
  context.credential = &credential_;
  if (!claimed.request.method.empty()) context.request = &claimed.request;
  context.note = claimed.recall.note;
  context.insisted_on = claimed.recall.insisted_on;
  return context;
}

boost::asio::awaitable<void> LaneLoop::log_in(std::shared_ptr<bool> alive) {
  if (!*alive) co_return;
  auto login = backend_.login();
  LoginOutcome outcome =
      verdict_of(Verdict::Kind::kStopLane, login ? "" : login.error().detail, Who::kDispatcher);
  if (login && std::holds_alternative<Secret>(*login)) {
    outcome = std::move(std::get<Secret>(*login));
  } else if (login) {
    HttpRequest request = std::move(std::get<HttpRequest>(*login));
    HttpOutcome answer = co_await transport_.exchange(std::move(request));
    if (!*alive) co_return;
    if (answer) {
      outcome = backend_.judge_login(*answer);
    } else {
      outcome = verdict_of(Verdict::Kind::kRetryLater, answer.error().detail, Who::kNetwork, true);
    }
  }
  if (auto* credential = std::get_if<Secret>(&outcome)) {
    credential_ = std::move(*credential);
    lane_.on_login_done(world_.schedule.now());
  } else {
    lane_.on_login_failed(std::get<Verdict>(outcome), world_.schedule.now(), world_.entropy);
  }
  wake();
}

boost::asio::awaitable<void> LaneLoop::deliver(std::shared_ptr<bool> alive, ClaimedPtr claimed,
                                               Lane::Ticket ticket) {
  if (!*alive) co_return;
  Verdict verdict = co_await carry(claimed);
  if (*alive) settle(claimed, ticket, verdict);
}

boost::asio::awaitable<Verdict> LaneLoop::carry(ClaimedPtr claimed) {
  const auto alive = alive_;
  Verdict gone;
  auto question = backend_.look_up(context_of(*claimed));
  if (question) {
    backend_.authorize(*question, credential_);
    HttpRequest request = std::move(*question);
    HttpOutcome answer = co_await transport_.exchange(std::move(request));
    if (!*alive) co_return gone;
    if (!answer) {
      HANDOVER_MARK("forwarding.look_up_lost");
      co_return verdict_of(Verdict::Kind::kRetryLater, answer.error().detail, Who::kNetwork, true);
    }
    Verdict found = backend_.judge_look_up(context_of(*claimed), *answer);
    if (found.kind == Verdict::Kind::kAccepted) HANDOVER_MARK("forwarding.look_up_finds_it");
    if (found.kind != Verdict::Kind::kSend) co_return found;
  }
  HttpRequest request = claimed->request;
  if (deliberate_bug(Bug::kSerialInLog)) world_.log.info("sending " + request.body);
  if (deliberate_bug(Bug::kCodeInLog)) world_.log.info("sending " + spoken_code(claimed->record));
  backend_.authorize(request, credential_);
  HttpOutcome answer = co_await transport_.exchange(std::move(request));
  if (!*alive) co_return gone;
  if (!answer) co_return verdict_of(answer.error());
  co_return backend_.judge(context_of(*claimed), *answer);
}

}  // namespace handover::forwarding
