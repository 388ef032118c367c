// `handover sync --wait` against real agents and back-ends: it waits for all that can go, and for
// nothing else.
#include <fstream>
#include <sstream>

#include "tests/integration/program.hpp"
#include "tests/integration/world.hpp"

namespace handover::test {
namespace {

std::string content(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

struct Ended {
  int exit_code = -1;
  std::string said;
};
Ended sync_and_wait(const Device& device, const TemporaryFolder& folder) {
  Program sync({"sync", "--wait", "--config", device->config_file()}, folder.file("out"));
  const int exit_code = sync.wait();
  return {exit_code, sync.said()};
}

}  // namespace

TEST_CASE("integration: sync --wait ends at what a setting holds back, and says which",
          "[integration]") {
  World world;
  world.add_asset("SN-1", "VAN-17");
  sim::DeviceSettings settings;
  settings.user = "tech.17";
  settings.location = "VAN-17";
  const Device device = world.make_device(std::move(settings));
  const std::string whole = content(device->config_file());
  const auto from = whole.find("usage_state");
  REQUIRE(from != std::string::npos);
  std::ofstream(device->config_file())
      << whole.substr(0, from) << whole.substr(whole.find('\n', from));
  REQUIRE(device->start());
  must(device, 201, "/v1/usages",
       usage_body("1002", "WO-1", "VAN-17", {usage_line("WS-C3850-48U-S", "OutQty", "1", "SN-1")},
                  "Site 1"));

  const Ended waiting = sync_and_wait(device, world.folder());

  INFO(waiting.said);
  CHECK(waiting.exit_code == 1);
  CHECK(waiting.said.find("1 delivery waits for a person") != std::string::npos);
  CHECK(waiting.said.find("usage_state") != std::string::npos);
  CHECK(number(lane_status(device, "cmdb"), "needs_person") == 1);
  CHECK(number(lane_status(device, "servicemobility"), "pending") == 0);

  REQUIRE(device->stop() == 0);
  std::ofstream(device->config_file()) << whole;
  REQUIRE(device->start());
  const Ended done = sync_and_wait(device, world.folder());

  INFO(done.said);
  CHECK(done.exit_code == 0);
  CHECK(done.said.find("Everything is delivered") != std::string::npos);
}

}  // namespace handover::test
