#include <algorithm>
#include <array>

#include "agent/backends/tangoe/field_rules.hpp"
#include "agent/backends/tangoe/inventory_item.hpp"

namespace handover::backends::tangoe {
namespace {

constexpr std::array<std::string_view, 4> kCompulsory = {"costCenterNo", "vendor", "dateActivated",
                                                         "status"};
constexpr std::array<std::string_view, 3> kMappingWords = {"DLCI", "VPI", "VCI"};

class Complaints {
 public:
  void add(std::string_view field, const std::string& what) {
    if (what.empty()) return;
    const std::string sentence = std::string(field) + ": " + what;
    if (error_.fields.empty()) error_.detail = sentence;
    error_.fields.push_back({"/" + std::string(field), what});
  }
  [[nodiscard]] Result<void> result() && {
    if (error_.fields.empty()) return {};
    return fail(std::move(error_));
  }

 private:
  Error error_{Errc::kInvalid, ""};
};

void check_mappings(const std::vector<CircuitMapping>& mappings, Complaints& complaints) {
  for (const CircuitMapping& mapping : mappings) {
    for (const std::string* word : {&mapping.mapped_from, &mapping.mapped_to}) {
      if (std::find(kMappingWords.begin(), kMappingWords.end(), *word) == kMappingWords.end()) {
        complaints.add("circuitMappings", "mappedFrom and mappedTo: expected DLCI, VPI or VCI");
      }
    }
    for (const auto& part : circuit_mapping_parts()) {
      if (part.optional && (mapping.*part.member).empty()) continue;
      complaints.add("circuitMappings", complaint_about(FieldType::kText, mapping.*part.member));
    }
  }
}

void check_custom_fields(const std::vector<CustomField>& customs, Complaints& complaints) {
  for (const CustomField& custom : customs) {
    if (custom.name.empty()) complaints.add("customFields", "expected a name for each");
    complaints.add("customFields", complaint_about(FieldType::kText, custom.name));
    complaints.add("customFields", complaint_about(FieldType::kText, custom.value));
  }
}

void check_keys(const InventoryItem& item, Purpose purpose, Complaints& complaints) {
  if (item.find("serviceTypeID") == nullptr) complaints.add("serviceTypeID", "missing");
  if (purpose == Purpose::kFilter) return;
  if (item.text_of("inventoryNumber").empty()) complaints.add("inventoryNumber", "missing");
  if (item.find("glAccount") != nullptr && item.find("fixedAllocation") != nullptr) {
    complaints.add("fixedAllocation", "expected either this or glAccount, not both");
  }
  if (purpose != Purpose::kAdd) return;
  for (const std::string_view name : kCompulsory) {
    if (item.find(name) == nullptr) complaints.add(name, "missing; a new item must have it");
  }
}

}  // namespace

Result<void> check(const InventoryItem& item, Purpose purpose) {
  Complaints complaints;
  check_keys(item, purpose, complaints);
  for (std::size_t i = 0; i < kFieldCount; ++i) {
    if (!item.at(i)) continue;
    const Field& field = fields()[i];
    complaints.add(field.name, complaint_about(field.type, *item.at(i)));
    if (field.find_only && purpose != Purpose::kFilter) {
      complaints.add(field.name, "only a find knows this field");
    }
    if (field.name == "newInventoryNumber" && purpose != Purpose::kEdit) {
      complaints.add(field.name, "only an edit can give a new number");
    }
  }
  if (item.circuit_mappings) check_mappings(*item.circuit_mappings, complaints);
  if (item.custom_fields) check_custom_fields(*item.custom_fields, complaints);
  return std::move(complaints).result();
}

}  // namespace handover::backends::tangoe
