#include "agent/backends/answer.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/agent/backends/samples.hpp"

namespace handover::backends {
namespace {

using test::answer;
using test::json_answer;
using namespace std::chrono_literals;

constexpr std::string_view kDate = "Sun, 22 Nov 2026 10:26:53 GMT";
const HttpHeader kDateHeader = {"Date", std::string(kDate)};
const std::string kUnixInAMinute = std::to_string(test::kNowSeconds + 60);

TEST_CASE("answer: a server's words become one line without control or invisible characters",
          "[backends]") {
  CHECK(plain_words("  serial\r\n\tnot\x1b[31m known\x01  ") == "serial not [31m known");
  CHECK(plain_words("a\xE2\x80\xAE"
                    "b\xC2\x85"
                    "c\xE2\x80\xA8"
                    "d") == "a b c d");
  CHECK(plain_words("bad \xFF\xC3 bytes") == "bad ?? bytes");
  CHECK(plain_words("Gerät 世界") == "Gerät 世界");
  CHECK(plain_words("") == "");
}

TEST_CASE("answer: words are cut at 300 characters, between characters", "[backends]") {
  std::string long_text;
  for (int i = 0; i < 400; ++i) long_text += "ä";

  const std::string words = plain_words(long_text);

  CHECK(words.size() == 300 * 2 + std::string("…").size());
  CHECK(words.ends_with("ä…"));
  CHECK(plain_words(std::string(300, 'x')) == std::string(300, 'x'));
}

TEST_CASE("answer: a validation code is masked however its digits are grouped", "[backends]") {
  const std::vector<std::string> codes = {"483935842877", "2159 5208"};

  CHECK(plain_words("code 483935842877 is unknown", codes) == "code [code] is unknown");
  CHECK(plain_words("code 4839 3584 2877 and 2159-5208", codes) == "code [code] and [code]");
  CHECK(plain_words("21595208 21595208", codes) == "[code] [code]");
  CHECK(plain_words("2159520", codes) == "2159520");
  CHECK(plain_words("a c b", std::vector<std::string>{"c", ""}) == "a c b");
}

TEST_CASE("answer: a code at the cut does not show in part", "[backends]") {
  const std::vector<std::string> codes = {"483935842877"};
  const std::string words = plain_words(std::string(294, 'x') + "483935842877", codes);
  CHECK(words.find("4839") == std::string::npos);
}

TEST_CASE("answer: every known error body gives the server's own explanation", "[backends]") {
  const auto words = [](std::string body) { return own_words(json_answer(400, std::move(body))); };

  CHECK(
      words(
          R"({"code":400,"detail":{"message":"OrderNumber does not match","params":{"value":"150306.31"},
                 "dataPath":"/OrderNumber"}})") == "OrderNumber does not match (at /OrderNumber)");
  CHECK(
      words(
          R"({"type":"urn:x","title":"Bad request","status":400,"detail":"See params.","invalidParams":[
                 {"name":"Qty","reason":"must be above 0","path":"$.Items[0].Qty","value":"-3"}]})") ==
      "Bad request: See params. Qty: must be above 0 (at $.Items[0].Qty)");
  CHECK(words(R"({"error":{"message":"Invalid table x","detail":null},"status":"failure"})") ==
        "Invalid table x");
  CHECK(words(R"({"error_description":"access_denied","error":"server_error"})") ==
        "server_error: access_denied");
  CHECK(words("{}") == "");
  CHECK(words("[1]") == "");
  CHECK(words(R"({"detail":{"message":"half)") == "");
  CHECK(own_words(answer(500, "out of memory\n")) == "out of memory");
  CHECK(own_words(test::page(500)) == "");
}

TEST_CASE("answer: a page is known by its type or by its first character", "[backends]") {
  CHECK(is_page(test::page(200)));
  CHECK(is_page(answer(200, "\xEF\xBB\xBF \n<html>")));
  CHECK(is_page(answer(200, "{}", {{"content-type", "Text/HTML; charset=utf-8"}})));
  CHECK_FALSE(is_page(json_answer(200, "{}")));
  CHECK_FALSE(is_page(answer(200)));
}

TEST_CASE("answer: only a JSON object that calls itself nothing else is taken as one",
          "[backends]") {
  CHECK(json_object(json_answer(200, "{}")).has_value());
  CHECK(json_object(answer(200, "{}")).has_value());
  CHECK_FALSE(json_object(answer(200, "{}", {{"Content-Type", "text/plain"}})).has_value());
  CHECK_FALSE(json_object(json_answer(200, "[]")).has_value());
  CHECK_FALSE(json_object(json_answer(200, "null")).has_value());
  CHECK_FALSE(json_object(json_answer(200, R"({"a":1)")).has_value());
  CHECK_FALSE(json_object(json_answer(200, "{\"a\":\"" + std::string(256 * 1024, 'x') + "\"}"))
                  .has_value());
}

TEST_CASE("answer: an error object is known whatever the status line says", "[backends]") {
  CHECK(is_error(test::json(R"({"error":{"message":"m","detail":null},"status":"failure"})")));
  CHECK(is_error(test::json(R"({"error":"server_error"})")));
  CHECK(is_error(test::json(R"({"code":410,"detail":{"message":"m"}})")));
  CHECK(is_error(test::json(R"({"status":500,"title":"t"})")));
  CHECK(is_error(test::json(R"({"invalidParams":[{"name":"Qty"}]})")));
  CHECK_FALSE(
      is_error(test::json(R"({"status":200,"title":"t","invalidParams":[{"name":"Old"}]})")));
  CHECK_FALSE(is_error(test::json(R"({"error":null,"result":[]})")));
  CHECK_FALSE(is_error(test::json(R"({"status":"ok"})")));
  CHECK_FALSE(is_error(test::json("{}")));
}

struct WaitCase {
  std::vector<HttpHeader> headers;
  ResetForm form;
  std::optional<milliseconds> expected;
};

TEST_CASE("answer: a wait comes from seconds, a date or a reset time, and is bounded",
          "[backends]") {
  const auto kSeconds = ResetForm::kSeconds;
  const auto kUnixTime = ResetForm::kUnixTime;
  const std::vector<WaitCase> cases = {
      {{}, kSeconds, std::nullopt},
      {{{"Retry-After", "7"}}, kSeconds, 7s},
      {{{"retry-after", "0"}}, kSeconds, 0s},
      {{{"Retry-After", "999999"}}, kSeconds, 2h},
      {{{"Retry-After", "99999999999999999999999"}}, kSeconds, 2h},
      {{{"Retry-After", "-5"}}, kSeconds, std::nullopt},
      {{{"Retry-After", "soon"}}, kSeconds, std::nullopt},
      {{{"Retry-After", "Sun, 22 Nov 2026 10:27:23 GMT"}, kDateHeader}, kSeconds, 30s},
      {{{"Retry-After", "Sun, 22 Nov 2026 10:27:23 GMT"}}, kSeconds, 30s},
      {{{"Retry-After", "Sun, 22 Nov 2026 09:00:00 GMT"}, kDateHeader}, kSeconds, 0s},
      {{{"Retry-After", "3"}, {"X-RateLimit-Reset", "60"}}, kSeconds, 3s},
      {{{"X-RateLimit-Reset", "60"}}, kSeconds, 60s},
      {{{"X-RateLimit-Reset", kUnixInAMinute}, kDateHeader}, kUnixTime, 60s},
      {{{"X-RateLimit-Reset", kUnixInAMinute}}, kUnixTime, 60s},
      // The server's own Date counts, whatever the device's clock shows.
      {{{"X-RateLimit-Reset", kUnixInAMinute}, {"Date", "Sun, 22 Nov 2026 10:26:33 GMT"}},
       kUnixTime,
       80s},
      {{{"X-RateLimit-Reset", "99999999999999999999"}, kDateHeader}, kUnixTime, 2h},
      {{{"X-RateLimit-Reset", "1"}, kDateHeader}, kUnixTime, 0s},
      {{{"X-RateLimit-Reset", "tomorrow"}}, kUnixTime, std::nullopt},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    CAPTURE(i);
    CHECK(wait_hint(answer(429, "", cases[i].headers), cases[i].form, test::now()) ==
          cases[i].expected);
  }
}

TEST_CASE("answer: without any clock an absolute time is no hint", "[backends]") {
  const auto response = answer(429, "", {{"X-RateLimit-Reset", kUnixInAMinute}});
  CHECK_FALSE(wait_hint(response, ResetForm::kUnixTime, std::nullopt).has_value());
}

TEST_CASE("answer: a token that could break out of its header is refused", "[backends]") {
  const auto token = [](const Json& value) { return header_token("Bearer ", &value); };

  REQUIRE(token(Json("abc.def-_")).has_value());
  CHECK(token(Json("abc.def-_"))->reveal() == "Bearer abc.def-_");
  CHECK_FALSE(token(Json("abc\r\nHost: evil")).has_value());
  CHECK_FALSE(token(Json("two words")).has_value());
  CHECK_FALSE(token(Json("\xC3\xA4")).has_value());
  CHECK_FALSE(token(Json("")).has_value());
  CHECK_FALSE(token(Json(std::string(16 * 1024 + 1, 'x'))).has_value());
  CHECK_FALSE(token(Json(std::int64_t{7})).has_value());
  CHECK_FALSE(header_token("", nullptr).has_value());
}

TEST_CASE("answer: percent encoding keeps only the unreserved characters", "[backends]") {
  CHECK(percent_encode("aZ09-._~") == "aZ09-._~");
  CHECK(percent_encode("a=b&c d/é^") == "a%3Db%26c%20d%2F%C3%A9%5E");
}

}  // namespace
}  // namespace handover::backends
