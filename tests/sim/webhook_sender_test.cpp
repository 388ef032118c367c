// The simulated ServiceMobility calls a webhook: what it says, how it repeats itself, and how it
// misbehaves when it is told to.
#include "sim/back-ends/servicemobility/webhook_sender.hpp"

#include <algorithm>
#include <map>

#include "platform/asio/http_server.hpp"
#include "tests/sim/support.hpp"

namespace handover::sim {
namespace {

using namespace testing;

/// An endpoint that keeps what it hears, and answers as it is told.
class Endpoint {
 public:
  Endpoint() {
    auto listening = net::HttpServer::listen(io_.get_executor(), "127.0.0.1:0", {},
                                             [this](const HttpRequest& request, auto reply) {
                                               heard.push_back(request);
                                               reply(HttpResponse(refuse-- > 0 ? 500 : 200));
                                             });
    REQUIRE(listening);
    server_ = std::move(*listening);
    queue.options().url = "http://" + server_->address() + "/sm/";
  }

  void push(int count = 1) {
    for (int i = 0; i < count; ++i) {
      const auto rowver = std::uint64_t(100 + i);
      queue.push("InventoryUsage", rowver, json(R"({"RefObjID":"WO-1"})"), "a.b.c", kNow);
    }
  }
  /// Until so many calls were heard, and nothing more comes.
  void run_until_heard(std::size_t count) {
    while (heard.size() < count) REQUIRE(io_.run_one_for(std::chrono::seconds(30)) > 0);
    while (queue.counts().delivered + queue.counts().given_up < queue.counts().queued)
      REQUIRE(io_.run_one_for(std::chrono::seconds(30)) > 0);
  }
  std::map<std::string, int> times_of_ids() {
    std::map<std::string, int> times;
    for (const auto& request : heard) {
      if (const auto body = parse_json(request.body)) ++times[body->text_of("id")];
    }
    return times;
  }

  std::vector<HttpRequest> heard;
  int refuse = 0;
  WebhookQueue queue{7};

 private:
  boost::asio::io_context io_;
  std::unique_ptr<net::HttpServer> server_;
  WebhookSender sender_{io_, queue};
};

}  // namespace

TEST_CASE("webhooks: the request is as the interface page has it", "[sim][webhook]") {
  Endpoint endpoint;
  endpoint.push();
  endpoint.run_until_heard(1);
  const HttpRequest& request = endpoint.heard.at(0);
  CHECK(request.method == "POST");
  CHECK(request.target == "/sm/InventoryUsage/");
  CHECK(find_header(request.headers, "Content-Type") == "application/json");
  CHECK(find_header(request.headers, "x-access-token") == "a.b.c");
  Json body = json(request.body);
  CHECK(body.text_of("id").size() == 36);
  CHECK(body.text_of("type") == "InventoryUsage");
  CHECK(body.text_of("specversion") == "1.0");
  CHECK(body.text_of("time") == "2026-11-22T10:26:53.500Z");
  CHECK(body.text_of("datacontenttype") == "application/json");
  CHECK(body.find("subject")->is_null());
  CHECK(body.find("data")->dump() ==
        R"({"rowver":"100","rows":[{"rowver":"100","InventoryUsage":{"RefObjID":"WO-1"}}]})");
}

TEST_CASE("webhooks: no endpoint, nothing is kept for one", "[sim][webhook]") {
  WebhookQueue queue(1);
  queue.push("InventoryUsage", 1, json("{}"), "a.b.c", kNow);
  CHECK(queue.counts().queued == 0);
  CHECK(queue.take().empty());
}

TEST_CASE("webhooks: until it is answered 200, the same request is repeated", "[sim][webhook]") {
  Endpoint endpoint;
  endpoint.refuse = 3;
  endpoint.push();
  endpoint.run_until_heard(4);
  for (const auto& request : endpoint.heard) CHECK(request.body == endpoint.heard.at(0).body);
  CHECK(endpoint.heard.size() == 4);
  CHECK(endpoint.queue.counts().delivered == 1);
  CHECK(endpoint.queue.counts().sent == 4);
}

TEST_CASE("webhooks: repeats after 200, and two at the same time, have the same id",
          "[sim][webhook]") {
  for (const bool at_once : {false, true}) {
    Endpoint endpoint;
    (at_once ? endpoint.queue.options().at_once_one_in : endpoint.queue.options().again_one_in) = 1;
    endpoint.push(3);
    endpoint.run_until_heard(6);
    const auto times = endpoint.times_of_ids();
    CHECK(times.size() == 3);
    CHECK(std::all_of(times.begin(), times.end(), [](const auto& id) { return id.second == 2; }));
  }
}

TEST_CASE("webhooks: a broken first try is told apart from a right one", "[sim][webhook]") {
  Endpoint endpoint;
  endpoint.queue.options().broken_one_in = 1;
  endpoint.push();
  endpoint.run_until_heard(2);
  CHECK_FALSE(parse_json(endpoint.heard.at(0).body));
  CHECK(parse_json(endpoint.heard.at(1).body));
  // This endpoint takes everything, and that is noticed.
  CHECK(endpoint.queue.counts().wrongly_taken == 1);
}

TEST_CASE("webhooks: the same id can come again with another body", "[sim][webhook]") {
  Endpoint endpoint;
  endpoint.queue.options().changed_one_in = 1;
  endpoint.push();
  endpoint.run_until_heard(2);
  CHECK(endpoint.heard.at(0).body != endpoint.heard.at(1).body);
  CHECK(endpoint.times_of_ids().size() == 1);
}

TEST_CASE("webhooks: late ones are overtaken", "[sim][webhook]") {
  Endpoint endpoint;
  endpoint.queue.options().late_one_in = 2;
  endpoint.push(20);
  endpoint.run_until_heard(20);
  std::vector<std::string> order;
  for (const auto& request : endpoint.heard)
    order.push_back(json(request.body).find("data")->text_of("rowver"));
  CHECK_FALSE(std::is_sorted(order.begin(), order.end()));
  std::sort(order.begin(), order.end());
  CHECK(std::unique(order.begin(), order.end()) == order.end());
}

TEST_CASE("webhooks: an upload to ServiceMobility becomes one, its repeat none",
          "[sim][servicemobility][webhook]") {
  ServiceMobilityModel model(servicemobility_options());
  REQUIRE(model.configure(json(R"({"webhook_url":"http://127.0.0.1:1","webhook_rowver":false})")));
  const std::string token = login(model);
  const HttpRequest request = upload(token, kUsagePath, usage(), "key-1");
  CHECK(model.handle(request, kNow).status == 201);
  CHECK(model.handle(request, kNow).status == 200);
  CHECK(model.handle(upload(token, kTransferPath, half(true), "key-2"), kNow).status == 201);
  const auto calls = model.webhooks().take();
  REQUIRE(calls.size() == 2);
  CHECK(calls[0].path == "/InventoryUsage/");
  CHECK(calls[0].token == token);
  CHECK(calls[1].path == "/InventoryTransfer/");
  const Json body = json(calls[1].body);
  CHECK(body.find("data")->find("rows")->items().at(0).text_of("rowver").empty());
}

}  // namespace handover::sim
