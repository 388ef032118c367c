// Waiting: the server's word, our own back-off, and what ends a wait.
#include <catch2/catch_test_macros.hpp>

#include "tests/agent/forwarding/lane_world.hpp"

namespace handover::test {
namespace {

using namespace std::chrono_literals;

HttpOutcome wait_please(const char* seconds) {
  HttpResponse response(429);
  response.headers.push_back({"Retry-After", seconds});
  return response;
}

}  // namespace

TEST_CASE("waiting: Retry-After is kept, over a restart too", "[forwarding][wait]") {
  LaneFixture test;
  const auto seq = test.add();
  bool busy = true;
  test.transport.answer = [&](const HttpRequest& request) {
    return std::exchange(busy, false) ? wait_please("600") : test.apply(request);
  };
  test.start();
  test.pass(5min);
  CHECK(test.sent() == 1);

  test.restart();
  test.loop->on_network_restored();
  test.pass(4min + 50s);
  CHECK(test.sent() == 1);
  CHECK(test.mode() == LaneMode::kPaused);
  test.pass(11s);

  CHECK(test.state(seq) == DeliveryState::kDelivered);
  CHECK(test.delivery(seq).attempts == 1);
}

TEST_CASE("waiting: a restored network makes what waits for it due at once", "[forwarding][wait]") {
  LaneFixture test;
  bool away = true;
  test.transport.answer = [&](const HttpRequest& request) {
    return away ? no_network() : test.apply(request);
  };
  const auto seq = test.add();
  test.start();
  test.pass(2h);
  CHECK(test.state(seq) == DeliveryState::kPending);
  const auto tries = test.sent();
  while (test.sent() == tries) test.pass(100ms);  // A wait has just begun.
  away = false;

  test.loop->on_network_restored();
  test.pass(50ms);

  CHECK(test.state(seq) == DeliveryState::kDelivered);
}

TEST_CASE("waiting: so it does for a single one whose answer was lost", "[forwarding][wait]") {
  LaneFixture test;
  test.settings.retry.first = 5min;
  bool lose = true;
  test.transport.answer = [&](const HttpRequest& request) {
    return std::exchange(lose, false) ? lost_answer() : test.apply(request);
  };
  const auto seq = test.add();
  test.start();
  test.pass(30ms);
  REQUIRE(test.state(seq) == DeliveryState::kUnknown);

  test.loop->on_network_restored();
  test.pass(50ms);

  CHECK(test.state(seq) == DeliveryState::kDelivered);
}

TEST_CASE("waiting: a sync ends even the wait that the server asked for", "[forwarding][wait]") {
  LaneFixture test;
  bool busy = true;
  test.transport.answer = [&](const HttpRequest& request) {
    return std::exchange(busy, false) ? wait_please("3600") : test.apply(request);
  };
  const auto seq = test.add();
  test.start();
  test.pass(1min);
  CHECK(test.state(seq) == DeliveryState::kPending);

  good(test.loop->sync_now());
  test.pass(50ms);

  CHECK(test.state(seq) == DeliveryState::kDelivered);
}

TEST_CASE("waiting: a dead road costs one request a pause, and no delivery a try",
          "[forwarding][wait]") {
  LaneFixture test;
  for (int i = 0; i < 200; ++i) test.add();
  bool away = true;
  test.transport.answer = [&](const HttpRequest& request) {
    return away ? no_network() : test.apply(request);
  };
  test.start();
  test.pass(100ms);
  const auto at_first = test.sent();
  CHECK(at_first <= 8);

  test.pass(10h);
  // Waits are 150 s on average once the cap is reached; a few short ones come before.
  CHECK(test.sent() < 400);
  CHECK(test.sent() > 120);
  CHECK(test.transport.in_flight_most <= 8);
  CHECK(test.count(DeliveryState::kPending) == 200);
  for (std::int64_t seq = 1; seq <= 200; ++seq) CHECK(test.delivery(seq).attempts == 0);

  away = false;
  CHECK(test.drain());
  CHECK(test.applied.size() == 200);
  CHECK(test.count(DeliveryState::kDelivered) == 200);
}

TEST_CASE("waiting: a server that loses every answer is given growing pauses",
          "[forwarding][wait]") {
  LaneFixture test;
  for (int i = 0; i < 50; ++i) test.add();
  bool dark = true;
  test.transport.answer = [&](const HttpRequest& request) {
    auto outcome = test.apply(request);
    return dark ? lost_answer() : outcome;
  };
  test.start();

  test.pass(10h);
  CHECK(test.sent() < 400);
  dark = false;
  CHECK(test.drain());

  CHECK(test.count(DeliveryState::kDelivered) == 50);
  CHECK(test.applied.size() == 50);
  CHECK_FALSE(test.other_bytes);
}

TEST_CASE("waiting: no jump of the device's clock makes a wait longer", "[forwarding][wait]") {
  LaneFixture test;
  int busy = 2;
  test.transport.answer = [&](const HttpRequest& request) -> HttpOutcome {
    return busy-- > 0 ? HttpOutcome(HttpResponse(503)) : test.apply(request);
  };
  const auto seq = test.add();
  test.start();
  test.pass(21ms);

  test.world.clock.set_wall(test.world.clock.wall_now() - std::chrono::hours(24 * 365));
  test.restart();
  test.pass(11min);

  CHECK(test.state(seq) == DeliveryState::kDelivered);
}

TEST_CASE("waiting: the lane says since when and until when it waits", "[forwarding][wait]") {
  LaneFixture test;
  test.transport.answer = [&](const HttpRequest&) { return wait_please("600"); };
  test.add();
  test.start();
  test.pass(1s);

  const auto status = test.loop->status();

  CHECK(status.name == "fake");
  CHECK(status.label == "the fake");
  CHECK(status.mode == LaneMode::kPaused);
  REQUIRE(status.until.has_value());
  CHECK(*status.until > test.schedule->now() + 590'000);
  CHECK(status.since <= test.schedule->now());
  CHECK(status.last_error == "status 429");
}

}  // namespace handover::test
