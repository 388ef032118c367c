#include <catch2/catch_test_macros.hpp>

#include "tests/support/test_store.hpp"

namespace handover::test {
namespace {

using storage::Delivery;
using storage::DeliveryChange;
using storage::DeliveryState;
using storage::NewDelivery;

struct LaneStore : TestStore {
  LaneStore() {
    lane = good(
        write([&] { return store->deliveries.lane_id("servicemobility", "servicemobility"); }));
  }

  std::int64_t add(std::int64_t seq, std::vector<std::int64_t> keys = {}, std::int64_t now = 1000,
                   int place = 0) {
    NewDelivery delivery;
    delivery.record_seq = seq;
    delivery.place = place;
    delivery.lane = lane;
    delivery.unit = "unit";
    delivery.environment = "test";
    delivery.key = "key-" + std::to_string(seq);
    delivery.order_keys = std::move(keys);
    delivery.now = now;
    good(write([&] { return store->deliveries.add(delivery); }));
    return seq * 65536 + place;
  }
  std::vector<std::int64_t> claim(std::int64_t now = 1000, std::int64_t limit = 100) {
    std::vector<std::int64_t> ids;
    for (const auto& delivery :
         good(write([&] { return store->deliveries.claim(lane, now, limit); }))) {
      ids.push_back(delivery.id);
    }
    return ids;
  }
  void change(std::int64_t id, DeliveryState state, std::int64_t next_try_at = 1000) {
    DeliveryChange change;
    change.state = state;
    change.next_try_at = next_try_at;
    change.now = 1000;
    change.attempts = 1;
    good(write([&] { return store->deliveries.change(id, change); }));
  }
  Delivery read(std::int64_t id) { return good(store->deliveries.read(id)); }

  std::int64_t lane = 0;
};

using Ids = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("deliveries: a lane keeps its id over a restart, and names have different ones",
          "[storage][deliveries]") {
  LaneStore world;

  CHECK(good(world.write([&] { return world->deliveries.lane_id("cmdb", "cmdb"); })) != world.lane);
  world.reopen();

  CHECK(good(world.write([&] {
          return world->deliveries.lane_id("servicemobility", "servicemobility");
        })) == world.lane);
  CHECK(good(world->deliveries.lane_name(world.lane)) == "servicemobility");
  CHECK(good(world->deliveries.lane_name(77)).empty());
}

TEST_CASE("deliveries: a lane that has become one of another kind leaves what waits to the old one",
          "[storage][deliveries]") {
  LaneStore world;
  const auto lane_of = [&](std::string_view kind) {
    return good(world.write([&] { return world.store->deliveries.lane_id("office", kind); }));
  };
  const auto name_of = [&](std::int64_t lane) {
    return good(world.store->deliveries.lane_name(lane));
  };
  const std::int64_t old = lane_of("");  // As an older layout has it.
  CHECK(lane_of("cmdb") == old);

  const std::int64_t other = lane_of("tangoe");

  CHECK(other != old);
  CHECK(name_of(other) == "office");
  CHECK(name_of(old) == "office (cmdb)");
  CHECK(lane_of("tangoe") == other);
  CHECK(lane_of("cmdb") == old);
  CHECK(name_of(old) == "office");
  CHECK(name_of(other) == "office (tangoe)");
}

TEST_CASE("deliveries: a new one is pending, due at once, and untried", "[storage][deliveries]") {
  LaneStore world;

  const Delivery delivery = world.read(world.add(7, {1, 2}, 1234, 3));

  CHECK(delivery.record_seq == 7);
  CHECK(delivery.state == DeliveryState::kPending);
  CHECK(delivery.unit == "unit");
  CHECK(delivery.environment == "test");
  CHECK(delivery.key == "key-7");
  CHECK(delivery.next_try_at == 1234);
  CHECK(delivery.since == 1234);
  CHECK(delivery.attempts == 0);
  CHECK_FALSE(delivery.repeat);
  CHECK_FALSE(delivery.delivered_at.has_value());
  CHECK(delivery.request.empty());
}

TEST_CASE("deliveries: claimed are those that are due, unknown ones first, then the longest due",
          "[storage][deliveries]") {
  LaneStore world;
  const auto late = world.add(1, {}, 900);
  const auto early = world.add(2, {}, 800);
  const auto unknown = world.add(3, {}, 950);
  const auto future = world.add(4, {}, 2000);
  world.change(unknown, DeliveryState::kUnknown, 999);

  CHECK(world.claim(1000) == Ids{unknown, early, late});
  CHECK(world.claim(1999).empty());
  CHECK(world.claim(2000) == Ids{future});
  CHECK(world.read(early).state == DeliveryState::kInFlight);
  CHECK(world.read(early).attempts == 1);
  CHECK(world.read(early).since == 1000);
}

TEST_CASE("deliveries: no more are claimed than asked for", "[storage][deliveries]") {
  LaneStore world;
  for (int seq = 1; seq <= 5; ++seq) world.add(seq);
  world.change(5 * 65536, DeliveryState::kUnknown);

  CHECK(world.claim(1000, 0).empty());
  CHECK(world.claim(1000, 1) == Ids{5 * 65536});
  CHECK(world.claim(1000, 3).size() == 3);
}

TEST_CASE("deliveries: of one unit they go one after the other, all others overtake",
          "[storage][deliveries]") {
  LaneStore world;
  const auto first = world.add(1, {11});
  const auto second = world.add(2, {11, 22});
  const auto third = world.add(3, {22});
  const auto other = world.add(4, {33});

  CHECK(world.claim() == Ids{first, other});
  world.change(first, DeliveryState::kPending);
  CHECK(world.claim() == Ids{first});
  world.change(first, DeliveryState::kDelivered);
  CHECK(world.claim() == Ids{second});
  world.change(second, DeliveryState::kSuperseded);
  CHECK(world.claim() == Ids{third});
}

TEST_CASE(
    "deliveries: a quarantined one holds back its dependants until it is retried or discarded",
    "[storage][deliveries]") {
  LaneStore world;
  const auto first = world.add(1, {11});
  const auto second = world.add(2, {11});
  const auto other = world.add(3, {22});
  CHECK(world.claim() == Ids{first, other});
  world.change(first, DeliveryState::kQuarantined);

  CHECK(world.claim(999999).empty());
  CHECK(world.read(second).blocked_by == first);
  world.change(first, DeliveryState::kDiscarded);
  CHECK(world.claim() == Ids{second});
}

TEST_CASE("deliveries: lanes do not order each other", "[storage][deliveries]") {
  LaneStore world;
  world.add(1, {11});
  const auto here = world.lane;
  world.lane = good(world.write([&] { return world->deliveries.lane_id("cmdb", "cmdb"); }));
  const auto there = world.add(2, {11});

  CHECK(world.claim() == Ids{there});
  world.lane = here;
  CHECK(world.claim() == Ids{65536});
}

TEST_CASE("deliveries: the frozen request stays until the delivery is at its end",
          "[storage][deliveries]") {
  LaneStore world;
  const auto id = world.add(1);
  const std::string request("POST / HTTP\n\nbody \0 with a zero", 31);

  good(world.write([&] { return world->deliveries.freeze(id, request); }));
  world.reopen();
  world.change(id, DeliveryState::kUnknown);
  CHECK(world.read(id).request == request);
  world.change(id, DeliveryState::kDelivered);
  CHECK(world.read(id).request.empty());
}

TEST_CASE("deliveries: a change replaces what was said before, and keeps when it was delivered",
          "[storage][deliveries]") {
  LaneStore world;
  const auto id = world.add(1);
  DeliveryChange change;
  change.state = DeliveryState::kDelivered;
  change.now = 5000;
  change.attempts = 3;
  change.delivered_at = 4711;
  change.who = 2;
  change.why = "accepted";
  change.receipt = R"({"status":201})";

  good(world.write([&] { return world->deliveries.change(id, change); }));

  const Delivery delivery = world.read(id);
  CHECK(delivery.state == DeliveryState::kDelivered);
  CHECK(delivery.since == 5000);
  CHECK(delivery.attempts == 3);
  CHECK(delivery.delivered_at == 4711);
  CHECK(delivery.who == 2);
  CHECK(delivery.why == "accepted");
  CHECK(delivery.receipt == R"({"status":201})");
  CHECK(world.write([&] { return world->deliveries.change(99, change); }).error().code ==
        Errc::kNotFound);
  CHECK(world->deliveries.read(99).error().code == Errc::kNotFound);
}

TEST_CASE(
    "deliveries: after a start, what was in flight is of unknown outcome and no wait is too long",
    "[storage][deliveries]") {
  LaneStore world;
  const auto sent = world.add(1);
  world.claim();
  const auto waits = world.add(2, {}, 99'999'999);
  const auto quarantined = world.add(3);
  world.change(quarantined, DeliveryState::kQuarantined, 99'999'999);

  CHECK(good(world.write([&] { return world->deliveries.recover(world.lane, 2000, 3000); })) == 1);

  CHECK(world.read(sent).state == DeliveryState::kUnknown);
  CHECK(world.read(sent).repeat);
  CHECK(world.read(sent).next_try_at == 2000);
  CHECK(world.read(waits).next_try_at == 3000);
  CHECK(world.read(quarantined).state == DeliveryState::kQuarantined);
  CHECK(world.read(quarantined).next_try_at == 99'999'999);
}

TEST_CASE("deliveries: making all due touches only what waits on the lane",
          "[storage][deliveries]") {
  LaneStore world;
  const auto waits = world.add(1, {}, 5000);
  const auto due = world.add(2, {}, 500);
  const auto quarantined = world.add(3, {}, 5000);
  world.change(quarantined, DeliveryState::kQuarantined, 5000);

  good(world.write([&] { return world->deliveries.make_due(world.lane, 1000); }));

  CHECK(world.read(waits).next_try_at == 1000);
  CHECK(world.read(due).next_try_at == 500);
  CHECK(world.read(quarantined).next_try_at == 5000);
}

TEST_CASE("deliveries: the records behind one are the later open ones of the same things",
          "[storage][deliveries]") {
  LaneStore world;
  const auto first = world.add(1, {11, 22});
  const auto delivered = world.add(2, {11});
  world.add(3, {33});
  world.add(4, {22});
  world.add(5, {11, 22});
  world.change(delivered, DeliveryState::kDelivered);

  CHECK(good(world->deliveries.records_behind(first, world.lane, 10)) == Ids{4, 5});
  CHECK(good(world->deliveries.records_behind(first, world.lane, 1)) == Ids{4});
  CHECK(good(world->deliveries.records_behind(5 * 65536, world.lane, 10)).empty());
  CHECK(good(world->deliveries.records_behind(first, world.lane + 1, 10)).empty());
}

TEST_CASE("deliveries: those that wait for one cause can be made due alone",
          "[storage][deliveries]") {
  LaneStore world;
  const auto network = world.add(1);
  const auto server = world.add(2);
  for (const auto id : {network, server}) {
    DeliveryChange change;
    change.next_try_at = 5000;
    change.who = id == network ? 1 : 2;
    good(world.write([&] { return world->deliveries.change(id, change); }));
  }

  good(world.write([&] { return world->deliveries.make_due_who(world.lane, 1000, 1); }));

  CHECK(world.read(network).next_try_at == 1000);
  CHECK(world.read(server).next_try_at == 5000);
}

TEST_CASE("deliveries: the counts of a lane are those of its open deliveries",
          "[storage][deliveries]") {
  LaneStore world;
  CHECK(good(world->deliveries.counts(world.lane)).pending == 0);
  CHECK_FALSE(good(world->deliveries.counts(world.lane)).next_try_at.has_value());
  CHECK_FALSE(good(world->deliveries.counts(world.lane)).oldest_pending_seq.has_value());
  for (int seq = 1; seq <= 7; ++seq) world.add(seq, {}, 1000 + seq);
  world.change(1 * 65536, DeliveryState::kQuarantined);
  world.change(2 * 65536, DeliveryState::kDelivered);
  world.change(3 * 65536, DeliveryState::kUnknown, 1003);
  world.change(4 * 65536, DeliveryState::kInFlight);
  world.change(5 * 65536, DeliveryState::kDiscarded);

  const auto counts = good(world->deliveries.counts(world.lane));

  CHECK(counts.pending == 3);
  CHECK(counts.unknown == 1);
  CHECK(counts.quarantined == 1);
  CHECK(counts.oldest_pending_seq == 3);
  CHECK(counts.next_try_at == 1003);
  CHECK(good(world->deliveries.next_due(world.lane)) == 1003);
}

TEST_CASE("deliveries: counted for a person are those that wait for one, and all behind them",
          "[storage][deliveries]") {
  LaneStore world;
  const auto wait_for = [&](std::int64_t id, int who, const char* why) {
    DeliveryChange change;
    change.next_try_at = 5000;
    change.who = who;
    change.why = why;
    good(world.write([&] { return world->deliveries.change(id, change); }));
  };
  const auto network = world.add(1);
  const auto setting = world.add(2, {22});
  const auto behind_setting = world.add(3, {22, 33});
  world.add(4, {33});
  const auto quarantined = world.add(5, {55});
  world.add(6, {55});
  world.add(7);
  wait_for(network, 1, "no network");
  wait_for(setting, 3, "usage_state is not set");
  world.change(quarantined, DeliveryState::kQuarantined);

  const auto waiting = good(world->deliveries.waiting_for_person(world.lane, 1000));

  CHECK(waiting.count == 4);  // 2, 3 and 4 behind it, 6 behind the quarantined one.
  CHECK(waiting.why == "usage_state is not set");

  // What is due may go: until that was tried nobody is waited for.
  CHECK(good(world->deliveries.waiting_for_person(world.lane, 5000)).count == 1);
  good(world.write([&] { return world->deliveries.make_due(world.lane, 1000); }));
  CHECK(good(world->deliveries.waiting_for_person(world.lane, 1000)).count == 1);
  CHECK(world.read(setting).next_try_at == 1000);
  world.change(setting, DeliveryState::kDelivered);
  CHECK(world.read(behind_setting).blocked_by == 0);
}

TEST_CASE("deliveries: what waits for another is no reason to wake up", "[storage][deliveries]") {
  LaneStore world;
  const auto first = world.add(1, {11});
  world.add(2, {11});
  world.change(first, DeliveryState::kQuarantined);

  CHECK_FALSE(good(world->deliveries.next_due(world.lane)).has_value());
}

TEST_CASE("deliveries: records are listed by the state of their deliveries, each once",
          "[storage][deliveries]") {
  LaneStore world;
  world.add(1, {}, 1000, 0);
  world.add(1, {}, 1000, 1);
  world.add(2);
  world.add(3);
  world.change(2 * 65536, DeliveryState::kQuarantined);

  CHECK(good(world->deliveries.records_in({}, 0, 0, 10)) == Ids{1, 2, 3});
  CHECK(good(world->deliveries.records_in({}, 0, 1, 1)) == Ids{2});
  CHECK(good(world->deliveries.records_in(DeliveryState::kQuarantined, 0, 0, 10)) == Ids{2});
  CHECK(good(world->deliveries.records_in(DeliveryState::kPending, world.lane, 0, 10)) ==
        Ids{1, 3});
  CHECK(good(world->deliveries.records_in({}, world.lane + 1, 0, 10)).empty());
  CHECK(good(world->deliveries.of_record(1)).size() == 2);
  CHECK(good(world->deliveries.of_record(9)).empty());
}

TEST_CASE("lane memory: is what was written last, over a restart", "[storage][deliveries]") {
  LaneStore world;
  const storage::LaneMemory memory{2, true, 7, 123456, 4711, "the password is wrong"};

  good(world.write([&] { return world->lane_memories.write(world.lane, memory); }));
  world.reopen();

  const auto read = good(world->lane_memories.read(world.lane));
  CHECK(read.mode == 2);
  CHECK(read.hinted);
  CHECK(read.failures == 7);
  CHECK(read.until == 123456);
  CHECK(read.since == 4711);
  CHECK(read.last_error == "the password is wrong");
  CHECK(good(world->lane_memories.read(99)).mode == 0);
}

}  // namespace handover::test
