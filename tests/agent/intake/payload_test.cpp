#include "agent/intake/payload.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "tests/agent/intake/site_world.hpp"

namespace handover::test {
namespace {

using intake::RowType;

Result<intake::Payload> parse(std::string_view body, RowType type = RowType::kInventoryUsage) {
  return intake::parse_payload(body, type);
}

/// The good payload with one text replaced.
std::string with(std::string_view from, std::string_view to) {
  std::string text = usage_payload("id-1");
  const auto place = text.find(from);
  REQUIRE(place != std::string::npos);
  return text.replace(place, from.size(), to);
}

}  // namespace

TEST_CASE("payload: the documented form is read, and unknown members do no harm",
          "[intake][payload]") {
  const auto payload = parse(with(R"("action":"",)", R"("action":"x","later":{"a":[1]},)"));
  REQUIRE(payload);
  CHECK(payload->id == "id-1");
  CHECK(payload->source == "s-1");
  CHECK(payload->data.rowver == "7");
  REQUIRE(payload->data.rows.size() == 1);
  CHECK(payload->data.rows[0].rowver == "7");
  CHECK(payload->data.rows[0].flaw.empty());
  CHECK(payload->data.rows[0].object.text_of("RefObjID") == "WO-1");
}

TEST_CASE("payload: several rows, and none, are payloads too", "[intake][payload]") {
  const std::string row = row_text("InventoryUsage", "8", kUsageObject);
  CHECK(parse(payload_text("a", "InventoryUsage", row + "," + row))->data.rows.size() == 2);
  CHECK(parse(payload_text("a", "InventoryUsage", ""))->data.rows.empty());
}

TEST_CASE("payload: a rowver may be a number, and may be missing", "[intake][payload]") {
  CHECK(parse(with(R"([{"rowver":"7",)", R"([{"rowver":17,)"))->data.rows[0].rowver == "17");
  CHECK(parse(with(R"([{"rowver":"7",)", "[{"))->data.rows[0].rowver.empty());
  CHECK(parse(with(R"([{"rowver":"7",)", R"([{"rowver":null,)"))->data.rows[0].rowver.empty());
}

TEST_CASE("payload: a row that holds no such object is kept with its flaw", "[intake][payload]") {
  const char* row =
      GENERATE(R"({"rowver":"8"})", "17", "null", R"("text")", "[]",
               R"({"rowver":"8","InventoryTransfer":{}})", R"({"rowver":"8","InventoryUsage":[]})");
  const auto payload = parse(payload_text("a", "InventoryUsage", row));
  REQUIRE(payload);
  REQUIRE(payload->data.rows.size() == 1);
  CHECK(payload->data.rows[0].flaw == "the row holds no object InventoryUsage");
}

TEST_CASE("payload: what is no such event is refused, and the field is named",
          "[intake][payload]") {
  const auto [from, to, pointer] = GENERATE(table<const char*, const char*, const char*>({
      {R"("id":"id-1")", R"("id":"")", "/id"},
      {R"("id":"id-1",)", "", "/id"},
      {R"("id":"id-1")", R"("id":7)", "/id"},
      {R"("id":"id-1")", R"("id":null)", "/id"},
      {R"("type":"InventoryUsage")", R"("type":"WorkOrder")", "/type"},
      {R"("type":"InventoryUsage")", R"("type":"inventoryusage")", "/type"},
      {R"("type":"InventoryUsage",)", "", "/type"},
      {R"("specversion":"1.0")", R"("specversion":"0.3")", "/specversion"},
      {R"("specversion":"1.0")", R"("specversion":1.0)", "/specversion"},
      {R"("datacontenttype":"application/json")", R"("datacontenttype":"text/xml")",
       "/datacontenttype"},
      {R"("data":{)", R"("data":[],"x":{)", "/data"},
      {R"("data":{)", R"("x":{)", "/data"},
      {R"("rows":[)", R"("rows":{},"x":[)", "/data/rows"},
      {R"("rows":[)", R"("x":[)", "/data/rows"},
  }));
  const auto payload = parse(with(from, to));
  REQUIRE_FALSE(payload);
  CHECK(payload.error().code == Errc::kInvalid);
  REQUIRE_FALSE(payload.error().fields.empty());
  CHECK(payload.error().fields[0].pointer == pointer);
}

TEST_CASE("payload: bytes that are no JSON object are refused", "[intake][payload]") {
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("[]"), std::string("null"), std::string("{}x"),
        usage_payload("id-1").substr(0, 200), usage_payload("\xc3\x28"),
        std::string("\xef\xbb\xbf{}"), std::string(2000, '['), std::string(2U << 20U, ' '),
        with(R"("id":"id-1")", R"("id":"id-1","id":"id-2")"),
        with(R"("data":{)", R"("data":{"rows":[],)"), with("4.0", "NaN"), with("4.0", "04")})
    CHECK_FALSE(parse(text));
}

TEST_CASE("payload: an id and a rowver have bounds", "[intake][payload]") {
  CHECK(parse(usage_payload(std::string(512, 'i'))));
  CHECK_FALSE(parse(usage_payload(std::string(513, 'i'))));
  const auto long_rowver = parse(usage_payload("a", std::string(257, '1')));
  REQUIRE(long_rowver);
  CHECK(long_rowver->data.rows[0].flaw == "the row's rowver is longer than 256 bytes");
}

TEST_CASE("payload: both names of a count are the same type", "[intake][payload]") {
  constexpr auto kCount = RowType::kPhysicalInventoryRequest;
  for (const char* name : {"PhysicalInventoryRequest", "PhysicalInventory"}) {
    const auto payload = parse(payload_text("a", name, row_text(name, "1", "{}")), kCount);
    REQUIRE(payload);
    CHECK(payload->data.rows[0].flaw.empty());
  }
}

TEST_CASE("canonical text: member order, nulls and zeros behind the point say nothing",
          "[intake][payload]") {
  const auto text = [](const char* json) { return intake::canonical_text(to_json(json)); };
  CHECK(text(R"({"b":1.0,"a":{"y":null,"x":[2.50,"1.0"]}})") ==
        text(R"({"a":{"x":[2.5,"1.0"]},"b":1,"c":null})"));
  for (const char* other :
       {R"({"b":1.0,"a":{"x":["1.0",2.5]}})", R"({"b":10,"a":{"x":[2.5,"1.0"]}})",
        R"({"b":1.0,"a":{"x":[2.5,"1"]}})", R"({"b":1.0,"a":{"x":[2.5,1.0]}})", R"({"b":1.0})",
        R"({"b":"1","a":{"x":[2.5,"1.0"]}})"})
    CHECK(text(R"({"b":1.0,"a":{"y":null,"x":[2.50,"1.0"]}})") != text(other));
  CHECK(text("-0.0") == text("0"));
  CHECK(text("1e2") != text("1e20"));
}

}  // namespace handover::test
