#include "agent/cli/cmdb_config.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <string>
#include <vector>

#include "agent/cli/config.hpp"

namespace handover::cli {
namespace {

using backends::AssetEvent;
using Catch::Matchers::ContainsSubstring;
using Texts = std::vector<std::string>;

const std::string kLane =
    "[device]\nid = \"van-17-a\"\nuser_id = \"tech.17\"\nfirst_name = \"Given\"\nlast_name = "
    "\"Family\"\nstorage_location = \"VAN-17\"\n"
    "[[lanes]]\nname = \"cmdb\"\nkind = \"cmdb\"\nurl = \"https://cmdb.example/api/now/import/t\"\n"
    "username = \"handover\"\npassword_file = \"p\"\nenvironment = \"test\"\n";

Result<Config> parse(const std::string& more) {
  return parse_config(kLane + more, "/etc/handover/handover.toml", "/etc/handover");
}

CmdbConfig cmdb(const std::string& more) {
  const auto config = parse(more);
  INFO((config ? "" : config.error().detail));
  REQUIRE(config);
  return config->lanes.at(0).cmdb;
}

/// Everything that is said of a wrong configuration.
std::string complaint(const std::string& more) {
  const auto config = parse(more);
  if (config) return "accepted";
  std::string text = config.error().detail;
  for (const auto& field : config.error().fields)
    text += "\n" + field.pointer + ": " + field.detail;
  return text;
}

}  // namespace

TEST_CASE("cmdb config: what is not said has its default", "[cli][config]") {
  const CmdbConfig config = cmdb("");
  CHECK(config.correction_prefix == "Update");
  CHECK(config.prefix_on_name);
  CHECK(config.prefix_on_serial);
  CHECK_FALSE(config.all_strings);
  CHECK_FALSE(config.event_keys);
  CHECK(config.integration_users.empty());
  CHECK(config.extra_keys.empty());
  CHECK(config.filters.empty());
}

TEST_CASE("cmdb config: data points, filters and the form of the payload are read",
          "[cli][config]") {
  const CmdbConfig config = cmdb(
      "look_up_path = \"/api/now/table/alm_hardware\"\nintegration_users = [\"handover\"]\n"
      "correction_prefix = \"Update \"\ncorrection_prefix_on = [\"serialNumber\"]\n"
      "all_strings = true\nevent_keys = true\n"
      "[lanes.extra_keys.receipt]\nmac_address = \"macAddress\"\npo_date = \"poDate\"\n"
      "[lanes.extra_keys.shipment]\nhost_name = \"hostName\"\n"
      "[lanes.filters.receipt]\nstructure = [\"master\"]\ncustomer_parts = [\"C9800-*\"]\n"
      "inventory_organization = [\"WH1\"]\nmaterial_designator = [\"CUST\"]\n"
      "serialized = [\"yes\"]\n");
  CHECK(config.integration_users == Texts{"handover"});
  CHECK(config.correction_prefix == "Update ");
  CHECK_FALSE(config.prefix_on_name);
  CHECK(config.prefix_on_serial);
  CHECK(config.all_strings);
  CHECK(config.event_keys);
  REQUIRE(config.extra_keys.size() == 2);
  const auto& keys = config.extra_keys.at(AssetEvent::kReceipt);
  REQUIRE(keys.size() == 2);
  CHECK(keys[0] == std::pair<std::string, std::string>("mac_address", "macAddress"));
  REQUIRE(config.filters.size() == 1);
  const auto& filter = config.filters.at(AssetEvent::kReceipt);
  CHECK(filter.structures == Texts{"master"});
  CHECK(filter.customer_parts == Texts{"C9800-*"});
  CHECK(filter.inventory_organizations == Texts{"WH1"});
  CHECK(filter.material_designators == Texts{"CUST"});
  CHECK(filter.serialized == Texts{"yes"});
}

TEST_CASE("cmdb config: what is wrong is named with what was expected", "[cli][config]") {
  const std::vector<std::pair<const char*, const char*>> wrong = {
      {"all_strings = \"yes\"\n", "expected true or false"},
      {"integration_users = [\"handover\"]\n", "look_up_path"},
      {"correction_prefix_on = []\n", "without the prefix a correction is a receipt"},
      {"correction_prefix = \"\"\n", "correction_prefix"},
      {"correction_prefix_on = [\"serial\"]\n", "expected a list of name and serialNumber"},
      {"[lanes.extra_keys.gift]\nmac_address = \"m\"\n", "gift"},
      {"[lanes.extra_keys.receipt]\nmac = \"m\"\n", "mac"},
      {"[lanes.extra_keys.receipt]\nmac_address = \"location\"\n", "has a key location already"},
      {"[lanes.extra_keys.receipt]\nmac_address = \"m\"\npo_date = \"m\"\n", "has a key m already"},
      {"[lanes.filters.receipt]\nstructure = [\"single\"]\n",
       "expected a list of master and standalone"},
      {"[lanes.filters.receipt]\nserialized = [\"true\"]\n", "expected a list of yes and no"},
      {"[lanes.filters.receipt]\nparts = [\"x\"]\n", "parts"},
  };
  for (const auto& [toml, words] : wrong) {
    CAPTURE(toml);
    CHECK_THAT(complaint(toml), ContainsSubstring(words));
  }
}

}  // namespace handover::cli
