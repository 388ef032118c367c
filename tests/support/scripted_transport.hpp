// A network that answers what a test wants, after the time that a test wants.
#pragma once

#include <algorithm>
#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "platform/clock.hpp"
#include "platform/http.hpp"
#include "platform/scheduler.hpp"

namespace handover::test {

class ScriptedTransport final : public HttpTransport {
 public:
  using Answer = std::function<HttpOutcome(const HttpRequest& request)>;

  ScriptedTransport(const Clock& clock, Scheduler& scheduler)
      : clock_(clock), scheduler_(scheduler) {}

  boost::asio::awaitable<HttpOutcome> exchange(HttpRequest request) override {
    requests.push_back(request);
    in_flight_most = std::max(in_flight_most, ++in_flight);
    // The server sees the request now; the answer is on its way for `delay`.
    HttpOutcome outcome = answer(request);
    co_await wait(clock_.monotonic_now() + delay);
    --in_flight;
    co_return outcome;
  }

  Answer answer;
  milliseconds delay{20};
  std::vector<HttpRequest> requests;  ///< All that ever left, in order.
  int in_flight = 0;
  int in_flight_most = 0;

 private:
  boost::asio::awaitable<void> wait(MonotonicTime until) {
    const auto initiate = [this, until](auto handler) {
      auto shared = std::make_shared<decltype(handler)>(std::move(handler));
      scheduler_.call_at(until, [shared] { std::move (*shared)(); });
    };
    auto done = boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(
        initiate, boost::asio::use_awaitable);
    co_await std::move(done);
  }

  const Clock& clock_;
  Scheduler& scheduler_;
};

inline HttpOutcome no_network() {
  return tl::unexpected(HttpFailure(HttpFailure::Reason::kNoNetwork, false, "no network"));
}
/// The request arrived, the answer did not.
inline HttpOutcome lost_answer() {
  return tl::unexpected(HttpFailure(HttpFailure::Reason::kBroken, true, "the connection ended"));
}

}  // namespace handover::test
