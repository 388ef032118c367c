#include "tests/agent/api/served.hpp"

namespace handover::test {
namespace {

constexpr const char* kOneOut = R"([{"ProdNum":"P1","OutQty":1}])";

std::vector<std::string> numbers_of(const Json& page) {
  std::vector<std::string> numbers;
  for (const Json& item : page.find("items")->items()) numbers.push_back(item.text_of("seq"));
  return numbers;
}

}  // namespace

TEST_CASE("api: a page is bounded by bytes, and the next one goes on where it ended", "[api]") {
  Served served;
  for (const std::size_t bytes : {400'000U, 400'000U, 400'000U, 2'000'000U, 10U, 10U}) {
    served.add_record(bytes);
  }

  std::vector<std::vector<std::string>> pages;
  std::string next = "0";
  while (!next.empty()) {
    REQUIRE(pages.size() < 10);
    const Json page = served.get("/v1/records?limit=100&after=" + next);
    pages.push_back(numbers_of(page));
    next = page.text_of("next");
  }

  const std::vector<std::vector<std::string>> expected = {{"1", "2"}, {"3"}, {"4"}, {"5", "6"}};
  CHECK(pages == expected);
}

TEST_CASE("api: a page that ends with the limit names the next one", "[api]") {
  Served served;
  for (int i = 0; i < 3; ++i) served.add_record(10);

  CHECK(served.get("/v1/records?limit=2").text_of("next") == "2");
  CHECK(served.get("/v1/records?limit=2&after=2").text_of("next").empty());
  CHECK(served.get("/v1/records?limit=4").text_of("next").empty());
  CHECK(served.get("/v1/records?after=3").dump() == R"({"items":[],"next":null})");
}

TEST_CASE("api: a damaged record is shown with its deliveries, and can be discarded", "[api]") {
  Served served;
  for (int i = 0; i < 2; ++i) served.add_record(10);
  served.damage(1);

  const Json listed = served.get("/v1/records").find("items")->items().at(0);
  const std::string discard = "/v1/records/seq:1/deliveries/fake/discard";
  const HttpResponse discarded = served.call("POST", discard, R"({"reason":"sent by mail"})");
  const HttpResponse again = served.call("POST", discard, R"({"reason":"sent by mail"})");

  CHECK(listed.text_of("id") == "seq:1");
  CHECK(listed.find("damaged")->boolean());
  CHECK(listed.find("deliveries")->items().at(0).text_of("state") == "pending");
  INFO(discarded.body);
  CHECK(discarded.status == 200);
  CHECK(again.status == 409);
  const Json shown = served.get("/v1/records/seq:1");
  CHECK(shown.find("deliveries")->items().at(0).text_of("state") == "discarded");
  CHECK(shown.find("deliveries")->items().at(0).text_of("why") == "discarded: sent by mail");
}

TEST_CASE("api: a record whose row is gone is listed too, once it was found missing", "[api]") {
  Served served;
  for (int i = 0; i < 3; ++i) served.add_record(10);
  good(served.device.world->database().execute("DELETE FROM records WHERE seq = 2"));
  good(served.device.write([&] {
    return served.device.world->journal.set_aside({2, "gone"}, {});
  }));

  CHECK(numbers_of(served.get("/v1/records")) == std::vector<std::string>{"1", "2", "3"});
  CHECK(served.get("/v1/records/seq:2").find("damaged")->boolean());
}

TEST_CASE("api: numbers that name no record, and ids of damaged ones, get clear words", "[api]") {
  Served served;
  served.add_record(10);
  const std::string id = served.get("/v1/records/seq:1").text_of("id");
  CHECK(served.get("/v1/records/" + id).text_of("seq") == "1");

  for (const auto* wrong :
       {"seq:2", "seq:0", "seq:-1", "seq:", "seq:1x", "seq:99999999999999999999"}) {
    CAPTURE(wrong);
    CHECK(served.call("GET", std::string("/v1/records/") + wrong).status == 404);
  }
  served.damage(1);
  const HttpResponse damaged = served.call("GET", "/v1/records/" + id);
  CHECK(damaged.status == 500);
  CHECK(damaged.body.find("use seq: and its number") != std::string::npos);
}

TEST_CASE("api: what has not changed is not sent again", "[api]") {
  Served served;
  served.add_record(10);
  const HttpResponse first = served.call("GET", "/v1/records");
  const std::string tag(find_header(first.headers, "ETag"));

  const HttpResponse same = served.call("GET", "/v1/records", "", {{"If-None-Match", tag}});
  served.add_record(10);
  const HttpResponse changed = served.call("GET", "/v1/records", "", {{"If-None-Match", tag}});

  CHECK(tag.size() > 2);
  CHECK(same.status == 304);
  CHECK(same.body.empty());
  CHECK(changed.status == 200);
  CHECK(find_header(changed.headers, "ETag") != tag);
}

TEST_CASE("api: a repeated call gets the first answer's headers too", "[api]") {
  Served served;
  const std::vector<std::pair<std::string, std::string>> calls = {
      {"/v1/usages", usage_body("1004", kOneOut).dump()},
      {"/v1/transfers", transfer_body("outbound").dump()}};
  for (const auto& [target, body] : calls) {
    const std::vector<HttpHeader> key = {{"Idempotency-Key", target}};
    const HttpResponse first = served.call("POST", target, body, key);
    const HttpResponse second = served.call("POST", target, body, key);

    INFO(first.body);
    REQUIRE(first.status == 201);
    CHECK(second.body == first.body);
    CHECK(find_header(second.headers, "Idempotency-Replayed") == "true");
    CHECK_FALSE(find_header(first.headers, "Location").empty());
    CHECK(find_header(second.headers, "Location") == find_header(first.headers, "Location"));
  }
}

TEST_CASE("api: a key has up to 255 characters, however many bytes they have", "[api]") {
  Served served;
  const std::string usage = usage_body("1004", kOneOut).dump();
  const auto key_of = [](const std::string& character, int count) {
    std::string key;
    for (int i = 0; i < count; ++i) key += character;
    return std::vector<HttpHeader>{{"Idempotency-Key", key}};
  };
  for (const std::string character : {"k", "é", "€", "😀"}) {
    CAPTURE(character);
    CHECK(served.call("POST", "/v1/usages", usage, key_of(character, 255)).status == 201);
    CHECK(served.call("POST", "/v1/usages", usage, key_of(character, 256)).status == 400);
  }
  CHECK(served.call("POST", "/v1/usages", usage, key_of("\x80", 2000)).status == 400);
}

TEST_CASE(
    "api: a repeat whose long answer is not kept any more makes nothing, and is answered anew",
    "[api]") {
  Served served;
  std::string many = R"([{"ProdNum":"P0","OutQty":1})";
  for (int i = 1; i < 60; ++i) many += R"(,{"ProdNum":"P)" + std::to_string(i) + R"(","OutQty":1})";
  const std::string usage = usage_body("1002", many + "]").dump();
  const std::string transfer = transfer_body("outbound", R"([{"ProdNum":"P","Qty":1}])").dump();
  const auto call = [&](const std::string& target, const std::string& body, int key) {
    return served.call("POST", target, body, {{"Idempotency-Key", std::to_string(key)}});
  };
  const HttpResponse first = call("/v1/usages", usage, 0);
  REQUIRE(first.status == 201);
  REQUIRE(first.body.size() > storage::ApiCalls::kShortBytes);
  REQUIRE(call("/v1/usages", usage, 0).body == first.body);
  for (int i = 1; i <= storage::ApiCalls::kLongKept; ++i) call("/v1/usages", usage, i);
  const std::int64_t records = good(served.device.world->journal.last_seq());

  const HttpResponse again = call("/v1/usages", usage, 0);

  CHECK(again.status == 201);
  CHECK(find_header(again.headers, "Idempotency-Replayed") == "true");
  CHECK(find_header(again.headers, "Location") == find_header(first.headers, "Location"));
  const Json before = parse_json(first.body).value();
  const Json now = parse_json(again.body).value();
  CHECK(now.text_of("id") == before.text_of("id"));
  CHECK(now.find("body")->dump() == before.find("body")->dump());
  CHECK(before.find("warnings")->items().size() == 60);
  REQUIRE(now.find("warnings")->items().size() == 1);
  CHECK(now.find("warnings")->items()[0].text_of("detail").find("not kept") != std::string::npos);
  CHECK(good(served.device.world->journal.last_seq()) == records);
  CHECK(call("/v1/usages", transfer, 0).status == 409);
}

TEST_CASE("api: an empty key, or two keys, are refused and nothing is done", "[api]") {
  Served served;
  const std::string usage = usage_body("1004", kOneOut).dump();

  const HttpResponse empty = served.call("POST", "/v1/usages", usage, {{"Idempotency-Key", ""}});
  const HttpResponse two = served.call("POST", "/v1/usages", usage,
                                       {{"Idempotency-Key", "a"}, {"idempotency-key", "a"}});

  CHECK(empty.status == 400);
  CHECK(two.status == 400);
  CHECK(empty.body.find("#Idempotency-Key") != std::string::npos);
  CHECK(two.body.find("given twice") != std::string::npos);
  CHECK(good(served.device.world->journal.last_seq()) == 0);
}

TEST_CASE("api: the case of a host name and of Bearer means nothing", "[api]") {
  Served served;
  const auto status = [&](const char* host, const char* authorization) {
    HttpRequest request("GET", "/v1/records");
    request.headers = {{"Host", host}, {"Authorization", authorization}};
    int answered = 0;
    served.api.handle(request, [&](const HttpResponse& response) { answered = response.status; });
    served.device.world.scheduler.run();
    return answered;
  };

  CHECK(status("LocalHost", "bearer token") == 200);
  CHECK(status("localhost", "BEARER token") == 200);
  CHECK(status("localhost", "bearer Token") == 401);
  CHECK(status("localhost.example.com", "Bearer token") == 403);
}

}  // namespace handover::test
