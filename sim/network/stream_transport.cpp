#include "sim/network/stream_transport.hpp"

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "sim/network/device_stream.hpp"

namespace handover::sim {
namespace {

using Reason = HttpFailure::Reason;
using MaybeFailure = std::optional<HttpFailure>;
using StreamPtr = std::shared_ptr<DeviceStream>;

std::string_view why(Approach::Kind kind) {
  if (kind == Approach::Kind::kRefused) return "Connection refused";
  return "Network is unreachable";
}

}  // namespace

/// Shared with the exchanges, which may end after the transport.
struct StreamTransport::State {
  State(StreamLink& to_link, Scheduler& of_device, const Clock& device_clock, std::string authority,
        const net::TransportLimits& limits)
      : link(to_link),
        scheduler(of_device),
        clock(device_clock),
        road(std::move(authority), limits) {}

  [[nodiscard]] StreamPtr take_idle();
  [[nodiscard]] StreamPtr make_stream();
  void put_idle(StreamPtr stream);
  void drop(const StreamPtr& stream);
  void close();

  StreamLink& link;
  Scheduler& scheduler;
  const Clock& clock;
  net::Road road;
  std::vector<StreamPtr> idle;  // The last one was used last.
  std::vector<StreamPtr> busy;

  class Lease;
  static boost::asio::awaitable<MaybeFailure> connect(std::shared_ptr<State> state,
                                                      StreamPtr stream);
  static boost::asio::awaitable<HttpOutcome> run(std::shared_ptr<State> state, HttpRequest request);
};

/// The stream of one exchange. Unless it is kept for the next, it is closed, also when the
/// coroutine is thrown away.
class StreamTransport::State::Lease {
 public:
  Lease(State& state, StreamPtr stream) : state_(state), stream_(std::move(stream)) {}
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() {
    if (stream_) state_.drop(stream_);
  }
  void keep() { state_.put_idle(std::exchange(stream_, nullptr)); }

 private:
  State& state_;
  StreamPtr stream_;
};

StreamPtr StreamTransport::State::take_idle() {
  while (!idle.empty()) {
    StreamPtr stream = std::move(idle.back());
    idle.pop_back();
    if (stream->is_reusable()) return busy.emplace_back(std::move(stream));
    stream->close();
  }
  return nullptr;
}

StreamPtr StreamTransport::State::make_stream() {
  return busy.emplace_back(std::make_shared<DeviceStream>(scheduler, clock));
}

void StreamTransport::State::put_idle(StreamPtr stream) {
  std::erase(busy, stream);
  std::erase_if(idle, [](const StreamPtr& other) { return !other->is_open(); });
  if (road.is_closed || idle.size() >= road.limits.idle_connections_max) return stream->close();
  stream->limit(road.limits.idle_time);
  idle.push_back(std::move(stream));
}

void StreamTransport::State::drop(const StreamPtr& stream) {
  stream->close();
  std::erase(busy, stream);
}

void StreamTransport::State::close() {
  road.is_closed = true;
  for (const StreamPtr& stream : busy) stream->close();
  for (const StreamPtr& stream : idle) stream->close();
  idle.clear();
}

boost::asio::awaitable<MaybeFailure> StreamTransport::State::connect(std::shared_ptr<State> state,
                                                                     StreamPtr stream) {
  const net::Road& road = state->road;
  stream->limit(road.limits.connect_time);
  const Approach approach = state->link.approach();
  std::optional<milliseconds> time;
  if (approach.kind != Approach::Kind::kSilent) time = approach.delay;
  auto waiting = stream->pause(time);
  const auto [error, count] = co_await std::move(waiting);
  if (road.is_closed) co_return net::cancelled(false);
  const std::string where = "cannot connect to " + road.authority + ": ";
  if (error) {
    co_return HttpFailure(Reason::kNoNetwork, false,
                          where + "no answer within " + net::in_seconds(road.limits.connect_time));
  }
  Wire* const wire = approach.kind == Approach::Kind::kAccepted ? state->link.open() : nullptr;
  if (wire == nullptr) {
    co_return HttpFailure(Reason::kNoNetwork, false, where + std::string(why(approach.kind)));
  }
  stream->connect(*wire);
  co_return std::nullopt;
}

boost::asio::awaitable<HttpOutcome> StreamTransport::State::run(std::shared_ptr<State> state,
                                                                HttpRequest request) {
  const MaybeFailure hindered = net::hindrance(state->road, request);
  if (hindered) co_return tl::unexpected(*hindered);
  StreamPtr stream = state->take_idle();
  const bool is_new = stream == nullptr;
  if (is_new) stream = state->make_stream();
  Lease lease(*state, stream);
  if (is_new) {
    auto connecting = connect(state, stream);
    const MaybeFailure failure = co_await std::move(connecting);
    if (failure) co_return tl::unexpected(*failure);
  }
  bool reusable = false;
  auto exchanging = net::exchange_over(state->road, *stream, request, reusable);
  HttpOutcome outcome = co_await std::move(exchanging);
  if (reusable) lease.keep();
  co_return outcome;
}

StreamTransport::StreamTransport(StreamLink& link, Scheduler& scheduler, const Clock& clock,
                                 std::string authority, const net::TransportLimits& limits)
    : state_(std::make_shared<State>(link, scheduler, clock, std::move(authority), limits)) {}

StreamTransport::~StreamTransport() { state_->close(); }

boost::asio::awaitable<HttpOutcome> StreamTransport::exchange(HttpRequest request) {
  return State::run(state_, std::move(request));
}

}  // namespace handover::sim
