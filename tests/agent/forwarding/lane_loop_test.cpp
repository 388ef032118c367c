#include "agent/forwarding/lane_loop.hpp"

#include <catch2/catch_test_macros.hpp>

#include "agent/forwarding/persons_decision.hpp"
#include "tests/agent/forwarding/lane_world.hpp"

namespace handover::test {

using namespace std::chrono_literals;

TEST_CASE("lane loop: a record is delivered, once, and says so", "[forwarding][loop]") {
  LaneFixture test;
  test.start();
  const auto seq = test.add();

  CHECK(test.drain());

  const Delivery delivery = test.delivery(seq);
  CHECK(delivery.state == DeliveryState::kDelivered);
  CHECK(delivery.attempts == 1);
  CHECK(delivery.receipt == R"({"status":201})");
  CHECK(delivery.delivered_at.has_value());
  CHECK(delivery.request.empty());
  CHECK(test.sent() == 1);
  CHECK(find_header(test.transport.requests.back().headers, "Authorization") == "password");
}

TEST_CASE("lane loop: the request is frozen on the disk before it leaves, without the credential",
          "[forwarding][loop]") {
  LaneFixture test;
  test.start();
  const auto seq = test.add();
  std::string frozen;
  bool committed = false;
  test.transport.answer = [&](const HttpRequest& request) {
    frozen = test.delivery(seq).request;
    committed = !test.world->database().in_transaction();
    return test.apply(request);
  };

  CHECK(test.drain());

  CHECK(committed);
  CHECK(frozen.starts_with("POST /records/"));
  CHECK(frozen.find("password") == std::string::npos);
}

TEST_CASE("lane loop: a frozen request goes where the settings of today say",
          "[forwarding][loop]") {
  LaneFixture test;
  test.backend.path = "/wrong/";
  test.start();
  const auto seq = test.add();
  test.transport.answer = [&](const HttpRequest& request) {
    if (request.target.starts_with("/wrong/")) return HttpOutcome(HttpResponse(403));
    return test.apply(request);
  };
  test.pass(1s);
  REQUIRE(test.mode() == LaneMode::kStopped);
  CHECK(test.delivery(seq).request.starts_with("POST /wrong/"));

  test.backend.path = "/records/";
  test.restart();

  CHECK(test.drain());
  CHECK(test.state(seq) == DeliveryState::kDelivered);
  CHECK(test.backend.encoded == 1);
}

TEST_CASE("lane loop: what is given up after a lost answer stays known as perhaps arrived",
          "[forwarding][loop]") {
  LaneFixture test;
  test.start();
  const auto seq = test.add();
  test.transport.answer = [](const HttpRequest&) { return HttpOutcome(HttpResponse(599)); };
  test.pass(20ms);
  REQUIRE(test.state(seq) == DeliveryState::kUnknown);

  good(test.world.write([&] {
    return forwarding::discard_delivery(test.world->deliveries, test.delivery(seq), "sent by mail",
                                        0);
  }));

  CHECK(test.state(seq) == DeliveryState::kDiscarded);
  CHECK(test.delivery(seq).repeat);
}

TEST_CASE("lane loop: after a lost answer the same key goes out with the same bytes",
          "[forwarding][loop]") {
  LaneFixture test;
  test.start();
  const auto seq = test.add();
  int lost = 0;
  test.transport.answer = [&](const HttpRequest& request) {
    auto outcome = test.apply(request);
    return ++lost <= 3 ? lost_answer() : outcome;
  };

  test.pass(20ms);
  CHECK(test.state(seq) == DeliveryState::kUnknown);
  CHECK(test.delivery(seq).repeat);
  CHECK(test.drain());

  CHECK(test.state(seq) == DeliveryState::kDelivered);
  CHECK(test.delivery(seq).attempts == 4);
  CHECK(test.sent() == 4);
  CHECK(test.applied.size() == 1);
  CHECK_FALSE(test.other_bytes);
  CHECK(test.backend.encoded == 1);
}

TEST_CASE("lane loop: what was under way when the program died goes out again, the same",
          "[forwarding][loop]") {
  LaneFixture test;
  test.start();
  for (int i = 0; i < 50; ++i) test.add();
  test.transport.delay = 30s;
  test.pass(1s);
  REQUIRE(test.sent() == 8);

  test.restart();
  test.transport.delay = 20ms;
  CHECK(test.count(DeliveryState::kInFlight) == 0);
  CHECK(test.drain());

  CHECK(test.count(DeliveryState::kDelivered) == 50);
  CHECK(test.applied.size() == 50);
  CHECK_FALSE(test.other_bytes);
  CHECK(test.log.contains("were under way when the program ended"));
}

TEST_CASE("lane loop: a repeat is looked up first where the back-end can be asked",
          "[forwarding][loop]") {
  for (const int found : {404, 200, 208}) {
    LaneFixture test;
    test.backend.asks_first = true;
    test.looked_up_as = found;
    test.start();
    const auto seq = test.add();
    bool lose = true;
    test.transport.answer = [&](const HttpRequest& request) {
      return std::exchange(lose, false) ? lost_answer() : test.apply(request);
    };

    CHECK(test.drain());

    CHECK(test.state(seq) ==
          (found == 208 ? DeliveryState::kSuperseded : DeliveryState::kDelivered));
    CHECK(test.sent() == (found == 404 ? 3 : 2));
    CHECK(test.transport.requests[1].method == "GET");
  }
}

TEST_CASE(
    "lane loop: a refused one is quarantined with the reason and holds back only its dependants",
    "[forwarding][loop]") {
  LaneFixture test;
  const auto refused = test.add({11});
  const auto dependant = test.add({11});
  const auto other = test.add({22});
  test.transport.answer = [&](const HttpRequest& request) -> HttpOutcome {
    if (find_header(request.headers, "Idempotency-Key") == "key-1") return HttpResponse(409);
    return test.apply(request);
  };
  test.start();

  test.pass(24h);

  CHECK(test.state(refused) == DeliveryState::kQuarantined);
  CHECK(test.delivery(refused).why == "status 409");
  CHECK(test.delivery(refused).request.empty());
  CHECK(test.state(dependant) == DeliveryState::kPending);
  CHECK(test.state(other) == DeliveryState::kDelivered);
  CHECK(test.sent() == 2);
}

TEST_CASE("lane loop: a person retries or discards a quarantined one, and its dependants go on",
          "[forwarding][loop]") {
  for (const bool retry : {true, false}) {
    LaneFixture test;
    const auto refused = test.add({11});
    const auto dependant = test.add({11});
    bool refuse = true;
    test.transport.answer = [&](const HttpRequest& request) -> HttpOutcome {
      return std::exchange(refuse, false) ? HttpOutcome(HttpResponse(409)) : test.apply(request);
    };
    test.start();
    test.pass(1h);

    good(test.world.write([&] {
      return retry ? test.loop->retry(test.delivery(refused))
                   : test.loop->discard(test.delivery(refused), "sent by mail");
    }));
    test.loop->wake();
    test.pass(1s);

    CHECK(test.state(refused) == (retry ? DeliveryState::kDelivered : DeliveryState::kDiscarded));
    CHECK(test.state(dependant) == DeliveryState::kDelivered);
    if (!retry) CHECK(test.delivery(refused).why == "sent by mail");
    if (retry) CHECK(test.order == std::vector<std::string>{"key-1", "key-2"});
    CHECK(test.loop->retry(test.delivery(refused)).error().problem == "delivery-closed");
    CHECK(test.loop->discard(test.delivery(refused), "again").error().problem == "delivery-closed");
  }
}

TEST_CASE("lane loop: what is under way can be neither retried nor discarded",
          "[forwarding][loop]") {
  LaneFixture test;
  test.start();
  const auto seq = test.add();
  test.pass(1ms);
  REQUIRE(test.state(seq) == DeliveryState::kInFlight);

  CHECK(test.loop->retry(test.delivery(seq)).error().problem == "delivery-closed");
  CHECK(test.loop->discard(test.delivery(seq), "no").error().problem == "delivery-closed");
}

TEST_CASE("lane loop: deliveries of one unit arrive in their order, whatever gets lost",
          "[forwarding][loop]") {
  LaneFixture test;
  for (int i = 0; i < 60; ++i) test.add({i % 3});
  SeededEntropy dice(7);
  test.transport.answer = [&](const HttpRequest& request) -> HttpOutcome {
    const auto fate = uniform_below(dice, 4);
    if (fate == 0) return no_network();
    if (fate == 1) return HttpResponse(503);
    auto outcome = test.apply(request);
    return fate == 2 ? lost_answer() : outcome;
  };
  test.start();

  CHECK(test.drain());

  CHECK(test.applied.size() == 60);
  CHECK_FALSE(test.other_bytes);
  std::vector<int> last(3, 0);
  for (const auto& key : test.order) {
    const int number = std::stoi(key.substr(4));
    int& before = last[static_cast<std::size_t>((number - 1) % 3)];
    CHECK(number > before);
    before = number;
  }
}

TEST_CASE("lane loop: a setting that is missing keeps the delivery, with the reason",
          "[forwarding][loop]") {
  LaneFixture test;
  test.backend.encode_error = Error(Errc::kConfig, "lanes.cmdb.usage_state is not set");
  test.start();
  const auto seq = test.add();

  test.pass(1h);
  CHECK(test.state(seq) == DeliveryState::kPending);
  CHECK(test.delivery(seq).why == "lanes.cmdb.usage_state is not set");
  CHECK(test.delivery(seq).attempts == 0);
  CHECK(test.sent() == 0);
  const auto waiting = [&] {
    return good(test.world->deliveries.waiting_for_person(test.lane, test.schedule->now()));
  };
  CHECK(waiting().count == 1);
  CHECK(waiting().why == "lanes.cmdb.usage_state is not set");
  good(test.loop->sync_now());
  CHECK(waiting().count == 0);
  test.pass(1s);
  CHECK(waiting().count == 1);

  test.backend.encode_error.reset();
  CHECK(test.drain());
  CHECK(test.state(seq) == DeliveryState::kDelivered);
}

TEST_CASE("lane loop: a record that can never be sent is quarantined", "[forwarding][loop]") {
  LaneFixture test;
  test.backend.encode_error = Error::invalid("/x", "no back-end can take this");
  test.start();
  const auto seq = test.add();

  test.pass(1s);

  CHECK(test.state(seq) == DeliveryState::kQuarantined);
  CHECK(test.delivery(seq).why == "no back-end can take this");
}

TEST_CASE("lane loop: a damaged record is set aside, and the others go on", "[forwarding][loop]") {
  LaneFixture test;
  for (int i = 0; i < 3; ++i) test.add();
  good(test.world->database().execute_script("UPDATE records SET body = '{}' WHERE seq = 2"));
  test.start();

  CHECK(test.drain());

  CHECK(test.state(1) == DeliveryState::kDelivered);
  CHECK(test.state(2) == DeliveryState::kQuarantined);
  CHECK(test.state(3) == DeliveryState::kDelivered);
  CHECK(good(test.world->journal.damaged()).at(0).seq == 2);
}

TEST_CASE("lane loop: a record whose row is gone is set aside, and the others go on",
          "[forwarding][loop]") {
  LaneFixture test;
  for (int i = 0; i < 3; ++i) test.add();
  good(test.world->database().execute_script("DELETE FROM records WHERE seq = 1"));
  test.start();

  CHECK(test.drain());

  CHECK(test.state(1) == DeliveryState::kQuarantined);
  CHECK(test.state(3) == DeliveryState::kDelivered);
  CHECK(good(test.world->journal.damaged()).at(0).seq == 1);
}

TEST_CASE("lane loop: ten thousand deliveries drain, never more than the limit at once",
          "[forwarding][loop]") {
  LaneFixture test;
  good(test.world.write([&]() -> Result<void> {
    for (std::int64_t seq = 1; seq <= 10'000; ++seq) {
      RETURN_IF_ERROR(test.world->journal.append(2, {}, R"({"n":1})"));
      storage::NewDelivery delivery;
      delivery.record_seq = seq;
      delivery.lane = test.lane;
      delivery.key = "key-" + std::to_string(seq);
      RETURN_IF_ERROR(test.world->deliveries.add(delivery));
    }
    return {};
  }));
  test.start();

  CHECK(test.world.scheduler.run_until([&] { return test.applied.size() == 10'000; }, 1h));
  CHECK(test.drain());

  CHECK(test.transport.in_flight_most == 8);
  CHECK(test.sent() == 10'000);
  CHECK(test.count(DeliveryState::kDelivered) == 10'000);
}

TEST_CASE("lane loop: an idle lane wakes up for nothing", "[forwarding][loop]") {
  LaneFixture test;
  test.start();
  test.add();
  CHECK(test.drain());
  test.run();

  CHECK(test.world.scheduler.timers() == 0);
}

TEST_CASE("lane loop: no answer that comes after its end touches anything", "[forwarding][loop]") {
  LaneFixture test;
  test.start();
  const auto seq = test.add();
  test.pass(1ms);

  test.loop.reset();
  test.pass(1h);

  CHECK(test.state(seq) == DeliveryState::kInFlight);
}

}  // namespace handover::test
