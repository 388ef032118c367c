// Service orders through the whole program: the installed agent, its API and command line, a real
// socket, and the simulated gateway.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/integration/world.hpp"

namespace handover::test {
namespace {

constexpr auto kCisco = sim::BackEndName::kCisco;

/// A device whose configuration has a Cisco lane besides the other two; not started.
Device with_cisco_lane(World& world) {
  sim::DeviceSettings settings;
  settings.user = "tech.17";
  settings.location = "VAN-17";
  Device device = world.make_device(std::move(settings));
  std::ofstream config(device->config_file(), std::ios::app);
  config << sim::cisco_lane_toml(world.back_ends().url(kCisco));
  return device;
}

Json order(const std::string& number, const std::string& serial) {
  Json line = Json::object({{"kind", "service"},
                            {"product", "CON-SNT-C98004K9"},
                            {"quantity", Json(std::int64_t{1})},
                            {"serial_numbers", Json::array({serial})}});
  return Json::object({{"order", Json::object({{"purchase_order", number},
                                               {"lines", Json::array({std::move(line)})}})}});
}

std::string state_of(const Device& device, const std::string& id) {
  return get(device, "/v1/service-orders/" + id).text_of("state");
}

bool becomes(const Device& device, const std::string& id, const std::string& state) {
  return eventually([&] { return state_of(device, id) == state; }, std::chrono::seconds(60));
}

TEST_CASE("integration: an order is accepted by the gateway, with lost answers and a kill between",
          "[integration][cisco]") {
  World world;
  const Device device = with_cisco_lane(world);
  REQUIRE(device->start());
  world.add_fault(kCisco, "lost_reply:1:/rnif");
  const Json made = must(device, 201, "/v1/service-orders", order("PO-1", "FOC1"), "key-1");
  const std::string id = made.text_of("id");
  // A double tap is one order.
  CHECK(must(device, 201, "/v1/service-orders", order("PO-1", "FOC1"), "key-1").text_of("id") ==
        id);
  device->kill_now();
  REQUIRE(device->start());
  REQUIRE(becomes(device, id, "accepted"));
  const Json shown = get(device, "/v1/service-orders/" + id);
  CHECK(member(member(shown, "delivery"), "receipt").text_of("web_order") == "900001");
  const Json state = world.back_ends().state(kCisco);
  CHECK(number(state, "orders_count") == 1);
  CHECK(number(state, "doubled_orders_count") == 0);
  CHECK(member(member(state, "orders").items()[0], "lines").items()[0].text_of("covers") == "FOC1");
  const Json record = get(device, "/v1/records/" + shown.text_of("record_id"));
  CHECK(record.text_of("kind") == "service_order");
}

TEST_CASE("integration: a wrong order is stopped on the device, with the rule's name",
          "[integration][cisco]") {
  World world;
  const Device device = with_cisco_lane(world);
  REQUIRE(device->start());
  const Json refused = must(device, 400, "/v1/service-orders", order("PO-1", std::string(61, 'S')));
  const Json& error = member(refused, "errors").items().at(0);
  CHECK(error.text_of("pointer") == "/order/lines/0/serial_numbers/0");
  CHECK(error.text_of("detail").starts_with("C10 (L16): "));
  CHECK(number(world.back_ends().counts(kCisco), "messages_count") == 0);
}

TEST_CASE(
    "integration: an installation proposes an order, which a person submits on the command line",
    "[integration][cisco]") {
  World world;
  const Device device = with_cisco_lane(world);
  REQUIRE(device->start());
  const Json usage = must(device, 201, "/v1/usages",
                          usage_body("1002", "WO-1", "VAN-17",
                                     {usage_line("C9800-40-K9", "OutQty", "1", "FOC9")}, "Site"));
  bool told = false;
  for (const Json& warning : member(usage, "warnings").items())
    told = told || warning.text_of("detail").find("proposed") != std::string::npos;
  CHECK(told);
  const Json proposed = member(get(device, "/v1/service-orders"), "items").items().at(0);
  CHECK(proposed.text_of("state") == "draft");
  CHECK(proposed.text_of("proposed_by") == usage.text_of("id"));
  CHECK(number(world.back_ends().counts(kCisco), "messages_count") == 0);

  const std::string command = sim::program_folder() + "/handover service-order submit " +
                              proposed.text_of("id") + " --purchase-order PO-9 --config '" +
                              device->config_file() + "' > /dev/null";
  CHECK(std::system(command.c_str()) == 0);
  REQUIRE(becomes(device, proposed.text_of("id"), "accepted"));
}

}  // namespace
}  // namespace handover::test
