#include "agent/intake/row_reader.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "agent/backends/cmdb/asset_update.hpp"
#include "tests/agent/intake/site_world.hpp"

namespace handover::test {
namespace {

using intake::RowType;

Result<intake::Fact> read(RowType type, const std::string& object) {
  return intake::read_row(type, to_json(object), {});
}
Result<intake::Fact> read_usage(const std::string& object) {
  return read(RowType::kInventoryUsage, object);
}
std::string usage_with(std::string_view from, std::string_view to) {
  std::string text = kUsageObject;
  const auto place = text.find(from);
  REQUIRE(place != std::string::npos);
  return text.replace(place, from.size(), to);
}
std::vector<backends::AssetUpdate> updates_of(const intake::Fact& fact) {
  Record record;
  record.kind = fact.kind;
  record.body = fact.body;
  return backends::asset_updates(record);
}

}  // namespace

TEST_CASE("row: a usage becomes one of our usages, written our way", "[intake][row]") {
  const auto fact = read_usage(usage_with("2026-11-22T10:00:00Z", "2026-11-22 10:00:00.250Z"));
  REQUIRE(fact);
  CHECK(fact->kind == RecordKind::kUsage);
  CHECK(format_rfc3339(fact->happened_at.value()) == "2026-11-22T10:00:00.250Z");
  CHECK(fact->body.dump() ==
        R"({"usage":{"UserID":"tech.17","ModifiedUTC":"2026-11-22T10:00:00.250Z",)"
        R"("RefModule":"1002","RefObjID":"WO-1","StorageLocations":[{"StorageLocationID":"VAN-17",)"
        R"("Items":[{"BatchNum":"","InventoryQty":4,"OutQty":1,"ProdNum":"P1",)"
        R"("SerialNum":"SN-1"}]}]}})");
  const auto updates = updates_of(*fact);
  REQUIRE(updates.size() == 1);
  CHECK(updates[0].event == backends::AssetEvent::kInstallation);
  CHECK(updates[0].serial == "SN-1");
}

TEST_CASE("row: members that nothing describes are kept behind the known ones", "[intake][row]") {
  const auto fact = read_usage(usage_with(R"("BatchNum":"",)", R"("New":{"a":1},"BatchNum":"",)"));
  REQUIRE(fact);
  CHECK(fact->body.dump().find(R"("SerialNum":"SN-1","New":{"a":1}})") != std::string::npos);
}

TEST_CASE("row: decimals of any length that say six digits or fewer are read", "[intake][row]") {
  const auto [written, kept] = GENERATE(table<const char*, const char*>(
      {{"4.0000000000", "4"}, {"\"4.50\"", "4.5"}, {"-2.0", "-2"}, {"0.0", "0"}, {"-0.0", "0"}}));
  const auto fact = read_usage(usage_with("4.0", written));
  REQUIRE(fact);
  CHECK(fact->body.dump().find(std::string(R"("InventoryQty":)") + kept + ",") !=
        std::string::npos);
}

TEST_CASE("row: a usage that is none is refused with the field", "[intake][row]") {
  const auto [from, to, words] = GENERATE(table<const char*, const char*, const char*>({
      {R"("ProdNum":"P1")", R"("ProdNum":"")", "/StorageLocations/0/Items/0/ProdNum"},
      {R"("ProdNum":"P1",)", "", "/StorageLocations/0/Items/0/ProdNum"},
      {R"("OutQty":1.0)", R"("OutQty":-1.0)", "/StorageLocations/0/Items/0/OutQty"},
      {R"("OutQty":1.0)", R"("OutQty":1e3)", "/StorageLocations/0/Items/0/OutQty"},
      {R"("OutQty":1.0)", R"("OutQty":0.0000001)", "/StorageLocations/0/Items/0/OutQty"},
      {R"("OutQty":1.0)", R"("OutQty":[1])", "/StorageLocations/0/Items/0/OutQty"},
      {R"("SerialNum":"SN-1")", R"("SerialNum":{})", "/StorageLocations/0/Items/0/SerialNum"},
      {R"("SerialNum":"SN-1")", R"("SerialNum":"a\u0000b")",
       "/StorageLocations/0/Items/0/SerialNum"},
      {R"("StorageLocationID":"VAN-17")", R"("StorageLocationID":null)",
       "/StorageLocations/0/StorageLocationID"},
      {R"("RefModule":"1002",)", "", "/RefModule"},
      {R"("StorageLocations":[)", R"("StorageLocations":[],"x":[)", "/StorageLocations"},
  }));
  const auto fact = read_usage(usage_with(from, to));
  REQUIRE_FALSE(fact);
  CHECK(fact.error().detail.starts_with(words));
  CHECK(fact.error().detail.find("SN-1") == std::string::npos);
}

TEST_CASE("row: the usage of a transfer is marked as such, so that no back-end counts it twice",
          "[intake][row]") {
  std::string object = usage_with("\"1002\"", "\"1003\"");
  object.replace(object.find("WO-1"), 4, "483935842877-88760530");
  const auto usage = read_usage(object);
  REQUIRE(usage);
  const auto sent =
      read(RowType::kInventoryTransfer, transfer_text("1001", "483935842877", "88760530"));
  const auto received =
      read(RowType::kInventoryTransfer, transfer_text("1002", "88760530", "483935842877"));
  REQUIRE(sent);
  REQUIRE(received);
  const std::string id = usage->body.text_of("transfer_id");
  CHECK_FALSE(id.empty());
  CHECK(sent->body.text_of("transfer_id") == id);
  CHECK(received->body.text_of("transfer_id") == id);
  CHECK(id.find("4839") == std::string::npos);
  CHECK(updates_of(*usage).empty());
}

TEST_CASE("row: a transfer's direction comes from the tenant's codes", "[intake][row]") {
  const std::string object = transfer_text("T-OUT", "", "");
  const auto unknown = read(RowType::kInventoryTransfer, object);
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().code == Errc::kConfig);
  CHECK(unknown.error().detail.find("transfer_types") != std::string::npos);
  const auto fact =
      intake::read_row(RowType::kInventoryTransfer, to_json(object), {"T-OUT", "T-IN"});
  REQUIRE(fact);
  CHECK(fact->body.text_of("direction") == "outbound");
  CHECK(fact->transfer_id.empty());
  const auto updates = updates_of(*fact);
  REQUIRE(updates.size() == 1);
  CHECK(updates[0].event == backends::AssetEvent::kTransferOutbound);
  CHECK(updates[0].location == "VAN-22");
  CHECK(updates[0].stockroom == "VAN-17");
}

TEST_CASE("row: a transfer needs what moves, and from where to where", "[intake][row]") {
  const auto [from, to] = GENERATE(table<const char*, const char*>(
      {{R"("Qty":1.0)", R"("Qty":0)"},
       {R"("Qty":1.0,)", ""},
       {R"("FromStorageLocation":"VAN-17")", R"("FromStorageLocation":"")"},
       {R"("ToStorageLocation":"VAN-22",)", ""},
       {R"("TransferType":"1001",)", ""},
       {R"("ValidationCode":{)", R"("Items":[],"V":{)"}}));
  std::string text = transfer_text("1001", "1", "2");
  text.replace(text.find(from), std::string_view(from).size(), to);
  const auto parsed = parse_json(text);
  if (parsed) CHECK_FALSE(intake::read_row(RowType::kInventoryTransfer, *parsed, {}));
}

TEST_CASE("row: loads and counts are notices, whole, and no asset of them moves", "[intake][row]") {
  const auto fact = read(RowType::kLoadInventory,
                         R"({"LoadNum":"L-1","ModifiedUTC":"2013-01-01 12:00:00Z","Items":[]})");
  REQUIRE(fact);
  CHECK(fact->kind == RecordKind::kNotice);
  CHECK(fact->body.dump() == R"({"notice":{"type":"LoadInventory","object":{"LoadNum":"L-1",)"
                             R"("ModifiedUTC":"2013-01-01 12:00:00Z","Items":[]}}})");
  CHECK(format_rfc3339_seconds(fact->happened_at.value()) == "2013-01-01T12:00:00Z");
  CHECK(updates_of(*fact).empty());
}

}  // namespace handover::test
