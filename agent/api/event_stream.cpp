#include "agent/api/event_stream.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "agent/forwarding/record_of.hpp"

namespace handover::api {
namespace {

using storage::Change;
using storage::ChangeKind;

constexpr std::int64_t kChangesAtOnce = 200;
constexpr std::chrono::seconds kKeepAlive{15};
// So that a browser's own EventSource comes back soon.
constexpr std::string_view kRetry = "retry: 1000\n\n";
constexpr std::string_view kNothing = ":\n\n";

std::string event(std::int64_t number, std::string_view name, const Json& data) {
  return std::string("id: ")
      .append(std::to_string(number))
      .append("\nevent: ")
      .append(name)
      .append("\ndata: ")
      .append(data.dump())
      .append("\n\n");
}

/// Without what the listener may read where he needs it: receipts can be long.
Json without_receipt(const Json& delivery, std::int64_t record_seq) {
  Json data = Json::object({{"record_seq", Json(record_seq)}});
  for (const auto& [name, value] : delivery.members()) {
    if (name != "receipt") data.set(name, value);
  }
  return data;
}

/// No code, and none of what is handed over.
Json transfer_data(const storage::TransferRow& row) {
  return Json::object({{"id", row.id},
                       {"direction", handover::to_string(static_cast<Direction>(row.direction))},
                       {"state", to_string(row.state)},
                       {"tries_left", Json(row.tries_left)},
                       {"record_id", text_or_null(row.record_id)},
                       {"changed_at", format_rfc3339(row.changed_at)}});
}

/// Each thing once, where it changed last.
std::vector<Change> last_of_each(const std::vector<Change>& changes) {
  std::map<std::pair<ChangeKind, std::int64_t>, std::int64_t> last;
  for (const Change& change : changes) last[{change.kind, change.subject}] = change.number;
  std::vector<Change> kept;
  std::copy_if(changes.begin(), changes.end(), std::back_inserter(kept), [&](const Change& change) {
    return last.at({change.kind, change.subject}) == change.number;
  });
  return kept;
}

}  // namespace

/// What listeners share; it lives as long as one of them, or the stream, does.
struct EventStream::Hub : std::enable_shared_from_this<Hub> {
  explicit Hub(const World& the_world) : world(the_world) {}

  void on_commit();
  void keep_alive();
  void join(Listener* listener);
  void leave(Listener* listener);
  [[nodiscard]] Result<std::string> event_of(const Change& change) const;
  [[nodiscard]] Result<std::string> record_event(const Change& change) const;
  [[nodiscard]] Result<std::string> delivery_event(const Change& change) const;
  [[nodiscard]] Result<std::string> transfer_event(const Change& change) const;
  [[nodiscard]] Result<std::string> lane_event(const Change& change) const;

  World world;
  bool closed = false;
  std::vector<Listener*> listeners;
  std::optional<Scheduler::TimerId> timer;
};

class EventStream::Listener final : public HttpBodyStream,
                                    public std::enable_shared_from_this<Listener> {
 public:
  Listener(std::shared_ptr<Hub> hub, std::optional<std::int64_t> after)
      : hub_(std::move(hub)), after_(after) {
    hub_->join(this);
  }
  ~Listener() override { hub_->leave(this); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  void next(Piece give) override {
    give_ = std::move(give);
    look_soon();
  }

  /// Later, so that a listener who has much to catch up on gives others their turn after each
  /// piece.
  void look_soon() {
    if (hub_->closed || looking_ || !give_) return;
    looking_ = true;
    hub_->world.scheduler.post([weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->look_when_durable();
    });
  }

  void give_sign_of_life() {
    if (give_ && !looking_) give(std::string(kNothing));
  }

 private:
  /// What stands in an open transaction could still be taken back: it is not looked at before its
  /// end.
  void look_when_durable() {
    if (hub_->closed) return;
    hub_->world.store.committer.on_outcome([weak = weak_from_this()](const Result<void>&) {
      const auto self = weak.lock();
      if (!self || self->hub_->closed) return;
      if (self->hub_->world.store.database().in_transaction()) return self->look_when_durable();
      self->look();
    });
  }

  void look() {
    looking_ = false;
    if (!give_) return;
    auto piece = make_piece();
    // He comes again, and finds the store better, or hears from it what is wrong.
    if (!piece) return give({});
    if (!piece->empty()) give(std::move(*piece));
  }

  void give(std::string piece) {
    const Piece give_it = std::exchange(give_, nullptr);
    give_it(std::move(piece));
  }

  Result<std::string> make_piece() {
    std::string piece;
    if (!std::exchange(started_, true)) {
      TRY_ASSIGN(piece, beginning());
    }
    TRY_ASSIGN(const auto changes, hub_->world.store.changes.list(*after_, kChangesAtOnce));
    if (changes.empty()) return piece;
    // The oldest go when there are very many: a slow listener may have missed some.
    if (changes.front().number != *after_ + 1) return piece + reset(changes.back().number);
    for (const Change& change : last_of_each(changes)) {
      TRY_ASSIGN(const std::string text, hub_->event_of(change));
      piece += text;
      after_ = change.number;
      if (piece.size() > kPieceBytes) return piece;
    }
    return piece;
  }

  Result<std::string> beginning() {
    TRY_ASSIGN(const auto span, hub_->world.store.changes.span());
    std::string piece(kRetry);
    if (!after_) {
      after_ = span.newest;
      return piece + "id: " + std::to_string(span.newest) + "\n\n";
    }
    if (*after_ > span.newest || *after_ + 1 < span.oldest) return piece + reset(span.newest);
    return piece;
  }

  std::string reset(std::int64_t number) {
    after_ = number;
    return event(number, "reset", Json::object());
  }

  std::shared_ptr<Hub> hub_;
  std::optional<std::int64_t> after_;
  Piece give_;  // Set while he waits for his next piece.
  bool started_ = false;
  bool looking_ = false;
};

void EventStream::Hub::join(Listener* listener) {
  listeners.push_back(listener);
  if (!timer) keep_alive();
}

void EventStream::Hub::leave(Listener* listener) {
  std::erase(listeners, listener);
  if (closed || !listeners.empty() || !timer) return;
  world.scheduler.cancel(*std::exchange(timer, std::nullopt));
}

void EventStream::Hub::on_commit() {
  const auto waiting = listeners;
  for (Listener* listener : waiting) listener->look_soon();
}

/// A peer that has gone without a word is noticed when it is written to.
void EventStream::Hub::keep_alive() {
  timer =
      world.scheduler.call_at(world.clock.monotonic_now() + kKeepAlive, [weak = weak_from_this()] {
        const auto self = weak.lock();
        if (!self || self->closed) return;
        self->keep_alive();
        // A connection that breaks takes its listener with it.
        std::vector<std::weak_ptr<Listener>> all;
        for (Listener* listener : self->listeners) all.push_back(listener->weak_from_this());
        for (const auto& one : all) {
          if (const auto listener = one.lock()) listener->give_sign_of_life();
        }
      });
}

Result<std::string> EventStream::Hub::event_of(const Change& change) const {
  switch (change.kind) {
    case ChangeKind::kRecord:
      return record_event(change);
    case ChangeKind::kDelivery:
      return delivery_event(change);
    case ChangeKind::kTransfer:
      return transfer_event(change);
    case ChangeKind::kLane:
      return lane_event(change);
  }
  return std::string();
}

Result<std::string> EventStream::Hub::record_event(const Change& change) const {
  const auto entry = world.store.journal.read(change.subject);
  if (!entry) {
    return event(change.number, "record",
                 Json::object({{"id", "seq:" + std::to_string(change.subject)},
                               {"seq", Json(change.subject)},
                               {"damaged", Json(true)}}));
  }
  const Record record = forwarding::record_of(*entry);
  return event(change.number, "record",
               Json::object({{"id", record.id},
                             {"seq", Json(record.seq)},
                             {"kind", handover::to_string(record.kind)},
                             {"captured_at", format_rfc3339(record.captured_at)}}));
}

Result<std::string> EventStream::Hub::delivery_event(const Change& change) const {
  TRY_ASSIGN(const auto delivery, world.store.deliveries.read(change.subject));
  TRY_ASSIGN(const Json json, world.lanes.delivery_json(delivery));
  return event(change.number, "delivery", without_receipt(json, delivery.record_seq));
}

Result<std::string> EventStream::Hub::transfer_event(const Change& change) const {
  TRY_ASSIGN(const auto rows, world.store.transfers.list(std::nullopt, change.subject - 1, 1));
  if (rows.empty() || rows.front().number != change.subject) return std::string();
  return event(change.number, "transfer", transfer_data(rows.front()));
}

Result<std::string> EventStream::Hub::lane_event(const Change& change) const {
  const forwarding::LaneLoop* lane = world.lanes.find(change.subject);
  if (lane == nullptr) return std::string();
  TRY_ASSIGN(const Json json, world.lanes.lane_json(*lane));
  return event(change.number, "lane", json);
}

EventStream::EventStream(const World& world) : hub_(std::make_shared<Hub>(world)) {
  world.store.committer.on_commit([weak = std::weak_ptr(hub_)] {
    const auto hub = weak.lock();
    if (hub && !hub->closed) hub->on_commit();
  });
}

EventStream::~EventStream() {
  hub_->closed = true;
  if (hub_->timer) hub_->world.scheduler.cancel(*hub_->timer);
}

Result<std::shared_ptr<HttpBodyStream>> EventStream::open(std::optional<std::int64_t> after) {
  if (hub_->listeners.size() >= kListenersMax) {
    return fail(Error::refused("too-many-listeners",
                               "so many programs and pages listen to this agent's events already; "
                               "close one, or ask GET /v1/status now and then"));
  }
  return std::make_shared<Listener>(hub_, after);
}

}  // namespace handover::api
