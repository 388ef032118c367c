#include "platform/time.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace handover;
using namespace std::chrono_literals;
using std::chrono::sys_days;

namespace {
constexpr auto kDay = sys_days(std::chrono::year(2026) / 11 / 22);
}

TEST_CASE("time: RFC 3339 text has milliseconds, or none where they are not wanted",
          "[platform][time]") {
  const WallTime time = kDay + 10h + 26min + 53s + 7ms;
  CHECK(format_rfc3339(time) == "2026-11-22T10:26:53.007Z");
  CHECK(format_rfc3339_seconds(time) == "2026-11-22T10:26:53Z");
}

TEST_CASE("time: a time before 1970 is written as the date that it is", "[platform][time]") {
  CHECK(format_rfc3339(WallTime(-1ms)) == "1969-12-31T23:59:59.999Z");
}

TEST_CASE("time: what is written is read back as the same time", "[platform][time]") {
  const WallTime time = kDay + 23h + 59min + 59s + 999ms;
  CHECK(parse_rfc3339(format_rfc3339(time)).value() == time);
}

TEST_CASE("time: the forms that back-ends write are read", "[platform][time]") {
  const WallTime noon = kDay + 12h;
  CHECK(parse_rfc3339("2026-11-22T12:00:00Z").value() == noon);
  CHECK(parse_rfc3339("2026-11-22 12:00:00Z").value() == noon);
  CHECK(parse_rfc3339("2026-11-22T12:00:00.5Z").value() == noon + 500ms);
  CHECK(parse_rfc3339("2026-11-22T12:00:00.123456789Z").value() == noon + 123ms);
  CHECK(parse_rfc3339("2024-02-29T00:00:00Z").has_value());
}

TEST_CASE("time: what is no UTC time is refused", "[platform][time]") {
  for (const char* text :
       {"", "2026-11-22", "2026-11-22T12:00:00", "2026-11-22T12:00:00+01:00",
        "2026-11-22T12:00:00.Z", "2026-11-22T12:00:00.1234567890Z", "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-00-10T00:00:00Z", "2026-11-22T24:00:00Z",
        "2026-11-22T12:60:00Z", "2026-11-22T12:00:61Z", " 2026-11-22T12:00:00Z",
        "2026-11-22T12:00:00Z ", "2026-11-22t12:00:00Z", "+026-11-22T12:00:00Z"}) {
    INFO(text);
    const auto time = parse_rfc3339(text);
    REQUIRE_FALSE(time.has_value());
    CHECK(time.error().code == Errc::kInvalid);
  }
}

TEST_CASE("time: an HTTP date is read", "[platform][time]") {
  CHECK(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").value() ==
        sys_days(std::chrono::year(1994) / 11 / 6) + 8h + 49min + 37s);
}

TEST_CASE("time: what is no preferred HTTP date is refused", "[platform][time]") {
  for (const char* text : {"", "Sun", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
                           "Sun, 06 Nov 1994 08:49:37", "Sun, 31 Feb 1994 08:49:37 GMT", "120"}) {
    INFO(text);
    CHECK_FALSE(parse_http_date(text).has_value());
  }
}
