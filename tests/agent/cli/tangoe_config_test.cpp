#include "agent/cli/tangoe_config.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <string>

#include "agent/cli/config.hpp"

namespace handover::cli {
namespace {

using Catch::Matchers::ContainsSubstring;

const std::string kStart =
    "[device]\nid = \"van-17-a\"\nuser_id = \"tech.17\"\nfirst_name = \"Given\"\nlast_name = "
    "\"Family\"\nstorage_location = \"VAN-17\"\n"
    "[[lanes]]\nname = \"tangoe\"\nkind = \"tangoe\"\n"
    "url = \"https://tangoe.example/asentinelws/services/\"\n";
const std::string kUser = "username = \"handover\"\npassword_file = \"tangoe.password\"\n";
const std::string kItems =
    "[[lanes.items]]\nproducts = [\"IPHONE-*\", \"PIXEL-9\"]\nservice_type = \"Wireless\"\n";
const std::string kNewItem =
    "adds = [\"receipt\", \"load\"]\n"
    "new_item = { costCenterNo = \"4100\", vendor = \"Verizon\", status = \"true\" }\n";

Result<Config> parse(const std::string& more) {
  return parse_config(kStart + more, "/etc/handover/handover.toml", "/etc/handover");
}

std::string complaint_about(const std::string& more) {
  const auto config = parse(more);
  REQUIRE_FALSE(config);
  CHECK(config.error().code == Errc::kConfig);
  return config.error().detail;
}

}  // namespace

TEST_CASE("tangoe config: what is not said has its default", "[cli][config]") {
  const auto config = parse(kUser + kItems);
  INFO((config ? "" : config.error().detail));
  REQUIRE(config);
  const TangoeConfig& tangoe = config->lanes.at(0).tangoe;
  CHECK(tangoe.secured);
  CHECK(tangoe.set_assigned_to);
  CHECK(tangoe.set_location);
  REQUIRE(tangoe.items.size() == 1);
  CHECK(tangoe.items[0].number == "serial");
  CHECK(tangoe.items[0].adds.empty());
}

TEST_CASE("tangoe config: what is said is read", "[cli][config]") {
  const auto config = parse(
      "security = \"none\"\nsets = [\"locationNo\"]\nemployees = { \"tech.17\" = \"E1017\" }\n"
      "locations = { \"VAN-17\" = \"L-17\" }\n" +
      kItems + kNewItem + "new_item_custom = { \"Colour\" = \"red\" }\nnumber = \"asset_tag\"\n");
  INFO((config ? "" : config.error().detail));
  REQUIRE(config);
  const TangoeConfig& tangoe = config->lanes.at(0).tangoe;
  CHECK_FALSE(tangoe.secured);
  CHECK_FALSE(tangoe.set_assigned_to);
  CHECK(tangoe.set_location);
  CHECK(tangoe.employees.at("tech.17") == "E1017");
  CHECK(tangoe.locations.at("VAN-17") == "L-17");
  const TangoeItemsConfig& items = tangoe.items.at(0);
  CHECK(items.products == std::vector<std::string>{"IPHONE-*", "PIXEL-9"});
  CHECK(items.number == "asset_tag");
  CHECK(items.adds == std::vector<std::string>{"receipt", "load"});
  CHECK(items.new_item.at("vendor") == "Verizon");
  CHECK(items.new_item_custom.at("Colour") == "red");
}

TEST_CASE("tangoe config: what cannot be is complained of, naming key and reason",
          "[cli][config]") {
  struct Case {
    std::string more;
    const char* words;
  };
  const std::string items = kUser + kItems;
  const Case cases[] = {
      {kItems, "username"},
      {"username = \"u\"\n" + kItems, "password_file"},
      {"security = \"digest\"\n" + items, "security"},
      {"sets = [\"vendor\"]\n" + items, "sets"},
      {"environment = \"test\"\n" + items, "environment"},
      {kUser + "[[lanes.items]]\nproducts = []\nservice_type = \"Wireless\"\n", "products"},
      {kUser + "[[lanes.items]]\nproducts = [\"A*B\"]\nservice_type = \"Wireless\"\n", "products"},
      {kUser + "[[lanes.items]]\nproducts = [\"A\"]\n", "service_type"},
      {items + "number = \"imei\"\n", "number"},
      {items + "adds = [\"usage\"]\n", "adds"},
      {items + "adds = [\"load\"]\nnew_item = { vendor = \"V\", status = \"true\" }\n",
       "costCenterNo is missing"},
      {items + "new_item = { colour = \"red\" }\n", "no field colour"},
      {items + "new_item = { status = \"yes\" }\n", "status: expected true or false"},
      {items + "new_item = { rate = \"1,5\" }\n", "rate: expected a number"},
      {items + "new_item = { dateActivated = \"2026-11-22\" }\n", "mm/dd/yyyy"},
      {items + "new_item = { inventoryNumber = \"1\" }\n", "inventoryNumber cannot stand"},
      {items + "new_item = { customFields = \"x\" }\n", "new_item_custom"},
  };
  for (const Case& one : cases) {
    INFO(one.more);
    CHECK_THAT(complaint_about(one.more), ContainsSubstring(one.words));
  }
}

}  // namespace handover::cli
