// What a Tangoe of a made-up company knows beside its inventory: service types, vendors with their
// contracts, plans and pools, places, people.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace handover::sim::tangoe {

struct CustomDefinition {
  std::string id;
  std::string name;
  std::string type;  ///< TEXT, COMBO, DATE, INTEGER, DOUBLE or BOOLEAN.
  bool required = false;
  std::vector<std::string> options = {};  ///< Of a COMBO.
};

struct ServiceTypeRow {
  std::string id;
  std::string name;
  std::string kind;  ///< "Voice" or "Data".
  std::vector<CustomDefinition> customs = {};
};

struct MasterData {
  using Names = std::set<std::string>;

  std::vector<ServiceTypeRow> service_types;
  std::map<std::string, Names> lists;      ///< By the name of a list: "vendors", "locations" …
  std::map<std::string, Names> contracts;  ///< By vendor.
  std::map<std::string, Names> plans;      ///< By contract.
  std::map<std::string, Names> pools;      ///< By vendor.

  [[nodiscard]] const ServiceTypeRow* service_type(std::string_view id) const;
  [[nodiscard]] const ServiceTypeRow* service_type_named(std::string_view name) const;
};

[[nodiscard]] MasterData seed_master_data();

/// A field whose value must exist (rule V11): in a list, or among what its parent has.
struct MasterField {
  std::string_view name;
  std::string_view list;    ///< Empty: by parent.
  std::string_view parent;  ///< The field that must be there too (rule V16); empty: none.
};
[[nodiscard]] const std::vector<MasterField>& master_fields();
/// True if `value` exists, given what the parent's field holds.
[[nodiscard]] bool exists(const MasterData& data, const MasterField& field,
                          const std::string& value, const std::string& parent_value);

/// The service types that a field belongs to (rule V12), by name; nothing if to all.
[[nodiscard]] std::optional<std::set<std::string>> types_of_field(std::string_view field,
                                                                  const MasterData& data);

}  // namespace handover::sim::tangoe
