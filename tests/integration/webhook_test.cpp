// A site agent, as a program: what ServiceMobility sends or exports reaches the CMDB, once,
// whatever happens on the way.
#include <map>
#include <random>
#include <thread>

#include "tests/integration/site.hpp"
#include "tests/platform/raw_client.hpp"

namespace handover::test {
namespace {

void record(const Device& device, const Json& usage) { must(device, 201, "/v1/usages", usage); }

}  // namespace

TEST_CASE(
    "integration: a technician's usage comes by webhook to a site agent and on to the CMDB, and "
    "never back",
    "[integration][webhook]") {
  World world;
  const Device site = start_site(world, tls_section());
  call_webhook_by_tls(world, site);
  world.add_asset("SN-1", "WWT");
  const std::int64_t before = number(world.back_ends().counts(kServiceMobility), "usages_count");
  const Device device = start_technician(world);
  record(device,
         usage_body("1001", "L-1", "VAN-17", {usage_line("WS-C3850-48U-S", "InQty", "1", "SN-1")}));

  REQUIRE(eventually([&] { return intake(site).text_of("records") == "1"; }));
  drain(site);
  const auto records = all_records(site);
  REQUIRE(records.size() == 1);
  CHECK(records[0].text_of("kind") == "usage");
  const auto& deliveries = member(records[0], "deliveries").items();
  REQUIRE(deliveries.size() == 1);
  CHECK(deliveries[0].text_of("lane") == "cmdb");
  CHECK(deliveries[0].text_of("state") == "delivered");
  const Json cmdb = world.back_ends().state(kCmdb);
  REQUIRE(member(cmdb, "assets").items().size() == 1);
  CHECK(member(cmdb, "assets").items()[0].text_of("location") == "VAN-17");
  CHECK(number(world.back_ends().counts(kServiceMobility), "usages_count") == before + 1);
}

TEST_CASE(
    "integration: webhooks that come twice, late and out of order, with the same rows polled, are "
    "one record each",
    "[integration][webhook]") {
  constexpr int kUsages = 30;
  World world(3);
  const Device site = start_site(world, webhook_section() + polling_section(world));
  call_webhook(world, site,
               Json::object({{"webhook_again", Json(std::int64_t{2})},
                             {"webhook_at_once", Json(std::int64_t{3})},
                             {"webhook_late", Json(std::int64_t{3})},
                             {"webhook_broken", Json(std::int64_t{4})}}));
  const Device device = world.start_van_17();
  for (int i = 0; i < kUsages; ++i) {
    record(device, usage_body("1001", "L-" + std::to_string(i), "VAN-17",
                              {usage_line("CAT6-3M", "InQty", "1")}));
  }
  drain(device);
  const auto done = [&] {
    const Json counts = world.back_ends().counts(kServiceMobility);
    return number(counts, "webhooks_delivered") == kUsages &&
           number(intake(site), "rows") >= 2 * kUsages;
  };
  REQUIRE(eventually(done));

  CHECK(all_records(site).size() == kUsages);
  const Json status = intake(site);
  INFO(status.dump());
  CHECK(number(status, "records") == kUsages);
  CHECK(number(status, "payloads") == kUsages);
  CHECK(number(status, "payloads_repeated") > 0);
  CHECK(number(status, "payloads_conflicting") == 0);
  CHECK(number(status, "set_aside") == 0);
  CHECK(at_servicemobility(world, "webhooks_wrongly_taken") == 0);
  CHECK(number(member(member(status, "webhook"), "refused"), "malformed") > 0);
  CHECK(number(status, "rows") == number(status, "records") + number(status, "rows_repeated"));
}

TEST_CASE("integration: polling alone brings the same, and goes on after ServiceMobility was away",
          "[integration][webhook]") {
  World world;
  const Device device = world.start_van_17();
  for (int i = 0; i < 5; ++i) {
    record(device, usage_body("1001", "L-" + std::to_string(i), "VAN-17",
                              {usage_line("CAT6-3M", "InQty", "1")}));
  }
  drain(device);
  const Device site = start_site(world, polling_section(world));
  REQUIRE(eventually([&] { return all_records(site).size() == 5; }));
  world.back_ends().stop(kServiceMobility);
  REQUIRE(eventually([&] {
    return !member(intake(site), "exports").items().at(1).text_of("last_error").empty();
  }));
  REQUIRE(world.back_ends().start_again(kServiceMobility));
  record(device, usage_body("1001", "L-9", "VAN-17", {usage_line("CAT6-3M", "InQty", "1")}));
  drain(device);
  CHECK(eventually([&] { return all_records(site).size() == 6; }));
  CHECK(member(intake(site), "webhook").is_null());
}

TEST_CASE("integration: an id that comes again with another body is disregarded, and counted",
          "[integration][webhook]") {
  World world;
  const Device site = start_site(world, webhook_section());
  call_webhook(world, site, Json::object({{"webhook_changed", Json(std::int64_t{1})}}));
  const Device device = start_technician(world);
  record(device, usage_body("1001", "L-1", "VAN-17", {usage_line("CAT6-3M", "InQty", "1")}));
  REQUIRE(eventually([&] { return number(intake(site), "payloads_conflicting") == 1; }));
  CHECK(all_records(site).size() == 1);
  CHECK(number(intake(site), "payloads") == 1);
}

TEST_CASE(
    "integration: while the key is a wrong one webhooks are refused and polling brings what they "
    "say; with the right key they come too, and change nothing",
    "[integration][webhook]") {
  World world;
  const Device site = start_site(world, webhook_section() + polling_section(world));
  const std::string keys = site->directory() + "/webhook.keys";
  write_private(keys, "a key of another tenant, long enough to be one\n");
  call_webhook(world, site);
  const Device device = start_technician(world);
  record(device, usage_body("1001", "L-1", "VAN-17", {usage_line("CAT6-3M", "InQty", "1")}));
  REQUIRE(eventually([&] { return all_records(site).size() == 1; }));
  REQUIRE(eventually([&] {
    return number(member(member(intake(site), "webhook"), "refused"), "unauthorized") > 0;
  }));
  CHECK(number(intake(site), "payloads") == 0);
  CHECK(member(all_records(site)[0], "body").find("origin")->text_of("via") == "export");

  write_private(keys, kSiteKeys);
  REQUIRE(eventually([&] { return at_servicemobility(world, "webhooks_delivered") == 1; }));
  CHECK(number(intake(site), "payloads") == 1);
  CHECK(number(intake(site), "rows_repeated") == 1);
  CHECK(all_records(site).size() == 1);
}

TEST_CASE(
    "integration: a site agent that is killed again and again, over TLS, loses no webhook that it "
    "answered, doubles none, and the CMDB hears of each once",
    "[integration][webhook]") {
  constexpr int kKills = 15;
  const unsigned seed = std::random_device()();
  std::printf("seed of the moments: %u\n", seed);
  std::mt19937 random(seed);
  World world(seed);
  world.add_fault(kCmdb, "lost_reply:1/10");
  const Device site = start_site(world, tls_section() + polling_section(world));
  keep_port(site);  // As a sender expects it.
  call_webhook_by_tls(world, site, Json::object({{"webhook_again", Json(std::int64_t{4})}}));
  const Device device = start_technician(world);
  int recorded = 0;
  for (int kill = 0; kill < kKills; ++kill) {
    for (int i = 0; i < 4; ++i) {
      const std::string name = std::to_string(recorded++);
      record(device, usage_body("1001", "L-" + name, "VAN-17",
                                {usage_line("WS-C3850-48U-S", "InQty", "1", "SN-" + name)}));
    }
    // Long enough for calls to be under way, too short for all of them.
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 60));
    site->kill_now();
    REQUIRE(site->start());
  }
  drain(device);
  const bool all_answered =
      eventually([&] { return at_servicemobility(world, "webhooks_delivered") == recorded; });
  INFO(world.back_ends().counts(kServiceMobility).dump() << intake(site).dump());
  REQUIRE(all_answered);
  drain(site);

  CHECK(at_servicemobility(world, "webhooks_given_up") == 0);
  std::map<std::string, int> records;
  for (const Json& one : all_records(site))
    ++records[member(member(one, "body"), "usage").text_of("RefObjID")];
  std::map<std::string, int> effects;
  const Json cmdb = world.back_ends().state(kCmdb);
  for (const Json& entry : member(cmdb, "audit").items())
    ++effects[member(entry, "after").text_of("serial_number")];
  CHECK(records.size() == std::size_t(recorded));
  CHECK(effects.size() == std::size_t(recorded));
  for (int i = 0; i < recorded; ++i) {
    INFO(i);
    CHECK(records["L-" + std::to_string(i)] == 1);
    CHECK(effects["SN-" + std::to_string(i)] == 1);
  }
  CHECK(member(cmdb, "duplicates").items().empty());
  CHECK(number(member(get(site, "/v1/status"), "store"), "damaged") == 0);
}

TEST_CASE("integration: hostile calls to the webhook leave nothing behind but a count",
          "[integration][webhook]") {
  World world;
  const Device site = start_site(world, webhook_section());
  const std::string address = webhook_address(site);
  const auto call = [&](const std::string& text) { return RawClient(address).call(text).status; };
  const std::string head = "POST /InventoryUsage/ HTTP/1.1\r\nHost: a\r\n";
  CHECK(call(head + "Content-Length: 2\r\n\r\n{}") == 401);
  CHECK(call(head + "x-access-token: a.b.c\r\nContent-Length: 2\r\n\r\n{}") == 401);
  CHECK(call(head + "Content-Length: 2000000\r\n\r\n") == 413);
  CHECK(call(head + "X: " + std::string(20'000, 'x') + "\r\n\r\n") == 431);
  CHECK(call("GET /v1/status HTTP/1.1\r\nHost: a\r\n\r\n") == 404);
  CHECK(call("nonsense\r\n\r\n") == 400);
  const Json status = intake(site);
  CHECK(number(status, "records") == 0);
  CHECK(number(member(member(status, "webhook"), "refused"), "unauthorized") == 2);
  CHECK(number(member(member(status, "webhook"), "refused"), "wrong_call") == 1);
  CHECK(member(get(site, "/v1/intake/set-aside"), "items").items().empty());
}

}  // namespace handover::test
