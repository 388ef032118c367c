#include "agent/intake/webhook.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "tests/agent/intake/site_world.hpp"
#include "tests/support/fault_vfs.hpp"

namespace handover::test {
namespace {

using Headers = std::vector<HttpHeader>;

const HttpHeader kJsonType{"Content-Type", "application/json"};

Headers with_token(const std::string& token) { return {kJsonType, {"X-Access-Token", token}}; }

Json body_of(const HttpResponse& response) { return to_json(response.body); }

}  // namespace

TEST_CASE("webhook: all four paths, with and without a slash at the end", "[intake][webhook]") {
  SiteWorld world;
  int number = 0;
  for (const std::string type :
       {"InventoryUsage", "InventoryTransfer", "LoadInventory", "PhysicalInventoryRequest"}) {
    for (const std::string end : {"/", "", "/?customerid=1"}) {
      const std::string object = type == "InventoryUsage"      ? std::string(kUsageObject)
                                 : type == "InventoryTransfer" ? transfer_text("1001", "1", "2")
                                                               : std::string("{}");
      const std::string rowver = std::to_string(++number);
      const auto answer = world.post(
          "/" + type + end, payload_text("id-" + rowver, type, row_text(type, rowver, object)));
      CHECK(answer.status == 200);
      CHECK(answer.body == R"({"type":"","title":"OK","status":200})");
    }
  }
  CHECK(world.records().size() == 12);
  CHECK(world.woken == 12);
}

TEST_CASE("webhook: other paths and methods are answered without a look at the body",
          "[intake][webhook]") {
  SiteWorld world;
  for (const char* target : {"/", "/inventoryusage/", "/Activities/", "/InventoryUsage/x",
                             "/InventoryUsage//", "//InventoryUsage/", "/v1/status"})
    CHECK(world.post(target, usage_payload("id-1")).status == 404);
  HttpRequest request("GET", "/InventoryUsage/");
  const auto answer = world.call(request);
  CHECK(answer.status == 405);
  CHECK(find_header(answer.headers, "Allow") == "POST");
  CHECK(world.webhook->refusals().counts[2] == 8);
}

TEST_CASE("webhook: a configured path comes before the others", "[intake][webhook]") {
  SiteWorld world;
  world.settings.path = "/sm";
  world.restart();
  CHECK(world.post("/sm/InventoryUsage/", usage_payload("id-1")).status == 200);
  CHECK(world.post("/InventoryUsage/", usage_payload("id-2")).status == 404);
  CHECK(world.post("/smInventoryUsage/", usage_payload("id-3")).status == 404);
}

TEST_CASE("webhook: without a valid token nothing is taken in", "[intake][webhook]") {
  SiteWorld world;
  const std::string body = usage_payload("id-1");
  for (const Headers& headers :
       {Headers{kJsonType}, with_token(""), with_token("x.y.z"),
        with_token(token_of(R"({"alg":"none"})", kClaims)),
        with_token(token_of(kHeader, kClaims, "a wrong key that is long enough to be a key")),
        with_token(token_of(kHeader, R"({"exp":1700000000,"iat":1600000000})")),
        Headers{kJsonType, {"x-access-token", good_token()}, {"X-Access-Token", good_token()}},
        Headers{kJsonType, {"x-access-token", good_token()}, {"Origin", "https://evil.example"}}}) {
    const auto answer = world.post("/InventoryUsage/", body, headers);
    CHECK(answer.status == 401);
    CHECK(body_of(answer).text_of("title") == "Invalid Logon");
    CHECK_FALSE(body_of(answer).text_of("detail").empty());
  }
  CHECK(world.records().empty());
  CHECK(world.counts().payloads == 0);
  CHECK(world.webhook->refusals().counts[0] == 8);
  CHECK(world.woken == 0);
}

TEST_CASE("webhook: a key that was added to the file is used at once", "[intake][webhook]") {
  SiteWorld world;
  world.key_text = "an older key of the tenant, long enough";
  CHECK(world.post("/InventoryUsage/", usage_payload("id-1")).status == 401);
  world.key_text = kTokenKey;
  CHECK(world.post("/InventoryUsage/", usage_payload("id-1")).status == 200);
}

TEST_CASE("webhook: keys that cannot be read are our fault, and the caller does not hear where",
          "[intake][webhook]") {
  SiteWorld world;
  world.key_text.clear();
  const auto answer = world.post("/InventoryUsage/", usage_payload("id-1"));
  CHECK(answer.status == 500);
  CHECK(answer.body.find("/etc/keys") == std::string::npos);
  CHECK(world.log.contains("/etc/keys"));
}

TEST_CASE("webhook: where tokens are not checked, web pages are still kept out",
          "[intake][webhook]") {
  SiteWorld world;
  world.settings.check_tokens = false;
  world.restart();
  CHECK(world.post("/InventoryUsage/", usage_payload("id-1"), {kJsonType}).status == 200);
  CHECK(world
            .post("/InventoryUsage/", usage_payload("id-2"),
                  {kJsonType, {"Origin", "http://localhost"}})
            .status == 401);
}

TEST_CASE("webhook: what is malformed is answered 500 with the field, and has no effect",
          "[intake][webhook]") {
  SiteWorld world;
  const auto refused = [&](const std::string& body, Headers headers = {}) {
    const auto answer = world.post("/InventoryUsage/", body, std::move(headers));
    CHECK(answer.status == 500);
    CHECK_FALSE(body_of(answer).text_of("detail").empty());
    CHECK(answer.body.find("SN-1") == std::string::npos);
    return body_of(answer);
  };
  refused("");
  refused("{");
  refused(usage_payload("\xff"));
  refused(std::string(500, '['));
  refused(payload_text("id-1", "WorkOrder", ""));
  refused(R"({"id":"a","id":"b"})");
  refused(usage_payload("id-1"),
          {{"Content-Type", "text/plain"}, {"x-access-token", good_token()}});
  refused(usage_payload("id-1"), {{"x-access-token", good_token()}});
  const Json answer = refused(payload_text("", "InventoryUsage", ""));
  CHECK(answer.find("invalidParams")->items().at(0).text_of("path") == "/id");
  CHECK(world.counts().payloads == 0);
  CHECK(world.records().empty());
  // The id is still free.
  CHECK(world.status_of_usage("id-1") == 200);
}

TEST_CASE("webhook: the media type of CloudEvents is as good", "[intake][webhook]") {
  SiteWorld world;
  const Headers headers = {{"content-type", "application/cloudevents+json; charset=utf-8"},
                           {"x-access-token", good_token()}};
  CHECK(world.post("/InventoryUsage/", usage_payload("id-1"), headers).status == 200);
}

TEST_CASE("webhook: 200 is said when it is on disk, and not before", "[intake][webhook]") {
  SiteWorld world;
  HttpRequest request("POST", "/InventoryUsage/");
  request.headers = with_token(good_token());
  request.body = usage_payload("id-1");
  std::optional<int> status;
  world.webhook->handle(request, [&](const HttpResponse& answer) { status = answer.status; });
  CHECK(world.site.world->database().in_transaction());
  CHECK_FALSE(status.has_value());
  world.site.world.scheduler.run();
  CHECK_FALSE(world.site.world->database().in_transaction());
  CHECK(status == 200);
}

TEST_CASE("webhook: a disk that refuses is answered 500; the repeat of the same id is taken in",
          "[intake][webhook]") {
  FaultVfs faults;
  SiteWorld world(FaultVfs::name());
  faults.fail_writes_with = 266;  // SQLITE_IOERR_READ: any error of the disk will do.
  CHECK(world.status_of_usage("id-1") == 500);
  CHECK(world.woken == 0);
  CHECK(world.webhook->refusals().counts[3] == 1);
  faults.fail_writes_with = 0;
  CHECK(world.status_of_usage("id-1") == 200);
  CHECK(world.records().size() == 1);
  CHECK(world.counts().payloads == 1);
}

}  // namespace handover::test
