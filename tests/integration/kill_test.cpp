// What was accepted survives a SIGKILL at any moment, once; what was never asked for does not
// appear.
#include <atomic>
#include <cstdio>
#include <map>
#include <random>
#include <thread>

#include "tests/integration/program.hpp"
#include "tests/integration/world.hpp"

namespace handover::test {
namespace {

constexpr int kKills = 50;
constexpr int kClients = 3;
constexpr int kLongestLifeMs = 150;
constexpr int kLongestStartMs = 60;
constexpr int kStartsKilled =
    20;  ///< Beside those: killed while it starts and takes in what was under way.

struct Asked {
  std::string reference;
  std::string record_id;  ///< Of the answer 201.
};

/// A handheld app that repeats each call, with its Idempotency-Key, until it is answered.
class Client {
 public:
  Client(const Device& device, int number, const std::atomic<bool>& enough)
      : device_(device), number_(number), enough_(enough), thread_([this] { work(); }) {}
  ~Client() {
    if (thread_.joinable()) thread_.join();
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Everything that was asked for; all of it was answered.
  std::vector<Asked> finish() {
    thread_.join();
    INFO(failure_);
    REQUIRE(failure_.empty());
    return std::move(asked_);
  }
  [[nodiscard]] int repeats() const { return repeats_; }

 private:
  void work() {
    while (!enough_ && failure_.empty()) {
      const std::string reference =
          "kill-" + std::to_string(number_) + "-" + std::to_string(asked_.size());
      const Json line =
          usage_line("CAT6-3M", "OutQty", "1", asked_.size() % 3 == 0 ? "SN-" + reference : "");
      ask(reference,
          post("/v1/usages", usage_body("1004", reference, "VAN-17", {line}), "key-" + reference));
    }
  }
  void ask(const std::string& reference, const HttpRequest& request) {
    for (auto answer = call(request); failure_.empty(); answer = call(request)) {
      if (!answer) {
        ++repeats_;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        continue;
      }
      auto body = parse_json(answer->body);
      if (answer->status == 201 && body) {
        asked_.push_back({reference, body->text_of("id")});
        return;
      }
      failure_ =
          reference + " was answered " + std::to_string(answer->status) + ": " + answer->body;
    }
  }
  Result<HttpResponse> call(const HttpRequest& request) {
    auto client = device_->connect();
    if (!client) return fail(std::move(client).error());
    return client->call(request);
  }

  const Device& device_;
  int number_;
  const std::atomic<bool>& enough_;
  std::vector<Asked> asked_;
  std::string failure_;
  int repeats_ = 0;
  std::thread thread_;
};

void kill_while_starting(const Device& device, World& world, std::chrono::milliseconds after) {
  const Program starting({"agent", "--config", device->config_file()},
                         world.folder().file("killed.out"));
  std::this_thread::sleep_for(after);
}

std::string reference_of(const Json& usage) { return usage.text_of("RefObjID"); }

/// Reference to record ids, as the device has them.
std::map<std::string, std::vector<std::string>> on_device(const Device& device) {
  std::map<std::string, std::vector<std::string>> found;
  for (const Json& record : all_records(device)) {
    found[reference_of(member(member(record, "body"), "usage"))].push_back(record.text_of("id"));
    for (const Json& delivery : member(record, "deliveries").items()) {
      INFO(record.dump());
      CHECK(delivery.text_of("state") == "delivered");
    }
  }
  return found;
}

std::map<std::string, int> at_servicemobility(const Json& state) {
  std::map<std::string, int> found;
  for (const Json& usage : member(state, "usages").items())
    ++found[reference_of(member(usage, "body"))];
  return found;
}

}  // namespace

TEST_CASE(
    "integration: what was answered 201 survives 50 SIGKILLs at random moments, once, here and at "
    "ServiceMobility",
    "[integration]") {
  const unsigned seed = std::random_device()();
  std::printf("seed of the moments: %u\n", seed);
  std::mt19937 random(seed);
  World world(seed);
  world.add_fault(kServiceMobility, "lost_reply:1/10");
  const Device device = world.start_van_17();

  std::vector<Asked> asked;
  int repeats = 0;
  {
    std::atomic<bool> enough = false;
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < kClients; ++i)
      clients.push_back(std::make_unique<Client>(device, i, enough));
    for (int kill = 0; kill < kKills; ++kill) {
      std::this_thread::sleep_for(std::chrono::milliseconds(random() % kLongestLifeMs));
      device->kill_now();
      const auto of_start = std::chrono::milliseconds(random() % kLongestStartMs);
      if (kill < kStartsKilled) kill_while_starting(device, world, of_start);
      const auto started = device->start();
      INFO("start after kill " << kill << ": " << (started ? "" : started.error().detail));
      if (!started) enough = true;
      REQUIRE(started);
    }
    enough = true;
    for (const auto& client : clients) {
      const auto of_client = client->finish();
      asked.insert(asked.end(), of_client.begin(), of_client.end());
      repeats += client->repeats();
    }
  }
  drain(device);

  std::printf("%zu calls, %d repeats\n", asked.size(), repeats);
  CHECK(repeats > 0);
  CHECK(asked.size() > kKills);
  auto records = on_device(device);
  auto arrived = at_servicemobility(world.back_ends().state(kServiceMobility));
  CHECK(records.size() == asked.size());
  CHECK(arrived.size() == asked.size());
  for (const Asked& one : asked) {
    INFO(one.reference);
    CHECK(records[one.reference] == std::vector<std::string>{one.record_id});
    CHECK(arrived[one.reference] == 1);
  }
  CHECK(number(member(get(device, "/v1/status"), "store"), "damaged") == 0);
  CHECK(device->stop() == 0);
}

}  // namespace handover::test
