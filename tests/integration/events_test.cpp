// The event stream of a real agent, over its socket, over its restart, and beside a backlog.
#include <set>

#include "platform/asio/local_client.hpp"
#include "tests/integration/http_call.hpp"
#include "tests/platform/raw_client.hpp"

namespace handover::test {
namespace {

/// Follows the events after `last_id` until `enough` says so of all that came.
std::string follow(const Device& device, const std::string& last_id,
                   const std::function<bool(const std::string&)>& enough) {
  auto client = device->connect();
  REQUIRE(client);
  HttpRequest request("GET", "/v1/events");
  if (!last_id.empty()) request.headers.push_back({"Last-Event-ID", last_id});
  std::string all;
  const auto followed =
      client->follow(request, std::chrono::seconds(30), [&](std::string_view bytes) {
        all += bytes;
        return !bytes.empty() && !enough(all);
      });
  INFO(all.substr(0, 2000));
  REQUIRE(followed);
  return all;
}

std::string last_id_in(const std::string& events) {
  const auto at = events.rfind("id: ");
  REQUIRE(at != std::string::npos);
  return events.substr(at + 4, events.find('\n', at) - at - 4);
}

void record_usage(const Device& device, int number) {
  must(device, 201, "/v1/usages",
       usage_body("1002", "WO-" + std::to_string(number), "VAN-17",
                  {usage_line("CAT6-3M", "OutQty", "1")}));
}

/// The numbers of the records that are told as delivered to `lane`.
std::set<std::string> delivered_in(const std::string& events, const std::string& lane) {
  std::set<std::string> found;
  const std::string start = "\nevent: delivery\ndata: ";
  for (auto at = events.find(start); at != std::string::npos; at = events.find(start, at + 1)) {
    const auto from = at + start.size();
    const auto end = events.find('\n', from);
    if (end == std::string::npos) break;  // It has not come whole yet.
    const Json data = json(events.substr(from, end - from));
    if (data.text_of("lane") == lane && data.text_of("state") == "delivered")
      found.insert(data.text_of("record_seq"));
  }
  return found;
}

}  // namespace

TEST_CASE("integration: events tell each delivery's end, also to who was away, and over a kill",
          "[integration][events]") {
  World world;
  const Device device = world.start_van_17();
  const std::string begun = follow(
      device, "", [](const std::string& all) { return all.find("id: ") != std::string::npos; });
  record_usage(device, 1);
  const auto one_is_through = [](const std::string& all) {
    return delivered_in(all, "servicemobility").contains("1");
  };
  const std::string first = follow(device, last_id_in(begun), one_is_through);
  CHECK(first.find("event: record") != std::string::npos);

  // Nobody listens now, and the agent is killed with what happened since.
  record_usage(device, 2);
  drain(device);
  device->kill_now();
  REQUIRE(device->start());
  const std::string second = follow(device, last_id_in(first), [](const std::string& all) {
    return delivered_in(all, "servicemobility").contains("2");
  });
  CHECK(second.find("event: reset") == std::string::npos);
}

TEST_CASE("integration: listeners that never read slow nobody, and lose nothing",
          "[integration][events]") {
  constexpr int kRecords = 300;
  World world;
  const Device device = world.start_van_17();
  const std::string request =
      "GET /v1/events HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: 0\r\n"
      "Authorization: Bearer " +
      token_of(device) + "\r\n\r\n";
  std::vector<std::unique_ptr<RawClient>> deaf;
  for (int i = 0; i < 8; ++i) {
    deaf.push_back(std::make_unique<RawClient>(device->address()));
    REQUIRE(deaf.back()->send(request));
  }
  for (int i = 0; i < kRecords; ++i) record_usage(device, i);
  drain(device);

  const std::string all = follow(device, "0", [](const std::string& heard) {
    return delivered_in(heard, "servicemobility").size() == kRecords;
  });
  CHECK(delivered_in(all, "servicemobility").size() == kRecords);
  CHECK(get(device, "/v1/status").text_of("version") != "");
}

}  // namespace handover::test
