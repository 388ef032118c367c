#include <catch2/catch_test_macros.hpp>
#include <optional>

#include "agent/api/api.hpp"
#include "tests/agent/recording/qr_world.hpp"

namespace handover::test {
namespace {

/// An enrolled handheld behind its API, which has no lane.
class Enrolled {
 public:
  Enrolled(Company& company, const std::string& user, const std::string& location,
           std::uint64_t seed)
      : device(user, seed) {
    device.enroll(company, location);
    api.emplace(api::ApiWorld{*device.world,
                              *device.recorder,
                              device.world.clock,
                              schedule,
                              device.world.scheduler,
                              {},
                              {},
                              orders_of_none(),
                              nullptr,
                              device.enrollment()},
                Secret(std::string_view("token")));
  }

  HttpResponse call(std::string method, std::string target, const Json& body = {},
                    std::vector<HttpHeader> headers = {}) {
    HttpRequest request(std::move(method), std::move(target));
    request.headers = std::move(headers);
    request.headers.push_back({"Host", "localhost"});
    request.headers.push_back({"Authorization", "Bearer token"});
    if (!body.is_null()) {
      request.headers.push_back({"Content-Type", "application/json"});
      request.body = body.dump();
    }
    std::optional<HttpResponse> answer;
    api->handle(request, [&](HttpResponse response) { answer = std::move(response); });
    device.world.scheduler.run();
    REQUIRE(answer.has_value());
    return std::move(*answer);
  }
  Json ask(int status, std::string method, std::string target, const Json& body = {},
           std::vector<HttpHeader> headers = {}) {
    const auto answer = call(std::move(method), std::move(target), body, std::move(headers));
    INFO(answer.body.substr(0, 500));
    REQUIRE(answer.status == status);
    return parse_json(answer.body, kStoredJsonLimits).value();
  }
  Json shown(const Json& transfer) {
    return ask(200, "GET", "/v1/transfers/" + transfer.text_of("id") + "/qr");
  }

  Handheld device;
  forwarding::ScheduleClock schedule{device.world.clock};
  std::optional<recording::OrderBook> orders;
  std::optional<api::Api> api;

 private:
  recording::OrderBook& orders_of_none() {
    const recording::OrderBook::World world{*device.world, device.world.clock, schedule,
                                            *device.recorder};
    return orders.emplace(world, std::nullopt);
  }
};

struct Two {
  Company company;
  Enrolled sender{company, "tech.17", "VAN-17", 1};
  Enrolled receiver{company, "tech.22", "VAN-22", 2};
};

Json codes_body(const Json& shown) { return Json::object({{"codes", *shown.find("codes")}}); }

/// The receiver's form, filled by the scan, with the scan.
Json form_of(const Json& reading, const Json& shown) {
  return Json::object({{"direction", *reading.find("direction")},
                       {"transfer", *reading.find("transfer")},
                       {"scanned", *shown.find("codes")}});
}

}  // namespace

TEST_CASE("scan api: two taps and two scans", "[api][qr]") {
  Two both;
  const Json offer = both.sender.ask(201, "POST", "/v1/transfers", transfer_body("outbound"));
  CHECK(offer.text_of("qr") == "offer");
  const Json codes = both.sender.shown(offer);
  const Json reading = both.receiver.ask(200, "POST", "/v1/scans", codes_body(codes));
  CHECK(reading.text_of("kind") == "offer");
  const Json received = both.receiver.ask(201, "POST", "/v1/transfers", form_of(reading, codes));
  CHECK(received.text_of("state") == "completed");
  CHECK(received.text_of("qr") == "receipt");
  const Json sent = both.sender.ask(200, "POST", "/v1/transfers/" + offer.text_of("id") + "/scan",
                                    codes_body(both.receiver.shown(received)));
  CHECK(sent.text_of("state") == "completed");
  CHECK(sent.find("qr")->is_null());
}

TEST_CASE("scan api: a double tap is one half; a refused scan does not use its key up",
          "[api][qr]") {
  Two both;
  const Json offer = both.sender.ask(201, "POST", "/v1/transfers", transfer_body("outbound"));
  const Json codes = both.sender.shown(offer);
  const Json form = form_of(both.receiver.ask(200, "POST", "/v1/scans", codes_body(codes)), codes);
  const std::vector<HttpHeader> key = {{"Idempotency-Key", "tap"}};
  const Json first = both.receiver.ask(201, "POST", "/v1/transfers", form, key);
  const Json second = both.receiver.ask(201, "POST", "/v1/transfers", form, key);
  CHECK(first == second);
  CHECK(both.receiver.device.records().size() == 2);
  const Json replayed = both.receiver.ask(409, "POST", "/v1/transfers", form);
  CHECK(replayed.text_of("type") == "urn:handover:problem:code-replayed");
}

TEST_CASE("scan api: the list shows what was counted otherwise", "[api][qr]") {
  Two both;
  const Json offer = both.sender.ask(201, "POST", "/v1/transfers", transfer_body("outbound"));
  const Json codes = both.sender.shown(offer);
  Json form = form_of(both.receiver.ask(200, "POST", "/v1/scans", codes_body(codes)), codes);
  Json transfer = *form.find("transfer");
  transfer.set("Items",
               to_json(R"([{"ProdNum":"WS-C3850-48U-S","Qty":1,"SerialNum":"FCW1950C12F"}])"));
  form.set("transfer", std::move(transfer));
  both.receiver.ask(201, "POST", "/v1/transfers", form);
  const Json list = both.receiver.ask(200, "GET", "/v1/transfers?state=recorded");
  REQUIRE(list.find("items")->items().size() == 1);
  const Json& half = list.find("items")->items()[0];
  CHECK(half.find("changes")->dump() ==
        R"([{"ProdNum":"CAB-CAT6","SerialNum":"","BatchNum":"B7","offered":"2.5","counted":"0"}])");
  CHECK(half.text_of("qr") == "count");
}

TEST_CASE("scan api: the picture is SVG, of the part that is asked for", "[api][qr]") {
  Two both;
  const Json offer = both.sender.ask(201, "POST", "/v1/transfers", transfer_body("outbound"));
  const std::string target = "/v1/transfers/" + offer.text_of("id") + "/qr";
  const std::vector<HttpHeader> svg = {{"Accept", "image/svg+xml, */*;q=0.1"}};
  const auto picture = both.sender.call("GET", target, {}, svg);
  CHECK(picture.status == 200);
  CHECK(find_header(picture.headers, "Content-Type") == "image/svg+xml");
  CHECK(picture.body.starts_with("<svg "));
  CHECK(both.sender.call("GET", target + "?part=1", {}, svg).body == picture.body);
  for (const auto* part : {"2", "0", "x", "-1", "99999999999999999999"})
    CHECK(both.sender.call("GET", target + "?part=" + part, {}, svg).status == 400);
}

TEST_CASE("scan api: wrong bodies are named", "[api][qr]") {
  Two both;
  for (const auto* body : {R"({})", R"({"codes":[]})", R"({"codes":"HO1:"})", R"({"codes":[1]})",
                           R"({"codes":["HO1:BB8"],"more":1})"}) {
    INFO(body);
    const Json problem = both.receiver.ask(400, "POST", "/v1/scans", to_json(body));
    CHECK(!problem.find("errors")->items().empty());
  }
  Json form = transfer_body("inbound");
  form.set("scanned", Json("HO1:BB8"));
  CHECK(both.receiver.ask(400, "POST", "/v1/transfers", form).text_of("type") ==
        "urn:handover:problem:invalid-input");
  CHECK(both.receiver.device.records().empty());
}

TEST_CASE("scan api: the status has the certificate", "[api][qr]") {
  Two both;
  const Json enrollment = *both.sender.ask(200, "GET", "/v1/status").find("enrollment");
  CHECK(enrollment.text_of("user_id") == "tech.17");
  CHECK(enrollment.text_of("state") == "valid");
  both.sender.device.world.clock.advance(std::chrono::hours(24 * 366));
  CHECK(both.sender.ask(200, "GET", "/v1/status").find("enrollment")->text_of("state") ==
        "expired");
}

}  // namespace handover::test
