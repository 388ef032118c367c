// Tangoe's items as JSON, for operators: fields by name, all values text, the two lists as arrays.
#pragma once

#include "agent/backends/tangoe/inventory_item.hpp"
#include "agent/backends/tangoe/messages.hpp"
#include "agent/domain/json.hpp"

namespace handover::backends::tangoe {

/// Only what the item has, in the order of the table.
[[nodiscard]] Json to_json(const InventoryItem& item);
[[nodiscard]] Json to_json(const LogItem& entry);
[[nodiscard]] Json to_json(const ServiceType& type);
[[nodiscard]] Json to_json(const CustomField& field);

/// Reads what to_json() wrote; numbers and booleans are taken too. Errors: kInvalid with the
/// pointer of a field that Tangoe does not have or that has another shape.
[[nodiscard]] Result<InventoryItem> item_from_json(const Json& object);

}  // namespace handover::backends::tangoe
