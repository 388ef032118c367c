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

Verdict judge(const HttpResponse& response,
              const Record& record = test::one_unit_transfer("inbound"), bool repeat = false,
              const CmdbSettings& settings = test::cmdb_settings()) {
  const auto plan = CmdbBackend(settings).plan(record);
  return CmdbBackend(settings).judge(test::context_of(record, plan.at(0).unit, "test", repeat),
                                     response);
}

bool says(const Verdict& verdict, std::string_view part) {
  return verdict.why.find(part) != std::string::npos;
}

HttpResponse import_answer(const std::string& rows, int status = 201) {
  return json_answer(
      status,
      R"({"import_set":"ISET0010001","staging_table":"u_wwt_asset","result":[)" + rows + "]}");
}

HttpResponse one_row(const std::string& status) {
  return import_answer(R"({"status":")" + status + R"("})");
}

const std::string kUpdatedRow =
    R"({"transform_map":"asset","table":"alm_hardware","display_name":"serial_number",
    "display_value":"FCW1950C12F","record_link":"https://host/api/now/table/alm_hardware/abc",
        "status":"updated",
    "sys_id":"abc","sys_import_state_comment":"x"})";
const std::string kErrorRow =
    R"({"transform_map":"ci","status":"error","error_message":"No model\u0007 found"})";
const std::string kEnvelope =
    R"({"error":{"message":"Operation Failed","detail":"Asset is on another active transfer order"},
                                  "status":"failure"})";

struct Case {
  HttpResponse response;
  Kind kind;
  Who who;
  bool whole_lane;
  std::string_view words;
};

TEST_CASE("cmdb: every answer has its verdict", "[backends]") {
  const std::vector<Case> cases = {
      {import_answer(kUpdatedRow), Kind::kAccepted, Who::kNobody, false, "accepted by the CMDB"},
      {import_answer(kUpdatedRow, 200), Kind::kAccepted, Who::kNobody, false,
       "accepted by the CMDB"},
      {one_row("ignored"), Kind::kAccepted, Who::kNobody, false, "accepted by the CMDB"},
      {one_row("Updated"), Kind::kAccepted, Who::kNobody, false, "accepted by the CMDB"},
      {import_answer(kErrorRow), Kind::kRefused, Who::kDispatcher, false,
       "did not apply the record: No model found"},
      {import_answer(R"({"status":"skipped","status_message":"coalesce value missing"})"),
       Kind::kRefused, Who::kDispatcher, false, "coalesce value missing"},
      {one_row("skipped"), Kind::kRefused, Who::kDispatcher, false, "status skipped"},
      {one_row("pending"), Kind::kRefused, Who::kDispatcher, false, "status pending"},
      {import_answer("{}"), Kind::kRefused, Who::kDispatcher, false, "no status"},
      {import_answer("7"), Kind::kRefused, Who::kDispatcher, false, "no status"},
      {import_answer(R"({"status":"updated","error_message":"half"})"), Kind::kRefused,
       Who::kDispatcher, false, "half"},
      {import_answer(""), Kind::kRefused, Who::kDispatcher, false, "no transform map"},
      {import_answer(kUpdatedRow + "," + kErrorRow), Kind::kRefused, Who::kDispatcher, false,
       "1 of 2 transform maps did not take it: No model found"},
      {json_answer(200, R"({"result":{"sys_id":"abc"}})"), Kind::kAccepted, Who::kNobody, false,
       "unverified"},
      {json_answer(200, R"({"result":{"status":"updated"}})"), Kind::kAccepted, Who::kNobody, false,
       "accepted"},
      {json_answer(200, R"({"result":{"status":"error","message":"no such site"}})"),
       Kind::kRefused, Who::kDispatcher, false, "no such site"},
      {answer(200), Kind::kAccepted, Who::kNobody, false, "delivered, unverified"},
      {answer(201), Kind::kAccepted, Who::kNobody, false, "delivered, unverified"},
      {answer(204), Kind::kAccepted, Who::kNobody, false, "delivered, unverified"},
      {json_answer(200, kEnvelope), Kind::kRefused, Who::kDispatcher, false,
       "active transfer order"},
      {json_answer(201, R"({"error":{"message":"Invalid","detail":null},"status":"failure"})"),
       Kind::kRefused, Who::kDispatcher, false, "Invalid"},
      {json_answer(200, R"({"error":null,"result":[{"status":"updated"}]})"), Kind::kAccepted,
       Who::kNobody, false, ""},
      {test::page(200), Kind::kRetryLater, Who::kNetwork, true, "not from the CMDB"},
      {test::page(201), Kind::kRetryLater, Who::kNetwork, true, "not from the CMDB"},
      {answer(401), Kind::kLoginNeeded, Who::kDispatcher, false, "answered 401"},
      {json_answer(403, kEnvelope), Kind::kRefused, Who::kDispatcher, false,
       "active transfer order"},
      {test::page(403), Kind::kRetryLater, Who::kNetwork, true, "not from the CMDB"},
      {json_answer(400,
                   R"({"error":{"message":"Invalid table x","detail":null},"status":"failure"})"),
       Kind::kRefused, Who::kDispatcher, false, "Invalid table x"},
      {answer(409), Kind::kRefused, Who::kDispatcher, false, "answered 409"},
      {answer(404), Kind::kStopLane, Who::kDispatcher, false, "URL"},
      {answer(405), Kind::kStopLane, Who::kDispatcher, false, "URL"},
      {answer(406), Kind::kStopLane, Who::kDispatcher, false, "URL"},
      {answer(415), Kind::kStopLane, Who::kDispatcher, false, "URL"},
      {answer(302), Kind::kStopLane, Who::kDispatcher, false, "redirect"},
      {answer(408), Kind::kUnknown, Who::kServer, false, "not known"},
      {json_answer(500, kEnvelope), Kind::kUnknown, Who::kServer, false, "not known"},
      {answer(502), Kind::kUnknown, Who::kServer, false, "not known"},
      {answer(504), Kind::kUnknown, Who::kServer, false, "not known"},
      {answer(100), Kind::kUnknown, Who::kServer, false, "not known"},
      {answer(503), Kind::kRetryLater, Who::kServer, false, "answered 503"},
      {test::page(503), Kind::kRetryLater, Who::kServer, true, "answered 503"},
      {answer(503, "", {{"Retry-After", "5"}}), Kind::kRetryLater, Who::kServer, true,
       "answered 503"},
      {answer(429), Kind::kRetryLater, Who::kServer, true, "too many requests"},
  };
  for (const Case& expected : cases) {
    const Verdict verdict = judge(expected.response);
    CAPTURE(expected.response.status, expected.response.body, verdict.why,
            test::name_of(verdict.kind));
    CHECK(test::name_of(verdict.kind) == test::name_of(expected.kind));
    CHECK(verdict.who == expected.who);
    CHECK(verdict.whole_lane == expected.whole_lane);
    CHECK(says(verdict, expected.words));
  }
}

TEST_CASE("cmdb: taken but not applied is asked for where reads are granted, else a person looks",
          "[backends]") {
  const std::vector<HttpResponse> answers = {
      answer(202),
      json_answer(202, R"({"result":[{"status":"updated"}]})"),
      json_answer(201, R"({"import_set_id":"a","multi_import_set_id":"b"})"),
      json_answer(201, R"({"import_set":"ISET1","result":[{"stat)"),
      answer(200, "OK"),
      json_answer(200,
                  R"({"error":{"message":"Transaction cancelled: maximum execution time exceeded"},
              "status":"failure"})"),
  };
  for (const HttpResponse& response : answers) {
    CAPTURE(response.status, response.body);
    const auto record = test::one_unit_transfer("inbound");
    const Verdict with_reads = judge(response, record, false, test::cmdb_settings_with_reads());
    const Verdict without = judge(response);
    CHECK(test::name_of(with_reads.kind) == "unknown");
    CHECK(with_reads.wait == 1min);
    CHECK(test::name_of(without.kind) == "refused");
    CHECK(says(without, "look it up in the CMDB"));
  }
}

TEST_CASE("cmdb: the receipt keeps what finds the record again, also of a refusal", "[backends]") {
  CHECK(
      judge(import_answer(kUpdatedRow)).receipt.dump() ==
      R"({"status":201,"import_set":"ISET0010001","staging_table":"u_wwt_asset",)"
      R"("result":[{"transform_map":"asset",)"
      R"("status":"updated","table":"alm_hardware","sys_id":"abc",)"
      R"("record_link":"https://host/api/now/table/alm_hardware/abc","display_value":"FCW1950C12F"}]})");
  CHECK(
      judge(import_answer(kUpdatedRow + "," + kErrorRow)).receipt.find("result")->items().size() ==
      2);
  CHECK(judge(answer(204)).receipt.dump() == R"({"status":204})");
}

TEST_CASE("cmdb: a new asset where only an update is possible is an alarm", "[backends]") {
  const std::string one = R"([{"serialNumber":"S1","manufacturerPartNumber":"P"}])";
  const std::string out = R"([{"ProdNum":"P","OutQty":1,"SerialNum":"S1"}])";
  const std::string in = R"([{"ProdNum":"P","InQty":1,"SerialNum":"S1"}])";
  const std::vector<std::pair<Record, bool>> cases = {
      {test::one_unit_transfer("outbound"), false},
      {test::one_unit_transfer("inbound"), false},
      {test::usage_record("1001", in), false},
      {test::usage_record("1002", out), false},
      {test::usage_record("1002", in), true},
      {test::asset_record("receipt", "W", "W", one), true},
      {test::asset_record("shipment", "W", "W", one), true},
      {test::asset_record("removal", "W", "W", one), true},
      {test::asset_record("return_shipped", "W", "W", one), false},
      {test::asset_record("return_received", "W", "W", one), false},
      {test::asset_record("correction", "W", "W", one), false},
  };
  for (const auto& [record, may_insert] : cases) {
    CAPTURE(record.body.dump());
    const Verdict verdict = judge(one_row("inserted"), record);
    CHECK(test::name_of(verdict.kind) == (may_insert ? "accepted" : "refused"));
    CHECK(says(verdict, "possible ghost") == !may_insert);
    CHECK(verdict.receipt.find("result") != nullptr);
  }
}

TEST_CASE("cmdb: a correction that made a new asset names the prefix", "[backends]") {
  const Record correction =
      test::asset_record("correction", "W", "W", R"([{"serialNumber":"S1"}])");
  CHECK(says(judge(one_row("inserted"), correction), "prefix"));
}

TEST_CASE("cmdb: one inserting map among several counts", "[backends]") {
  CHECK(judge(import_answer(R"({"status":"updated"},{"status":"inserted"})")).kind ==
        Kind::kRefused);
  CHECK(judge(import_answer(R"({"status":"inserted"},{"status":"updated"})")).kind ==
        Kind::kRefused);
}

TEST_CASE("cmdb: a repeat is done by ignored and updated, and a second new asset is marked",
          "[backends]") {
  const Record receipt = test::asset_record("receipt", "W", "W", R"([{"serialNumber":"S1"}])");

  CHECK(judge(one_row("ignored"), receipt, true).kind == Kind::kAccepted);
  CHECK(judge(one_row("updated"), receipt, true).kind == Kind::kAccepted);
  const Verdict inserted = judge(one_row("inserted"), receipt, true);
  CHECK(inserted.kind == Kind::kAccepted);
  CHECK(says(inserted, "possible duplicate"));
  CHECK(inserted.receipt.find("possible_duplicate")->boolean());
  CHECK(judge(one_row("inserted"), receipt).receipt.find("possible_duplicate") == nullptr);
}

TEST_CASE("cmdb: X-RateLimit-Reset is a Unix time against the answer's Date", "[backends]") {
  const HttpHeader reset = {"X-RateLimit-Reset", std::to_string(test::kNowSeconds + 90)};
  const HttpHeader date = {"Date", "Sun, 22 Nov 2026 10:27:53 GMT"};

  CHECK(judge(answer(429, "", {reset, date})).wait == 30s);
  CHECK(judge(answer(429, "", {reset})).wait == 90s);
  CHECK(judge(answer(429, "", {{"Retry-After", "7"}, reset, date})).wait == 7s);
}

TEST_CASE("cmdb: OAuth's answer gives a bearer token, or says who must act", "[backends]") {
  auto settings = test::cmdb_settings();
  settings.auth = CmdbSettings::Auth::kOAuthPassword;
  settings.read_client_secret = test::secret("client secret");
  const CmdbBackend backend(settings);
  const auto verdict_of = [&](const HttpResponse& response) {
    return std::get<Verdict>(backend.judge_login(response));
  };

  const auto token = backend.judge_login(json_answer(
      200,
      R"({"access_token":"tok","refresh_token":"r","scope":"useraccount","token_type":"Bearer",
          "expires_in":1799})"));
  REQUIRE(std::holds_alternative<Secret>(token));
  CHECK(std::get<Secret>(token).reveal() == "Bearer tok");

  const Verdict refused = verdict_of(
      json_answer(401, R"({"error_description":"access_denied","error":"server_error"})"));
  CHECK(refused.kind == Kind::kStopLane);
  CHECK(says(refused, "access_denied"));
  CHECK(verdict_of(json_answer(200, R"({"error":"invalid_grant"})")).kind == Kind::kStopLane);
  CHECK(verdict_of(answer(503)).kind == Kind::kRetryLater);
  CHECK(verdict_of(test::page(200)).kind == Kind::kRetryLater);
}

}  // namespace
}  // namespace handover::backends
