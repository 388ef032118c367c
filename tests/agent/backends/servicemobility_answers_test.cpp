#include <catch2/catch_test_macros.hpp>

#include "tests/agent/backends/samples.hpp"

namespace handover::backends {
namespace {

using forwarding::Verdict;
using forwarding::Who;
using Kind = Verdict::Kind;
using test::answer;
using test::json_answer;
using namespace std::chrono_literals;

Verdict judge(const HttpResponse& response) {
  const Record record = test::one_unit_transfer("outbound");
  return ServiceMobilityBackend(test::servicemobility_settings())
      .judge(test::context_of(record), response);
}

bool says(const Verdict& verdict, std::string_view part) {
  return verdict.why.find(part) != std::string::npos;
}

struct Case {
  HttpResponse response;
  Kind kind;
  Who who;
  bool whole_lane;
  std::string_view words;
};

const std::string kOlderError =
    R"({"code":400,"detail":{"message":"ProdNum is unknown","params":{"value":"secret-value"},
                                    "dataPath":"/Items/0/ProdNum"}})";
const std::string kNewerError =
    R"({"type":"","title":"Refused","status":422,"detail":"see below","invalidParams":[
                                    {"name":"Qty","reason":"too large","path":"$.Items[0].Qty",
                                     "value":"secret-value"}]})";

TEST_CASE("servicemobility: every answer has its verdict", "[backends]") {
  const std::vector<Case> cases = {
      {answer(201, "", {{"Location", "/seiapi/v3/export/InventoryUsage?rowver=7"}}),
       Kind::kAccepted, Who::kNobody, false, "accepted by ServiceMobility"},
      {answer(201), Kind::kUnknown, Who::kServer, false, "without the body"},
      {answer(200), Kind::kUnknown, Who::kServer, false, "without the body"},
      {answer(200, "", {{"Location", "/somewhere"}}), Kind::kUnknown, Who::kServer, false,
       "without the body"},
      {json_answer(201, ""), Kind::kUnknown, Who::kServer, false, "without the body"},
      {json_answer(201, "{}"), Kind::kAccepted, Who::kNobody, false, "accepted by ServiceMobility"},
      {json_answer(200, R"({"status":200,"title":"BatchNum will be withdrawn"})"), Kind::kAccepted,
       Who::kNobody, false, "BatchNum will be withdrawn"},
      {json_answer(200, R"({"warnings":["one",{"message":"two"}]})"), Kind::kAccepted, Who::kNobody,
       false, "one; two"},
      {test::page(200), Kind::kRetryLater, Who::kNetwork, true, "not from ServiceMobility"},
      {answer(200, "OK"), Kind::kUnknown, Who::kServer, false, "without the body"},
      {json_answer(201, R"({"a":)"), Kind::kUnknown, Who::kServer, false, "without the body"},
      {json_answer(200, "[]"), Kind::kUnknown, Who::kServer, false, "without the body"},
      {json_answer(200, R"({"code":410,"detail":{"message":"no such product"}})"), Kind::kRefused,
       Who::kDispatcher, false, "no such product"},
      {json_answer(200, R"({"status":500,"title":"broken"})"), Kind::kRetryLater, Who::kServer,
       false, "broken"},
      {json_answer(200, R"({"error":"nonsense"})"), Kind::kRefused, Who::kDispatcher, false,
       "nonsense"},
      {json_answer(400, kOlderError), Kind::kRefused, Who::kDispatcher, false,
       "ProdNum is unknown (at /Items/0/ProdNum)"},
      {json_answer(422, kNewerError), Kind::kRefused, Who::kDispatcher, false,
       "Refused: see below: Qty: too large (at $.Items[0].Qty)"},
      {answer(400), Kind::kRefused, Who::kDispatcher, false, "ServiceMobility answered 400"},
      {answer(400, "plain words"), Kind::kRefused, Who::kDispatcher, false, "plain words"},
      {test::page(400), Kind::kRetryLater, Who::kNetwork, true, "not from ServiceMobility"},
      {answer(413), Kind::kRefused, Who::kDispatcher, false, "answered 413"},
      {answer(415), Kind::kRefused, Who::kDispatcher, false, "answered 415"},
      {answer(401), Kind::kLoginNeeded, Who::kDispatcher, false, "answered 401"},
      {answer(403), Kind::kStopLane, Who::kDispatcher, false, "may not upload"},
      {test::page(403), Kind::kRetryLater, Who::kNetwork, true, "not from ServiceMobility"},
      {answer(404), Kind::kStopLane, Who::kDispatcher, false, "the URL is wrong"},
      {test::page(404), Kind::kStopLane, Who::kDispatcher, false, "the URL is wrong"},
      {answer(405), Kind::kStopLane, Who::kDispatcher, false, "the URL is wrong"},
      {answer(409), Kind::kRefused, Who::kDispatcher, false,
       "already has another version of this record"},
      {answer(410), Kind::kRefused, Who::kDispatcher, false, "product or a storage location"},
      {answer(408), Kind::kUnknown, Who::kServer, false, "answered 408"},
      {answer(502), Kind::kUnknown, Who::kServer, false, "answered 502"},
      {answer(504), Kind::kUnknown, Who::kServer, false, "answered 504"},
      {answer(500), Kind::kRetryLater, Who::kServer, false, "answered 500"},
      {answer(503), Kind::kRetryLater, Who::kServer, false, "answered 503"},
      {answer(503, "", {{"Retry-After", "5"}}), Kind::kRetryLater, Who::kServer, true,
       "answered 503"},
      {answer(429), Kind::kRetryLater, Who::kServer, true, "too many requests"},
      {answer(302, "", {{"Location", "http://elsewhere/"}}), Kind::kStopLane, Who::kDispatcher,
       false, "redirect"},
      {answer(308), Kind::kStopLane, Who::kDispatcher, false, "redirect"},
      {answer(100), Kind::kUnknown, Who::kServer, false, "answered 100"},
      {answer(202), Kind::kUnknown, Who::kServer, false, "answered 202"},
      {answer(418), Kind::kUnknown, Who::kServer, false, "answered 418"},
      {answer(599), Kind::kUnknown, Who::kServer, false, "answered 599"},
  };
  for (const Case& expected : cases) {
    const Verdict verdict = judge(expected.response);
    CAPTURE(expected.response.status, expected.response.body, verdict.why,
            test::name_of(verdict.kind));
    CHECK(test::name_of(verdict.kind) == test::name_of(expected.kind));
    CHECK(verdict.who == expected.who);
    CHECK(verdict.whole_lane == expected.whole_lane);
    CHECK(says(verdict, expected.words));
    CHECK_FALSE(says(verdict, "secret-value"));
  }
}

TEST_CASE("servicemobility: an accepted record keeps the status and the server's remark",
          "[backends]") {
  CHECK(judge(json_answer(201, "{}")).receipt.dump() == R"({"status":201})");
  CHECK(judge(json_answer(200, R"({"status":200,"title":"soon withdrawn"})")).receipt.dump() ==
        R"({"status":200,"remark":"soon withdrawn"})");
  CHECK_FALSE(judge(json_answer(201, "{}")).wait.has_value());
}

TEST_CASE("servicemobility: the last call of an interval pauses the lane until the reset",
          "[backends]") {
  const HttpHeader reset{"X-RateLimit-Reset", "1"};
  const auto last = answer(201, "{}", {{"X-RateLimit-Remaining", "0"}, reset});
  const auto not_last = answer(201, "{}", {{"X-RateLimit-Remaining", "3"}, reset});

  CHECK(judge(last).kind == Kind::kAccepted);
  CHECK(judge(last).wait == 1s);
  CHECK_FALSE(judge(not_last).wait.has_value());
}

TEST_CASE("servicemobility: the server's wait is taken from either header", "[backends]") {
  CHECK(judge(answer(429, "", {{"Retry-After", "12"}})).wait == 12s);
  CHECK(judge(answer(429, "", {{"X-RateLimit-Reset", "30"}})).wait == 30s);
  CHECK_FALSE(judge(answer(429)).wait.has_value());
  CHECK(judge(answer(503, "", {{"Retry-After", "86400"}})).wait == 2h);
}

TEST_CASE("servicemobility: a failure's own wait counts, whatever its status", "[backends]") {
  for (const int status : {200, 408, 418, 500, 502, 503, 504}) {
    CAPTURE(status);
    const HttpHeader reset{"X-RateLimit-Reset", "30"};
    CHECK(judge(answer(status, "", {{"Retry-After", "12"}})).wait == 12s);
    CHECK(judge(answer(status, "", {{"X-RateLimit-Remaining", "0"}, reset})).wait == 30s);
    CHECK_FALSE(judge(answer(status)).wait.has_value());
  }
  // It stands in ordinary answers too, and says nothing of this failure.
  CHECK_FALSE(judge(answer(502, "", {{"X-RateLimit-Reset", "30"}})).wait.has_value());
}

TEST_CASE("servicemobility: an explanation that repeats a validation code loses it", "[backends]") {
  const Record usage = test::record(
      RecordKind::kUsage, R"({"usage":{"RefModule":"1003","RefObjID":"48393584287721595208"}})");
  const auto response =
      json_answer(400, R"({"title":"no 48393584287721595208, 4839 3584 2877 or 21595208"})");

  const Verdict of_transfer = judge(response);
  const Verdict of_usage = ServiceMobilityBackend(test::servicemobility_settings())
                               .judge(test::context_of(usage), response);

  CHECK(says(of_transfer, "no [code][code], [code] or [code]"));
  CHECK(says(of_usage, "no [code],"));
}

forwarding::LoginOutcome judge_login(const HttpResponse& response) {
  return ServiceMobilityBackend(test::servicemobility_settings()).judge_login(response);
}

TEST_CASE("servicemobility: a login gives the token", "[backends]") {
  const auto outcome = judge_login(json_answer(200, R"({"token":"aaa.bbb.ccc","more":1})"));
  REQUIRE(std::holds_alternative<Secret>(outcome));
  CHECK(std::get<Secret>(outcome).reveal() == "aaa.bbb.ccc");
}

TEST_CASE("servicemobility: a login without a token says who must act", "[backends]") {
  const std::vector<Case> cases = {
      {answer(401), Kind::kStopLane, Who::kDispatcher, false, "user name or password"},
      {json_answer(401, R"({"title":"locked"})"), Kind::kStopLane, Who::kDispatcher, false,
       "locked"},
      {answer(400), Kind::kStopLane, Who::kDispatcher, false, "answered 400"},
      {answer(403), Kind::kStopLane, Who::kDispatcher, false, "answered 403"},
      {answer(404), Kind::kStopLane, Who::kDispatcher, false, "URL"},
      {answer(301), Kind::kStopLane, Who::kDispatcher, false, "redirect"},
      {answer(408), Kind::kRetryLater, Who::kServer, true, "answered 408"},
      {answer(429), Kind::kRetryLater, Who::kServer, true, "answered 429"},
      {answer(500), Kind::kRetryLater, Who::kServer, true, "answered 500"},
      {answer(503), Kind::kRetryLater, Who::kServer, true, "answered 503"},
      {test::page(200), Kind::kRetryLater, Who::kNetwork, true, "not from ServiceMobility"},
      {test::page(403), Kind::kRetryLater, Who::kNetwork, true, "not from ServiceMobility"},
      {answer(200), Kind::kRetryLater, Who::kNetwork, true, "not from ServiceMobility"},
      {json_answer(200, "{}"), Kind::kStopLane, Who::kDispatcher, false, "without a token"},
      {json_answer(200, R"({"token":"a\r\nb"})"), Kind::kStopLane, Who::kDispatcher, false,
       "without a token"},
  };
  for (const Case& expected : cases) {
    const auto outcome = judge_login(expected.response);
    REQUIRE(std::holds_alternative<Verdict>(outcome));
    const auto& verdict = std::get<Verdict>(outcome);
    CAPTURE(expected.response.status, expected.response.body, verdict.why);
    CHECK(test::name_of(verdict.kind) == test::name_of(expected.kind));
    CHECK(verdict.who == expected.who);
    CHECK(verdict.whole_lane == expected.whole_lane);
    CHECK(says(verdict, expected.words));
  }
  CHECK(std::get<Verdict>(judge_login(answer(429, "", {{"Retry-After", "9"}}))).wait == 9s);
}

}  // namespace
}  // namespace handover::backends
