// The main promise, judged by the back-ends' own books: every record arrives, once, in its unit's
// order.
#include <algorithm>
#include <map>
#include <set>
#include <thread>

#include "tests/integration/world.hpp"

namespace handover::test {
namespace {

constexpr int kTransfers = 100;  // Each makes four records: a half and a usage on either device.
constexpr int kUsagesPerDevice = 800;
constexpr int kUnitsPerDevice = 100;  // Each goes through four usages: load, in, out, in again.
constexpr int kStepsPerUnit = 4;

std::string unit_name(const std::string& van, int unit) {
  return "SN-" + van + "-" + std::to_string(unit);
}
std::string moved_unit(int transfer) { return "SN-MOVED-" + std::to_string(transfer); }

/// What a technician does with one unit, one step after the other.
Json unit_step(const std::string& van, int unit, int step) {
  const std::string reference = van + "-unit-" + std::to_string(unit) + "-" + std::to_string(step);
  const std::string serial = unit_name(van, unit);
  const std::string site = "Site " + std::to_string(unit) + " " + std::to_string(step);
  switch (step) {
    case 0:
      return usage_body("1001", reference, van,
                        {usage_line("WS-C3850-48U-S", "InQty", "1", serial)});
    case 2:
      return usage_body("1002", reference, van,
                        {usage_line("WS-C3850-48U-S", "InQty", "1", serial)});
    default:
      return usage_body("1002", reference, van,
                        {usage_line("WS-C3850-48U-S", "OutQty", "1", serial)}, site);
  }
}

Json bulk_usage(const std::string& van, int place) {
  return usage_body(
      "1004", van + "-bulk-" + std::to_string(place), van,
      {usage_line("CAT6-3M", "OutQty", "2.5"), usage_line("SFP-10G-SR", "OutQty", "1")});
}

/// 800 usages of one device, units and bulk mixed, in a thread of their own: assertions stay in the
/// test's thread.
class Technician {
 public:
  Technician(const Device& device) : van_(device->settings().location), client_(device->connect()) {
    thread_ = std::thread([this] { work(); });
  }
  ~Technician() {
    if (thread_.joinable()) thread_.join();
  }
  Technician(const Technician&) = delete;
  Technician& operator=(const Technician&) = delete;

  /// The references that were answered 201.
  std::vector<std::string> finish() {
    thread_.join();
    INFO(failure_);
    REQUIRE(failure_.empty());
    return std::move(accepted_);
  }

 private:
  void work() {
    if (!client_) {
      failure_ = client_.error().detail;
      return;
    }
    int bulk = 0;
    for (int step = 0; step < kStepsPerUnit; ++step) {
      for (int unit = 0; unit < kUnitsPerDevice; ++unit) {
        record(unit_step(van_, unit, step));
        if (bulk < kUsagesPerDevice - kUnitsPerDevice * kStepsPerUnit)
          record(bulk_usage(van_, bulk++));
      }
    }
  }
  void record(const Json& body) {
    const std::string reference = body.find("usage")->text_of("RefObjID");
    const auto answer = client_->call(post("/v1/usages", body, "key-" + reference));
    if (answer && answer->status == 201) {
      accepted_.push_back(reference);
    } else {
      failure_ = reference + ": " + (answer ? answer->body : answer.error().detail);
    }
  }

  std::string van_;
  Result<net::LocalClient> client_;
  std::vector<std::string> accepted_;
  std::string failure_;
  std::thread thread_;
};

/// One delivery of the CMDB lane, as the CMDB must have seen it.
struct Expected {
  std::string event;     ///< What tells it from the unit's other events.
  bool required = true;  ///< False if it was superseded: an earlier try may have arrived or not.
};
using Timeline = std::map<std::string, std::vector<Expected>>;  // By unit.

std::string event_of(const std::string& state, const std::string& location) {
  return state + " at " + location;
}

std::string expected_event(const Json& record) {
  const Json& body = member(record, "body");
  if (const Json* transfer = body.find("transfer")) {
    const bool outbound = body.text_of("direction") == "outbound";
    return event_of(outbound ? "intransit" : "instock", transfer->text_of("ToStorageLocation"));
  }
  const Json& usage = member(body, "usage");
  const Json& place = member(usage, "StorageLocations").items().at(0);
  const bool out = member(place, "Items").items().at(0).find("OutQty") != nullptr;
  return out ? event_of("inuse", body.text_of("site"))
             : event_of("instock", place.text_of("StorageLocationID"));
}

/// The device's own truth table, checked to be at its end, and what it says that the CMDB got.
Timeline read_truth_table(const Device& device, std::size_t& records) {
  Timeline timeline;
  for (const Json& record : all_records(device)) {
    ++records;
    REQUIRE(member(record, "deliveries").items().size() >= 1);
    for (const Json& delivery : member(record, "deliveries").items()) {
      const std::string& state = delivery.text_of("state");
      INFO(record.dump());
      REQUIRE((state == "delivered" || state == "superseded"));
      if (delivery.text_of("lane") != "cmdb") continue;
      timeline[delivery.text_of("unit")].push_back({expected_event(record), state == "delivered"});
    }
  }
  return timeline;
}

/// What this technician's device wrote to each unit, in the order of the audit log.
std::map<std::string, std::vector<std::string>> audited(const Json& cmdb, const std::string& user) {
  std::map<std::string, std::vector<std::string>> events;
  for (const Json& entry : member(cmdb, "audit").items()) {
    if (entry.text_of("who") != user) continue;
    const Json& event = member(entry, "event");
    auto& of_unit = events[event.text_of("serialNumber")];
    std::string words = event_of(event.text_of("state"), event.text_of("location"));
    // When both halves of a transfer cross at the CMDB, a repeat may rightly write its half again.
    const bool crossed = event.text_of("serialNumber").starts_with("SN-MOVED-") &&
                         !of_unit.empty() && of_unit.back() == words;
    if (!crossed) of_unit.push_back(std::move(words));
  }
  return events;
}

/// Each required event stands in `seen`, all in their order, none twice, and nothing else is there.
bool in_order(const std::vector<Expected>& expected, const std::vector<std::string>& seen) {
  std::size_t next = 0;
  for (const Expected& event : expected) {
    const bool here = next < seen.size() && seen[next] == event.event;
    if (here) ++next;
    if (!here && event.required) return false;
  }
  return next == seen.size();
}

void check_order(const Json& cmdb, const Device& device, const Timeline& timeline) {
  const auto seen = audited(cmdb, device->settings().user);
  for (const auto& [unit, expected] : timeline) {
    const auto found = seen.find(unit);
    const std::vector<std::string> events =
        found == seen.end() ? std::vector<std::string>() : found->second;
    std::string told;
    for (const auto& event : events) told += event + "; ";
    INFO(unit << ": " << told);
    CHECK(in_order(expected, events));
  }
}

void check_servicemobility(const Json& state, std::vector<std::string> accepted) {
  CHECK(number(state, "halves_count") == 2 * kTransfers);
  CHECK(number(state, "pairs_count") == kTransfers);
  CHECK(number(state, "usages_count") == 2 * kUsagesPerDevice + 2 * kTransfers);
  for (const char* none : {"unpaired_count", "mismatches_count", "doubled_count",
                           "doubled_usages_count", "conflicts", "uploads_without_key"}) {
    INFO(none);
    CHECK(number(state, none) == 0);
  }
  std::vector<std::string> arrived;
  for (const Json& usage : member(state, "usages").items()) {
    const Json& body = member(usage, "body");
    if (body.text_of("RefModule") != "1003") arrived.push_back(body.text_of("RefObjID"));
  }
  std::sort(arrived.begin(), arrived.end());
  std::sort(accepted.begin(), accepted.end());
  CHECK(arrived == accepted);
  for (const Json& key : member(state, "idempotency_keys").items())
    CHECK(number(key, "effects") == 1);
  // The test is only worth something if answers were lost and connections reset.
  CHECK(number(member(state, "faults"), "lost_reply") > 50);
  CHECK(number(member(state, "faults"), "reset_before") > 50);
  CHECK(number(state, "repeats") > 50);
}

void check_cmdb(const Json& state) {
  CHECK(number(state, "assets_count") == kTransfers + 2 * kUnitsPerDevice);
  CHECK(number(state, "duplicates_count") == 0);
  CHECK(member(state, "ghosts").items().empty());
  for (const Json& row : member(state, "import_rows").items())
    CHECK(row.text_of("status") != "error");
  for (const Json& asset : member(state, "assets").items()) {
    const std::string& serial = asset.text_of("serial_number");
    if (!serial.starts_with("SN-MOVED-")) continue;
    // Whichever half came last: where the unit goes is certain.
    const bool to_22 = std::stoi(serial.substr(9)) % 2 == 0;
    CHECK(asset.text_of("location") == (to_22 ? "VAN-22" : "VAN-17"));
  }
  CHECK(number(member(state, "faults"), "lost_reply") > 20);
  CHECK(number(member(state, "faults"), "reset_before") > 20);
}

void make_faults(World& world) {
  for (const auto name : {kServiceMobility, kCmdb}) {
    world.add_fault(name, "lost_reply:1/10");
    world.add_fault(name, "reset_before:1/10");
  }
}

}  // namespace

TEST_CASE(
    "integration: 2,000 records of two agents arrive once and in order over a network that loses "
    "answers",
    "[integration]") {
  World world;
  const Device van_17 = world.start_van_17();
  const Device van_22 = world.start_van_22(van_17);
  for (int i = 0; i < kTransfers; ++i)
    world.add_asset(moved_unit(i), i % 2 == 0 ? "VAN-17" : "VAN-22");
  for (int i = 0; i < kUnitsPerDevice; ++i) {
    world.add_asset(unit_name("VAN-17", i), "WWT");
    world.add_asset(unit_name("VAN-22", i), "WWT");
  }
  make_faults(world);

  std::vector<std::string> accepted;
  {
    Technician first(van_17);
    Technician second(van_22);
    for (int i = 0; i < kTransfers; ++i) {
      const bool to_22 = i % 2 == 0;
      hand_over(
          to_22 ? van_17 : van_22, to_22 ? van_22 : van_17,
          {transfer_line("WS-C3850-48U-S", "1", moved_unit(i)), transfer_line("CAT6-3M", "0.5")});
    }
    accepted = first.finish();
    const auto more = second.finish();
    accepted.insert(accepted.end(), more.begin(), more.end());
  }
  REQUIRE(accepted.size() == 2 * kUsagesPerDevice);
  drain(van_17);
  drain(van_22);

  std::size_t records = 0;
  const Timeline of_17 = read_truth_table(van_17, records);
  const Timeline of_22 = read_truth_table(van_22, records);
  CHECK(records == 2000);
  check_servicemobility(world.back_ends().state(kServiceMobility), std::move(accepted));
  const Json cmdb = world.back_ends().state(kCmdb);
  check_cmdb(cmdb);
  check_order(cmdb, van_17, of_17);
  check_order(cmdb, van_22, of_22);
  CHECK(van_17->stop() == 0);
  CHECK(van_22->stop() == 0);
}

}  // namespace handover::test
