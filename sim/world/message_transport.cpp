#include "sim/world/message_transport.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "platform/limits.hpp"

namespace handover::sim {
namespace {

using Reason = HttpFailure::Reason;

HttpOutcome failure(Reason reason, bool may_have_left, std::string words) {
  return tl::unexpected(HttpFailure(reason, may_have_left, std::move(words)));
}
HttpOutcome no_answer() { return failure(Reason::kBroken, true, "no whole answer in time"); }
HttpOutcome broken(std::string_view where) {
  return failure(Reason::kBroken, true, "the connection ended " + std::string(where));
}

HttpResponse captive_page() {
  HttpResponse page(200);
  page.headers = {{"Content-Type", "text/html; charset=utf-8"}};
  page.body = "<!DOCTYPE html><html><body><h1>Welcome to the hotel's network</h1></body></html>";
  return page;
}

bool has_key(const HttpRequest& request) {
  return !find_header(request.headers, "Idempotency-Key").empty();
}

struct Call {
  explicit Call(HttpRequest sent) : request(std::move(sent)) {}

  HttpRequest request;
  std::function<void()> resume;  // Empty once it has ended, or nobody waits any more.
  std::optional<HttpOutcome> outcome;
};
using CallPtr = std::shared_ptr<Call>;

}  // namespace

/// Shared with what is on its way, which arrives also if the device has died meanwhile.
struct MessageTransport::Road : std::enable_shared_from_this<Road> {
  explicit Road(World around) : world(std::move(around)) {}

  bool strikes(std::uint32_t one_in, std::string_view name) {
    if (!sim::strikes(world.random, one_in)) return false;
    ++world.faults[std::string(name)];
    return true;
  }
  VirtualTime delay() {
    return time_between(world.random, world.link.chances.delay_min, world.link.chances.delay_max);
  }
  void start(const CallPtr& call);
  void arrive(const CallPtr& call);
  void answer(const CallPtr& call, const Outcome& outcome);
  void bring(const CallPtr& call, VirtualTime after, HttpOutcome outcome);
  void end(const CallPtr& call, VirtualTime after, HttpOutcome outcome);

  World world;
  std::vector<CallPtr> calls;  // Under way.
};

void MessageTransport::Road::start(const CallPtr& call) {
  calls.push_back(call);
  const NetworkChances& chances = world.link.chances;
  if (!world.link.up) {
    // Airplane mode says so at once, a dead spot after the connection's whole limit.
    const bool at_once = world.random.below(2) == 0;
    ++world.faults["net: no coverage"];
    return end(call, at_once ? milliseconds(1) : limits::kConnectTime,
               failure(Reason::kNoNetwork, false, "no connection"));
  }
  if (strikes(chances.lose_request_one_in, "net: request lost")) {
    return end(call, limits::kAnswerTime, no_answer());
  }
  if (strikes(chances.reset_one_in, "net: reset before the request arrived")) {
    return end(call, delay(), broken("while the request was sent"));
  }
  if (strikes(chances.captive_portal_one_in, "net: captive portal")) {
    return bring(call, delay(), captive_page());
  }
  world.loop.call_at(Loop::Owner::kWorld, world.loop.now() + delay(),
                     [self = shared_from_this(), call] { self->arrive(call); });
}

void MessageTransport::Road::arrive(const CallPtr& call) {
  const NetworkChances& chances = world.link.chances;
  if (!world.link.up) {
    ++world.faults["net: went down under way"];
    return end(call, limits::kAnswerTime, no_answer());
  }
  if (strikes(chances.duplicate_one_in, "net: duplicate")) {
    static_cast<void>(world.serve(call->request));
  }
  // Without a key a late copy would be beyond what any client can prevent.
  if (has_key(call->request) && strikes(chances.duplicate_one_in, "net: late duplicate")) {
    const VirtualTime late = world.loop.now() + std::chrono::minutes(world.random.below(600));
    world.loop.call_at(Loop::Owner::kWorld, late, [serve = world.serve, copy = call->request] {
      static_cast<void>(serve(copy));
    });
  }
  answer(call, world.serve(call->request));
}

void MessageTransport::Road::answer(const CallPtr& call, const Outcome& outcome) {
  const NetworkChances& chances = world.link.chances;
  const VirtualTime after = outcome.delay + delay();
  if (!outcome.response) return end(call, after, broken("before the answer"));
  if (outcome.truncate_at) return end(call, after, broken("in the middle of the answer"));
  if (strikes(chances.lose_reply_one_in, "net: reply lost") ||
      strikes(chances.drip_one_in, "net: drip") || after > limits::kAnswerTime) {
    return end(call, limits::kAnswerTime, no_answer());
  }
  if (strikes(chances.reset_one_in, "net: reset after it was applied")) {
    return end(call, after, broken("before the answer"));
  }
  bring(call, after, *outcome.response);
}

/// An answer comes by the road, if the road is still there.
void MessageTransport::Road::bring(const CallPtr& call, VirtualTime after, HttpOutcome outcome) {
  world.loop.call_at(Loop::Owner::kWorld, world.loop.now() + after,
                     [self = shared_from_this(), call, after, answer = std::move(outcome)] {
                       if (self->world.link.up) return self->end(call, VirtualTime(0), answer);
                       ++self->world.faults["net: went down before the answer"];
                       self->end(call, limits::kAnswerTime - after, no_answer());
                     });
}

void MessageTransport::Road::end(const CallPtr& call, VirtualTime after, HttpOutcome outcome) {
  call->outcome = std::move(outcome);
  world.loop.call_at(world.device, world.loop.now() + after, [self = shared_from_this(), call] {
    std::erase(self->calls, call);
    const auto resume = std::exchange(call->resume, nullptr);
    if (resume) resume();
  });
}

MessageTransport::MessageTransport(World world) : road_(std::make_shared<Road>(std::move(world))) {}

MessageTransport::~MessageTransport() {
  for (const CallPtr& call : std::exchange(road_->calls, {})) call->resume = nullptr;
}

boost::asio::awaitable<HttpOutcome> MessageTransport::exchange(HttpRequest request) {
  auto call = std::make_shared<Call>(std::move(request));
  const auto initiate = [road = road_, call](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    call->resume = [shared] { std::move (*shared)(); };
    road->start(call);
  };
  auto waiting = boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(
      initiate, boost::asio::use_awaitable);
  co_await std::move(waiting);
  HttpOutcome outcome = std::move(*call->outcome);
  co_return outcome;
}

}  // namespace handover::sim
