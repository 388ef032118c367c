#include "sim/back-ends/tangoe/inventory_rules.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "agent/domain/text.hpp"

namespace handover::sim::tangoe {
namespace {

constexpr std::size_t kTextMax = 4000;
constexpr std::array<std::string_view, 4> kDates = {"dateActivated", "dateDeactivated",
                                                    "upgradeEligibilityDate", "lastActionDate"};
constexpr std::array<std::string_view, 3> kMappingWords = {"DLCI", "VPI", "VCI"};

std::string bad(std::string_view field, const std::string& value) {
  return "The provided " + std::string(field) + " (" + value + ") is not valid.";
}

const CustomDefinition* definition(const ServiceTypeRow& type, std::string_view name) {
  const auto found = std::find_if(type.customs.begin(), type.customs.end(),
                                  [&](const CustomDefinition& one) { return one.name == name; });
  return found == type.customs.end() ? nullptr : &*found;
}

bool belongs(const MasterData& data, const ServiceTypeRow& type, std::string_view field) {
  const auto types = types_of_field(field, data);
  return !types || types->count(type.name) != 0;
}

template <typename Number>
bool is_number(const std::string& text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return !text.empty() && error == std::errc() && end == text.data() + text.size();
}

bool fits(const CustomDefinition& custom, const std::string& value) {
  if (custom.type == "COMBO") {
    return std::find(custom.options.begin(), custom.options.end(), value) != custom.options.end();
  }
  if (custom.type == "DATE") return parse_date(value).has_value();
  if (custom.type == "INTEGER") return is_number<std::int64_t>(value);
  if (custom.type == "DOUBLE") return is_number<double>(value);
  if (custom.type == "BOOLEAN") return value == "0" || value == "1";
  return true;
}

}  // namespace

std::string broken_master_data(const MasterData& data, const ItemFields& fields,
                               const ItemFields& stored) {
  for (const MasterField& field : master_fields()) {
    if (!fields.has(field.name)) continue;
    std::string parent = fields.text_of(field.parent);
    if (!fields.has(field.parent)) parent = stored.text_of(field.parent);
    const std::string value = fields.text_of(field.name);
    if (!exists(data, field, value, parent)) return bad(field.name, value);
  }
  return {};
}

std::string foreign_field(const MasterData& data, const ServiceTypeRow& type,
                          const ItemFields& fields) {
  const std::string behind = " cannot be set for the service type (" + type.name + ").";
  for (const auto& [name, value] : fields.values) {
    if (!belongs(data, type, name)) return "The field " + name + behind;
  }
  if (fields.circuit_mappings && !belongs(data, type, "circuitMappings")) {
    return "The field circuitMappings" + behind;
  }
  return {};
}

ItemFields without_foreign(const MasterData& data, const ServiceTypeRow& type,
                           const ItemFields& filter) {
  ItemFields used = filter;
  std::erase_if(used.values, [&](const auto& field) { return !belongs(data, type, field.first); });
  return used;
}

std::string broken_date(const ItemFields& fields) {
  for (const std::string_view name : kDates) {
    if (fields.has(name) && !parse_date(fields.text_of(name))) {
      return bad(name, fields.text_of(name));
    }
  }
  return {};
}

std::string broken_custom(const ServiceTypeRow& type, const ItemFields& fields) {
  for (const auto& [name, value] : fields.customs) {
    const CustomDefinition* custom = definition(type, name);
    if (custom == nullptr) {
      return "The custom field (" + name + ") does not exist for the provided service type.";
    }
    if (!fits(*custom, value)) return bad("value of the custom field " + name, value);
  }
  return {};
}

std::string missing_custom(const ServiceTypeRow& type, const ItemFields& fields) {
  for (const CustomDefinition& custom : type.customs) {
    const auto found = fields.customs.find(custom.name);
    if (custom.required && (found == fields.customs.end() || found->second.empty())) {
      return "The custom field (" + custom.name + ") is required.";
    }
  }
  return {};
}

std::string broken_mapping(const ItemFields& fields) {
  if (!fields.circuit_mappings) return {};
  for (const xml::Element& mapping : fields.circuit_mappings->children) {
    for (const auto* part : {"mappedFrom", "mappedTo"}) {
      const auto* found = mapping.find(kSpace, part);
      const std::string word = found == nullptr ? "" : found->text;
      if (std::find(kMappingWords.begin(), kMappingWords.end(), word) == kMappingWords.end()) {
        return bad(std::string(part) + " of a circuit mapping", word);
      }
    }
  }
  return {};
}

std::string missing_parent(const ItemFields& filter) {
  for (const MasterField& field : master_fields()) {
    if (field.parent.empty() || !filter.has(field.name) || filter.has(field.parent)) continue;
    return "The field " + std::string(field.name) + " needs the field (" +
           std::string(field.parent) + ").";
  }
  return {};
}

std::string too_long(const ItemFields& fields) {
  for (const auto& [name, value] : fields.values) {
    if (count_characters(value) > kTextMax) return "A database error occurred (" + name + ").";
  }
  return {};
}

}  // namespace handover::sim::tangoe
