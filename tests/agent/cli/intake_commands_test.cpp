#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "agent/domain/json.hpp"
#include "tests/agent/cli/fake_api.hpp"

namespace handover::test {
namespace {

using Catch::Matchers::ContainsSubstring;

constexpr const char* kRow =
    R"({"id":"3","type":"InventoryTransfer","since":"2026-11-22T09:00:00.000Z",)"
    R"("reason":"/TransferType: neither of the two codes","origin":{"system":"servicemobility",)"
    R"("via":"webhook"},"object":{"TransferType":"7"}})";

std::string status(const std::string& counts, const std::string& last_refusal) {
  return R"({"device":{"id":"site-1","user_id":"site-1","storage_location":"site-1"},)"
         R"("store":{"records":2,"damaged":0,"schema":3},"lanes":[],"version":"0.1.0",)"
         R"("intake":{"payloads":5,"payloads_repeated":1,)" +
         counts +
         R"("rows":7,"rows_repeated":3,"records":2,"without_lane":0,)"
         R"("last_payload_at":"2026-11-22T09:59:30.000Z","webhook":{"listens_at":"192.0.2.7:8443",)"
         R"("checks_tokens":true,"refused":{"unauthorized":4,"malformed":0,"wrong_call":0,"store":0},)"
         R"("last_refusal_at":null,"last_refusal":)" +
         last_refusal +
         R"(},"exports":[{"type":"InventoryUsage","rowver":"72","read_at":"2026-11-22T09:58:00.000Z",)"
         R"("next_try_at":"2026-11-22T10:03:00.000Z","failures":0,"last_error":null}]}})";
}

}  // namespace

TEST_CASE("intake set-aside: each row, and why it waits", "[cli][intake]") {
  FakeApi api;
  api.answer("GET /v1/intake/set-aside?limit=100", 200,
             R"({"items":[)" + std::string(kRow) + R"(],"next":null})");
  Shell shell;
  const auto shown = shell.run({"intake", "set-aside", "--config", api.config()});
  CHECK(shown.exit_code == 0);
  CHECK_THAT(shown.out, ContainsSubstring("3  InventoryTransfer") &&
                            ContainsSubstring("/TransferType: neither of the two codes"));
  const auto as_json = shell.run({"intake", "set-aside", "--json", "--config", api.config()});
  CHECK_THAT(as_json.out, ContainsSubstring(R"("object")"));
}

TEST_CASE("intake discard: the reason goes with it, and must be there", "[cli][intake]") {
  FakeApi api;
  api.answer(
      "POST /v1/intake/set-aside/3/discard", 201,
      R"({"id":"00000000-0011-8abc-8def-0123456789ab","seq":17,"kind":"notice",)"
      R"("captured_at":"2026-11-22T09:00:00.000Z","body":{},"deliveries":[],"warnings":[]})");
  Shell shell;
  const auto done =
      shell.run({"intake", "discard", "3", "--reason", "by hand", "--config", api.config()});
  INFO(done.messages);
  CHECK(done.exit_code == 0);
  CHECK(api.last().body == R"({"reason":"by hand"})");
  CHECK_THAT(done.out, ContainsSubstring("kept as record"));
  CHECK(shell.run({"intake", "discard", "3", "--config", api.config()}).exit_code == 2);
}

TEST_CASE("status: of a site agent it says what came in, and what a person must do",
          "[cli][status][intake]") {
  FakeApi api;
  api.answer("GET /v1/status", 200, status(R"("payloads_conflicting":0,"set_aside":0,)", "null"));
  Shell shell;
  const auto calm = shell.run({"status", "--config", api.config()});
  INFO(calm.messages);
  CHECK(calm.exit_code == 0);
  CHECK_THAT(calm.out, ContainsSubstring("2 records of 7 rows") &&
                           ContainsSubstring("webhook at 192.0.2.7:8443") &&
                           ContainsSubstring("4 unauthorized") &&
                           ContainsSubstring("export InventoryUsage read to rowver 72") &&
                           !ContainsSubstring("set-aside"));
  FakeApi worse;
  worse.answer("GET /v1/status", 200,
               status(R"("payloads_conflicting":2,"set_aside":1,)", "\"the token has expired\""));
  const auto shown = shell.run({"status", "--config", worse.config()});
  CHECK_THAT(shown.out, ContainsSubstring("handover intake set-aside") &&
                            ContainsSubstring("the token has expired") &&
                            ContainsSubstring("Ask who sends them"));
}

}  // namespace handover::test
