// Where the agent listens, and whom it lets in.
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "tests/integration/http_call.hpp"
#include "tests/integration/program.hpp"

namespace handover::test {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// A handheld whose configuration says to listen at `address`; its agent does not run.
Device make_listening_at(World& world, const std::string& address) {
  sim::DeviceSettings settings;
  settings.user = "tech.17";
  settings.location = "VAN-17";
  Device device = world.make_device(std::move(settings));
  std::string config = read_file(device->config_file());
  const std::string before = "unix:handover.sock";
  config.replace(config.find(before), before.size(), address);
  std::ofstream(device->config_file(), std::ios::trunc) << config;
  return device;
}

/// The address in the one line that the agent prints when it listens.
std::string announced_address(const Program& agent) {
  const std::string words = " listens at ";
  std::string said;
  REQUIRE(eventually([&] {
    said = agent.said();
    return said.find(words) != std::string::npos && said.ends_with("\n");
  }));
  const auto start = said.find(words) + words.size();
  return said.substr(start, said.find('\n', start) - start);
}

HttpAnswer status_for(const Device& device, const std::string& address, const std::string& host) {
  HttpCall call;
  call.method = "GET";
  call.target = "/v1/status";
  call.host = host;
  return send(device, call, address);
}

unsigned mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

}  // namespace

TEST_CASE("integration: on TCP the agent takes a free port, says which, and wants it in Host",
          "[integration]") {
  World world;
  for (const std::string loopback : {"127.0.0.1", "[::1]"}) {
    const Device device = make_listening_at(world, loopback + ":0");
    Program agent({"agent", "--config", device->config_file()}, world.folder().file("agent.out"));
    const std::string address = announced_address(agent);
    INFO(address);
    REQUIRE(address.starts_with(loopback + ":"));
    const std::string port = address.substr(address.rfind(':'));

    CHECK(port != ":0");
    for (const std::string& host :
         {loopback + port, "localhost" + port, std::string("localhost"), loopback}) {
      INFO(host);
      CHECK(status_for(device, address, host).status == 200);
    }
    for (const std::string& host :
         {loopback + ":1", "evil.example" + port, loopback + port + "0", std::string("0.0.0.0")}) {
      INFO(host);
      CHECK(status_for(device, address, host).status == 403);
    }
    HttpCall nameless;
    nameless.method = "GET";
    nameless.target = "/v1/status";
    nameless.authorization = "";
    CHECK(send(device, nameless, address).status == 401);
    agent.terminate();
    CHECK(agent.wait() == 0);
    std::filesystem::remove_all(device->directory());
  }
}

TEST_CASE("integration: an address that others can reach is refused", "[integration]") {
  World world;
  for (const char* address : {"0.0.0.0:7017", "192.0.2.1:7017", "[::]:7017"}) {
    const Device device = make_listening_at(world, address);
    Program agent({"agent", "--config", device->config_file()}, world.folder().file("agent.out"));
    CHECK(agent.wait() == 4);
    INFO(agent.said());
    CHECK(agent.said().find("listen") != std::string::npos);
    std::filesystem::remove_all(device->directory());
  }
}

TEST_CASE("integration: socket, store, keys and token are for their owner alone", "[integration]") {
  World world;
  const Device device = world.start_van_17();
  const std::string& folder = device->directory();

  CHECK(mode_of(folder) == 0700);
  for (const char* name : {"handover.sock", "store.key", "api.token", "validation.keys",
                           "handover.db", "handover.db-wal"}) {
    INFO(name);
    CHECK((mode_of(folder + "/" + name) & 077U) == 0);
  }
  CHECK(mode_of(folder + "/handover.sock") == 0600);
  CHECK(device->stop() == 0);
  CHECK_FALSE(std::filesystem::exists(folder + "/handover.sock"));
}

TEST_CASE(
    "integration: a socket that a killed agent left behind does not keep the next from starting",
    "[integration]") {
  World world;
  const Device device = world.start_van_17();
  device->kill_now();
  CHECK(std::filesystem::exists(device->directory() + "/handover.sock"));
  CHECK(device->start());
}

TEST_CASE("integration: a second agent on the same store is refused, and the first goes on",
          "[integration]") {
  World world;
  const Device device = world.start_van_17();

  Program same({"agent", "--config", device->config_file()}, world.folder().file("second.out"));
  CHECK(same.wait() == 4);
  INFO(same.said());
  CHECK(same.said().find("another") != std::string::npos);

  // Not the socket alone protects the store: another socket, the same store.
  const std::string other_config = device->directory() + "/second.toml";
  std::string config = read_file(device->config_file());
  config.replace(config.find("handover.sock"), 13, "second.sock");
  std::ofstream(other_config) << config;
  Program other({"agent", "--config", other_config}, world.folder().file("other.out"));
  CHECK(other.wait() == 4);
  INFO(other.said());
  CHECK(other.said().find("handover.db") != std::string::npos);

  must(device, 201, "/v1/usages",
       usage_body("1004", "still here", "VAN-17", {usage_line("P1", "OutQty", "1")}));
}

}  // namespace handover::test
