#include <catch2/catch_test_macros.hpp>

#include "tests/storage/layouts.hpp"

namespace handover::test {
namespace {

using storage::ServiceOrderRow;
using storage::ServiceOrderState;

ServiceOrderRow row(const char* purchase_order, const char* bill_to) {
  ServiceOrderRow made;
  made.body = R"({"lines":[]})";
  made.purchase_order = purchase_order;
  made.bill_to = bill_to;
  made.proposed_by = "record";
  made.created_at = WallTime(milliseconds(5));
  return made;
}

}  // namespace

TEST_CASE("service orders: what was written is read after a restart", "[storage]") {
  TestStore world;
  auto first = good(world.write([&] { return world->service_orders.add(row("PO-1", "1")); }));
  const auto second =
      good(world.write([&] { return world->service_orders.add(row("PO-2", "1")); }));
  CHECK(second.number == first.number + 1);
  first.state = ServiceOrderState::kSubmitted;
  first.record_seq = 7;
  first.record_id = "r-7";
  first.changed_at = WallTime(milliseconds(9));
  good(world.write([&] { return world->service_orders.update(first); }));
  world.reopen();
  const auto read = good(world->service_orders.read_by_id(first.id));
  CHECK(read.state == ServiceOrderState::kSubmitted);
  CHECK(read.body == first.body);
  CHECK(read.proposed_by == "record");
  CHECK(read.created_at == first.created_at);
  CHECK(read.changed_at == first.changed_at);
  CHECK(read.record_seq == 7);
  CHECK(read.record_id == "r-7");
  CHECK(good(world->service_orders.list(0, 1)).size() == 1);
  CHECK(good(world->service_orders.list(first.number, 10)).front().id == second.id);
  CHECK(world->service_orders.read_by_id("nonsense").error().code == Errc::kNotFound);
}

TEST_CASE("service orders: a purchase order number is used for its bill-to until its draft is gone",
          "[storage]") {
  TestStore world;
  auto order = good(world.write([&] { return world->service_orders.add(row("PO-1", "1")); }));
  const auto used = [&](const char* number, const char* bill_to, std::int64_t but) {
    return good(world->service_orders.is_used(number, bill_to, but));
  };
  CHECK(used("PO-1", "1", 0));
  CHECK_FALSE(used("PO-1", "1", order.number));
  CHECK_FALSE(used("PO-1", "2", 0));
  CHECK_FALSE(used("PO-2", "1", 0));
  CHECK_FALSE(used("", "1", 0));
  order.state = ServiceOrderState::kSubmitted;
  good(world.write([&] { return world->service_orders.update(order); }));
  CHECK(used("PO-1", "1", 0));
  order.state = ServiceOrderState::kCancelled;
  good(world.write([&] { return world->service_orders.update(order); }));
  CHECK_FALSE(used("PO-1", "1", 0));
}

TEST_CASE("deliveries: progress stays until it is replaced, also over a restart", "[storage]") {
  TestStore world;
  good(world.write([&]() -> Result<void> {
    storage::NewDelivery delivery;
    delivery.record_seq = 1;
    TRY_ASSIGN(delivery.lane, world->deliveries.lane_id("lane", "lane"));
    delivery.key = "key";
    return world->deliveries.add(delivery);
  }));
  const auto change = [&](const char* progress) {
    storage::DeliveryChange to;
    to.progress = progress;
    good(world.write([&] { return world->deliveries.change(65536, to); }));
    return good(world->deliveries.read(65536)).progress;
  };
  CHECK(change("").empty());
  CHECK(change(R"({"sendings":1})") == R"({"sendings":1})");
  CHECK(change("") == R"({"sendings":1})");
  world.reopen();
  CHECK(good(world->deliveries.read(65536)).progress == R"({"sendings":1})");
}

TEST_CASE("schema: a store of layout 1 is brought forward with all it holds", "[storage]") {
  TestStore world;
  good(world.write([&]() -> Result<void> {
    TRY_ASSIGN(const auto entry, world->journal.append(2, {}, R"({"n":1})"));
    storage::NewDelivery delivery;
    delivery.record_seq = entry.seq;
    TRY_ASSIGN(delivery.lane, world->deliveries.lane_id("lane", "lane"));
    delivery.key = "key";
    return world->deliveries.add(delivery);
  }));
  take_back_to(world, storage::SchemaVersion::kMainJob);
  world.reopen();
  const auto delivery = good(world->deliveries.read(65536));
  CHECK(delivery.key == "key");
  CHECK(delivery.progress.empty());
  CHECK(good(world->journal.read(1)).body == R"({"n":1})");
  CHECK(good(world->service_orders.list(0, 10)).empty());
  storage::Query version(world->database(), "PRAGMA user_version");
  REQUIRE(version.next());
  CHECK(version.integer(0) == static_cast<std::int64_t>(storage::kSchemaVersion));
}

}  // namespace handover::test
