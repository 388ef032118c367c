#include "agent/intake/access_token.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "tests/agent/intake/tokens.hpp"

namespace handover::test {
namespace {

const WallTime kNow{std::chrono::seconds(1795343213)};
constexpr milliseconds kLeeway{60'000};

std::vector<Secret> keys(std::initializer_list<std::string_view> texts = {kTokenKey}) {
  std::vector<Secret> list;
  for (const auto text : texts) list.emplace_back(text);
  return list;
}

Result<void> check(const std::string& token, WallTime now = kNow) {
  const auto ring = keys();
  return intake::check_access_token(token, ring, now, kLeeway);
}

std::string why(const std::string& token) {
  const auto checked = check(token);
  if (checked) return "accepted";
  CHECK(checked.error().code == Errc::kUnauthorized);
  return checked.error().detail;
}

std::string with_claims(std::string_view claims) { return token_of(kHeader, claims); }

}  // namespace

TEST_CASE("access token: signed with a known key and in time, it is accepted", "[intake][token]") {
  CHECK(check(good_token()));
  const auto ring = keys({"another key that is long enough to be one", kTokenKey});
  CHECK(intake::check_access_token(good_token(), ring, kNow, kLeeway));
  CHECK(check(with_claims(R"({"exp":1795346813.75,"nbf":1795343213,"aud":["x"],"expdb":60})")));
}

TEST_CASE("access token: the algorithm is HS256, whatever the token says of itself",
          "[intake][token]") {
  const char* header = GENERATE(R"({"alg":"none"})", R"({"alg":"None","typ":"JWT"})",
                                R"({"alg":"HS512"})", R"({"alg":"RS256"})", R"({"alg":"hs256"})",
                                R"({"typ":"JWT"})", R"({"alg":["HS256"]})", R"({"alg":null})");
  CHECK(why(token_of(header, kClaims)) == "the token's algorithm is not HS256");
  // Unsigned as alg=none would have it: refused before anything of it is read.
  const std::string unsigned_text = base64url(header) + "." + base64url(kClaims) + ".";
  CHECK(why(unsigned_text) == "the token is signed with no key that is known here");
}

TEST_CASE("access token: one that names something critical is refused", "[intake][token]") {
  CHECK(why(token_of(R"({"alg":"HS256","crit":["b64"],"b64":false})", kClaims)) ==
        "the token asks for an extension that is not known here");
}

TEST_CASE("access token: a key that is not known, or a changed byte, is no signature",
          "[intake][token]") {
  constexpr const char* kUnknown = "the token is signed with no key that is known here";
  CHECK(why(token_of(kHeader, kClaims, "some other key, as long as the right")) == kUnknown);
  const std::string good = good_token();
  for (const std::size_t place : {std::size_t{3}, good.find('.') + 3, good.size() - 5}) {
    std::string changed = good;
    changed[place] = changed[place] == 'A' ? 'B' : 'A';
    CHECK(why(changed) == kUnknown);
  }
  CHECK(why(good.substr(0, good.rfind('.') + 5)) == kUnknown);
  CHECK_FALSE(intake::check_access_token(good, {}, kNow, kLeeway));
}

TEST_CASE("access token: what is no token of three parts is refused", "[intake][token]") {
  const std::string good = good_token();
  CHECK(why("") == "x-access-token is missing");
  CHECK(why(std::string(9000, 'a')) == "the token is too long");
  for (const std::string& text : {std::string("a"), std::string("a.b"), good + ".x", good + "=",
                                  "Bearer " + good + "\n", good + " ", std::string("..")})
    CHECK(why(text) != "accepted");
}

TEST_CASE("access token: times count, give or take the leeway", "[intake][token]") {
  const WallTime expires{std::chrono::seconds(1795346813)};
  CHECK(check(good_token(), expires + kLeeway - milliseconds(1)));
  CHECK_FALSE(check(good_token(), expires + kLeeway));
  CHECK(why(with_claims(R"({"exp":1795343000})")) == "the token has expired");
  CHECK(why(with_claims(R"({"exp":1795346813,"nbf":1795343300})")) == "the token is not valid yet");
  CHECK(check(with_claims(R"({"exp":1795346813,"nbf":1795343250})")));
  CHECK(why(with_claims(R"({"exp":1795346813,"iat":1795349000})")) ==
        "the token was issued in the future; compare the clocks");
}

TEST_CASE("access token: claims that are no times, and missing ones, are refused",
          "[intake][token]") {
  CHECK(why(with_claims(R"({"iat":1795343200})")) == "the token has no exp");
  const char* exp = GENERATE(R"("1795346813")", "true", "null", "-1", "1e300", "[1795346813]",
                             "99999999999999999999", "1795346813e2");
  const std::string claims = std::string(R"({"exp":)") + exp + "}";
  CHECK(why(with_claims(claims)) == "the token's exp is not a time");
}

TEST_CASE("access token: parts that are not one JSON object are refused", "[intake][token]") {
  const char* text = GENERATE("", "[]", "null", "{", R"({"exp":1,"exp":9999999999})", "\xff\xfe");
  CHECK(why(token_of(text, kClaims)) == "the token's header is not a JSON object");
  CHECK(why(token_of(kHeader, text)) == "the token's payload is not a JSON object");
}

TEST_CASE("access token: base64url has one form", "[intake][token]") {
  CHECK(intake::decode_base64url("").value().empty());
  CHECK(intake::decode_base64url("Zg").value() == "f");
  CHECK(intake::decode_base64url("Zm8").value() == "fo");
  CHECK(intake::decode_base64url("Zm9v").value() == "foo");
  CHECK(intake::decode_base64url("-_8").value() == "\xfb\xff");
  // Padding, other letters, a lone character, bits that say nothing.
  for (const char* text : {"Zg==", "Zm9v\n", "+/8", "Z", "Zm9vZ", "Zh", "Zm9"})
    CHECK_FALSE(intake::decode_base64url(text));
}

TEST_CASE("access token: the file of keys takes text, hex and base64, and names a bad line",
          "[intake][token]") {
  const std::string hex(64, 'a');
  const auto read =
      intake::parse_token_keys("# newest first\n\n" + std::string(kTokenKey) + "\r\nhex:" + hex +
                               "\nbase64:QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=\n");
  REQUIRE(read);
  REQUIRE(read->size() == 3);
  CHECK((*read)[0].reveal() == kTokenKey);
  CHECK((*read)[1].bytes().size() == 32);
  CHECK((*read)[2].reveal() == "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef");

  for (const char* text : {"", "# nothing\n", "too short\n", "hex:aabb\n", "hex:xyz\n"})
    CHECK(intake::parse_token_keys(text).error().code == Errc::kConfig);
  CHECK(intake::parse_token_keys("# x\nsecret-but-short\n").error().detail.find("line 2") == 0);
  CHECK(intake::parse_token_keys("# x\nsecret-but-short\n").error().detail.find("secret") ==
        std::string::npos);
}

}  // namespace handover::test
