#include "sim/back-ends/servicemobility/json_web_token.hpp"

#include "sim/back-ends/web.hpp"
#include "tests/sim/support.hpp"

namespace handover::sim {
namespace {

// Signed by another implementation: openssl dgst -sha256 -mac HMAC -macopt key:key
constexpr const char* kKnownToken =
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
    "eyJleHAiOjE2MDAsImlhdCI6MTAwMCwianRpIjoiNyIsIm5hbWUiOiJ0ZWNoLjE3In0."
    "z4wdLvDMhm3KPmKPR6el1bRiB6u0G_rG_IQJMuJGOYc";

}  // namespace

TEST_CASE("json web token: HS256 as another implementation signs it", "[sim][servicemobility]") {
  CHECK(sign_token({"tech.17", 1000, 1600, 7}, "key") == kKnownToken);
}

TEST_CASE("json web token: claims come back if the key is the same", "[sim][servicemobility]") {
  const std::string token = sign_token({"tech.17", 1000, 1600, 7}, "key");

  const auto claims = verify_token(token, "key");

  REQUIRE(claims);
  CHECK(claims->name == "tech.17");
  CHECK(claims->issued == 1000);
  CHECK(claims->expires == 1600);
  CHECK(claims->number == 7);
  CHECK(!verify_token(token, "other key"));
}

TEST_CASE("json web token: a changed, cut or unsigned token is refused", "[sim][servicemobility]") {
  const std::string token = sign_token({"tech.17", 1000, 1600, 7}, "key");
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CHECK(!verify_token(changed, "key"));
    CHECK(!verify_token(token.substr(0, i), "key"));
  }
  const std::string unsigned_header = encode_base64url(R"({"alg":"none","typ":"JWT"})");
  const std::string payload = token.substr(token.find('.'), token.rfind('.') - token.find('.'));
  CHECK(!verify_token(unsigned_header + payload + ".", "key"));
}

}  // namespace handover::sim
