#include "sim/back-ends/cmdb/cmdb_model.hpp"
#include "tests/sim/support.hpp"

namespace handover::sim {
namespace {

using namespace testing;
using std::chrono::seconds;

constexpr const char* kClient = "client_id=client&client_secret=client+secret";

HttpResponse ask(CmdbModel& model, const std::string& form, WallTime now = kNow) {
  HttpRequest request = post("/oauth_token.do", form);
  request.headers[0].value = "application/x-www-form-urlencoded";
  return model.handle(request, now);
}

int import_with(CmdbModel& model, const std::string& token, WallTime now = kNow) {
  return model
      .handle(with(post(kImportPath, asset("SN1").dump()), "Authorization", "Bearer " + token), now)
      .status;
}

}  // namespace

TEST_CASE("cmdb oauth: the grant password gives a bearer token that expires", "[sim][cmdb]") {
  CmdbOptions options = cmdb_options();
  options.oauth.access_lifetime = seconds(100);
  CmdbModel model(options);

  const HttpResponse response =
      ask(model, std::string("grant_type=password&username=handover&password=secret&") + kClient);

  CHECK(response.status == 200);
  const Json body = body_of(response);
  CHECK(body.text_of("token_type") == "Bearer");
  CHECK(body.text_of("expires_in") == "100");
  CHECK(body.text_of("scope") == "useraccount");
  const std::string token = body.text_of("access_token");
  CHECK(import_with(model, token) == 201);
  CHECK(model.assets().audit()[0].who == "handover");
  CHECK(import_with(model, token, kNow + seconds(99)) == 201);
  CHECK(import_with(model, token, kNow + seconds(100)) == 401);
}

TEST_CASE("cmdb oauth: a refresh token gives a new one, also after all access tokens were revoked",
          "[sim][cmdb]") {
  CmdbModel model(cmdb_options());
  const Json first = body_of(
      ask(model, std::string("grant_type=password&username=handover&password=secret&") + kClient));
  model.expire_tokens();
  CHECK(import_with(model, first.text_of("access_token")) == 401);

  const Json second = body_of(ask(model, "grant_type=refresh_token&refresh_token=" +
                                             first.text_of("refresh_token") + "&" + kClient));

  CHECK(import_with(model, second.text_of("access_token")) == 201);
}

TEST_CASE("cmdb oauth: client credentials give a token without refresh token, if switched on",
          "[sim][cmdb]") {
  CmdbModel model(cmdb_options());
  const std::string form = std::string("grant_type=client_credentials&") + kClient;

  const Json body = body_of(ask(model, form));

  CHECK(import_with(model, body.text_of("access_token")) == 201);
  CHECK(body.find("refresh_token") == nullptr);
  REQUIRE(model.configure(json(R"({"client_credentials":false})")));
  CHECK(ask(model, form).status == 401);
}

TEST_CASE("cmdb oauth: whatever is wrong, the error has OAuth's own shape", "[sim][cmdb]") {
  CmdbModel model(cmdb_options());
  const std::string client = kClient;
  for (const auto& form : {"grant_type=password&username=handover&password=wrong&" + client,
                           std::string("grant_type=password&username=handover&password=secret&"
                                       "client_id=client&client_secret=x"),
                           "grant_type=refresh_token&refresh_token=x&" + client,
                           "grant_type=magic&" + client, std::string()}) {
    const HttpResponse response = ask(model, form);
    CHECK(response.status == 401);
    CHECK(body_of(response) ==
          json(R"({"error_description":"access_denied","error":"server_error"})"));
  }
  CHECK(model.handle(post("/oauth_token.do", "{}"), kNow).status == 401);
  CHECK(model.handle(HttpRequest("GET", "/oauth_token.do"), kNow).status == 405);
}

}  // namespace handover::sim
