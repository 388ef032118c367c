#include "agent/domain/json.hpp"

#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>

namespace handover::test {
namespace {

std::string pointer_of(const Result<Json>& result) {
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().code == Errc::kInvalid);
  REQUIRE(result.error().fields.size() == 1);
  return result.error().fields[0].pointer;
}

std::string round_trip(std::string_view text) {
  const auto value = parse_json(text);
  return value ? value->dump() : "refused: " + value.error().detail;
}

Json any_json(int depth) {
  switch (*rc::gen::inRange(0, depth > 0 ? 6 : 4)) {
    case 0:
      return Json();
    case 1:
      return Json(*rc::gen::arbitrary<bool>());
    case 2:
      return Json(*rc::gen::arbitrary<std::int64_t>());
    case 3:
      return Json(*rc::gen::string<std::string>());
    case 4: {
      Json list = Json::array();
      for (int i = *rc::gen::inRange(0, 4); i > 0; --i) list.push_back(any_json(depth - 1));
      return list;
    }
    default: {
      Json object = Json::object();
      for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
        object.set(*rc::gen::string<std::string>(), any_json(depth - 1));
      }
      return object;
    }
  }
}

}  // namespace

TEST_CASE("JSON: every kind of value reads back as it was written", "[domain][json]") {
  for (const char* text : {"null", "true", "false", "0", "-1", "\"\"", "\"a\\\"b\\\\c\\n\"", "[]",
                           "{}", "[1,[2,{\"a\":null}]]", R"({"b":1,"a":2,"":3})"}) {
    CHECK(round_trip(text) == text);
  }
}

TEST_CASE("JSON: numbers keep their digits", "[domain][json]") {
  for (const char* text : {"2.50", "0.1", "999999999.999999", "1e3", "1E-7", "0.30000000000000004",
                           "12345678901234567890", "123456789012345678901234567890", "-0.0",
                           "9223372036854775808", "-9223372036854775809"}) {
    CHECK(round_trip(text) == text);
  }
}

TEST_CASE("JSON: what is no strict JSON is refused", "[domain][json]") {
  for (const char* text : {"",
                           " ",
                           "nul",
                           "{",
                           "[1,]",
                           "{\"a\":1,}",
                           "{'a':1}",
                           "{a:1}",
                           "01",
                           "+1",
                           ".5",
                           "5.",
                           "0x1",
                           "NaN",
                           "Infinity",
                           "1 2",
                           "[] x",
                           "// c\n1",
                           "\"\t\"",
                           "\"\\x\"",
                           "\"\\ud800\"",
                           "\"open",
                           "\xEF\xBB\xBF"
                           "1 1"}) {
    CAPTURE(text);
    CHECK(pointer_of(parse_json(text)).empty());
  }
}

TEST_CASE("JSON: malformed UTF-8 is refused", "[domain][json]") {
  for (const char* text : {"\"\xff\"", "\"\xc0\xaf\"", "\"\xed\xa0\x80\"", "\"\xf4\x90\x80\x80\"",
                           "\"\xe2\x82\"", "{\"\xff\":1}"}) {
    CHECK(pointer_of(parse_json(text)).empty());
  }
}

TEST_CASE("JSON: a name that stands twice is refused, with where it stands", "[domain][json]") {
  CHECK(pointer_of(parse_json(R"({"a":1,"a":1})")) == "/a");
  CHECK(pointer_of(parse_json(R"({"x":[0,{"a/b":1,"c":2,"a/b":3}]})")) == "/x/1/a~1b");
  CHECK(pointer_of(parse_json(R"({"m~n":{"":1,"":2}})")) == "/m~0n/");
  CHECK(round_trip(R"([{"a":1},{"a":1}])") == R"([{"a":1},{"a":1}])");
}

TEST_CASE("JSON: nesting is bounded, and where it is too deep is said", "[domain][json]") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };

  CHECK(parse_json(nested(32)).has_value());
  CHECK(pointer_of(parse_json(nested(33))) == [] {
    std::string pointer;
    for (int i = 0; i < 32; ++i) pointer += "/0";
    return pointer;
  }());
  CHECK(pointer_of(parse_json(R"({"a":{"b":{}}})", {.bytes_max = 100, .depth_max = 2})) == "/a/b");
  CHECK_FALSE(parse_json(std::string(1'000'000, '[')).has_value());
}

TEST_CASE("JSON: size is bounded", "[domain][json]") {
  const JsonLimits ten{.bytes_max = 10, .depth_max = 4};

  CHECK(parse_json("\"12345678\"", ten).has_value());
  CHECK(pointer_of(parse_json("\"123456789\"", ten)).empty());
  CHECK_FALSE(parse_json(std::string(2 << 20, ' ') + "1").has_value());
}

TEST_CASE("JSON: an object of very many members is read in reasonable time", "[domain][json]") {
  std::string text = "{";
  for (int i = 0; i < 100'000; ++i) text += "\"" + std::to_string(i) + "\":0,";
  text.back() = '}';

  const auto value = parse_json(text, {.bytes_max = text.size(), .depth_max = 4});

  REQUIRE(value.has_value());
  CHECK(value->members().size() == 100'000);
}

TEST_CASE("JSON: what a back-end wrote in broken UTF-8 can still be written down",
          "[domain][json]") {
  const std::string text = Json(std::string("bad \xff word")).dump();

  CHECK(text == "\"bad \xef\xbf\xbd word\"");
  CHECK(parse_json(text).has_value());
}

TEST_CASE("JSON: asking a value for what it is not gives nothing", "[domain][json]") {
  const Json number = Json::number("2.50");

  CHECK(number.text() == "2.50");
  CHECK_FALSE(number.boolean());
  CHECK(number.items().empty());
  CHECK(number.members().empty());
  CHECK(number.find("a") == nullptr);
  CHECK(number.text_of("a").empty());
  CHECK(Json().text().empty());
}

TEST_CASE("JSON: setting a member that is there replaces it in its place", "[domain][json]") {
  Json object = Json::object({{"a", "1"}, {"b", "2"}});

  object.set("a", Json(true));

  CHECK(object.dump() == R"({"a":true,"b":"2"})");
}

TEST_CASE("JSON: a token of a pointer is escaped as RFC 6901 says", "[domain][json]") {
  CHECK(escape_pointer("a/b~c") == "a~1b~0c");
  CHECK(escape_pointer("~1") == "~01");
  CHECK(escape_pointer("").empty());
}

TEST_CASE("JSON: any value reads back equal", "[domain][json][property]") {
  CHECK(rc::check("round trip", [] {
    const Json value = any_json(3);
    // Text of any bytes is repaired when it is written; after that it stays.
    const auto once = parse_json(value.dump());
    if (!once) RC_DISCARD("two names became one when they were repaired");
    const auto twice = parse_json(once->dump());
    RC_ASSERT(twice.has_value());
    RC_ASSERT((*twice == *once));
  }));
}

TEST_CASE("JSON: any bytes are read or refused", "[domain][json][property]") {
  CHECK(rc::check("no crash", [] {
    const auto bytes = *rc::gen::container<std::string>(
        rc::gen::elementOf(std::string("{}[]\",:0123456789.eE+-tfn\\u\xff a")));
    const auto value = parse_json(bytes);
    if (!value) return;
    const auto again = parse_json(value->dump());
    RC_ASSERT(again.has_value());
    RC_ASSERT((*again == *value));
  }));
}

}  // namespace handover::test
