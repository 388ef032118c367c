#include "sim/network/stream_link.hpp"

#include <algorithm>
#include <utility>

#include "sim/network/pipe.hpp"
#include "sim/network/wire.hpp"

namespace handover::sim {
namespace {

// Beyond the time for which the device keeps an idle connection, so that each of the two may be
// the first to close it.
constexpr milliseconds kServerIdleMax{40'000};

CloseMode close_mode(Random& random) {
  return random.below(2) == 0 ? CloseMode::kEnd : CloseMode::kReset;
}

}  // namespace

StreamLink::StreamLink(Scheduler& scheduler, const Clock& clock, Serve serve,
                       const NetworkChances& chances, FaultCounts& faults, std::uint64_t seed)
    : scheduler_(scheduler),
      clock_(clock),
      serve_(std::move(serve)),
      chances_(chances),
      faults_(faults),
      fates_(seed_for(seed, "fates")),
      pieces_(seed_for(seed, "pieces")) {}

StreamLink::~StreamLink() = default;

void StreamLink::set_up(bool up) {
  up_ = up;
  note("up", up ? 1 : 0);
  if (up) return;
  for (const auto& wire : wires_) wire->lose(fates_.below(2) == 0);
}

Approach StreamLink::approach() {
  const bool at_once = fates_.below(2) == 0;
  const bool refused = strikes(fates_, chances_.refuse_one_in);
  Approach result;
  result.delay = delay() + delay();
  if (refused) result.kind = Approach::Kind::kRefused;
  // Airplane mode says so at once, a dead spot says nothing.
  if (!up_) result.kind = at_once ? Approach::Kind::kUnreachable : Approach::Kind::kSilent;
  if (!up_) result.delay = milliseconds(1);
  return result;
}

Wire* StreamLink::open() {
  std::erase_if(wires_, [](const auto& wire) { return wire->is_over(); });
  if (!up_) return nullptr;
  ++connections_;
  note("connection", connections_);
  return wires_.emplace_back(std::make_unique<Wire>(*this)).get();
}

Fate StreamLink::next_fate() {
  if (!planned_.empty()) {
    const Fate fate = planned_.front();
    planned_.pop_front();
    return fate;
  }
  // All draws, always, and in this order: what is switched off does not shift the rest.
  const bool lose_request = strikes(fates_, chances_.lose_request_one_in);
  const bool lose_reply = strikes(fates_, chances_.lose_reply_one_in);
  const bool reset = strikes(fates_, chances_.reset_one_in);
  const bool closes = strikes(fates_, chances_.close_idle_one_in);
  const bool in_request = fates_.below(2) == 0;
  const Cut silence{fates_.next(), std::nullopt};
  const Cut breakage{fates_.next(), close_mode(fates_)};
  const milliseconds idle = time_between(fates_, milliseconds(0), kServerIdleMax);
  Fate fate;
  fate.duplicate = strikes(fates_, chances_.duplicate_one_in);
  fate.drip = strikes(fates_, chances_.drip_one_in);
  fate.captive_portal = strikes(fates_, chances_.captive_portal_one_in);
  if (closes) fate.closes_after = idle;
  if (reset) (in_request ? fate.request : fate.answer) = breakage;
  if (lose_reply) fate.answer = silence;
  if (lose_request) fate.request = silence;
  count(fate);
  return fate;
}

void StreamLink::count(const Fate& fate) {
  const auto add = [this](bool struck, std::string_view what) {
    if (struck) ++faults_["net: stream: " + std::string(what)];
  };
  add(fate.request && !fate.request->end, "silent in the request");
  add(fate.request && fate.request->end, "broken in the request");
  add(fate.answer && !fate.answer->end, "silent in the answer");
  add(fate.answer && fate.answer->end, "broken in the answer");
  add(fate.duplicate, "duplicate");
  add(fate.drip, "drip");
  add(fate.captive_portal, "captive portal");
  add(fate.closes_after.has_value(), "closed when idle");
}

milliseconds StreamLink::delay() {
  return time_between(pieces_, chances_.delay_min, chances_.delay_max);
}

void StreamLink::transmit(Pipe& pipe, std::string_view bytes) {
  trace_ = seed_for(trace_, bytes);
  const bool broken = strikes(pieces_, chances_.split_one_in);
  while (!bytes.empty()) {
    const std::size_t count =
        broken ? 1 + pieces_.below(std::min(bytes.size(), chances_.split_bytes_max)) : bytes.size();
    pipe.send(std::string(bytes.substr(0, count)), delay());
    bytes.remove_prefix(count);
  }
}

void StreamLink::note(std::string_view what, std::size_t size) {
  const auto now = clock_.monotonic_now().time_since_epoch().count();
  trace_ = seed_for(trace_, what);
  trace_ = seed_for(trace_ ^ static_cast<std::uint64_t>(now), std::to_string(size));
}

}  // namespace handover::sim
