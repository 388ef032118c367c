#include "tests/integration/world.hpp"

#include <cstdlib>
#include <thread>

#include "sim/devices/post_json.hpp"

namespace handover::test {
namespace {

constexpr const char* kPageTarget = "/v1/records?limit=200&after=";

/// Tests run by hand find the programs of their own build, as those run by ctest do.
const bool kProgramsFound = [] {
  return ::setenv("HANDOVER_PROGRAMS", HANDOVER_BINARY_DIR, 0) == 0;
}();

void start(const Device& device) {
  const auto started = device->start();
  if (!started) FAIL(started.error().detail);
}

}  // namespace

World::World(std::uint64_t seed) {
  REQUIRE(kProgramsFound);
  sim::BackEndServersSettings settings;
  settings.seed = seed;
  for (auto* users : {&settings.servicemobility.users, &settings.cmdb.users, &settings.cisco.users,
                      &settings.tangoe.users}) {
    for (const char* user : {"handover", "tech.17", "tech.22", "warehouse"})
      (*users)[user] = kPassword;
  }
  auto started = sim::BackEndServers::start(std::move(settings));
  REQUIRE(started);
  back_ends_ = std::move(*started);
}

Device World::make_device(sim::DeviceSettings settings, const Device& like) {
  settings.directory = folder_.file(settings.location);
  if (like != nullptr) settings.key_ring = like->key_ring_file();
  if (settings.lanes_toml.empty()) {
    settings.lanes_toml = sim::lanes_toml({.servicemobility_url = back_ends_->url(kServiceMobility),
                                           .cmdb_url = back_ends_->url(kCmdb),
                                           .cmdb_user = settings.user});
  }
  auto made = sim::DeviceProcess::make(std::move(settings));
  if (!made) FAIL(made.error().detail);
  return std::move(*made);
}

Device World::start_van_17() {
  sim::DeviceSettings settings;
  settings.user = "tech.17";
  settings.location = "VAN-17";
  Device device = make_device(std::move(settings));
  start(device);
  return device;
}

Device World::start_van_22(const Device& like) {
  sim::DeviceSettings settings;
  settings.user = "tech.22";
  settings.location = "VAN-22";
  Device device = make_device(std::move(settings), like);
  start(device);
  return device;
}

void World::add_asset(const std::string& serial, const std::string& place) {
  const Json receipt = Json::object({{"name", serial},
                                     {"serialNumber", serial},
                                     {"manufacturerPartNumber", "WS-C3850-48U-S"},
                                     {"location", place},
                                     {"state", "instock"},
                                     {"stockroom", place},
                                     {"asset_tag", "No Asset Tag"},
                                     {"revLog", Json()}});
  const auto status = sim::post_json(back_ends_->url(kCmdb) + "/api/now/import/u_wwt_asset",
                                     receipt.dump(), "warehouse", kPassword);
  REQUIRE(status);
  REQUIRE(*status == 201);
}

void World::add_fault(sim::BackEndName name, std::string_view rule) {
  REQUIRE(back_ends_->add_fault(name, rule));
}

Json json(std::string_view text) {
  auto parsed = parse_json(text);
  REQUIRE(parsed);
  return std::move(*parsed);
}

const Json& member(const Json& object, std::string_view name) {
  const Json* found = object.find(name);
  INFO("a member " << name << " in " << object.dump());
  REQUIRE(found != nullptr);
  return *found;
}

std::int64_t number(const Json& object, std::string_view name) {
  return std::stoll(member(object, name).text());
}

Json usage_line(const std::string& product, const char* field, const char* quantity,
                const std::string& serial) {
  return Json::object(
      {{"ProdNum", product}, {field, Json::number(quantity)}, {"SerialNum", serial}});
}

Json usage_body(const char* module, const std::string& reference, const std::string& location,
                std::vector<Json> lines, const std::string& site) {
  const Json place =
      Json::object({{"StorageLocationID", location}, {"Items", Json::array(std::move(lines))}});
  Json body = Json::object({{"usage", Json::object({{"RefModule", module},
                                                    {"RefObjID", reference},
                                                    {"StorageLocations", Json::array({place})}})}});
  if (!site.empty()) body.set("site", site);
  return body;
}

Json transfer_line(const std::string& product, const char* quantity, const std::string& serial) {
  return Json::object(
      {{"ProdNum", product}, {"Qty", Json::number(quantity)}, {"SerialNum", serial}});
}

Json transfer_body(const char* direction, const Device& device, const Device& other,
                   std::vector<Json> lines) {
  const bool outbound = std::string_view(direction) == "outbound";
  const auto& own = device->settings();
  const auto& partner = other->settings();
  const Json technician = Json::object({{"UserID", partner.user},
                                        {"FirstName", partner.first_name},
                                        {"LastName", partner.last_name}});
  const Json transfer =
      Json::object({{"FromStorageLocation", outbound ? own.location : partner.location},
                    {"ToStorageLocation", outbound ? partner.location : own.location},
                    {"TransferTech", technician},
                    {"Items", Json::array(std::move(lines))}});
  return Json::object({{"direction", direction}, {"transfer", transfer}});
}

HttpRequest post(const std::string& target, const Json& body, const std::string& key) {
  HttpRequest request("POST", target);
  request.headers.push_back({"Content-Type", "application/json"});
  if (!key.empty()) request.headers.push_back({"Idempotency-Key", key});
  if (!body.is_null()) request.body = body.dump();
  return request;
}

Json must(const Device& device, int status, const std::string& target, const Json& body,
          const std::string& key) {
  auto answer = device->call("POST", target, body, key);
  if (!answer) FAIL(answer.error().detail);
  INFO("POST " << target << " " << body.dump() << " was answered " << answer->body.dump());
  REQUIRE(answer->status == status);
  return std::move(answer->body);
}

Json get(const Device& device, const std::string& target) {
  auto answer = device->call("GET", target);
  if (!answer) FAIL(answer.error().detail);
  INFO("GET " << target << " was answered " << answer->body.dump());
  REQUIRE(answer->status == 200);
  return std::move(answer->body);
}

HandOver hand_over(const Device& sender, const Device& receiver, const std::vector<Json>& lines) {
  HandOver done;
  const Json offer =
      must(sender, 201, "/v1/transfers", transfer_body("outbound", sender, receiver, lines));
  const Json receipt =
      must(receiver, 201, "/v1/transfers", transfer_body("inbound", receiver, sender, lines));
  done.sender_code = offer.text_of("public_code");
  const Json received = must(receiver, 200, "/v1/transfers/" + receipt.text_of("id") + "/code",
                             Json::object({{"code", done.sender_code}}));
  done.receiver_code = received.text_of("public_code");
  must(sender, 200, "/v1/transfers/" + offer.text_of("id") + "/code",
       Json::object({{"code", done.receiver_code}}));
  return done;
}

std::vector<Json> all_records(const Device& device) {
  std::vector<Json> records;
  std::string after = "0";
  while (true) {
    const Json page = get(device, kPageTarget + after);
    for (const Json& record : member(page, "items").items()) records.push_back(record);
    if (member(page, "next").is_null()) return records;
    after = page.text_of("next");
  }
}

Json delivery_of(const Device& device, const std::string& record_id, std::string_view lane) {
  const Json record = get(device, "/v1/records/" + record_id);
  for (const Json& delivery : member(record, "deliveries").items()) {
    if (delivery.text_of("lane") == lane) return delivery;
  }
  FAIL("record has no delivery on " << lane);
  return {};
}

Json lane_status(const Device& device, std::string_view lane) {
  const Json status = get(device, "/v1/status");
  for (const Json& one : member(status, "lanes").items()) {
    if (one.text_of("name") == lane) return one;
  }
  FAIL("no lane " << lane);
  return {};
}

std::int64_t waiting(const Device& device) {
  std::int64_t count = 0;
  const Json status = get(device, "/v1/status");
  for (const Json& lane : member(status, "lanes").items())
    count += number(lane, "pending") + number(lane, "unknown");
  return count;
}

bool eventually(const std::function<bool()>& condition, std::chrono::seconds time) {
  const auto deadline = std::chrono::steady_clock::now() + time;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return true;
}

void drain(const Device& device, std::chrono::seconds time) {
  const bool drained = eventually([&] { return waiting(device) == 0; }, time);
  INFO(get(device, "/v1/status").dump());
  REQUIRE(drained);
}

}  // namespace handover::test
