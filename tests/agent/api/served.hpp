// A handheld with its API, called without a socket.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/api/api.hpp"
#include "agent/page/page_door.hpp"
#include "tests/agent/recording/handheld.hpp"

namespace handover::test {

/// Its one lane is not in the configuration.
class Served {
 public:
  explicit Served(bool with_page = false) : with_page_(with_page) {}

  HttpResponse call(std::string method, std::string target, std::string body = {},
                    std::vector<HttpHeader> headers = {}) {
    HttpRequest request(std::move(method), std::move(target));
    request.headers = std::move(headers);
    if (find_header(request.headers, "Host").empty())
      request.headers.push_back({"Host", "localhost"});
    if (find_header(request.headers, "Authorization").empty())
      request.headers.push_back({"Authorization", "Bearer token"});
    if (!body.empty()) request.headers.push_back({"Content-Type", "application/json"});
    request.body = std::move(body);
    std::optional<HttpResponse> answer;
    api.handle(request, [&](HttpResponse response) { answer = std::move(response); });
    device.world.scheduler.run();
    REQUIRE(answer.has_value());
    return std::move(*answer);
  }
  Json get(std::string target) {
    const HttpResponse answer = call("GET", std::move(target));
    INFO(answer.body.substr(0, 500));
    REQUIRE(answer.status == 200);
    return parse_json(answer.body, kStoredJsonLimits).value();
  }
  /// A record with a body of about so many bytes.
  void add_record(std::size_t bytes) {
    good(device.write([&]() -> Result<void> {
      const Json body = Json::object({{"note", std::string(bytes, 'x')}});
      TRY_ASSIGN(const auto entry, device.world->journal.append(2, {}, body.dump()));
      storage::NewDelivery delivery;
      delivery.record_seq = entry.seq;
      delivery.lane = good(device.world->deliveries.lane_id("fake", "fake"));
      delivery.key = "key";
      return device.world->deliveries.add(delivery);
    }));
  }
  void damage(std::int64_t seq) {
    good(device.world->database().execute("UPDATE records SET body = '{}' WHERE seq = ?", seq));
  }

 private:
  bool with_page_;

 public:
  Handheld device{"tech.17", 1};
  forwarding::ScheduleClock schedule{device.world.clock};
  recording::OrderBook orders{{*device.world, device.world.clock, schedule, *device.recorder}, {}};
  page::PageDoor page{{*device.world, device.world.entropy, device.world.clock}};
  api::Api api{{*device.world,
                *device.recorder,
                device.world.clock,
                schedule,
                device.world.scheduler,
                {},
                {},
                orders,
                nullptr,
                nullptr,
                with_page_ ? &page : nullptr},
               Secret(std::string_view("token"))};
};

}  // namespace handover::test
