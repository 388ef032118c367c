#include "agent/intake/intake.hpp"

#include <catch2/catch_test_macros.hpp>

#include "agent/backends/cmdb/asset_update.hpp"
#include "agent/backends/servicemobility/servicemobility_backend.hpp"
#include "tests/agent/intake/site_world.hpp"

namespace handover::test {
namespace {

using intake::RowType;

constexpr auto kUsage = RowType::kInventoryUsage;
constexpr auto kTransfer = RowType::kInventoryTransfer;

std::string usage_row(std::string_view rowver, std::string_view object = kUsageObject) {
  return row_text("InventoryUsage", rowver, object);
}
std::string transfer_row(std::string_view rowver, const std::string& object) {
  return row_text("InventoryTransfer", rowver, object);
}
/// The same fact, written by another hand.
constexpr const char* kUsageObjectAgain =
    R"({"RefObjID":"WO-1","RefModule":"1002","UserID":"tech.17","Later":null,)"
    R"("StorageLocations":[{"Items":[{"SerialNum":"SN-1","BatchNum":"","ProdNum":"P1",)"
    R"("InQty":0,"OutQty":1,"InventoryQty":4.00}],"StorageLocationID":"VAN-17"}],)"
    R"("ModifiedUTC":"2026-11-22T10:00:00Z"})";

}  // namespace

TEST_CASE("intake: the same row by webhook and by export is one record, in either order",
          "[intake]") {
  SiteWorld world;
  CHECK(world.status_of_usage("id-1", "7") == 200);
  CHECK(world.take(kUsage, usage_row("7", kUsageObjectAgain)).repeated == 1);
  CHECK(world.take(kUsage, usage_row("12")).records == 1);
  CHECK(world.status_of_usage("id-2", "12", kUsageObjectAgain) == 200);

  CHECK(world.records().size() == 2);
  const auto counts = world.counts();
  CHECK(counts.records == 2);
  CHECK(counts.rows == 4);
  CHECK(counts.rows_repeated == 2);
  CHECK(counts.payloads == 2);
}

TEST_CASE("intake: a webhook without a rowver and the export's row are one, once", "[intake]") {
  SiteWorld world;
  CHECK(world.status_of_usage("id-1", "") == 200);
  CHECK(world.take(kUsage, usage_row("7")).repeated == 1);
  CHECK(world.take(kUsage, usage_row("7")).repeated == 1);
  // The log has the same words at another place: that is another row.
  CHECK(world.take(kUsage, usage_row("9")).records == 1);
  CHECK(world.status_of_usage("id-2", "") == 200);
  CHECK(world.records().size() == 2);
}

TEST_CASE("intake: the same rowver with other words is not lost", "[intake]") {
  SiteWorld world;
  CHECK(world.take(kUsage, usage_row("7")).records == 1);
  std::string other = kUsageObject;
  other.replace(other.find("WO-1"), 4, "WO-2");
  CHECK(world.take(kUsage, usage_row("7", other)).records == 1);
  CHECK(world.take(kTransfer, transfer_row("7", transfer_text("1001", "1", "2"))).records == 1);
}

TEST_CASE("intake: what came stays known over a restart, however often it comes", "[intake]") {
  SiteWorld world;
  CHECK(world.status_of_usage("id-1") == 200);
  world.restart();
  for (int i = 0; i < 3; ++i) CHECK(world.status_of_usage("id-1") == 200);
  CHECK(world.take(kUsage, usage_row("7")).repeated == 1);
  CHECK(world.records().size() == 1);
  CHECK(world.counts().payloads_repeated == 3);
  CHECK(world.counts().payloads_conflicting == 0);
}

TEST_CASE("intake: a repeated id with another body has no effect, and is counted", "[intake]") {
  SiteWorld world;
  CHECK(world.status_of_usage("id-1") == 200);
  std::string other = kUsageObject;
  other.replace(other.find("SN-1"), 4, "SN-2");
  CHECK(world.status_of_usage("id-1", "8", other) == 200);
  CHECK(world.records().size() == 1);
  CHECK(world.counts().payloads_conflicting == 1);
  // Its row is not lost if the export has it.
  CHECK(world.take(kUsage, usage_row("8", other)).records == 1);
}

TEST_CASE("intake: a record says where it came from, and never goes back there", "[intake]") {
  SiteWorld world;
  CHECK(world.status_of_usage("id-1") == 200);
  CHECK(world.take(kTransfer, transfer_row("3", transfer_text("1001", "1", "2"))).records == 1);
  const auto bodies = world.records();
  CHECK(bodies.at(0).find("origin")->dump() ==
        R"({"system":"servicemobility","via":"webhook","payload_id":"id-1","webhook":"s-1",)"
        R"("rowver":"7"})");
  CHECK(bodies.at(1).find("origin")->dump() ==
        R"({"system":"servicemobility","via":"export","rowver":"3"})");

  backends::ServiceMobilitySettings settings;
  settings.read_password = [] { return Result<Secret>(Secret(std::string_view("x"))); };
  const backends::ServiceMobilityBackend back(std::move(settings));
  Record record;
  record.kind = RecordKind::kUsage;
  record.body = bodies.at(0);
  CHECK(back.plan(record).empty());
  CHECK(backends::asset_updates(record).size() == 1);
  record.kind = RecordKind::kTransfer;
  record.body = bodies.at(1);
  CHECK(back.plan(record).empty());
}

TEST_CASE("intake: a record is as old as its fact", "[intake]") {
  SiteWorld world;
  CHECK(world.status_of_usage("id-1") == 200);
  const auto entry = good(world.site.world->journal.read(1));
  CHECK(format_rfc3339_seconds(entry.captured_at) == "2026-11-22T10:00:00Z");
}

TEST_CASE("intake: the sender's half that comes after the receiver's does not move the unit back",
          "[intake]") {
  SiteWorld world;
  const auto updates = [&](std::size_t place) {
    Record record;
    record.kind = RecordKind::kTransfer;
    record.body = world.records().at(place);
    return backends::asset_updates(record).size();
  };
  (void)world.take(kTransfer, transfer_row("1", transfer_text("1002", "22", "11")));
  (void)world.take(kTransfer, transfer_row("2", transfer_text("1001", "11", "22")));
  CHECK(updates(0) == 1);
  CHECK(updates(1) == 0);
  // In the usual order, and of another transfer of the same unit, both count.
  (void)world.take(kTransfer, transfer_row("3", transfer_text("1001", "33", "44")));
  (void)world.take(kTransfer, transfer_row("4", transfer_text("1002", "44", "33")));
  CHECK(updates(2) == 1);
  CHECK(updates(3) == 1);
}

TEST_CASE("intake: of one technician the latest word on a unit counts, in whatever order it comes",
          "[intake]") {
  SiteWorld world;
  const auto at = [](std::string object, const std::string& member, const std::string& value) {
    const auto from = object.find("\"" + member + "\":\"") + member.size() + 4;
    return object.replace(from, object.find('"', from) - from, value);
  };
  const auto used = [&](const char* time, const char* user) {
    return at(at(kUsageObject, "ModifiedUTC", time), "UserID", user);
  };
  const auto moved = [&](std::size_t place) {
    Record record;
    record.kind = RecordKind::kUsage;
    record.body = world.records().at(place);
    return backends::asset_updates(record).size();
  };
  (void)world.take(kUsage, usage_row("1", used("2026-11-22T11:00:00Z", "tech.17")));
  (void)world.take(kUsage, usage_row("2", used("2026-11-22T10:00:00Z", "TECH.17")));
  (void)world.take(kUsage, usage_row("3", used("2026-11-22T10:00:00Z", "tech.22")));
  (void)world.take(kUsage, usage_row("4", used("2026-11-22T12:00:00Z", "tech.17")));

  CHECK(moved(0) == 1);
  CHECK(moved(1) == 0);  // It is on record, and not told.
  CHECK(moved(2) == 1);  // By another clock.
  CHECK(moved(3) == 1);
  CHECK(world.records().at(1).find("origin")->find("overtaken_units")->dump() == R"(["SN-1"])");
}

TEST_CASE("intake: a row that cannot be read is set aside and holds nothing back", "[intake]") {
  SiteWorld world;
  std::string bad = kUsageObject;
  bad.replace(bad.find("\"P1\""), 4, "\"\"");
  const auto taken = world.take(kUsage, usage_row("1", bad) + "," + usage_row("2") + "," + "17");
  CHECK(taken.set_aside == 2);
  CHECK(taken.records == 1);
  CHECK(world.take(kUsage, usage_row("1", bad)).repeated == 1);
  CHECK(world.counts().set_aside == 2);
  const auto aside = good(world.site.world->intake.list_set_aside(0, 10));
  REQUIRE(aside.size() == 2);
  CHECK(aside[0].reason.find("/StorageLocations/0/Items/0/ProdNum") == 0);
  CHECK(aside[1].reason == "the row holds no object InventoryUsage");
  CHECK(good(world.site.write([&] { return world.intake->look_again(); })) == 0);
  CHECK(world.counts().set_aside == 2);
}

TEST_CASE("intake: when the setting is corrected, what was set aside becomes records, once",
          "[intake]") {
  SiteWorld world;
  const std::string row = transfer_row("1", transfer_text("T-OUT", "1", "2"));
  CHECK(world.take(kTransfer, row).set_aside == 1);
  CHECK(good(world.site.write([&] { return world.intake->look_again(); })) == 0);

  world.rows = {"T-OUT", "T-IN"};
  world.restart();
  CHECK(good(world.site.write([&] { return world.intake->look_again(); })) == 1);
  CHECK(good(world.site.write([&] { return world.intake->look_again(); })) == 0);
  CHECK(world.counts().set_aside == 0);
  CHECK(world.records().size() == 1);
  CHECK(world.take(kTransfer, row).repeated == 1);
}

TEST_CASE("intake: a name costs the same small room, however long the id is", "[intake]") {
  SiteWorld world;
  constexpr int kPayloads = 500;
  const auto pages = [&] {
    storage::Query rows(world.site.world->database(),
                        "SELECT count(*), sum(length(name) + length(digest)) FROM intake_names");
    REQUIRE(rows.next());
    return std::pair(rows.integer(0), rows.integer(1));
  };
  for (int i = 0; i < kPayloads; ++i) {
    const std::string body =
        payload_text(std::string(400, 'i') + std::to_string(i), "InventoryUsage", "");
    REQUIRE(world.post("/InventoryUsage/", body).status == 200);
  }
  CHECK(pages() == std::pair<std::int64_t, std::int64_t>(kPayloads, kPayloads * 24));
}

}  // namespace handover::test
