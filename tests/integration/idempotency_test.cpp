// A double tap is one record: the same Idempotency-Key gets the first answer again.
#include <atomic>
#include <set>
#include <thread>

#include "tests/integration/malformed_fixture.hpp"

namespace handover::test {
namespace {

constexpr const char* kUsage =
    R"({"usage":{"RefModule":"1004","RefObjID":"WO-1","StorageLocations":[{"StorageLocationID":"VAN-17",)"
    R"("Items":[{"ProdNum":"P1","OutQty":1}]}]}})";

HttpCall usage_call(const std::string& key, const std::string& body = kUsage) {
  HttpCall call;
  call.target = "/v1/usages";
  call.body = body;
  call.more_headers = {"Idempotency-Key: " + key};
  return call;
}

std::size_t record_count(const Device& device) { return all_records(device).size(); }

}  // namespace

TEST_CASE(
    "integration: the same key with the same body gives the first answer again, byte for byte",
    "[integration]") {
  const QuietAgent agent;
  const std::size_t before = record_count(agent.device());

  const HttpAnswer first = send(agent.device(), usage_call("one"));
  const HttpAnswer second = send(agent.device(), usage_call("one"));

  CHECK(first.status == 201);
  CHECK(second.status == 201);
  CHECK(second.body == first.body);
  CHECK(second.header("Content-Type") == "application/json");
  CHECK(first.header("Idempotency-Replayed").empty());
  CHECK(second.header("Idempotency-Replayed") == "true");
  CHECK(record_count(agent.device()) == before + 1);
}

TEST_CASE("integration: a key keeps its answer over a restart and a SIGKILL", "[integration]") {
  World world;
  const Device device = world.start_van_17();
  const HttpAnswer first = send(device, usage_call("kept"));

  device->kill_now();
  REQUIRE(device->start());
  const HttpAnswer after_kill = send(device, usage_call("kept"));
  CHECK(device->stop() == 0);
  REQUIRE(device->start());
  const HttpAnswer after_stop = send(device, usage_call("kept"));

  CHECK(after_kill.body == first.body);
  CHECK(after_stop.body == first.body);
  CHECK(record_count(device) == 1);
}

TEST_CASE("integration: a key that comes with another body or to another call is refused",
          "[integration]") {
  const QuietAgent agent;
  CHECK(send(agent.device(), usage_call("mine")).status == 201);
  const std::size_t before = record_count(agent.device());

  std::string other = kUsage;
  other.replace(other.find("WO-1"), 4, "WO-2");
  check_problem(send(agent.device(), usage_call("mine", other)), 409, "idempotency-key-reused");
  // The same meaning in other bytes counts as another body: nobody can say that it is the same.
  check_problem(send(agent.device(), usage_call("mine", std::string(kUsage) + " ")), 409,
                "idempotency-key-reused");
  HttpCall elsewhere = usage_call("mine");
  elsewhere.target = "/v1/transfers/" + agent.offered() + "/offer";
  elsewhere.body.clear();
  check_problem(send(agent.device(), elsewhere), 409, "idempotency-key-reused");

  CHECK(record_count(agent.device()) == before);
}

TEST_CASE("integration: without keys, two calls are two records", "[integration]") {
  const QuietAgent agent;
  const std::size_t before = record_count(agent.device());
  HttpCall call = usage_call("unused");
  call.more_headers.clear();
  CHECK(send(agent.device(), call).status == 201);
  CHECK(send(agent.device(), call).status == 201);
  CHECK(record_count(agent.device()) == before + 2);
}

TEST_CASE("integration: a refused call does not use its key up", "[integration]") {
  const QuietAgent agent;
  std::string wrong = kUsage;
  wrong.replace(wrong.find("1004"), 4, "1003");
  check_problem(send(agent.device(), usage_call("again", wrong)), 400, "invalid-input",
                "/usage/RefModule");
  CHECK(send(agent.device(), usage_call("again")).status == 201);
}

TEST_CASE("integration: a wrong code that is sent twice with one key costs one try",
          "[integration]") {
  World world;
  const Device sender = world.start_van_17();
  const Device receiver = world.start_van_22(sender);
  const Json offer =
      must(sender, 201, "/v1/transfers",
           transfer_body("outbound", sender, receiver, {transfer_line("CAT6-3M", "5")}));
  const Json receipt =
      must(receiver, 201, "/v1/transfers",
           transfer_body("inbound", receiver, sender, {transfer_line("CAT6-3M", "4")}));
  const std::string target = "/v1/transfers/" + receipt.text_of("id") + "/code";
  const Json code = Json::object({{"code", offer.text_of("public_code")}});

  const Json first = must(receiver, 422, target, code, "tap");
  const Json again = must(receiver, 422, target, code, "tap");

  CHECK(first.text_of("type") == "urn:handover:problem:code-mismatch");
  CHECK(again == first);
  CHECK(get(receiver, "/v1/transfers/" + receipt.text_of("id")).text_of("tries_left") == "4");
  CHECK(must(receiver, 422, target, code, "another tap").text_of("tries_left") == "3");
}

TEST_CASE("integration: of calls with one key that come at the same moment, one makes the record",
          "[integration]") {
  constexpr int kTaps = 8;
  constexpr int kRounds = 10;
  const QuietAgent agent;
  const Json body = json(kUsage);
  const std::size_t before = record_count(agent.device());

  for (int round = 0; round < kRounds; ++round) {
    std::vector<std::string> bodies(kTaps);
    std::atomic<int> ready = 0;
    std::vector<std::thread> threads;
    for (int tap = 0; tap < kTaps; ++tap) {
      threads.emplace_back([&, tap, round] {
        auto client = agent.device()->connect();
        if (!client) return;
        HttpRequest request = post("/v1/usages", body, "tap-" + std::to_string(round));
        ++ready;
        while (ready < kTaps) std::this_thread::yield();
        const auto answer = client->call(std::move(request));
        if (answer && answer->status == 201) bodies[std::size_t(tap)] = answer->body;
      });
    }
    for (auto& thread : threads) thread.join();
    CHECK_FALSE(bodies.front().empty());
    CHECK(std::set<std::string>(bodies.begin(), bodies.end()).size() == 1);
  }
  CHECK(record_count(agent.device()) == before + kRounds);
}

}  // namespace handover::test
