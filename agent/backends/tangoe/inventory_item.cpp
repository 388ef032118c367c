#include "agent/backends/tangoe/inventory_item.hpp"

#include <algorithm>
#include <utility>

#include "agent/backends/tangoe/field_rules.hpp"
#include "platform/assert.hpp"

namespace handover::backends::tangoe {
namespace {

constexpr std::array<Field, kFieldCount> kFields = {
    {{"inventoryID", FieldType::kInteger},
     {"serviceTypeID", FieldType::kInteger},
     {"inventoryNumber"},
     {"newInventoryNumber"},
     {"costCenterNo"},
     {"glAccount"},
     {"fixedAllocation"},
     {"address"},
     {"city"},
     {"state"},
     {"zip"},
     {"country"},
     {"locationNo"},
     {"locationZ"},
     {"primaryUse"},
     {"voiceOrData", FieldType::kBoolean},
     {"vendor"},
     {"vendorContract"},
     {"ratePlan"},
     {"localLDVendor"},
     {"localLDContract"},
     {"localTollVendor"},
     {"localTollContract"},
     {"ldLocalVendor"},
     {"ldLocalContract"},
     {"usageVendor"},
     {"usageContract"},
     {"secondaryVendor"},
     {"secondaryContract"},
     {"voicePool"},
     {"dataPool"},
     {"messagingPool"},
     {"dateActivated", FieldType::kDate},
     {"dateDeactivated", FieldType::kDate},
     {"wirelessDeviceType"},
     {"upgradeEligibilityDate", FieldType::kDate},
     {"assignedTo"},
     {"accountNo"},
     {"billingID"},
     {"status", FieldType::kBoolean},
     {"coLocation"},
     {"accessID"},
     {"billingStatus", FieldType::kBoolean},
     {"portSpeed"},
     {"rate", FieldType::kNumber},
     {"accessSpeed"},
     {"portCharges", FieldType::kNumber},
     {"rackCharges", FieldType::kNumber},
     {"equipmentCharges", FieldType::kNumber},
     {"utilityCharges", FieldType::kNumber},
     {"accessCharges", FieldType::kNumber},
     {"cos"},
     {"cosCharges", FieldType::kNumber},
     {"mileageCharges", FieldType::kNumber},
     {"fixedOrUsage", FieldType::kBoolean},
     {"dlci"},
     {"circuitMappings", FieldType::kCircuitMappings},
     {"pvcCharges", FieldType::kNumber},
     {"serviceCharges", FieldType::kNumber},
     {"featureCharges", FieldType::kNumber},
     {"piccCharges", FieldType::kNumber},
     {"otherCharges", FieldType::kNumber},
     {"oneTimeCharges", FieldType::kNumber},
     {"advertisingCharges", FieldType::kNumber},
     {"daCharges", FieldType::kNumber},
     {"domesticCharges", FieldType::kNumber},
     {"intCharges", FieldType::kNumber},
     {"usageCharges", FieldType::kNumber},
     {"itemizedCharges", FieldType::kNumber},
     {"coloOtherCharges", FieldType::kNumber},
     {"powerCharges", FieldType::kNumber},
     {"spaceCharges", FieldType::kNumber},
     {"crossConnectCharges", FieldType::kNumber},
     {"supportCharges", FieldType::kNumber},
     {"nonPooledServiceCharges", FieldType::kNumber},
     {"pooledServiceCharges", FieldType::kNumber},
     {"downloadCharges", FieldType::kNumber},
     {"assignedEquipment"},
     {"customFields", FieldType::kCustomFields},
     {"comments"},
     {"lastActionDate", FieldType::kDate, true}}};

constexpr std::array<Part<CircuitMapping>, 9> kMappingParts = {{
    {"id", &CircuitMapping::id, true},
    {"mappedFrom", &CircuitMapping::mapped_from},
    {"fromValue", &CircuitMapping::from_value},
    {"mappedTo", &CircuitMapping::mapped_to},
    {"toValue", &CircuitMapping::to_value},
    {"cir", &CircuitMapping::cir},
    {"cost", &CircuitMapping::cost},
    {"rangeFrom", &CircuitMapping::range_from},
    {"rangeTo", &CircuitMapping::range_to},
}};

constexpr std::array<Part<CustomField>, 5> kCustomParts = {{
    {"id", &CustomField::id, true},
    {"name", &CustomField::name},
    {"value", &CustomField::value},
    {"fieldType", &CustomField::field_type, true},
    {"required", &CustomField::required, true},
}};

std::string prefixed(std::string_view name) { return "inv:" + std::string(name); }

template <typename T, std::size_t N>
void write_list(xml::Writer& writer, std::string_view list, std::string_view entry,
                const std::vector<T>& values, const std::array<Part<T>, N>& parts) {
  writer.open(prefixed(list));
  for (const T& value : values) {
    writer.open(prefixed(entry));
    for (const Part<T>& part : parts) {
      const std::string& text = value.*part.member;
      if (!part.optional || !text.empty()) writer.leaf(prefixed(part.name), text);
    }
    writer.close();
  }
  writer.close();
}

template <typename T, std::size_t N>
std::vector<T> read_list(const xml::Element& list, std::string_view entry,
                         const std::array<Part<T>, N>& parts) {
  std::vector<T> values;
  for (const xml::Element& child : list.children) {
    if (!child.is(kSpace, entry)) continue;
    T value;
    for (const Part<T>& part : parts) {
      if (const auto* found = child.find(kSpace, part.name)) value.*part.member = found->text;
    }
    values.push_back(std::move(value));
  }
  return values;
}

const CustomField* find_custom(const InventoryItem& item, std::string_view name) {
  if (!item.custom_fields) return nullptr;
  const auto found = std::find_if(item.custom_fields->begin(), item.custom_fields->end(),
                                  [&](const CustomField& field) { return field.name == name; });
  return found == item.custom_fields->end() ? nullptr : &*found;
}

/// Ids are the server's to give.
bool same_mappings(const InventoryItem& found, const InventoryItem& sent) {
  const auto without_ids = [](std::vector<CircuitMapping> mappings) {
    for (CircuitMapping& mapping : mappings) mapping.id.clear();
    return mappings;
  };
  return without_ids(found.circuit_mappings.value_or(std::vector<CircuitMapping>())) ==
         without_ids(*sent.circuit_mappings);
}

bool is_list(FieldType type) {
  return type == FieldType::kCircuitMappings || type == FieldType::kCustomFields;
}

}  // namespace

const std::array<Field, kFieldCount>& fields() { return kFields; }
const std::array<Part<CircuitMapping>, 9>& circuit_mapping_parts() { return kMappingParts; }
const std::array<Part<CustomField>, 5>& custom_field_parts() { return kCustomParts; }

std::optional<std::size_t> field_index(std::string_view name) {
  const auto found = std::find_if(kFields.begin(), kFields.end(),
                                  [&](const Field& field) { return field.name == name; });
  if (found == kFields.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kFields.begin());
}

const std::string* InventoryItem::find(std::string_view field) const {
  const auto index = field_index(field);
  INVARIANT(index && !is_list(kFields[*index].type));
  return values_[*index] ? &*values_[*index] : nullptr;
}

const std::string& InventoryItem::text_of(std::string_view field) const {
  static const std::string kNone;
  const std::string* text = find(field);
  return text == nullptr ? kNone : *text;
}

void InventoryItem::set(std::string_view field, std::string text) {
  const auto index = field_index(field);
  INVARIANT(index && !is_list(kFields[*index].type));
  values_[*index] = std::move(text);
}

void InventoryItem::add_custom(std::string name, std::string value) {
  CustomField custom;
  custom.name = std::move(name);
  custom.value = std::move(value);
  if (!custom_fields) custom_fields.emplace();
  custom_fields->push_back(std::move(custom));
}

void write_item(xml::Writer& writer, const InventoryItem& item) {
  for (std::size_t i = 0; i < kFieldCount; ++i) {
    const Field& field = kFields[i];
    if (field.type == FieldType::kCircuitMappings) {
      if (item.circuit_mappings) {
        write_list(writer, field.name, "circuitMapping", *item.circuit_mappings, kMappingParts);
      }
    } else if (field.type == FieldType::kCustomFields) {
      if (item.custom_fields) {
        write_list(writer, field.name, "customField", *item.custom_fields, kCustomParts);
      }
    } else if (item.at(i)) {
      writer.leaf(prefixed(field.name), *item.at(i));
    }
  }
}

InventoryItem read_item(const xml::Element& element) {
  InventoryItem item;
  for (const xml::Element& child : element.children) {
    const auto index = child.space == kSpace ? field_index(child.name) : std::nullopt;
    if (!index) continue;
    const FieldType type = kFields[*index].type;
    if (type == FieldType::kCircuitMappings) {
      item.circuit_mappings = read_list(child, "circuitMapping", kMappingParts);
    } else if (type == FieldType::kCustomFields) {
      item.custom_fields = read_list(child, "customField", kCustomParts);
    } else {
      const bool whole = type == FieldType::kText;
      item.set_at(*index, whole ? child.text : std::string(xml::trimmed(child.text)));
    }
  }
  return item;
}

std::string first_difference(const InventoryItem& found, const InventoryItem& sent) {
  const std::string* renamed = sent.find("newInventoryNumber");
  for (std::size_t i = 0; i < kFieldCount; ++i) {
    const Field& field = kFields[i];
    if (!sent.at(i) || field.name == "newInventoryNumber" || field.name == "inventoryID") continue;
    const bool is_renamed = field.name == "inventoryNumber" && renamed != nullptr;
    const std::string& wanted = is_renamed ? *renamed : *sent.at(i);
    if (!same_value(field.type, found.at(i).value_or(std::string()), wanted)) {
      return std::string(field.name);
    }
  }
  if (sent.circuit_mappings && !same_mappings(found, sent)) return "circuitMappings";
  if (!sent.custom_fields) return {};
  for (const CustomField& wanted : *sent.custom_fields) {
    const CustomField* there = find_custom(found, wanted.name);
    if (there == nullptr || there->value != wanted.value) return wanted.name;
  }
  return {};
}

bool shows(const InventoryItem& found, const InventoryItem& sent) {
  return first_difference(found, sent).empty();
}

}  // namespace handover::backends::tangoe
