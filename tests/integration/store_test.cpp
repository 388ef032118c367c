// Stores that cannot be opened, or not whole: clear words, and never a byte written over.
#include <fstream>
#include <sstream>

#include "tests/integration/program.hpp"
#include "tests/integration/world.hpp"

namespace handover::test {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPageBytes = 4096;
constexpr int kRecords = 150;
constexpr std::size_t kPagesTried = 12;

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

void write_file(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

Json bulk(int place) {
  return usage_body("1004", "R-" + std::to_string(place), "VAN-17",
                    {usage_line("CAT6-3M", "OutQty", "1")});
}

/// A device that has recorded something and was stopped cleanly.
Device make_used(World& world) {
  Device device = world.start_van_17();
  for (int i = 0; i < kRecords; ++i) must(device, 201, "/v1/usages", bulk(i));
  drain(device);
  REQUIRE(device->stop() == 0);
  return device;
}

/// Runs the agent on that folder until it ends or listens; what it said.
struct Start {
  bool listens = false;
  int exit_code = -1;
  std::string said;
};
Start start_in(const std::string& folder, const std::string& output) {
  Program agent({"agent", "--config", folder + "/handover.toml"}, output);
  Start start;
  REQUIRE(eventually([&] {
    start.said = agent.said();
    start.listens = start.said.find(" listens at ") != std::string::npos;
    return start.listens || agent.has_ended();
  }));
  if (start.listens) agent.terminate();
  start.exit_code = agent.wait();
  start.said = agent.said();
  return start;
}

std::string program_says(const std::vector<std::string>& words, const std::string& output) {
  Program program(words, output);
  REQUIRE(program.wait() == 0);
  return program.said();
}

}  // namespace

TEST_CASE(
    "integration: the wrong store key ends the agent with code 4 and clear words, and changes no "
    "byte",
    "[integration]") {
  World world;
  const Device device = make_used(world);
  const std::string store = device->directory() + "/handover.db";
  const std::string before = read_file(store);
  const std::string key = read_file(device->directory() + "/store.key");
  write_file(device->directory() + "/store.key", std::string(64, 'a') + "\n");

  const Start refused = start_in(device->directory(), world.folder().file("out"));

  INFO(refused.said);
  CHECK(refused.exit_code == 4);
  CHECK(refused.said.find("key") != std::string::npos);
  CHECK(refused.said.find(std::string(64, 'a')) == std::string::npos);
  CHECK(read_file(store) == before);
  CHECK_FALSE(fs::exists(store + "-wal"));
  write_file(device->directory() + "/store.key", key);
  REQUIRE(device->start());
  CHECK(all_records(device).size() == kRecords);
}

TEST_CASE(
    "integration: a key file or a store that is missing or foreign ends the agent with code 4",
    "[integration]") {
  World world;
  const Device device = make_used(world);
  const std::string folder = device->directory();
  struct Case {
    const char* file;
    const char* content;  ///< nullptr: gone.
    const char* words;
  };
  const Case cases[] = {
      {"store.key", nullptr, "store.key"},
      {"store.key", "zz\n", "64 hex digits"},
      {"api.token", nullptr, "api.token"},
      {"validation.keys", nullptr, "validation.keys"},
      {"validation.keys", "nonsense\n", "validation.keys"},
      {"handover.db", nullptr, "handover init"},
      {"handover.db", "this is no store at all", "not a handover store"},
  };

  for (const Case& one : cases) {
    const std::string path = folder + "/" + one.file;
    const std::string kept = read_file(path);
    if (one.content == nullptr) fs::remove(path);
    if (one.content != nullptr) write_file(path, one.content);
    const Start refused = start_in(folder, world.folder().file("out"));
    INFO(one.file << ": " << refused.said);
    CHECK(refused.exit_code == 4);
    CHECK(refused.said.find(one.words) != std::string::npos);
    CHECK(fs::exists(path) == (one.content != nullptr));
    if (one.content != nullptr) CHECK(read_file(path) == one.content);
    write_file(path, kept);
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  }
  CHECK(device->start());
}

TEST_CASE(
    "integration: with a damaged page in its store the agent starts or says why not, and heals "
    "nothing by writing",
    "[integration]") {
  World world;
  const Device device = make_used(world);
  const std::string sound = read_file(device->directory() + "/handover.db");
  const std::size_t pages = sound.size() / kPageBytes;
  REQUIRE(pages > kPagesTried);
  const std::string copy = world.folder().file("copy");

  for (std::size_t i = 0; i < kPagesTried; ++i) {
    const std::size_t page = i * (pages - 1) / (kPagesTried - 1);
    fs::remove_all(copy);
    fs::copy(device->directory(), copy, fs::copy_options::recursive);
    std::string damaged = sound;
    for (std::size_t at = 100; at < 400; ++at)
      damaged[page * kPageBytes + at] = char(damaged[page * kPageBytes + at] ^ 0x5a);
    write_file(copy + "/handover.db", damaged);

    const Start start = start_in(copy, world.folder().file("out"));

    INFO("page " << page << " of " << pages << ": " << start.said);
    const std::string after = read_file(copy + "/handover.db");
    if (start.listens) {
      CHECK(start.exit_code == 0);
      REQUIRE(after.size() >= sound.size());
      // What could not be read must not have been replaced by something that looks sound.
      CHECK(after.substr(page * kPageBytes, kPageBytes) ==
            damaged.substr(page * kPageBytes, kPageBytes));
    } else {
      CHECK(start.exit_code == 4);
      CHECK(start.said.find("handover.db") != std::string::npos);
      CHECK(start.said.find("handover doctor") != std::string::npos);
      CHECK(after == damaged);
    }
  }
}

TEST_CASE("integration: init refuses to overwrite a device, and says so", "[integration]") {
  World world;
  const Device device = make_used(world);
  const std::string store = read_file(device->directory() + "/handover.db");
  Program init({"init", "--dir", device->directory(), "--user", "tech.99", "--first-name", "A",
                "--last-name", "B", "--location", "VAN-99"},
               world.folder().file("out"));
  CHECK(init.wait() == 1);
  CHECK(init.said().find("nothing was changed") != std::string::npos);
  CHECK(read_file(device->directory() + "/handover.db") == store);
}

TEST_CASE("integration: the command line's words are those of the running agent", "[integration]") {
  World world;
  const Device device = world.start_van_17();
  must(device, 201, "/v1/usages", bulk(1));
  drain(device);
  const std::string out = world.folder().file("out");
  const std::string config = device->config_file();

  const Json status = json(program_says({"status", "--json", "--config", config}, out));
  CHECK(status.dump().find("servicemobility") != std::string::npos);
  CHECK(program_says({"records", "--config", config}, out).find("delivered") != std::string::npos);
  CHECK(device->stop() == 0);
  Program unreachable({"status", "--config", config}, out);
  CHECK(unreachable.wait() == 3);
}

}  // namespace handover::test
