// One device and one back-end with a simulated network between them, for tests of the stream mode.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <catch2/catch_test_macros.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/network/stream_transport.hpp"
#include "tests/support/fake_scheduler.hpp"
#include "tests/support/manual_clock.hpp"

namespace handover::sim::testing {

inline HttpRequest post(std::string body) {
  HttpRequest request("POST", "/records");
  request.headers.push_back({"Idempotency-Key", "k1"});
  request.body = std::move(body);
  return request;
}

inline Outcome echo(const HttpRequest& request) {
  Outcome outcome{HttpResponse(201)};
  outcome.response->headers.push_back({"X-Path", request.target});
  outcome.response->body = "seen: " + request.body;
  return outcome;
}

/// One device, one link, one clock; the back-end keeps what it was asked.
class StreamWorld {
 public:
  explicit StreamWorld(const NetworkChances& chances = {}, std::uint64_t seed = 1,
                       const net::TransportLimits& limits = {})
      : link(
            scheduler, clock, [this](const HttpRequest& request) { return handle(request); },
            chances, faults, seed),
        transport(std::make_unique<StreamTransport>(link, scheduler, clock, "back-end.example",
                                                    limits)) {}

  void start(HttpRequest request, std::optional<HttpOutcome>& outcome) {
    boost::asio::co_spawn(scheduler.executor(), transport->exchange(std::move(request)),
                          [&outcome](const std::exception_ptr& error, HttpOutcome result) {
                            if (error) std::rethrow_exception(error);
                            outcome.emplace(std::move(result));
                          });
  }
  HttpOutcome exchange(HttpRequest request) {
    std::optional<HttpOutcome> outcome;
    start(std::move(request), outcome);
    const bool ended =
        scheduler.run_until([&] { return outcome.has_value(); }, std::chrono::minutes(10));
    REQUIRE(ended);
    return std::move(*outcome);
  }
  /// How long something takes, on the device's clock.
  [[nodiscard]] MonotonicClock::duration since(MonotonicTime start) const {
    return clock.monotonic_now() - start;
  }

  test::ManualClock clock;
  test::FakeScheduler scheduler{clock};
  std::vector<HttpRequest> handled;
  std::function<Outcome(const HttpRequest&)> serve = echo;
  FaultCounts faults;
  StreamLink link;
  std::unique_ptr<StreamTransport> transport;

 private:
  Outcome handle(const HttpRequest& request) {
    handled.push_back(request);
    return serve(request);
  }
};

inline NetworkChances with_delay() {
  NetworkChances chances;
  chances.delay_min = milliseconds(20);
  chances.delay_max = milliseconds(300);
  return chances;
}

inline Fate cut_request(std::uint64_t place, std::optional<CloseMode> end) {
  Fate fate;
  fate.request = Cut{place, end};
  return fate;
}
inline Fate cut_answer(std::uint64_t place, std::optional<CloseMode> end) {
  Fate fate;
  fate.answer = Cut{place, end};
  return fate;
}

}  // namespace handover::sim::testing
