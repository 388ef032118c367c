#include "sim/back-ends/simulated_back_end.hpp"

#include "tests/sim/support.hpp"

namespace handover::sim {
namespace {

using namespace testing;

struct ServiceMobility {
  ServiceMobilityModel model{servicemobility_options()};
  SimulatedBackEnd back_end{model, 1};
  std::string token = login(model);

  HttpRequest request(const std::string& key) const {
    return upload(token, kTransferPath, half(true), key);
  }
  Outcome send(const std::string& key) { return back_end.handle(request(key), kNow); }
  std::size_t halves() const { return model.transfers().halves().size(); }
  void fault(std::string_view text) {
    auto rule = parse_short_fault_rule(text);
    REQUIRE(rule);
    back_end.add_fault(*rule);
  }
};

HttpResponse control(SimulatedBackEnd& back_end, const std::string& path,
                     const std::string& body = "") {
  HttpRequest request(body.empty() ? "GET" : "POST", path);
  request.body = body;
  const Outcome outcome = back_end.handle(request, kNow);
  REQUIRE(outcome.response);
  return *outcome.response;
}

}  // namespace

TEST_CASE("simulated back-end: a lost reply is applied and not answered", "[sim][back-end]") {
  ServiceMobility sm;
  sm.fault("lost_reply:1");

  const Outcome lost = sm.send("k");

  CHECK_FALSE(lost.response);
  CHECK(lost.close == CloseMode::kEnd);
  CHECK(sm.halves() == 1);
  CHECK(sm.send("k").response->status == 200);
}

TEST_CASE("simulated back-end: a reset before is neither applied nor answered", "[sim][back-end]") {
  ServiceMobility sm;
  sm.fault("reset_before:1");

  const Outcome reset = sm.send("k");

  CHECK_FALSE(reset.response);
  CHECK(reset.close == CloseMode::kReset);
  CHECK(sm.halves() == 0);
  CHECK(sm.send("k").response->status == 201);
}

TEST_CASE("simulated back-end: a slow answer is applied at once and sent late", "[sim][back-end]") {
  ServiceMobility sm;
  sm.fault("slow=250:1");

  const Outcome slow = sm.send("k");

  CHECK(slow.delay == milliseconds(250));
  CHECK(slow.response->status == 201);
  CHECK(sm.halves() == 1);
}

TEST_CASE("simulated back-end: a truncated answer is applied and cut inside its body",
          "[sim][back-end]") {
  ServiceMobility sm;
  sm.fault("truncated:1");

  const Outcome cut = sm.send("k");

  REQUIRE(cut.truncate_at);
  CHECK(*cut.truncate_at > 0);
  CHECK(*cut.truncate_at < cut.response->body.size());
  CHECK(sm.halves() == 1);
}

TEST_CASE("simulated back-end: statuses are said in the back-end's own words and not applied",
          "[sim][back-end]") {
  for (const int status : {401, 403, 404, 429, 500, 502, 503}) {
    ServiceMobility sm;
    sm.fault("status_" + std::to_string(status) + ":1");
    const Outcome refused = sm.send("k");
    CHECK(refused.response->status == status);
    CHECK(body_of(*refused.response).text_of("code") == std::to_string(status));
    CHECK(sm.halves() == 0);
    CHECK(sm.send("k").response->status == 201);
  }
}

TEST_CASE("simulated back-end: 429 comes with the hints that were asked for", "[sim][back-end]") {
  ServiceMobility sm;
  for (const auto* text : {"status_429=7:1", "status_429_retry_after=7:1", "status_429_reset=7:1",
                           "status_429_bare:1"}) {
    sm.fault(text);
  }
  std::vector<std::pair<std::string, std::string>> hints;
  for (int i = 0; i < 4; ++i) {
    const auto headers = sm.send("k").response->headers;
    hints.emplace_back(find_header(headers, "Retry-After"),
                       find_header(headers, "X-RateLimit-Reset"));
  }
  CHECK(hints == std::vector<std::pair<std::string, std::string>>{
                     {"7", "7"}, {"7", ""}, {"", "7"}, {"", ""}});
}

TEST_CASE("simulated back-end: a web page with 200 is not applied", "[sim][back-end]") {
  ServiceMobility sm;
  sm.fault("html200:1");

  const Outcome page = sm.send("k");

  CHECK(page.response->status == 200);
  CHECK(find_header(page.response->headers, "Content-Type").starts_with("text/html"));
  CHECK(page.response->body.starts_with("<!DOCTYPE html>"));
  CHECK(sm.halves() == 0);
}

TEST_CASE("simulated back-end: an error body with 200 is not applied", "[sim][back-end]") {
  ServiceMobility sm;
  sm.fault("error200:1");

  const Outcome error = sm.send("k");

  CHECK(error.response->status == 200);
  CHECK(body_of(*error.response).text_of("code") == "500");
  CHECK(sm.halves() == 0);
}

TEST_CASE("simulated back-end: an unknown product is 410 for uploads, and leaves the login alone",
          "[sim][back-end]") {
  ServiceMobility sm;
  sm.fault("unknown_product:1");

  CHECK(sm.back_end.handle(login_request(), kNow).response->status == 200);
  CHECK(sm.send("k").response->status == 410);
  CHECK(sm.halves() == 0);
}

TEST_CASE("simulated back-end: expired tokens make every earlier token invalid",
          "[sim][back-end]") {
  ServiceMobility sm;
  sm.fault("expired_tokens:1");

  CHECK(sm.send("k").response->status == 401);
  CHECK(sm.send("k").response->status == 401);
  sm.token = login(sm.model);
  CHECK(sm.send("k").response->status == 201);
}

TEST_CASE("simulated back-end: a result error of the CMDB is inside a 201 and changes no asset",
          "[sim][back-end]") {
  CmdbModel model(cmdb_options());
  SimulatedBackEnd back_end(model, 1);
  back_end.add_fault(*parse_short_fault_rule("result_error:1"));

  const auto outcome = back_end.handle(import_request(asset("SN1")), kNow);

  CHECK(outcome.response->status == 201);
  const Json result = body_of(*outcome.response).find("result")->items().at(0);
  CHECK(result.text_of("status") == "error");
  CHECK_FALSE(result.text_of("error_message").empty());
  CHECK(model.assets().assets().empty());
  CHECK(model.import_rows().at(0).status == "error");
}

TEST_CASE("simulated back-end: every answer has the server's date", "[sim][back-end]") {
  ServiceMobility sm;
  CHECK(find_header(sm.send("k").response->headers, "Date") == "Sun, 22 Nov 2026 10:26:53 GMT");
}

TEST_CASE("simulated back-end: the control path sets faults, shows them and clears them",
          "[sim][back-end]") {
  ServiceMobility sm;
  CHECK(control(sm.back_end, "/_sim/faults", R"({"kind":"status_503","next":9})").status == 200);
  CHECK(sm.send("k").response->status == 503);

  const Json state = body_of(control(sm.back_end, "/_sim/state"));
  CHECK(state.text_of("requests") == "1");
  CHECK(*state.find("faults") == json(R"({"status_503":1})"));
  CHECK(control(sm.back_end, "/_sim/faults", R"({"clear":true})").status == 200);
  CHECK(sm.send("k").response->status == 201);
}

TEST_CASE("simulated back-end: the control path never goes wrong itself", "[sim][back-end]") {
  ServiceMobility sm;
  sm.fault("reset_before:1/1");

  CHECK(control(sm.back_end, "/_sim/state").status == 200);
  CHECK(body_of(control(sm.back_end, "/_sim/counts")).text_of("requests") == "0");
}

TEST_CASE("simulated back-end: options and reset come over the control path", "[sim][back-end]") {
  ServiceMobility sm;
  CHECK(control(sm.back_end, "/_sim/options", R"({"older_errors":false})").status == 200);
  CHECK(body_of(sm.model.failure(500)).find("code") == nullptr);
  sm.send("k");

  CHECK(control(sm.back_end, "/_sim/reset", "{}").status == 200);

  CHECK(sm.halves() == 0);
  CHECK(body_of(control(sm.back_end, "/_sim/counts")).text_of("requests") == "0");
}

TEST_CASE("simulated back-end: what the control path does not know is refused with words",
          "[sim][back-end]") {
  ServiceMobility sm;
  CHECK(control(sm.back_end, "/_sim/other").status == 404);
  CHECK(control(sm.back_end, "/_sim/other", "{}").status == 404);
  CHECK(control(sm.back_end, "/_sim/faults", "{").status == 400);
  const HttpResponse refused =
      control(sm.back_end, "/_sim/faults", R"({"kind":"lost_reply","one_in":"x"})");
  CHECK(refused.status == 400);
  CHECK(body_of(refused).text_of("pointer") == "/one_in");
}

}  // namespace handover::sim
