// A warehouse's units through the whole program: files imported over crashes and lost answers, and
// what the customer does not want.
#include <fstream>
#include <map>

#include "tests/integration/program.hpp"
#include "tests/integration/world.hpp"

namespace handover::test {
namespace {

constexpr int kReceipts = 1000;

class Warehouse {
 public:
  explicit Warehouse(const std::string& lane_settings = "") {
    sim::DeviceSettings settings;
    settings.user = "warehouse";
    settings.location = "WWT";
    settings.lanes_toml =
        sim::cmdb_lane_toml({.cmdb_url = world.back_ends().url(kCmdb), .cmdb_user = "warehouse"}) +
        lane_settings;
    device = world.make_device(std::move(settings));
    REQUIRE(device->start());
  }

  std::string write_file(const std::string& name, const std::string& text) {
    const std::string path = world.folder().file(name);
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  /// handover assets import FILE, as a warehouse's clerk would run it.
  [[nodiscard]] std::unique_ptr<Program> import(const std::string& file) const {
    std::vector<std::string> words = {"assets",
                                      "import",
                                      file,
                                      "--event",
                                      "receipt",
                                      "--location",
                                      "WWT",
                                      "--stockroom",
                                      "WWT",
                                      "--config",
                                      device->config_file()};
    return std::make_unique<Program>(std::move(words), world.folder().file("import.out"));
  }
  [[nodiscard]] std::int64_t records() const {
    return number(member(get(device, "/v1/status"), "store"), "records");
  }
  /// The record is answered with `status`.
  Json record(int status, const std::string& body) {
    return must(device, status, "/v1/asset-events", json(body));
  }

  World world;
  Device device;
};

std::string serial_of(int row) { return "CUST" + std::to_string(10000 + row); }

/// Receipts as the source document lists their data points.
std::string receipts() {
  std::string text =
      "Transaction Date,Serial Number,Manufacture part number,Mac Address,Asset Tag\r\n";
  for (int row = 0; row < kReceipts; ++row) {
    text += "2026-11-22," + serial_of(row) + ",TE-1405-HW-AC-B,00:11:22:33:44:55,UPS-" +
            serial_of(row) + "\r\n";
  }
  return text;
}

}  // namespace

TEST_CASE(
    "integration: 1,000 receipts from a file arrive once each, with answers lost on the way, the "
    "import and the agent killed in the middle, and the file imported again",
    "[integration][assets]") {
  Warehouse warehouse;
  warehouse.world.add_fault(kCmdb, "lost_reply:1/10:/api/now/import/");
  const std::string file = warehouse.write_file("receipts.csv", receipts());

  {
    const auto killed = warehouse.import(file);
    REQUIRE(eventually([&] { return warehouse.records() >= 50 || killed->has_ended(); }));
    REQUIRE_FALSE(killed->has_ended());
  }  // SIGKILL
  const auto before = warehouse.records();
  CHECK(before < kReceipts);

  const auto without_agent = warehouse.import(file);
  REQUIRE(eventually([&] { return warehouse.records() >= before + 50; }));
  warehouse.device->kill_now();
  INFO(without_agent->said());
  CHECK(without_agent->wait() == 3);
  CHECK(without_agent->said().find("Run the same command again") != std::string::npos);
  REQUIRE(warehouse.device->start());
  CHECK(warehouse.records() < kReceipts);

  const auto finished = warehouse.import(file);
  INFO(finished->said());
  CHECK(finished->wait() == 0);
  CHECK(warehouse.records() == kReceipts);
  const auto again = warehouse.import(file);
  CHECK(again->wait() == 0);
  CHECK(again->said().find("1000 rows: 0 recorded, 1000 recorded before, 0 refused.") !=
        std::string::npos);
  CHECK(warehouse.records() == kReceipts);
  drain(warehouse.device);

  CHECK(number(lane_status(warehouse.device, "cmdb"), "quarantined") == 0);
  const Json state = warehouse.world.back_ends().state(kCmdb);
  CHECK(number(state, "assets_count") == kReceipts);
  // Each was written once: a repeat after a lost answer changed nothing.
  CHECK(number(state, "audit_count") == kReceipts);
  std::map<std::string, int> seen;
  for (const Json& asset : member(state, "assets").items()) {
    ++seen[asset.text_of("serial_number")];
    CHECK(asset.text_of("asset_tag") == "UPS-" + asset.text_of("serial_number"));
  }
  CHECK(seen.size() == kReceipts);
  CHECK(seen[serial_of(0)] == 1);
  CHECK(seen[serial_of(kReceipts - 1)] == 1);
}

TEST_CASE("integration: what a filter leaves out is shown, counted, and never sent",
          "[integration][assets]") {
  Warehouse warehouse(
      "[lanes.filters.receipt]\nstructure = [\"master\"]\n"
      "[lanes.extra_keys.receipt]\nmac_address = \"u_mac\"\n");
  const std::string file = warehouse.write_file(
      "receipts.jsonl",
      R"({"serialNumber":"M1","manufacturerPartNumber":"P","structure":"master","mac_address":"00:11"})"
      "\n"
      R"({"serialNumber":"A1","manufacturerPartNumber":"P","structure":"standalone"})"
      "\n"
      R"({"manufacturerPartNumber":"CABLE","quantity":5,"structure":"master"})"
      "\n");
  const auto imported = warehouse.import(file);
  CHECK(imported->wait() == 0);
  CHECK(imported->said().find("2 of them are wanted by no lane") != std::string::npos);
  drain(warehouse.device);

  CHECK(number(lane_status(warehouse.device, "cmdb"), "not_wanted") == 2);
  const Json shown = get(warehouse.device, "/v1/records?lane=cmdb&state=not_wanted");
  REQUIRE(member(shown, "items").items().size() == 2);
  const Json& standalone = member(member(shown, "items").items()[0], "deliveries").items().at(0);
  CHECK(standalone.text_of("why").find("standalone") != std::string::npos);
  const Json state = warehouse.world.back_ends().state(kCmdb);
  CHECK(number(state, "import_rows_count") == 1);
  CHECK(member(member(state, "import_rows").items()[0], "body").text_of("u_mac") == "00:11");
}

TEST_CASE("integration: an event with a key is one record, whoever asks and however often",
          "[integration][assets]") {
  Warehouse warehouse;
  const std::string event = R"({"event":"receipt","location":"WWT","stockroom":"WWT","key":"K-1",)"
                            R"("items":[{"serialNumber":"S1","manufacturerPartNumber":"P"}]})";
  const Json first = warehouse.record(201, event);
  warehouse.device->kill_now();
  REQUIRE(warehouse.device->start());
  const Json again = warehouse.record(200, event);
  CHECK(again.text_of("id") == first.text_of("id"));
  std::string other = event;
  other.replace(other.find("S1"), 2, "S2");
  const Json refused = warehouse.record(409, other);
  CHECK(refused.text_of("type") == "urn:handover:problem:key-reused");
  CHECK(warehouse.records() == 1);
}

TEST_CASE("integration: a ghost made by a correction stops corrections until a person discards it",
          "[integration][assets]") {
  Warehouse warehouse;
  const auto event = [&](const char* name, const char* serial) {
    return warehouse
        .record(201, R"({"event":")" + std::string(name) +
                         R"(","location":"WWT","stockroom":"WWT","items":[{"serialNumber":")" +
                         serial + R"(","manufacturerPartNumber":"P"}]})")
        .text_of("id");
  };
  const auto becomes = [&](const std::string& id, const char* state) {
    return eventually(
        [&] { return delivery_of(warehouse.device, id, "cmdb").text_of("state") == state; },
        std::chrono::seconds(60));
  };
  event("receipt", "S2");
  drain(warehouse.device);
  const std::string ghost = event("correction", "S1");
  REQUIRE(becomes(ghost, "quarantined"));
  const std::string other = event("correction", "S2");
  REQUIRE(eventually(
      [&] { return !delivery_of(warehouse.device, other, "cmdb").text_of("why").empty(); }));
  CHECK(delivery_of(warehouse.device, other, "cmdb").text_of("state") == "pending");

  must(warehouse.device, 200, "/v1/records/" + ghost + "/deliveries/cmdb/discard",
       json(R"({"reason":"settled"})"));
  CHECK(becomes(other, "delivered"));
}

}  // namespace handover::test
