// Answers that no server should give: cut in the middle, flipped, or noise. They must not crash
// anything, and none of them may count as a success.
#include <catch2/catch_test_macros.hpp>
#include <random>

#include "tests/agent/backends/samples.hpp"

namespace handover::backends {
namespace {

using forwarding::Verdict;
using Kind = Verdict::Kind;

const std::vector<std::string> kSuccesses = {
    R"({"status":200,"title":"fine","detail":"","invalidParams":[{"name":"a","reason":"b",
        "path":"c","value":"d"}]})",
    R"({"import_set":"ISET1","staging_table":"u","result":[{"transform_map":"m",
        "status":"updated","sys_id":"a"}]})",
    R"({"result":{"status":"updated","sys_id":"abc"}})",
    R"({"result":[{"serial_number":"FCW1950C12F","install_status":"6","location":"Van 22",
        "stockroom":"Van 22"}]})",
};

struct Judges {
  Record record = test::one_unit_transfer("inbound");
  forwarding::DeliveryContext context = test::context_of(record, "FCW1950C12F", "test", true);
  ServiceMobilityBackend servicemobility{test::servicemobility_settings()};
  CmdbBackend cmdb{test::cmdb_settings_with_reads()};

  [[nodiscard]] std::vector<Verdict> all(const HttpResponse& response) const {
    return {servicemobility.judge(context, response), cmdb.judge(context, response),
            cmdb.judge_look_up(context, response)};
  }
};

TEST_CASE("bad answers: a body cut anywhere is never a success", "[backends]") {
  const Judges judges;
  for (const std::string& body : kSuccesses) {
    for (std::size_t length = 1; length < body.size(); ++length) {
      for (const int status : {200, 201}) {
        for (const Verdict& verdict :
             judges.all(test::json_answer(status, body.substr(0, length)))) {
          REQUIRE(verdict.kind != Kind::kAccepted);
          REQUIRE(verdict.kind != Kind::kSuperseded);
        }
      }
    }
  }
}

TEST_CASE("bad answers: noise with any status is never a success, and its words stay short",
          "[backends]") {
  const Judges judges;
  std::mt19937 random(4711);  // Always the same noise.
  for (int round = 0; round < 5000; ++round) {
    std::string body(1 + random() % 600, '\0');
    for (char& byte : body) byte = static_cast<char>(random() & 0xFFU);
    auto response = test::answer(static_cast<int>(100 + random() % 500), body);
    response.headers = {{"Retry-After", body.substr(0, 20)},
                        {"X-RateLimit-Reset", body.substr(0, 5)},
                        {"Date", body}};
    for (const Verdict& verdict : judges.all(response)) {
      REQUIRE(verdict.kind != Kind::kAccepted);
      REQUIRE(verdict.why.size() < 2000);
      REQUIRE(verdict.why.find('\n') == std::string::npos);
      REQUIRE((!verdict.wait ||
               (verdict.wait->count() >= 0 && *verdict.wait <= std::chrono::hours(2))));
    }
  }
}

TEST_CASE("bad answers: flipped bytes crash nothing", "[backends]") {
  const Judges judges;
  std::mt19937 random(42);
  for (int round = 0; round < 5000; ++round) {
    std::string body = kSuccesses[random() % kSuccesses.size()];
    for (int flips = 0; flips < 3; ++flips)
      body[random() % body.size()] = static_cast<char>(random() & 0xFFU);
    for (const Verdict& verdict : judges.all(test::json_answer(200, body)))
      REQUIRE_FALSE(verdict.why.size() > 2000);
    (void)judges.servicemobility.judge_login(test::json_answer(200, body));
    (void)judges.cmdb.judge_login(test::json_answer(200, body));
  }
}

TEST_CASE("bad answers: records with the wrong shape are errors, not crashes", "[backends]") {
  const Judges judges;
  for (const auto* body : {"null", "[]", "{}", R"({"transfer":7})", R"({"transfer":{"Items":{}}})",
                           R"({"usage":[]})", R"({"usage":{"StorageLocations":[7]}})",
                           R"({"asset_event":{"items":[[]],"event":"receipt"}})"}) {
    for (const auto kind : {RecordKind::kTransfer, RecordKind::kUsage, RecordKind::kAssetEvent}) {
      const Record record = test::record(kind, body);
      CAPTURE(body);
      CHECK(judges.cmdb.plan(record).empty());
      (void)judges.servicemobility.plan(record);
      CHECK_FALSE(judges.servicemobility.encode(test::context_of(record, "", "test")).has_value());
      CHECK_FALSE(judges.cmdb.encode(test::context_of(record, "", "test")).has_value());
    }
  }
}

}  // namespace
}  // namespace handover::backends
