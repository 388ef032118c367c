#include "agent/domain/usage.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/agent/domain/complaints.hpp"
#include "tests/support/records.hpp"

namespace handover::test {
namespace {

struct Row {
  const char* module;
  std::string items;
  const char* pointer;  // Below /usage/StorageLocations/0/Items.
  const char* words;
};

}  // namespace

TEST_CASE("usage: a sound one is read, zero quantities as none", "[domain][usage]") {
  const auto read = parse_usage(to_json(
      R"({"usage":{"RefModule":"1002","RefObjID":" WO-4711 ","StorageLocations":[{"StorageLocationID":"VAN-17","Items":[
          {"ProdNum":"P","OutQty":1,"InQty":0.0,"SerialNum":"S"},
          {"ProdNum":"Q","InQty":"2.50","BatchNum":"B","ReportedDamagedQty":0,
           "DispositionReasons":[{"ReasonCode":"R1","Desc":"wet","Qty":1.5}]}]}]},"site":" c/o Customer "})"));

  REQUIRE(read.has_value());
  CHECK(read->ref_module == "1002");
  CHECK(read->ref_obj_id == "WO-4711");
  CHECK(read->site == "c/o Customer");
  const auto& items = read->locations.at(0).items;
  CHECK(items.at(0).out->to_string() == "1");
  CHECK_FALSE(items.at(0).in.has_value());
  CHECK(items.at(1).in->to_string() == "2.5");
  CHECK(items.at(1).reported_damaged->is_zero());
  CHECK(items.at(1).disposition_reasons.items().size() == 1);
}

TEST_CASE("usage: a count says what is there, zero included", "[domain][usage]") {
  for (const char* module : {"1004", "1005"}) {
    const Usage counted = usage(
        module,
        R"([{"ProdNum":"P","InventoryQty":0},{"ProdNum":"P","SerialNum":"S","InventoryQty":1}])");

    CHECK(counted.locations[0].items[0].counted->is_zero());
    CHECK(counted.locations[0].items[1].counted->to_string() == "1");
  }
}

TEST_CASE("usage: every wrong line is refused with its pointer and what is expected",
          "[domain][usage]") {
  const std::string long_text(65, 'x');
  const std::vector<Row> table = {
      {"1002", R"([{"ProdNum":"P"}])", "/0/OutQty", "missing; expected InQty or OutQty above 0"},
      {"1002", R"([{"ProdNum":"P","OutQty":0}])", "/0/OutQty", "above 0"},
      {"1002", R"([{"ProdNum":"P","OutQty":1,"InQty":1}])", "/0/InQty", "not both"},
      {"1002", R"([{"ProdNum":"P","OutQty":2,"SerialNum":"S"}])", "/0/OutQty",
       "a serialized line has quantity 1"},
      {"1002", R"([{"ProdNum":"P","InQty":0.5,"SerialNum":"S"}])", "/0/InQty",
       "a serialized line has quantity 1"},
      {"1002", R"([{"ProdNum":"P","OutQty":-1}])", "/0/OutQty", "must not be negative"},
      {"1002", R"([{"ProdNum":"P","OutQty":[]}])", "/0/OutQty", "expected a decimal number"},
      {"1002", R"([{"ProdNum":"P","OutQty":1,"InventoryQty":4}])", "/0/InventoryQty",
       "unknown field"},
      {"1002", R"([{"ProdNum":"P","OutQty":1,"Qty":4}])", "/0/Qty", "unknown field"},
      {"1002", R"([{"OutQty":1}])", "/0/ProdNum", "missing"},
      {"1002", R"([{"ProdNum":"\u00ad","OutQty":1}])", "/0/ProdNum", "empty identifier"},
      {"1002", R"([{"ProdNum":")" + long_text + R"(","OutQty":1}])", "/0/ProdNum",
       "longer than 64 characters"},
      {"1002", R"([{"ProdNum":"P","OutQty":1,"BatchNum":")" + long_text + R"("}])", "/0/BatchNum",
       "longer than 64 characters"},
      {"1002", R"([{"ProdNum":"P","OutQty":1,"SerialNum":")" + long_text + R"("}])", "/0/SerialNum",
       "longer than 60 characters"},
      {"1002", R"([{"ProdNum":"P","OutQty":1,"ReportedDamagedQty":"x"}])", "/0/ReportedDamagedQty",
       "expected digits"},
      {"1002", R"([{"ProdNum":"P","OutQty":1,"DispositionReasons":{}}])", "/0/DispositionReasons",
       "expected a list"},
      {"1002", R"([{"ProdNum":"P","OutQty":1,"DispositionReasons":[{}]}])",
       "/0/DispositionReasons/0/ReasonCode", "missing"},
      {"1002", R"([{"ProdNum":"P","OutQty":1,"DispositionReasons":[{"ReasonCode":"R","Note":1}]}])",
       "/0/DispositionReasons/0/Note", "unknown field"},
      {"1002", R"([{"ProdNum":"P","OutQty":1,"DispositionReasons":[{"ReasonCode":"R","Qty":-1}]}])",
       "/0/DispositionReasons/0/Qty", "must not be negative"},
      {"1002", "[]", "", "at least one"},
      {"1002", "[7]", "/0", "expected an object"},
      {"1004", R"([{"ProdNum":"P"}])", "/0/InventoryQty", "missing; expected what was counted"},
      {"1004", R"([{"ProdNum":"P","InventoryQty":1,"OutQty":1}])", "/0/InventoryQty",
       "the agent works them out"},
      {"1004", R"([{"ProdNum":"P","InventoryQty":2,"SerialNum":"S"}])", "/0/InventoryQty",
       "counts 0 or 1"},
      {"1004", R"([{"ProdNum":"P","InventoryQty":0.5,"SerialNum":"S"}])", "/0/InventoryQty",
       "counts 0 or 1"},
  };
  for (const auto& row : table) {
    const std::string pointer = std::string("/usage/StorageLocations/0/Items") + row.pointer;
    check_refused(parse_usage(usage_body(row.module, row.items)),
                  {row.items.c_str(), pointer.c_str(), row.words});
  }
}

TEST_CASE("usage: what is wrong around the lines is refused too", "[domain][usage]") {
  const std::string items =
      R"("StorageLocations":[{"StorageLocationID":"V","Items":[{"ProdNum":"P","OutQty":1}]}])";
  const std::string long_name(65, 'x');
  struct Whole {
    std::string body;
    const char* pointer;
    const char* words;
  };
  const std::vector<Whole> table = {
      {"[]", "", "expected an object"},
      {"{}", "/usage", "missing"},
      {R"({"usage":{"RefModule":"1002","RefObjID":"W",)" + items + R"(},"sites":"x"})", "/sites",
       "did you mean site?"},
      {R"({"usage":{"RefModule":"1002","RefObjID":"W",)" + items + R"(},"site":7})", "/site",
       "expected a string"},
      {R"({"usage":{"RefModule":"1003","RefObjID":"W",)" + items + "}}", "/usage/RefModule",
       "expected one of: 1001"},
      {R"({"usage":{"RefModule":1002,"RefObjID":"W",)" + items + "}}", "/usage/RefModule",
       "expected a string"},
      {R"({"usage":{"RefModule":"1002",)" + items + "}}", "/usage/RefObjID", "missing"},
      {R"({"usage":{"RefModule":"1002","RefObjID":"W","UserID":"x",)" + items + "}}",
       "/usage/UserID", "unknown field"},
      {R"({"usage":{"RefModule":"1002","RefObjID":"W"}})", "/usage/StorageLocations",
       "expected a list"},
      {R"({"usage":{"RefModule":"1002","RefObjID":"W","StorageLocations":[{"Items":[]}]}})",
       "/usage/StorageLocations/0/StorageLocationID", "missing"},
      {R"({"usage":{"RefModule":"1002","RefObjID":"W","StorageLocations":[{"StorageLocationID":")" +
           long_name + R"(","Items":[{"ProdNum":"P","OutQty":1}]}]}})",
       "/usage/StorageLocations/0/StorageLocationID", "longer than 64 characters"},
      {R"({"usage":{"RefModule":"1002","RefObjID":"W","StorageLocations":[{"StorageLocationID":"\u00ad",)"
       R"("Items":[{"ProdNum":"P","OutQty":1}]}]}})",
       "/usage/StorageLocations/0/StorageLocationID", "empty identifier"},
  };
  for (const auto& row : table) {
    check_refused(parse_usage(to_json(row.body)), {row.body.c_str(), row.pointer, row.words});
  }
}

TEST_CASE("usage: all wrong lines are named at once", "[domain][usage]") {
  const auto read = parse_usage(usage_body(
      "1002",
      R"([{"ProdNum":"P","Colour":1},{"ProdNum":"P"},{"ProdNum":"P","OutQty":1,"InQty":1}])"));

  REQUIRE_FALSE(read.has_value());
  CHECK(complains_of(read.error(), "/usage/StorageLocations/0/Items/0/Colour", "unknown"));
  CHECK(complains_of(read.error(), "/usage/StorageLocations/0/Items/1/OutQty", "missing"));
  CHECK(complains_of(read.error(), "/usage/StorageLocations/0/Items/2/InQty", "not both"));
}

TEST_CASE("usage: the object has its members in their order, with the count after the movement",
          "[domain][usage]") {
  Usage full =
      usage("1002", R"([{"ProdNum":"P","OutQty":2.50,"BatchNum":"B","ReportedDamagedQty":1,)"
                    R"("DispositionReasons":[{"ReasonCode":"R"}]}])");
  full.locations[0].items[0].on_hand = crypto::Quantity::from_millionths(-500'000);

  CHECK(
      usage_object(full, "tech.17", WallTime(std::chrono::milliseconds(1795343213123))).dump() ==
      R"({"UserID":"tech.17","ModifiedUTC":"2026-11-22T10:26:53Z","RefModule":"1002","RefObjID":"WO-4711",)"
      R"("StorageLocations":[{"StorageLocationID":"VAN-17","Items":[{"BatchNum":"B",)"
      R"("DispositionReasons":[{"ReasonCode":"R"}],)"
      R"("InventoryQty":-0.5,"OutQty":2.5,"ProdNum":"P","ReportedDamagedQty":1,"SerialNum":""}]}]})");
}

TEST_CASE("usage: its lines are bounded over all locations together", "[domain][usage]") {
  std::string locations;
  for (int location = 0; location < 2; ++location) {
    std::string items;
    for (int line = 0; line < 251; ++line) {
      items += std::string(line == 0 ? "" : ",") + R"({"ProdNum":"P","OutQty":1,"SerialNum":"S)" +
               std::to_string(location * 1000 + line) + R"("})";
    }
    locations += std::string(location == 0 ? "" : ",") + R"({"StorageLocationID":"VAN-)" +
                 std::to_string(location) + R"(","Items":[)" + items + "]}";
  }

  const auto read =
      parse_usage(to_json(R"({"usage":{"RefModule":"1002","RefObjID":"WO-1","StorageLocations":[)" +
                          locations + "]}}"));

  REQUIRE_FALSE(read.has_value());
  CHECK(complains_of(read.error(), "/usage/StorageLocations", "at most 500 lines in all"));
}

TEST_CASE("usage: one unit, or one count, that stands there twice is refused at its second place",
          "[domain][usage]") {
  const std::string first = "/usage/StorageLocations/0/Items";
  const std::vector<Row> table = {
      {"1002",
       R"([{"ProdNum":"P","SerialNum":"S1","OutQty":1},)"
       R"({"ProdNum":" p ","SerialNum":"s1","OutQty":1}])",
       "/1/SerialNum", "this unit stands in /usage/StorageLocations/0/Items/0"},
      {"1002",
       R"([{"ProdNum":"P","SerialNum":"S1","OutQty":1},)"
       R"({"ProdNum":"P","SerialNum":"S1","InQty":1}])",
       "/1/SerialNum", "expected each unit once"},
      {"1004",
       R"([{"ProdNum":"P","BatchNum":"B","InventoryQty":4},{"ProdNum":"Q","InventoryQty":1},)"
       R"({"ProdNum":"P","BatchNum":"b","InventoryQty":5}])",
       "/2/ProdNum", "this was counted in /usage/StorageLocations/0/Items/0"},
      {"1005", R"([{"ProdNum":"P","OutQty":1},{"ProdNum":"P","InventoryQty":5}])", "/1/ProdNum",
       "on one line alone"}};
  for (const Row& row : table) {
    const auto read = parse_usage(usage_body(row.module, row.items));
    INFO(row.items);
    REQUIRE_FALSE(read.has_value());
    REQUIRE(read.error().fields.size() == 1);
    CHECK(read.error().fields[0].pointer == first + row.pointer);
    CHECK(read.error().fields[0].detail.find(row.words) != std::string::npos);
  }
}

TEST_CASE("usage: a unit in two places of one usage names the second one", "[domain][usage]") {
  const auto locations = [](const char* other) {
    return to_json(
        R"({"usage":{"RefModule":"1008","RefObjID":"R","StorageLocations":[)"
        R"({"StorageLocationID":"VAN-17","Items":[{"ProdNum":"P","SerialNum":"S","OutQty":1}]},)"
        R"({"StorageLocationID":")" +
        std::string(other) + R"(","Items":[{"ProdNum":"P","SerialNum":"S","InQty":1}]}]}})");
  };

  CHECK(parse_usage(locations("SHELF")).has_value());  // Moved from one to the other.
  const auto twice = parse_usage(locations(" van-17"));
  REQUIRE_FALSE(twice.has_value());
  CHECK(twice.error().fields.at(0).pointer == "/usage/StorageLocations/1/Items/0/SerialNum");
}

TEST_CASE("usage: lines of one product that are not counted add up", "[domain][usage]") {
  CHECK(
      parse_usage(usage_body("1002", R"([{"ProdNum":"P","OutQty":1},{"ProdNum":"P","OutQty":2}])"))
          .has_value());
  CHECK(parse_usage(usage_body("1002", R"([{"ProdNum":"P","SerialNum":"S","OutQty":1},)"
                                       R"({"ProdNum":"Q","SerialNum":"S","OutQty":1}])"))
            .has_value());
}

TEST_CASE("usage: a text that cannot be read is complained of once", "[domain][usage]") {
  Json body = usage_body("1002", R"([{"ProdNum":"P","OutQty":1}])");
  Json object = *body.find("usage");
  object.set("RefObjID", std::string("\xff"));
  body.set("usage", std::move(object));

  const auto read = parse_usage(body);

  REQUIRE_FALSE(read.has_value());
  CHECK(read.error().fields.size() == 1);
  CHECK(read.error().fields[0].pointer == "/usage/RefObjID");
}

}  // namespace handover::test
