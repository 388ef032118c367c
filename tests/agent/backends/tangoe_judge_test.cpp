// A judge that we did not write: python3-xmlschema holds every message that we emit against the
// contract.
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <string>
#include <vector>

#include "agent/backends/tangoe/password_digest.hpp"
#include "tests/agent/backends/tangoe_samples.hpp"
#include "tests/support/temporary_folder.hpp"

namespace handover::backends {
namespace {

using tangoe::InventoryItem;

/// Whether all of `messages` are what the schema allows.
bool are_valid(const std::vector<std::string>& messages) {
  const test::TemporaryFolder folder;
  std::string command = "/usr/bin/python3 '" HANDOVER_SOURCE_DIR
                        "/tests/agent/backends/xsd_judge.py' '" HANDOVER_SOURCE_DIR
                        "/sim/back-ends/tangoe/inventoryorder.xsd'";
  for (const std::string& message : messages) {
    const std::string name = "message-" + std::to_string(&message - messages.data());
    command += " '" + folder.write(name, message) + "'";
  }
  return std::system(command.c_str()) == 0;
}

InventoryItem without(InventoryItem item, std::string_view field) {
  InventoryItem left;
  for (std::size_t i = 0; i < tangoe::kFieldCount; ++i) {
    if (item.at(i) && tangoe::fields()[i].name != field) left.set_at(i, *item.at(i));
  }
  left.circuit_mappings = item.circuit_mappings;
  left.custom_fields = item.custom_fields;
  return left;
}

TEST_CASE("tangoe: a judge of another library finds every message valid", "[backends][peers]") {
  const InventoryItem full = test::full_tangoe_item();
  const InventoryItem stored = without(full, "lastActionDate");
  InventoryItem least;
  least.set("serviceTypeID", "6");
  InventoryItem odd = test::new_tangoe_item();
  odd.set("comments", "<&>\"' \xC3\xA9 \xF0\x9F\x93\xB1 ]]>\r\n\t");
  odd.set("rate", "-0.0000001");
  odd.circuit_mappings.emplace();
  odd.custom_fields.emplace();
  tangoe::FindPage second;
  second.from_record = 50;
  tangoe::LogQuery by_item;
  by_item.item = {"6", "555-0100"};
  tangoe::LogQuery by_date;
  by_date.from_date = "11/01/2026";
  by_date.to_date = "11/30/2026";
  by_date.records_max = 200;
  const std::string add = tangoe::add_inventory_item_request(odd);

  CHECK(are_valid({
      tangoe::get_service_type_id_request("Wireless & more"),
      tangoe::get_service_types_request(),
      tangoe::get_custom_fields_request("6"),
      tangoe::get_inventory_item_request({"6", "555-0100"}),
      tangoe::add_inventory_item_request(stored),
      add,
      tangoe::edit_inventory_item_request(stored),
      tangoe::edit_inventory_item_request(least),
      tangoe::find_inventory_item_request(full, {}),
      tangoe::find_inventory_item_request(least, second),
      tangoe::get_inventory_log_request(by_item),
      tangoe::get_inventory_log_request(by_date),
      tangoe::with_header(add, tangoe::security_header("guest", Secret(std::string_view("hash")),
                                                       "0123456789abcdef", test::now())),
  }));
}

TEST_CASE("tangoe: the judge finds what is not valid", "[backends][peers]") {
  InventoryItem wrong = test::new_tangoe_item();
  wrong.set("status", "maybe");
  CHECK_FALSE(are_valid({tangoe::add_inventory_item_request(wrong)}));
  CHECK_FALSE(are_valid({tangoe::add_inventory_item_request(test::full_tangoe_item())}));
}

}  // namespace
}  // namespace handover::backends
