#include "sim/back-ends/servicemobility/upload_rules.hpp"

#include <functional>
#include <vector>

#include "tests/sim/support.hpp"

namespace handover::sim {
namespace {

using testing::half;
using testing::json;
using testing::usage;

/// `object` without the member.
Json without(const Json& object, std::string_view name) {
  Json result = Json::object();
  for (const auto& [member, value] : object.members()) {
    if (member != name) result.set(member, value);
  }
  return result;
}

std::optional<Violation> check_half(const Json& body, const UploadRules& rules = {}) {
  ParsedTransfer parsed;
  return check_transfer(body, rules, parsed);
}
std::optional<Violation> check_use(const Json& body, const UploadRules& rules = {}) {
  ParsedUsage parsed;
  return check_usage(body, rules, parsed);
}

Json with_items(const char* items) { return half(true).set("Items", json(items)); }
Json with_usage_items(const std::string& items) {
  return usage().set("StorageLocations",
                     json(R"([{"StorageLocationID":"VAN-17","Items":)" + items + "}]"));
}

struct BadBody {
  const char* pointer;
  Json body;
};

}  // namespace

TEST_CASE("upload rules: the documented transfer is understood", "[sim][servicemobility]") {
  ParsedTransfer parsed;

  REQUIRE_FALSE(check_transfer(half(false), {}, parsed));

  CHECK_FALSE(parsed.outbound);
  CHECK(parsed.user == "tech.22");
  CHECK(parsed.partner == "tech.17");
  CHECK(parsed.from == "van-17");
  CHECK(parsed.public_code == "21595208");
  CHECK(parsed.items.size() == 1);
  CHECK(parsed.items.begin()->second == kOneUnit);
}

TEST_CASE("upload rules: every documented member of a transfer but FlexAttrs is required",
          "[sim][servicemobility]") {
  for (const auto* name : {"FromStorageLocation", "Items", "ToStorageLocation", "TransferTech",
                           "TransferType", "TransferUTC", "UserID", "ValidationCode"}) {
    INFO(name);
    const auto violation = check_half(without(half(true), name));
    REQUIRE(violation);
    CHECK(violation->status == 400);
    CHECK(violation->pointer == std::string("/") + name);
  }
}

TEST_CASE("upload rules: a transfer that breaks a rule is refused with its place",
          "[sim][servicemobility]") {
  const std::vector<BadBody> cases = {
      {"", json("[]")},
      {"/FromStorageLocation", half(true).set("FromStorageLocation", " ")},
      {"/FromStorageLocation", half(true).set("FromStorageLocation", Json::number("17"))},
      {"/Items", with_items("[]")},
      {"/Items", with_items("{}")},
      {"/Items/0", with_items("[1]")},
      {"/Items/0/ProdNum", with_items(R"([{"Qty":1}])")},
      {"/Items/0/Qty", with_items(R"([{"ProdNum":"P"}])")},
      {"/Items/0/Qty", with_items(R"([{"ProdNum":"P","Qty":"1"}])")},
      {"/Items/0/Qty", with_items(R"([{"ProdNum":"P","Qty":0}])")},
      {"/Items/0/Qty", with_items(R"([{"ProdNum":"P","Qty":-1}])")},
      {"/Items/1/Qty",
       with_items(R"([{"ProdNum":"P","Qty":1},{"ProdNum":"P","Qty":2,"SerialNum":"S"}])")},
      {"/Items/0/SerialNum", with_items(R"([{"ProdNum":"P","Qty":1,"SerialNum":7}])")},
      {"/FlexAttrs", half(true).set("FlexAttrs", "x")},
      {"/FlexAttrs/FORM", half(true).set("FlexAttrs", json(R"({"FORM":{"REASON":"swap"}})"))},
      {"/FlexAttrs/FORM", half(true).set("FlexAttrs", json(R"({"FORM":{"REASON":[1]}})"))},
      {"/TransferTech/UserID",
       half(true).set("TransferTech", json(R"({"FirstName":"","LastName":""})"))},
      {"/TransferTech/LastName",
       half(true).set("TransferTech", json(R"({"UserID":"u","FirstName":""})"))},
      {"/TransferType", half(true).set("TransferType", "1003")},
      {"/TransferType", half(true).set("TransferType", Json::number("1001"))},
      {"/TransferUTC", half(true).set("TransferUTC", "2013-01-01T12:00:00")},
      {"/TransferUTC", half(true).set("TransferUTC", "2013-01-01T12:00:00+01:00")},
      {"/ValidationCode", half(true).set("ValidationCode", "483935842877-21595208")},
      {"/ValidationCode/PrivateCode",
       half(true).set("ValidationCode", json(R"({"PublicCode":"1"})"))},
  };
  for (const auto& bad : cases) {
    INFO(bad.body.dump());
    const auto violation = check_half(bad.body);
    REQUIRE(violation);
    CHECK(violation->pointer == bad.pointer);
    CHECK(violation->status == 400);
  }
}

TEST_CASE("upload rules: all documented forms of time are read", "[sim][servicemobility]") {
  for (const auto* time :
       {"2013-01-01T12:00:00Z", "2013-01-01T12:00:00.000Z", "2013-01-01 12:00:00Z"}) {
    CHECK_FALSE(check_half(half(true).set("TransferUTC", time)));
  }
}

TEST_CASE("upload rules: unknown members are ignored, and decimals and FlexAttrs accepted",
          "[sim][servicemobility]") {
  Json body = with_items(R"([{"ProdNum":"P","Qty":0.250,"Colour":"red"}])");
  body.set("Weather", "fine").set("FlexAttrs", json(R"({"FORM":{"REASON":["swap","again"]}})"));

  CHECK_FALSE(check_half(body));
}

TEST_CASE("upload rules: a usage that breaks a rule is refused with its place",
          "[sim][servicemobility]") {
  const std::string line = "/StorageLocations/0/Items/0";
  const std::string reason = R"("DispositionReasons":[)";
  const std::vector<std::pair<std::string, Json>> cases = {
      {"/UserID", without(usage(), "UserID")},
      {"/ModifiedUTC", usage().set("ModifiedUTC", "yesterday")},
      {"/RefModule", usage().set("RefModule", "1009")},
      {"/RefObjID", usage().set("RefObjID", json(R"({"PublicCode":"1","PrivateCode":"2"})"))},
      {"/StorageLocations", usage().set("StorageLocations", Json::array())},
      {"/StorageLocations/0/StorageLocationID",
       usage().set("StorageLocations", json(R"([{"Items":[{"ProdNum":"P","InQty":1}]}])"))},
      {"/StorageLocations/0/Items", with_usage_items("[]")},
      {line, with_usage_items(R"([{"ProdNum":"P"}])")},
      {line + "/InQty", with_usage_items(R"([{"ProdNum":"P","InQty":-1}])")},
      {line + "/OutQty", with_usage_items(R"([{"ProdNum":"P","OutQty":"1"}])")},
      {line, with_usage_items(R"([{"ProdNum":"P","OutQty":2,"SerialNum":"S"}])")},
      {line + "/DispositionReasons/0/ReasonCode",
       with_usage_items(R"([{"ProdNum":"P","OutQty":2,)" + reason + R"({"Qty":1}]}])")},
      {line + "/DispositionReasons/0/Qty",
       with_usage_items(R"([{"ProdNum":"P","OutQty":2,)" + reason +
                        R"({"ReasonCode":"1","Qty":"1"}]}])")},
  };
  for (const auto& [pointer, body] : cases) {
    INFO(body.dump());
    const auto violation = check_use(body);
    REQUIRE(violation);
    CHECK(violation->pointer == pointer);
  }
}

TEST_CASE("upload rules: a usage says how stock moved", "[sim][servicemobility]") {
  ParsedUsage parsed;

  REQUIRE_FALSE(
      check_usage(with_usage_items(R"([{"ProdNum":"P","InQty":3,"OutQty":0.5}])"), {}, parsed));

  REQUIRE(parsed.movements.size() == 1);
  CHECK(parsed.movements[0].location == "VAN-17");
  CHECK(parsed.movements[0].product == "P");
  CHECK(parsed.movements[0].change == 2'500'000);
}

TEST_CASE("upload rules: a catalogue makes other products and locations unknown",
          "[sim][servicemobility]") {
  UploadRules rules;
  rules.products = {{"WS-C3850-48U-S", {true, false}}, {"CABLE", {false, true}}};
  rules.locations = {"VAN-17", "VAN-22"};
  CHECK_FALSE(check_half(half(true), rules));

  const auto product = check_half(with_items(R"([{"ProdNum":"OTHER","Qty":1}])"), rules);
  const auto location = check_half(half(true).set("ToStorageLocation", "VAN-99"), rules);
  const auto serial = check_half(with_items(R"([{"ProdNum":"WS-C3850-48U-S","Qty":1}])"), rules);
  const auto batch = check_use(usage(), rules);

  REQUIRE((product && location && serial && batch));
  CHECK(product->status == 410);
  CHECK(product->pointer == "/Items/0/ProdNum");
  CHECK(location->status == 410);
  CHECK(location->pointer == "/ToStorageLocation");
  CHECK(serial->status == 400);
  CHECK(serial->pointer == "/Items/0/SerialNum");
  CHECK(batch->pointer == "/StorageLocations/0/Items/0/BatchNum");
}

}  // namespace handover::sim
