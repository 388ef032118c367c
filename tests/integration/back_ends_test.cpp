// Back-ends that misbehave: what the agent does, and what it tells whom.
#include <chrono>
#include <fstream>

#include "tests/integration/world.hpp"

namespace handover::test {
namespace {

using std::chrono::seconds;
using SteadyClock = std::chrono::steady_clock;

Json bulk(const std::string& reference) {
  return usage_body("1004", reference, "VAN-17", {usage_line("CAT6-3M", "OutQty", "1")});
}

Json load(const std::string& reference, const std::string& serial) {
  return usage_body("1001", reference, "VAN-17",
                    {usage_line("WS-C3850-48U-S", "InQty", "1", serial)});
}

std::string record(const Device& device, const Json& usage) {
  return must(device, 201, "/v1/usages", usage).text_of("id");
}

std::string state_of(const Device& device, const std::string& record_id, const char* lane) {
  return delivery_of(device, record_id, lane).text_of("state");
}

bool becomes(const Device& device, const std::string& record_id, const char* lane,
             const char* state) {
  return eventually([&] { return state_of(device, record_id, lane) == state; }, seconds(60));
}

bool lane_becomes(const Device& device, const char* lane, const char* state) {
  return eventually([&] { return lane_status(device, lane).text_of("state") == state; },
                    seconds(60));
}

void write_password(const Device& device, const char* password) {
  std::ofstream(device->directory() + "/back-end.password", std::ios::trunc) << password << "\n";
}

void sync(const Device& device) { must(device, 202, "/v1/sync", {}); }

std::int64_t count(World& world, sim::BackEndName name, const char* what) {
  return number(world.back_ends().counts(name), what);
}

}  // namespace

TEST_CASE("integration: a token that expires in the middle of the queue costs one login",
          "[integration]") {
  World world;
  const Device device = world.start_van_17();
  record(device, bulk("before"));
  drain(device);
  CHECK(count(world, kServiceMobility, "tokens_issued") == 1);

  world.back_ends().stop(kServiceMobility);
  for (int i = 0; i < 40; ++i) record(device, bulk("queued " + std::to_string(i)));
  REQUIRE(world.back_ends().start_again(kServiceMobility));
  world.add_fault(kServiceMobility, "expired_tokens:1:/seiapi");
  sync(device);
  drain(device);

  CHECK(count(world, kServiceMobility, "usages_count") == 41);
  CHECK(count(world, kServiceMobility, "tokens_issued") == 2);
  CHECK(count(world, kServiceMobility, "doubled_usages_count") == 0);
}

TEST_CASE(
    "integration: a wrong password stops the lane, which says so, until it is corrected and a "
    "person syncs",
    "[integration]") {
  World world;
  sim::DeviceSettings settings;
  settings.user = "tech.17";
  settings.location = "VAN-17";
  const Device device = world.make_device(std::move(settings));
  write_password(device, "not the password");
  REQUIRE(device->start());
  const std::string waits = record(device, load("L-1", "SN-1"));
  world.add_asset("SN-1", "WWT");

  REQUIRE(lane_becomes(device, "servicemobility", "stopped"));
  REQUIRE(lane_becomes(device, "cmdb", "stopped"));
  for (const char* lane : {"servicemobility", "cmdb"}) {
    const Json status = lane_status(device, lane);
    INFO(status.dump());
    CHECK(status.text_of("last_error").find("401") != std::string::npos);
    CHECK(number(status, "pending") == 1);
    const Json delivery = delivery_of(device, waits, lane);
    CHECK(delivery.text_of("state") == "pending");
    CHECK(delivery.text_of("attempts") == "0");
    CHECK(delivery.text_of("who") == "dispatcher");
  }
  const std::int64_t tries =
      count(world, kServiceMobility, "requests") + count(world, kCmdb, "requests");
  // Not one more login without a person: that would lock the account.
  CHECK(tries <= 4);

  write_password(device, kPassword);
  sync(device);
  CHECK(becomes(device, waits, "servicemobility", "delivered"));
  CHECK(becomes(device, waits, "cmdb", "delivered"));
  CHECK(lane_status(device, "cmdb").text_of("state") == "running");
  CHECK(member(lane_status(device, "cmdb"), "last_error").is_null());
}

TEST_CASE("integration: a Retry-After is waited for, and the other lane does not wait with it",
          "[integration]") {
  World world;
  const Device device = world.start_van_17();
  world.add_asset("SN-1", "WWT");
  world.add_fault(kServiceMobility, "status_429_retry_after=5:1:/seiapi");

  const auto asked = SteadyClock::now();
  const std::string id = record(device, load("L-1", "SN-1"));
  REQUIRE(lane_becomes(device, "servicemobility", "paused"));
  CHECK(becomes(device, id, "cmdb", "delivered"));
  const Json waits = delivery_of(device, id, "servicemobility");
  CHECK(waits.text_of("state") == "pending");
  CHECK(waits.text_of("who") == "server");
  REQUIRE(becomes(device, id, "servicemobility", "delivered"));

  CHECK(SteadyClock::now() - asked >= seconds(5));
  // The login, the 429, and one more: nobody knocked while the server wanted to be left alone.
  CHECK(count(world, kServiceMobility, "requests") == 3);
}

TEST_CASE("integration: a captive portal's page is no delivery; when it is gone everything arrives",
          "[integration]") {
  World world;
  const Device device = world.start_van_17();
  world.add_asset("SN-1", "WWT");
  for (const auto name : {kServiceMobility, kCmdb}) world.add_fault(name, "html200:1/1");
  const std::string id = record(device, load("L-1", "SN-1"));

  for (const char* lane : {"servicemobility", "cmdb"}) {
    REQUIRE(lane_becomes(device, lane, "paused"));
    CHECK(lane_status(device, lane).text_of("last_error").find("not from") != std::string::npos);
    // Each look whether the portal has gone is a short try, which does not count.
    CHECK(eventually([&] {
      const Json delivery = delivery_of(device, id, lane);
      return delivery.text_of("state") == "pending" && delivery.text_of("attempts") == "0";
    }));
  }
  for (const auto name : {kServiceMobility, kCmdb}) world.back_ends().clear_faults(name);
  drain(device);

  CHECK(state_of(device, id, "servicemobility") == "delivered");
  CHECK(state_of(device, id, "cmdb") == "delivered");
  CHECK(count(world, kServiceMobility, "usages_count") == 1);
}

TEST_CASE(
    "integration: what a back-end refuses is quarantined with its words, and the others go on",
    "[integration]") {
  World world;
  const Device device = world.start_van_17();
  for (const char* serial : {"SN-BAD", "SN-GOOD"}) world.add_asset(serial, "WWT");
  world.add_fault(kServiceMobility, "unknown_product:1");
  world.add_fault(kCmdb, "result_error:1");
  const std::string bad = record(device, load("L-BAD", "SN-BAD"));
  REQUIRE(becomes(device, bad, "servicemobility", "quarantined"));
  REQUIRE(becomes(device, bad, "cmdb", "quarantined"));
  const std::string good = record(device, load("L-GOOD", "SN-GOOD"));
  const std::string behind =
      record(device, usage_body("1002", "WO-BAD", "VAN-17",
                                {usage_line("WS-C3850-48U-S", "OutQty", "1", "SN-BAD")}, "Site"));
  REQUIRE(becomes(device, good, "servicemobility", "delivered"));
  REQUIRE(becomes(device, good, "cmdb", "delivered"));

  CHECK(delivery_of(device, bad, "servicemobility").text_of("why").find("product does not exist") !=
        std::string::npos);
  CHECK(delivery_of(device, bad, "cmdb").text_of("why").find("Unable to resolve") !=
        std::string::npos);
  CHECK(delivery_of(device, bad, "cmdb").text_of("who") == "dispatcher");
  // The same unit's next step waits for it, and says so.
  for (const char* lane : {"servicemobility", "cmdb"}) {
    CHECK(state_of(device, behind, lane) == "pending");
    CHECK(delivery_of(device, behind, lane).text_of("why").find("quarantined") !=
          std::string::npos);
    CHECK(number(lane_status(device, lane), "quarantined") == 1);
  }

  must(device, 200, "/v1/records/" + bad + "/deliveries/servicemobility/retry", {});
  const Json discarded = must(device, 200, "/v1/records/" + bad + "/deliveries/cmdb/discard",
                              Json::object({{"reason", "corrected in the CMDB by hand"}}));
  drain(device);

  CHECK(discarded.text_of("id") == bad);
  CHECK(state_of(device, bad, "servicemobility") == "delivered");
  CHECK(state_of(device, bad, "cmdb") == "discarded");
  CHECK(delivery_of(device, bad, "cmdb").text_of("why").find("corrected in the CMDB by hand") !=
        std::string::npos);
  CHECK(state_of(device, behind, "servicemobility") == "delivered");
  CHECK(state_of(device, behind, "cmdb") == "delivered");
  must(device, 409, "/v1/records/" + bad + "/deliveries/cmdb/retry", {});
  must(device, 409, "/v1/records/" + good + "/deliveries/cmdb/discard",
       Json::object({{"reason", "too late"}}));
  CHECK(count(world, kServiceMobility, "usages_count") == 3);
}

TEST_CASE(
    "integration: with the CMDB dead, ServiceMobility's lane is as fast as ever, and the CMDB "
    "catches up",
    "[integration]") {
  constexpr int kUnits = 100;
  World world;
  const Device device = world.start_van_17();
  for (int i = 0; i < kUnits; ++i) world.add_asset("SN-" + std::to_string(i), "WWT");
  world.back_ends().stop(kCmdb);
  const auto started = SteadyClock::now();
  for (int i = 0; i < kUnits; ++i)
    record(device, load("L-" + std::to_string(i), "SN-" + std::to_string(i)));
  const auto recorded = SteadyClock::now();
  const auto idle = [&] {
    const Json lane = lane_status(device, "servicemobility");
    return number(lane, "pending") + number(lane, "unknown") == 0;
  };
  REQUIRE(eventually(idle, seconds(60)));
  const auto drained = SteadyClock::now();

  // Recording waits for the disk alone; the lane keeps up with it.
  CHECK(drained - recorded < (recorded - started) + seconds(2));
  CHECK(count(world, kServiceMobility, "usages_count") == kUnits);
  CHECK(number(lane_status(device, "cmdb"), "pending") == kUnits);
  CHECK(lane_becomes(device, "cmdb", "paused"));

  REQUIRE(world.back_ends().start_again(kCmdb));
  drain(device);
  CHECK(number(lane_status(device, "cmdb"), "quarantined") == 0);
  CHECK(count(world, kCmdb, "assets_count") == kUnits);
  const Json state = world.back_ends().state(kCmdb);
  for (const Json& asset : member(state, "assets").items()) {
    CHECK(asset.text_of("location") == "VAN-17");
  }
}

TEST_CASE(
    "integration: a back-end that comes and goes while records are made loses none and doubles "
    "none",
    "[integration]") {
  constexpr int kRounds = 6;
  constexpr int kPerRound = 25;
  World world;
  const Device device = world.start_van_17();
  for (int round = 0; round < kRounds; ++round) {
    const bool up = round % 2 == 0;
    if (up) REQUIRE(world.back_ends().start_again(kServiceMobility));
    if (!up) world.back_ends().stop(kServiceMobility);
    for (int i = 0; i < kPerRound; ++i)
      record(device, bulk(std::to_string(round) + "/" + std::to_string(i)));
  }
  REQUIRE(world.back_ends().start_again(kServiceMobility));
  drain(device);

  CHECK(count(world, kServiceMobility, "usages_count") == kRounds * kPerRound);
  CHECK(count(world, kServiceMobility, "doubled_usages_count") == 0);
}

TEST_CASE(
    "integration: an answer that is cut off or an error that looks like success is no delivery",
    "[integration]") {
  World world;
  const Device device = world.start_van_17();
  const std::string cut = [&] {
    world.add_fault(kServiceMobility, "truncated:1:/seiapi");
    return record(device, bulk("cut off"));
  }();
  REQUIRE(becomes(device, cut, "servicemobility", "delivered"));
  world.add_fault(kServiceMobility, "error200:1:/seiapi");
  const std::string error = record(device, bulk("error with 200"));
  REQUIRE(becomes(device, error, "servicemobility", "delivered"));

  // The first arrived at once, and its repeat changed nothing; the second only the second time.
  CHECK(count(world, kServiceMobility, "usages_count") == 2);
  CHECK(count(world, kServiceMobility, "repeats") == 1);
  CHECK(number(delivery_of(device, cut, "servicemobility"), "attempts") == 2);
  CHECK(number(delivery_of(device, error, "servicemobility"), "attempts") == 2);
}

}  // namespace handover::test
