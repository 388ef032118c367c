#include "agent/cli/tangoe_text.hpp"

namespace handover::cli {
namespace {

namespace tangoe = backends::tangoe;

constexpr std::size_t kNameColumns = 26;

std::string line(std::string_view name, const std::string& value) {
  std::string padded(name);
  if (padded.size() < kNameColumns) padded.resize(kNameColumns, ' ');
  return padded + " " + printable(value) + "\n";
}

std::string status_word(const tangoe::InventoryItem& item) {
  const std::string& status = item.text_of("status");
  return status.empty() ? "-" : printable(status);
}

std::string or_dash(const std::string& text) { return text.empty() ? "-" : printable(text); }

}  // namespace

Table service_types_table(const std::vector<tangoe::ServiceType>& service_types) {
  Table table({{"ID", Table::Align::kRight}, {"SERVICE TYPE"}, {"KIND"}});
  for (const auto& type : service_types) {
    table.add({printable(type.id), printable(type.description), or_dash(type.major_type)});
  }
  return table;
}

Table custom_fields_table(const std::vector<tangoe::CustomField>& fields) {
  Table table({{"CUSTOM FIELD"}, {"TYPE", Table::Align::kLeft, 10}, {"REQUIRED"}});
  for (const auto& field : fields) {
    table.add({printable(field.name), or_dash(field.field_type), or_dash(field.required)});
  }
  return table;
}

Table items_table(const std::vector<tangoe::InventoryItem>& items) {
  Table table(
      {{"NUMBER"}, {"VENDOR", Table::Align::kLeft, 16}, {"STATUS"}, {"EMPLOYEE"}, {"LOCATION"}});
  for (const auto& item : items) {
    table.add({or_dash(item.text_of("inventoryNumber")), or_dash(item.text_of("vendor")),
               status_word(item), or_dash(item.text_of("assignedTo")),
               or_dash(item.text_of("locationNo"))});
  }
  return table;
}

Table log_table(const std::vector<tangoe::LogItem>& entries) {
  Table table({{"WHEN"}, {"ACTION", Table::Align::kLeft, 10}, {"NUMBER"}, {"BY"}});
  for (const auto& entry : entries) {
    table.add({or_dash(entry.modification_date), or_dash(entry.action),
               or_dash(entry.inventory_number), or_dash(entry.modified_by)});
  }
  return table;
}

std::string item_text(const tangoe::InventoryItem& item) {
  std::string text;
  for (std::size_t i = 0; i < tangoe::kFieldCount; ++i) {
    if (item.at(i)) text += line(tangoe::fields()[i].name, *item.at(i));
  }
  if (item.circuit_mappings) {
    for (const auto& mapping : *item.circuit_mappings) {
      text += line("circuit mapping", mapping.mapped_from + " " + mapping.from_value + " -> " +
                                          mapping.mapped_to + " " + mapping.to_value + ", cir " +
                                          mapping.cir + ", cost " + mapping.cost + ", range " +
                                          mapping.range_from + " to " + mapping.range_to);
    }
  }
  if (item.custom_fields) {
    for (const auto& custom : *item.custom_fields) {
      text += line("custom " + custom.name, custom.value);
    }
  }
  return text;
}

}  // namespace handover::cli
