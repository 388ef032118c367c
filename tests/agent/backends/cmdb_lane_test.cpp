// Asset events on their way to the CMDB through the real recorder, store and lane: what is held for
// a person, what is remembered of a unit, and what is left out.
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/agent/backends/cmdb_world.hpp"

namespace handover::test {
namespace {

using Catch::Matchers::ContainsSubstring;
using std::chrono::hours;
using std::chrono::seconds;

backends::CmdbSettings with_reads(std::vector<std::string> ours = {}) {
  auto settings = cmdb_lane_settings();
  settings.look_up_path = "/api/now/table/alm_hardware";
  settings.integration_users = std::move(ours);
  return settings;
}

}  // namespace

TEST_CASE("cmdb lane: a correction that makes a ghost stops the others, until a person decides",
          "[cmdb]") {
  CmdbWorld cmdb;
  for (const char* serial : {"S1", "S2", "S3"}) cmdb.record("receipt", serial);
  cmdb.pass(seconds(10));
  cmdb.configure(R"({"ghost_insertions":1})");
  cmdb.settings.in_flight_max = 1;
  cmdb.restart();

  const auto ghost = cmdb.record("correction", "S1");
  const auto other = cmdb.record("correction", "S2");
  const auto third = cmdb.record("correction", "S3");
  const auto receipt = cmdb.record("receipt", "S4");
  cmdb.pass(seconds(10));

  CHECK(cmdb.is(ghost, DeliveryState::kQuarantined));
  CHECK_THAT(cmdb.why(ghost), ContainsSubstring("possible ghost"));
  for (const auto waiting : {other, third}) {
    CHECK(cmdb.is(waiting, DeliveryState::kPending));
    CHECK_THAT(cmdb.why(waiting), ContainsSubstring("record " + std::to_string(ghost)));
    CHECK(cmdb.delivery(waiting).attempts == 0);
  }
  CHECK(cmdb.is(receipt, DeliveryState::kDelivered));
  CHECK(cmdb.posted().size() == 5);

  cmdb.restart();
  cmdb.pass(hours(30));
  CHECK(cmdb.posted().size() == 5);

  cmdb.discard(ghost);
  cmdb.pass(seconds(10));
  CHECK(cmdb.is(other, DeliveryState::kDelivered));
  CHECK(cmdb.is(third, DeliveryState::kDelivered));
}

TEST_CASE("cmdb lane: a retried ghost lets the other corrections go as well", "[cmdb]") {
  CmdbWorld cmdb;
  cmdb.configure(R"({"strip_update_prefix":false})");
  const auto ghost = cmdb.record("correction", "S1");
  cmdb.pass(seconds(10));
  const auto other = cmdb.record("correction", "S2");
  cmdb.pass(seconds(10));
  REQUIRE(cmdb.is(ghost, DeliveryState::kQuarantined));
  REQUIRE(cmdb.is(other, DeliveryState::kPending));

  cmdb.configure(R"({"strip_update_prefix":true})");
  cmdb.model.reset();
  cmdb.write_as("clerk", R"({"name":"S1","serialNumber":"S1","state":"instock"})");
  cmdb.write_as("clerk", R"({"name":"S2","serialNumber":"S2","state":"instock"})");
  cmdb.retry(ghost);
  cmdb.pass(seconds(10));

  CHECK(cmdb.is(ghost, DeliveryState::kDelivered));
  CHECK(cmdb.is(other, DeliveryState::kDelivered));
  CHECK(cmdb.model.assets().assets().size() == 2);
}

TEST_CASE("cmdb lane: a tag that was sent once is sent again, over restarts", "[cmdb]") {
  CmdbWorld cmdb;
  cmdb.record("receipt", "S1", R"(,"asset_tag":"UPS-S1")");
  cmdb.pass(seconds(10));
  cmdb.restart();
  cmdb.record("shipment", "s1");
  cmdb.pass(seconds(10));

  REQUIRE(cmdb.posted().size() == 2);
  CHECK_THAT(cmdb.posted()[1], ContainsSubstring(R"("asset_tag":"UPS-S1")"));
}

TEST_CASE("cmdb lane: the sentence for untagged units never wipes out a tag unasked", "[cmdb]") {
  CmdbWorld cmdb;
  cmdb.record("receipt", "S1", R"(,"asset_tag":"UPS-S1")");
  const auto untagged = cmdb.record("return_received", "S1", R"(,"asset_tag":"No Asset tagged")");
  const auto behind = cmdb.record("shipment", "S1");
  cmdb.pass(seconds(10));
  cmdb.restart();
  cmdb.pass(hours(3));

  REQUIRE(cmdb.is(untagged, DeliveryState::kQuarantined));
  CHECK_THAT(cmdb.why(untagged), ContainsSubstring("UPS-S1"));
  CHECK(cmdb.is(behind, DeliveryState::kPending));
  CHECK(cmdb.posted().size() == 1);

  cmdb.retry(untagged);
  cmdb.pass(seconds(10));
  CHECK(cmdb.is(untagged, DeliveryState::kDelivered));
  CHECK(cmdb.is(behind, DeliveryState::kDelivered));
  // It has no tag from now on, and what follows does not bring the old one back.
  REQUIRE(cmdb.posted().size() == 3);
  CHECK_THAT(cmdb.posted()[1], ContainsSubstring(R"("asset_tag":"No Asset Tag")"));
  CHECK_THAT(cmdb.posted()[2], ContainsSubstring(R"("asset_tag":"No Asset Tag")"));
}

TEST_CASE("cmdb lane: a second asset for a unit that the CMDB took before is an alarm", "[cmdb]") {
  CmdbWorld cmdb;
  const auto first = cmdb.record("receipt", "S1");
  cmdb.pass(seconds(10));
  REQUIRE(cmdb.is(first, DeliveryState::kDelivered));
  cmdb.configure(R"({"coalesce":"none"})");
  cmdb.restart();
  const auto second = cmdb.record("shipment", "S1");
  cmdb.pass(seconds(10));

  CHECK(cmdb.is(second, DeliveryState::kQuarantined));
  CHECK_THAT(cmdb.why(second), ContainsSubstring("possible duplicate"));
}

TEST_CASE("cmdb lane: one asset for all untagged units, as a match by tag makes it, is noticed",
          "[cmdb]") {
  CmdbWorld cmdb;
  cmdb.configure(R"({"coalesce":"asset_tag"})");
  const auto tagged = cmdb.record("receipt", "S1", R"(,"asset_tag":"A-1")");
  cmdb.pass(seconds(10));
  const auto renamed = cmdb.record("correction", "S1", R"(,"asset_tag":"A-2")");
  cmdb.pass(seconds(10));

  CHECK(cmdb.is(tagged, DeliveryState::kDelivered));
  CHECK(cmdb.is(renamed, DeliveryState::kQuarantined));
  CHECK_THAT(cmdb.why(renamed), ContainsSubstring("possible ghost"));
}

TEST_CASE(
    "cmdb lane: what others changed since is held, and insisting on one thing is not "
    "insisting on the other",
    "[cmdb]") {
  CmdbWorld cmdb(with_reads({"handover"}));
  cmdb.record("receipt", "S1", R"(,"asset_tag":"UPS-S1")");
  cmdb.pass(seconds(10));
  const auto untagged = cmdb.record("return_received", "S1", R"(,"asset_tag":"No Asset Tag")");
  cmdb.pass(seconds(2));
  REQUIRE(cmdb.is(untagged, DeliveryState::kQuarantined));
  cmdb.write_as("clerk", R"({"name":"S1","serialNumber":"S1","state":"inuse","location":"HQ"})");

  cmdb.retry(untagged);
  cmdb.pass(seconds(60));
  REQUIRE(cmdb.is(untagged, DeliveryState::kQuarantined));
  for (const char* words : {"clerk", "inuse, HQ", "Here: instock, WWT"})
    CHECK_THAT(cmdb.why(untagged), ContainsSubstring(words));
  CHECK(cmdb.posted().size() == 1);

  cmdb.restart();
  cmdb.retry(untagged);
  cmdb.pass(seconds(60));
  CHECK(cmdb.is(untagged, DeliveryState::kDelivered));
  CHECK(cmdb.posted().size() == 2);
}

TEST_CASE("cmdb lane: a unit that a filter leaves out is written down, and stays so", "[cmdb]") {
  auto settings = cmdb_lane_settings();
  settings.filters[backends::AssetEvent::kReceipt].structures = {"master"};
  CmdbWorld cmdb(settings);
  const auto mixed = cmdb.record_body(
      R"({"event":"receipt","location":"WWT","stockroom":"WWT","items":[)"
      R"({"serialNumber":"S1","manufacturerPartNumber":"P","classification":{"structure":"master"}},)"
      R"({"serialNumber":"S2","manufacturerPartNumber":"P","classification":{"structure":"standalone"}},)"
      R"({"manufacturerPartNumber":"CABLE","quantity":3}]})");
  cmdb.pass(seconds(10));
  cmdb.restart_with(cmdb_lane_settings());
  cmdb.pass(hours(3));

  const auto all = good(cmdb.world->deliveries.of_record(mixed));
  REQUIRE(all.size() == 3);
  CHECK(all[0].unit == "S1");
  CHECK(all[0].state == DeliveryState::kDelivered);
  std::vector<std::string> left_out;
  for (const auto& delivery : {all[1], all[2]}) {
    CHECK(delivery.state == DeliveryState::kNotWanted);
    CHECK_FALSE(delivery.why.empty());
    left_out.push_back(delivery.unit);
  }
  CHECK(left_out == std::vector<std::string>{"CABLE", "S2"});
  CHECK(cmdb.posted().size() == 1);
}

TEST_CASE("recorder: an event with a key is one record, for ever; with other values it is refused",
          "[cmdb]") {
  CmdbWorld cmdb;
  const auto body = [](const char* serial) {
    return R"({"event":"receipt","location":"WWT","stockroom":"WWT","key":"import a row 1",)"
           R"("items":[{"serialNumber":")" +
           std::string(serial) + R"(","manufacturerPartNumber":"P"}]})";
  };
  const auto first = good(cmdb.write_event(body("S1")));
  cmdb.pass(seconds(10));
  cmdb.restart();
  const auto again = good(cmdb.write_event(body("S1")));
  const auto other = cmdb.write_event(body("S2"));
  cmdb.pass(seconds(10));

  CHECK_FALSE(first.known);
  CHECK(again.known);
  CHECK(again.record.id == first.record.id);
  REQUIRE_FALSE(other);
  CHECK(other.error().problem == "key-reused");
  CHECK_THAT(other.error().detail, ContainsSubstring("record 1 "));
  CHECK(good(cmdb.world->journal.list(0, 10)).size() == 1);
  CHECK(cmdb.posted().size() == 1);
}

TEST_CASE("cmdb lane: a door of several transform maps has taken a record when all maps have",
          "[cmdb]") {
  CmdbWorld cmdb;
  cmdb.configure(R"({"transform_maps":3,"failing_map":2})");
  const auto receipt = cmdb.record("receipt", "S1");
  cmdb.pass(seconds(10));
  CHECK(cmdb.is(receipt, DeliveryState::kQuarantined));
  CHECK_THAT(cmdb.why(receipt), ContainsSubstring("1 of 3 transform maps did not take it"));

  cmdb.configure(R"({"failing_map":0})");
  cmdb.retry(receipt);
  cmdb.pass(seconds(10));
  CHECK(cmdb.is(receipt, DeliveryState::kDelivered));
}

TEST_CASE("cmdb lane: configured data points reach the customer's columns", "[cmdb]") {
  auto settings = cmdb_lane_settings();
  settings.extra_keys[backends::AssetEvent::kReceipt] = {{"mac_address", "u_mac"}};
  CmdbWorld cmdb(settings);
  cmdb.configure(R"({"extra_columns":["u_mac"]})");
  cmdb.record("receipt", "S1", R"(,"data":{"mac_address":"00:11:22:33:44:55"})");
  cmdb.pass(seconds(10));

  REQUIRE(cmdb.model.assets().assets().size() == 1);
  CHECK(cmdb.model.assets().assets()[0].field("u_mac") == "00:11:22:33:44:55");
}

TEST_CASE("cmdb lane: a hundred receipts with lost answers are a hundred assets, each made once",
          "[cmdb]") {
  for (const bool reads : {false, true}) {
    CAPTURE(reads);
    CmdbWorld cmdb(reads ? with_reads() : cmdb_lane_settings());
    cmdb.fault("lost_reply:1/5:/api/now/import/");
    for (int i = 0; i < 100; ++i) cmdb.record("receipt", "S" + std::to_string(i));
    REQUIRE(cmdb.world.scheduler.run_until(
        [&] {
          const auto counts = good(cmdb.world->deliveries.counts(cmdb.lane));
          return counts.pending + counts.unknown == 0;
        },
        hours(24)));

    CHECK(good(cmdb.world->deliveries.counts(cmdb.lane)).quarantined == 0);
    CHECK(cmdb.model.assets().assets().size() == 100);
    CHECK(cmdb.model.assets().audit().size() == 100);
    CHECK(cmdb.posted().size() >= 100);
  }
}

}  // namespace handover::test
