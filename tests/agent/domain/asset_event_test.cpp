#include "agent/domain/asset_event.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/agent/domain/complaints.hpp"
#include "tests/support/records.hpp"

namespace handover::test {
namespace {

std::string event(std::string_view item,
                  std::string_view head = R"("event":"receipt","location":"L","stockroom":"R",)") {
  return "{" + std::string(head) + R"("items":[)" + std::string(item) + "]}";
}

constexpr const char* kUnit = R"({"serialNumber":"S","manufacturerPartNumber":"M"})";

}  // namespace

TEST_CASE("asset event: a sound one is trimmed and put in order; what was not given is left out",
          "[domain][asset]") {
  const auto read =
      parse_asset_event(to_json(R"({"items":[{"type":"switch","manufacturerPartNumber":" M ",)"
                                R"("serialNumber":" s1 ","asset_tag":""}],"stockroom":"R",)"
                                R"("location":" L ","event":"return_shipped"})"));

  REQUIRE(read.has_value());
  CHECK(read->dump() ==
        R"({"event":"return_shipped","location":"L","stockroom":"R",)"
        R"("items":[{"serialNumber":"s1","manufacturerPartNumber":"M","type":"switch"}]})");
}

TEST_CASE("asset event: every kind of event is known", "[domain][asset]") {
  for (const char* kind :
       {"receipt", "correction", "shipment", "return_shipped", "return_received", "removal"}) {
    const std::string head =
        R"("event":")" + std::string(kind) + R"(","location":"L","stockroom":"R",)";
    CHECK(parse_asset_event(to_json(event(kUnit, head))).has_value());
  }
}

TEST_CASE("asset event: every wrong field is refused with its pointer and what is expected",
          "[domain][asset]") {
  const std::string long_serial =
      R"({"serialNumber":")" + std::string(61, 's') + R"(","manufacturerPartNumber":"M"})";
  // Put together here: in the list g++ 12 takes the sum of two texts for one that overflows.
  std::string too_long = kUnit;
  too_long.append(",").append(long_serial);
  struct Row {
    std::string body;
    const char* pointer;
    const char* words;
  };
  const std::vector<Row> table = {
      {"7", "", "expected an object"},
      {event(kUnit, R"("event":"gift","location":"L","stockroom":"R",)"), "/event",
       "expected one of: receipt, correction"},
      {event(kUnit, R"("location":"L","stockroom":"R",)"), "/event", "missing"},
      {event(kUnit, R"("event":"receipt","stockroom":"R",)"), "/location", "missing"},
      {event(kUnit, R"("event":"receipt","location":"L",)"), "/stockroom", "missing"},
      {event(kUnit, R"("event":"receipt","location":" ","stockroom":"R",)"), "/location",
       "not blank"},
      {event(kUnit, R"("event":"receipt","location":"L","stockroom":"R","loc":1,)"), "/loc",
       "unknown field"},
      {event(""), "/items", "at least one"},
      {event("7"), "/items/0", "expected an object"},
      {event(R"({"manufacturerPartNumber":"M"})"), "/items/0/serialNumber", "missing"},
      {event(R"({"serialNumber":"S"})"), "/items/0/manufacturerPartNumber", "missing"},
      {event(R"({"serialNumber":"S","manufacturerPartNumber":"M","asset_tag":7})"),
       "/items/0/asset_tag", "expected a string"},
      {event(R"({"serialnumber":"S","manufacturerPartNumber":"M"})"), "/items/0/serialnumber",
       "did you mean serialNumber?"},
      {event(too_long), "/items/1/serialNumber", "longer than 60 characters"},
      {event(R"({"serialNumber":"\u00ad","manufacturerPartNumber":"M"})"), "/items/0/serialNumber",
       "empty identifier"},
  };
  for (const auto& row : table) {
    check_refused(parse_asset_event(to_json(row.body)), {row.body.c_str(), row.pointer, row.words});
  }
}

TEST_CASE("asset event: additional data points and classification are kept in their order",
          "[domain][asset]") {
  const auto read = parse_asset_event(to_json(
      event(R"({"classification":{"serialized":"yes","structure":"master"},"serialNumber":"S",)"
            R"("data":{"po_date":"2026-11-01","mac_address":" 00:11 ","description":""},)"
            R"("manufacturerPartNumber":"M","quantity":1})",
            R"("event":"receipt","key":"K-1","location":"L","stockroom":"R",)")));

  REQUIRE(read.has_value());
  CHECK(read->dump() ==
        R"({"event":"receipt","location":"L","stockroom":"R","items":[{"serialNumber":"S",)"
        R"("manufacturerPartNumber":"M","data":{"mac_address":"00:11","po_date":"2026-11-01"},)"
        R"("classification":{"structure":"master","serialized":"yes"}}],"key":"K-1"})");
}

TEST_CASE("asset event: a line that is counted needs no serial number, and is counted exactly",
          "[domain][asset]") {
  const auto read =
      parse_asset_event(to_json(event(R"({"manufacturerPartNumber":"M","quantity":0.1})")));
  REQUIRE(read.has_value());
  CHECK(read->find("items")->items()[0].dump() ==
        R"({"manufacturerPartNumber":"M","quantity":0.1})");

  check_refused(parse_asset_event(to_json(
                    event(R"({"serialNumber":"S","manufacturerPartNumber":"M","quantity":2})"))),
                {"two of one", "/items/0/quantity", "expected 1"});
  for (const char* neither :
       {R"({"manufacturerPartNumber":"M"})", R"({"manufacturerPartNumber":"M","quantity":null})"}) {
    check_refused(parse_asset_event(to_json(event(neither))),
                  {"neither", "/items/0/serialNumber", "missing"});
  }
  check_refused(parse_asset_event(to_json(event(
                    R"({"serialNumber":"S","manufacturerPartNumber":"M","data":{"mac":"x"}})"))),
                {"unknown point", "/items/0/data/mac", "unknown field"});
  check_refused(
      parse_asset_event(to_json(event(
          R"({"serialNumber":"S","manufacturerPartNumber":"M","classification":{"structure":"x"}})"))),
      {"unknown structure", "/items/0/classification/structure", "expected master or standalone"});
}

TEST_CASE("asset event: a unit that stands there twice is refused at its second place",
          "[domain][asset]") {
  const auto twice = parse_asset_event(to_json(
      event(std::string(kUnit) + R"(,{"serialNumber":"S2","manufacturerPartNumber":"M"},)"
                                 R"({"serialNumber":" s ","manufacturerPartNumber":"m"})")));

  REQUIRE_FALSE(twice.has_value());
  REQUIRE(twice.error().fields.size() == 1);
  CHECK(twice.error().fields[0].pointer == "/items/2/serialNumber");
  CHECK(twice.error().fields[0].detail == "this unit stands in /items/0; expected each unit once");
  const std::string other = R"(,{"serialNumber":"S","manufacturerPartNumber":"M2"})";
  CHECK(parse_asset_event(to_json(event(kUnit + other))).has_value());
  const std::string quantity = R"({"quantity":2,"manufacturerPartNumber":"M"})";
  CHECK(parse_asset_event(to_json(event(quantity + "," + quantity))).has_value());
}

}  // namespace handover::test
