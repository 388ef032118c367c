// Tangoe's answers as people read them.
#pragma once

#include <string>
#include <vector>

#include "agent/backends/tangoe/messages.hpp"
#include "agent/cli/format.hpp"

namespace handover::cli {

[[nodiscard]] Table service_types_table(
    const std::vector<backends::tangoe::ServiceType>& service_types);
[[nodiscard]] Table custom_fields_table(const std::vector<backends::tangoe::CustomField>& fields);
[[nodiscard]] Table items_table(const std::vector<backends::tangoe::InventoryItem>& items);
[[nodiscard]] Table log_table(const std::vector<backends::tangoe::LogItem>& entries);
/// One line for each field that the item has.
[[nodiscard]] std::string item_text(const backends::tangoe::InventoryItem& item);

}  // namespace handover::cli
