#include "agent/cli/tangoe_config.hpp"

#include <algorithm>
#include <array>

#include "agent/backends/tangoe/field_rules.hpp"
#include "agent/cli/config_reader.hpp"
#include "agent/cli/lane_config.hpp"

namespace handover::cli {
namespace {

namespace tangoe = backends::tangoe;

// What a new item must have and no record says.
constexpr std::array<std::string_view, 3> kCompulsory = {"costCenterNo", "vendor", "status"};
// What the record says, or the server makes.
constexpr std::array<std::string_view, 4> kNotForTemplates = {
    "inventoryID", "serviceTypeID", "inventoryNumber", "newInventoryNumber"};

template <typename List>
bool holds(const List& list, std::string_view wanted) {
  return std::find(list.begin(), list.end(), wanted) != list.end();
}

std::string complaint_about_field(const std::string& name, const std::string& value) {
  const auto index = tangoe::field_index(name);
  if (!index) return "Tangoe has no field " + name;
  const tangoe::Field& field = tangoe::fields()[*index];
  if (holds(kNotForTemplates, name) || field.find_only) {
    return name + " cannot stand in a template; the record or the server says it";
  }
  if (field.type == tangoe::FieldType::kCircuitMappings ||
      field.type == tangoe::FieldType::kCustomFields) {
    return name + " cannot stand here; custom fields go into new_item_custom";
  }
  const std::string complaint = tangoe::complaint_about(field.type, value);
  return complaint.empty() ? "" : name + ": " + complaint;
}

bool is_pattern(const std::string& product) {
  return !product.empty() && product.find('*') >= product.size() - 1;
}

void read_new_item(TableReader& items, TangoeItemsConfig& config) {
  config.adds = items.texts("adds");
  for (const std::string& event : config.adds) {
    if (event != "receipt" && event != "load") {
      items.complain("adds", "expected a list of: \"receipt\", \"load\"");
    }
  }
  config.new_item = items.text_map("new_item");
  config.new_item_custom = items.text_map("new_item_custom");
  for (const auto& [name, value] : config.new_item) {
    const std::string complaint = complaint_about_field(name, value);
    if (!complaint.empty()) items.complain("new_item", complaint);
  }
  if (config.adds.empty()) return;
  for (const std::string_view name : kCompulsory) {
    if (config.new_item.count(std::string(name)) == 0) {
      items.complain("new_item", std::string(name) + " is missing; every new item must have it");
    }
  }
}

TangoeItemsConfig read_items(TableReader& items) {
  items.only({"products", "service_type", "number", "adds", "new_item", "new_item_custom"});
  TangoeItemsConfig config;
  config.products = items.texts("products");
  const bool fit = std::all_of(config.products.begin(), config.products.end(), is_pattern);
  if (config.products.empty() || !fit) {
    items.complain("products",
                   "expected a list of product numbers, such as [\"IPHONE-*\"], with * at most at "
                   "the end");
  }
  config.service_type = items.required_text("service_type");
  config.number = items.choice("number", {"serial", "batch", "asset_tag"}, "serial");
  read_new_item(items, config);
  return config;
}

}  // namespace

void read_tangoe(TableReader& lane, LaneConfig& config) {
  lane.only({"name", "kind", "url", "username", "password_file", "ca_file", "pinned_keys",
             "security", "sets", "employees", "locations", "items"});
  TangoeConfig& tangoe = config.tangoe;
  tangoe.secured = lane.choice("security", {"username_token", "none"}, "username_token") != "none";
  config.username = tangoe.secured ? lane.required_text("username") : lane.text("username");
  if (tangoe.secured && !lane.has("password_file")) lane.complain("password_file", "missing");
  config.password_file = lane.path("password_file");
  if (lane.has("sets")) {
    const auto sets = lane.texts("sets");
    tangoe.set_assigned_to = holds(sets, "assignedTo");
    tangoe.set_location = holds(sets, "locationNo");
    const bool known = std::all_of(sets.begin(), sets.end(), [](const std::string& name) {
      return name == "assignedTo" || name == "locationNo";
    });
    if (!known || sets.empty()) {
      lane.complain("sets", "expected a list of: \"assignedTo\", \"locationNo\"");
    }
  }
  tangoe.employees = lane.text_map("employees");
  tangoe.locations = lane.text_map("locations");
  lane.tables("items", [&](TableReader& items) { tangoe.items.push_back(read_items(items)); });
}

}  // namespace handover::cli
