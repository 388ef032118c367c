#include "sim/back-ends/servicemobility/servicemobility_model.hpp"

#include "tests/sim/support.hpp"

namespace handover::sim {
namespace {

using namespace testing;
using std::chrono::seconds;

int status_of(ServiceMobilityModel& model, const HttpRequest& request, WallTime now = kNow) {
  return model.handle(request, now).status;
}

}  // namespace

TEST_CASE("servicemobility: a wrong password or user gets 401", "[sim][servicemobility]") {
  ServiceMobilityModel model(servicemobility_options());

  CHECK(status_of(model, login_request()) == 200);
  CHECK(status_of(model, post("/createjwt", R"({"username":"tech.17","password":"x"})")) == 401);
  CHECK(status_of(model, post("/createjwt", R"({"username":"nobody","password":"secret"})")) ==
        401);
  CHECK(status_of(model, post("/createjwt", R"({"username":"tech.17"})")) == 400);
  CHECK(status_of(model, post("/createjwt", "{")) == 400);
}

TEST_CASE("servicemobility: every call needs a token that is signed, current and not revoked",
          "[sim][servicemobility]") {
  ServiceMobilityOptions options = servicemobility_options();
  options.token_lifetime = seconds(600);
  ServiceMobilityModel model(options);
  const std::string token = login(model);
  const HttpRequest request = upload(token, kTransferPath, half(true), "k");

  CHECK(status_of(model, upload("", kTransferPath, half(true), "k")) == 401);
  CHECK(status_of(model, upload(token + "x", kTransferPath, half(true), "k")) == 401);
  CHECK(status_of(model, HttpRequest("GET", "/seiapi/v3/export/InventoryTransfer")) == 401);
  CHECK(status_of(model, request, kNow + seconds(600)) == 401);
  CHECK(status_of(model, request, kNow + seconds(598)) == 201);
  model.expire_tokens();
  CHECK(status_of(model, request) == 401);
  CHECK(status_of(model, upload(login(model), kTransferPath, half(true), "k")) == 200);
}

TEST_CASE("servicemobility: the first upload of a key is 201, its repeat 200, another body 409",
          "[sim][servicemobility]") {
  ServiceMobilityModel model(servicemobility_options());
  const std::string token = login(model);
  const HttpRequest request = upload(token, kTransferPath, half(true), "key-1");

  const HttpResponse first = model.handle(request, kNow);
  CHECK(first.status == 201);
  CHECK_FALSE(find_header(first.headers, "Location").empty());
  CHECK(status_of(model, request) == 200);
  CHECK(status_of(model, request) == 200);
  CHECK(status_of(model, upload(token, kTransferPath, half(false), "key-1")) == 409);

  CHECK(model.transfers().halves().size() == 1);
  REQUIRE(model.uploads().size() == 1);
  CHECK(model.uploads()[0].times_seen == 4);
  CHECK(model.effects_of("key-1") == 1);
  CHECK(model.counts().text_of("repeats") == "2");
  CHECK(model.counts().text_of("conflicts") == "1");
}

TEST_CASE("servicemobility: a key means something else on the other path",
          "[sim][servicemobility]") {
  ServiceMobilityModel model(servicemobility_options());
  const std::string token = login(model);

  CHECK(status_of(model, upload(token, kTransferPath, half(true), "k")) == 201);
  CHECK(status_of(model, upload(token, kUsagePath, usage(), "k")) == 201);
}

TEST_CASE("servicemobility: a refused upload does not use up its key", "[sim][servicemobility]") {
  ServiceMobilityModel model(servicemobility_options());
  const std::string token = login(model);
  Json bad = half(true);
  bad.set("UserID", "");

  CHECK(status_of(model, upload(token, kTransferPath, bad, "k")) == 400);
  CHECK(status_of(model, upload(token, kTransferPath, half(true), "k")) == 201);
}

TEST_CASE(
    "servicemobility: without a key, or under two keys, the same upload counts twice and is "
    "reported",
    "[sim][servicemobility]") {
  ServiceMobilityModel model(servicemobility_options());
  const std::string token = login(model);

  for (const auto* key : {"", "", "k1", "k2"}) {
    CHECK(status_of(model, upload(token, kTransferPath, half(true), key)) == 201);
    CHECK(status_of(model, upload(token, kUsagePath, usage(), key)) == 201);
  }

  const Json counts = model.counts();
  CHECK(counts.text_of("halves_count") == "4");
  CHECK(counts.text_of("doubled_count") == "3");
  CHECK(counts.text_of("usages_count") == "4");
  CHECK(counts.text_of("doubled_usages_count") == "3");
  CHECK(counts.text_of("uploads_without_key") == "4");
  CHECK(model.stock_change("VAN-17", "CABLE") == -10 * kOneUnit);
}

TEST_CASE("servicemobility: usages move stock once for each key", "[sim][servicemobility]") {
  ServiceMobilityModel model(servicemobility_options());
  const std::string token = login(model);
  const HttpRequest request = upload(token, kUsagePath, usage("2.5"), "k");

  CHECK(status_of(model, request) == 201);
  CHECK(status_of(model, request) == 200);

  CHECK(model.stock_change("VAN-17", "CABLE") == -2'500'000);
  CHECK(model.state().find("stock")->items().at(0).text_of("change") == "-2.5");
}

TEST_CASE("servicemobility: an invalid body is told in the older error shape by default",
          "[sim][servicemobility]") {
  ServiceMobilityModel model(servicemobility_options());
  Json bad = half(true);
  bad.set("TransferUTC", "soon");

  const HttpResponse response = model.handle(upload(login(model), kTransferPath, bad, "k"), kNow);

  CHECK(response.status == 400);
  const Json body = body_of(response);
  CHECK(body.text_of("code") == "400");
  CHECK(body.find("detail")->text_of("dataPath") == "/TransferUTC");
  CHECK(body.find("detail")->find("params")->text_of("value") == "soon");
  CHECK_FALSE(body.find("detail")->text_of("message").empty());
}

TEST_CASE("servicemobility: or in the newer one", "[sim][servicemobility]") {
  ServiceMobilityOptions options = servicemobility_options();
  options.older_errors = false;
  ServiceMobilityModel model(options);
  Json bad = half(true);
  bad.set("Items", json(R"([{"ProdNum":"P","Qty":0}])"));

  const HttpResponse response = model.handle(upload(login(model), kTransferPath, bad, "k"), kNow);

  CHECK(response.status == 400);
  const Json body = body_of(response);
  CHECK(body.text_of("status") == "400");
  CHECK(body.find("detail")->is_string());
  const Json& wrong = body.find("invalidParams")->items().at(0);
  CHECK(wrong.text_of("name") == "Qty");
  CHECK(wrong.text_of("path") == "$.Items[0].Qty");
}

TEST_CASE("servicemobility: a product outside the catalogue is 410", "[sim][servicemobility]") {
  ServiceMobilityModel model(servicemobility_options());
  REQUIRE(
      model.configure(json(R"({"products":{"P":{"IsSerialized":true}},"locations":["VAN-17"]})")));

  CHECK(status_of(model, upload(login(model), kTransferPath, half(true), "k")) == 410);
  REQUIRE(model.configure(json(R"({"products":null,"locations":null})")));
  CHECK(status_of(model, upload(login(model), kTransferPath, half(true), "k")) == 201);
}

TEST_CASE("servicemobility: warnings ride on a success when switched on",
          "[sim][servicemobility]") {
  ServiceMobilityModel model(servicemobility_options());
  REQUIRE(model.configure(json(R"({"warnings":true})")));
  const HttpRequest request = upload(login(model), kTransferPath, half(true), "k");

  for (const int status : {201, 200}) {
    const HttpResponse response = model.handle(request, kNow);
    CHECK(response.status == status);
    CHECK(body_of(response).find("invalidParams")->items().size() == 1);
  }
}

TEST_CASE("servicemobility: the rate limit counts each endpoint by itself and ends with the second",
          "[sim][servicemobility]") {
  ServiceMobilityOptions options = servicemobility_options();
  options.requests_per_second = 2;
  ServiceMobilityModel model(options);
  const std::string token = login(model);
  const HttpRequest request = upload(token, kTransferPath, half(true), "k");

  const HttpResponse first = model.handle(request, kNow);
  CHECK(find_header(first.headers, "X-RateLimit-Limit") == "2");
  CHECK(find_header(first.headers, "X-RateLimit-Remaining") == "1");
  CHECK(status_of(model, request) == 200);
  const HttpResponse over = model.handle(request, kNow);
  CHECK(over.status == 429);
  CHECK(find_header(over.headers, "Retry-After") == "1");
  CHECK(status_of(model, upload(token, kUsagePath, usage(), "k")) == 201);
  CHECK(status_of(model, request, kNow + milliseconds(499)) == 429);
  CHECK(status_of(model, request, kNow + milliseconds(500)) == 200);
}

TEST_CASE("servicemobility: a wrong path is 404, a wrong method 405, a wrong type of body 400",
          "[sim][servicemobility]") {
  ServiceMobilityModel model(servicemobility_options());
  const std::string token = login(model);
  HttpRequest text = upload(token, kTransferPath, half(true), "k");
  text.headers[0].value = "text/plain";

  CHECK(status_of(model, upload(token, "/seiapi/v3/trans/InventoryTransfer", half(true), "k")) ==
        404);
  CHECK(status_of(model, with(HttpRequest("GET", kTransferPath), "x-access-token", token)) == 405);
  CHECK(status_of(model, text) == 400);
  HttpRequest broken = upload(token, kTransferPath, half(true), "k");
  broken.body.pop_back();
  CHECK(status_of(model, broken) == 400);
}

TEST_CASE("servicemobility: the category names the configured transfer types",
          "[sim][servicemobility]") {
  ServiceMobilityModel model(servicemobility_options());
  REQUIRE(
      model.configure(json(R"({"transfer_type_outbound":"2001","transfer_type_inbound":"2002"})")));
  const std::string token = login(model);
  const auto get = [&](const std::string& id) {
    return with(HttpRequest("GET", "/seiapi/v3/trans/SystemCategory/Default/" + id),
                "x-access-token", token);
  };

  const Json category = body_of(model.handle(get("1003"), kNow));

  CHECK(category.find("SysActs")->items().at(0).text_of("SysActID") == "2001");
  CHECK(category.find("SysActs")->items().at(1).text_of("SysActID") == "2002");
  CHECK(status_of(model, get("77")) == 410);
  CHECK(status_of(model, upload(token, kTransferPath, half(true), "k")) == 400);
}

TEST_CASE("servicemobility: the state shows halves, pairs, keys and effects",
          "[sim][servicemobility]") {
  ServiceMobilityModel model(servicemobility_options());
  const std::string token = login(model);
  for (const bool outbound : {false, true}) {
    const HttpRequest request =
        upload(token, kTransferPath, half(outbound), outbound ? "out" : "in");
    CHECK(status_of(model, request) == 201);
    CHECK(status_of(model, request) == 200);
  }

  const Json state = model.state();

  CHECK(state.find("halves")->items().at(0).text_of("direction") == "inbound");
  CHECK(state.find("halves")->items().at(1).find("body")->text_of("UserID") == "tech.17");
  CHECK(*state.find("pairs") == json(R"([{"outbound":1,"inbound":0}])"));
  CHECK(state.find("unpaired")->items().empty());
  CHECK(
      *state.find("idempotency_keys") ==
      json(
          R"([{"path":"/seiapi/v3/mobile/InventoryTransfer","key":"in","times_seen":2,"effects":1},)"
          R"({"path":"/seiapi/v3/mobile/InventoryTransfer","key":"out","times_seen":2,"effects":1}])"));
}

TEST_CASE("servicemobility: reset forgets data and tokens", "[sim][servicemobility]") {
  ServiceMobilityModel model(servicemobility_options());
  const std::string token = login(model);
  CHECK(status_of(model, upload(token, kTransferPath, half(true), "k")) == 201);

  model.reset();

  CHECK(model.transfers().halves().empty());
  CHECK(status_of(model, upload(token, kTransferPath, half(true), "k")) == 401);
  CHECK(status_of(model, upload(login(model), kTransferPath, half(true), "k")) == 201);
}

TEST_CASE("servicemobility: an unknown option or a wrong value is refused with its name",
          "[sim][servicemobility]") {
  ServiceMobilityModel model(servicemobility_options());

  for (const auto* options :
       {R"({"warning":true})", R"({"warnings":7})", R"({"requests_per_second":"x"})",
        R"({"products":[]})", R"({"locations":{}})"}) {
    const auto done = model.configure(json(options));
    REQUIRE_FALSE(done);
    CHECK(done.error().fields.at(0).pointer == "/" + json(options).members()[0].first);
  }
}

}  // namespace handover::sim
