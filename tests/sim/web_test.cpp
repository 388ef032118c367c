#include "sim/back-ends/web.hpp"

#include "tests/sim/support.hpp"

namespace handover::sim {

TEST_CASE("web: a target is split and percent-decoded", "[sim][web]") {
  const Target target = parse_target("/a%20b/c?q=x%3Dy&empty=&plus=a+b&bad=%zz&last");

  CHECK(target.path == "/a b/c");
  CHECK(*find_field(target.query, "q") == "x=y");
  CHECK(find_field(target.query, "empty")->empty());
  CHECK(*find_field(target.query, "plus") == "a b");
  CHECK(*find_field(target.query, "bad") == "%zz");
  CHECK(find_field(target.query, "last")->empty());
  CHECK(find_field(target.query, "absent") == nullptr);
}

TEST_CASE("web: Base64 is decoded as RFC 4648 section 10 lists it", "[sim][web]") {
  CHECK(decode_base64("") == "");
  CHECK(decode_base64("Zg==") == "f");
  CHECK(decode_base64("Zm8=") == "fo");
  CHECK(decode_base64("Zm9vYmFy") == "foobar");
  CHECK(!decode_base64("Zm9vYmF"));
  CHECK(!decode_base64("Zm9*YmFy"));
}

TEST_CASE("web: base64url has no padding and its own two characters", "[sim][web]") {
  const std::string bytes = "\xfb\xef\xff\x01";

  CHECK(encode_base64url(bytes) == "--__AQ");
  CHECK(decode_base64url("--__AQ") == bytes);
  CHECK(!decode_base64url("++//AQ"));
}

TEST_CASE("web: an HTTP date reads back as the same second", "[sim][web]") {
  const std::string date = format_http_date(testing::kNow);

  CHECK(date == "Sun, 22 Nov 2026 10:26:53 GMT");
  CHECK(*parse_http_date(date) == std::chrono::floor<std::chrono::seconds>(testing::kNow));
}

TEST_CASE("web: a content type is found with and without parameters", "[sim][web]") {
  HttpRequest request("POST", "/");
  CHECK_FALSE(has_content_type(request, "application/json"));
  request.headers = {{"content-type", "Application/JSON; charset=utf-8"}};
  CHECK(has_content_type(request, "application/json"));
  request.headers = {{"Content-Type", "application/jsonp"}};
  CHECK_FALSE(has_content_type(request, "application/json"));
}

}  // namespace handover::sim
