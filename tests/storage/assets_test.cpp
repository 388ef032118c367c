// What the store keeps for asset events: notes of units, holds, keys of rows, and what a lane left
// out.
#include <catch2/catch_test_macros.hpp>

#include "tests/storage/layouts.hpp"
#include "tests/storage/one_delivery.hpp"

namespace handover::test {
namespace {

using storage::DeliveryState;

}  // namespace

TEST_CASE("lane notes: the newest counts, for its lane and name alone, over a restart",
          "[storage]") {
  TestStore world;
  const auto note = [&](std::int64_t lane, const char* name, const char* value) {
    good(world.write([&] { return world->lane_notes.write(lane, name, value); }));
  };
  note(1, "unit:s1", "old");
  note(1, "unit:s1", "new");
  note(2, "unit:s1", "other lane");
  world.reopen();

  CHECK(good(world->lane_notes.read(1, "unit:s1")) == "new");
  CHECK(good(world->lane_notes.read(2, "unit:s1")) == "other lane");
  CHECK(good(world->lane_notes.read(1, "unit:s2")).empty());
}

TEST_CASE("holds: in force while their delivery is quarantined, and known for ever", "[storage]") {
  TestStore world;
  const auto held = add_delivery(world);
  const auto hold = [&](const char* name) {
    good(world.write([&] { return world->holds.put(held, 1, name); }));
  };
  const auto in_force = [&](std::int64_t lane, const char* name) {
    return good(world->holds.in_force(lane, name));
  };
  hold("correction");
  CHECK_FALSE(in_force(1, "correction"));
  set_state(world, held, DeliveryState::kQuarantined);
  world.reopen();
  CHECK(in_force(1, "correction") == held);
  CHECK_FALSE(in_force(1, "asset tag"));
  CHECK_FALSE(in_force(2, "correction"));

  set_state(world, held, DeliveryState::kPending);
  CHECK_FALSE(in_force(1, "correction"));
  hold("asset tag");
  hold("asset tag");
  CHECK(good(world->holds.names_of(held)) == std::vector<std::string>{"asset tag", "correction"});
  CHECK(good(world->holds.names_of(held + 1)).empty());
}

TEST_CASE("record keys: a key is one record, and other content with it is noticed", "[storage]") {
  TestStore world;
  const storage::Digest key(32, 'k');
  const storage::Digest content(32, 'c');
  CHECK_FALSE(good(world->record_keys.find(key, content)));
  good(world.write([&] { return world->record_keys.add(key, content, 17); }));
  world.reopen();

  const auto same = good(world->record_keys.find(key, content));
  REQUIRE(same);
  CHECK(same->record_seq == 17);
  CHECK(same->same);
  CHECK_FALSE(good(world->record_keys.find(key, storage::Digest(32, 'd')))->same);
  CHECK_FALSE(world.write([&] { return world->record_keys.add(key, content, 18); }));
  CHECK(good(world->record_keys.find(key, content))->record_seq == 17);
}

TEST_CASE("deliveries: what a lane leaves out is at its end, counted, and blocks nothing",
          "[storage]") {
  TestStore world;
  const auto left_out = add_delivery(world, "its structure is standalone");
  const auto wanted = add_delivery(world);
  world.reopen();

  const auto delivery = good(world->deliveries.read(left_out));
  CHECK(delivery.state == DeliveryState::kNotWanted);
  CHECK(delivery.why == "its structure is standalone");
  const auto lane = good(world.write([&] { return world->deliveries.lane_id("cmdb", "cmdb"); }));
  const auto counts = good(world->deliveries.counts(lane));
  CHECK(counts.not_wanted == 1);
  CHECK(counts.pending == 1);
  CHECK(counts.quarantined == 0);
  const auto claimed = good(world.write([&] { return world->deliveries.claim(lane, 1, 10); }));
  REQUIRE(claimed.size() == 1);
  CHECK(claimed.front().id == wanted);
}

TEST_CASE("schema: a store of layout 2 is brought forward with all it holds", "[storage]") {
  TestStore world;
  const auto delivery = add_delivery(world);
  set_state(world, delivery, DeliveryState::kQuarantined);
  take_back_to(world, storage::SchemaVersion::kServiceOrders);
  world.reopen();

  CHECK(good(world->deliveries.read(delivery)).state == DeliveryState::kQuarantined);
  CHECK(good(world->journal.read(1)).body == R"({"n":1})");
  CHECK(good(world->lane_notes.read(1, "unit:s1")).empty());
  good(world.write([&] { return world->holds.put(delivery, 1, "correction"); }));
  CHECK(good(world->holds.in_force(1, "correction")) == delivery);
  CHECK(good(world->deliveries.counts(1)).not_wanted == 0);
}

TEST_CASE("schema: a store of layout 4 is brought forward with all it holds", "[storage]") {
  TestStore world;
  const auto delivery = add_delivery(world);
  take_back_to(world, storage::SchemaVersion::kAssets);
  world.reopen();

  CHECK(good(world->deliveries.read(delivery)).state == DeliveryState::kPending);
  good(world.write([&] { return world->signed_messages.write(1, 1, "an offer"); }));
  CHECK(good(world->signed_messages.read(1, 1)) == "an offer");
}

}  // namespace handover::test
