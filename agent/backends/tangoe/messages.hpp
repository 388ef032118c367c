// The seven operations of Tangoe's inventory API, and getCustomFields, which stands beside them:
// requests as envelopes, answers as values.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/backends/tangoe/envelope.hpp"
#include "agent/backends/tangoe/inventory_item.hpp"

namespace handover::backends::tangoe {

/// How an item is named: both parts, compared byte for byte.
struct ItemKey {
  std::string service_type_id;
  std::string inventory_number;
};

/// Which part of a find's results is wanted. Whether the server counts from 0 or from 1 is not
/// documented: see ItemCollector.
struct FindPage {
  unsigned records_max = 50;
  std::optional<unsigned> from_record;
};

/// Empty members are not asked for. The two keys belong together, and so do the two dates.
struct LogQuery {
  std::optional<ItemKey> item;
  std::string from_date;
  std::string to_date;
  std::optional<unsigned> records_max;
};

[[nodiscard]] std::string get_service_type_id_request(std::string_view service_type_name);
[[nodiscard]] std::string get_service_types_request();
/// The custom fields that the items of a service type have; no other operation tells them.
[[nodiscard]] std::string get_custom_fields_request(std::string_view service_type_id);
[[nodiscard]] std::string get_inventory_item_request(const ItemKey& key);
[[nodiscard]] std::string add_inventory_item_request(const InventoryItem& item);
[[nodiscard]] std::string edit_inventory_item_request(const InventoryItem& item);
[[nodiscard]] std::string find_inventory_item_request(const InventoryItem& filter,
                                                      const FindPage& page);
[[nodiscard]] std::string get_inventory_log_request(const LogQuery& query);

/// The item of an envelope that add_… or edit_inventory_item_request() wrote. Errors: kInvalid.
struct WrittenItem {
  bool add = false;
  InventoryItem item;
};
[[nodiscard]] Result<WrittenItem> read_written_item(std::string_view envelope);

struct ServiceType {
  std::string id;
  std::string description;
  std::string major_type;
};

struct LogItem {
  std::string inventory_id;
  std::string service_type_id;
  std::string inventory_number;
  std::string service_type;
  std::string vendor;
  std::string modified_by;
  std::string action;
  std::string modification_date;
};
[[nodiscard]] const std::array<Part<LogItem>, 8>& log_item_parts();

/// What an answer's payload holds. Reading never fails: what is not there is empty.
[[nodiscard]] std::string read_service_type_id(const xml::Element& payload);
[[nodiscard]] std::vector<ServiceType> read_service_types(const xml::Element& payload);
[[nodiscard]] std::vector<CustomField> read_custom_fields(const xml::Element& payload);
/// Nothing if there is no item, or the empty one that stands in the answers to failures.
[[nodiscard]] std::optional<InventoryItem> read_inventory_item(const xml::Element& payload);
[[nodiscard]] std::string read_inventory_id(const xml::Element& payload);
[[nodiscard]] std::vector<LogItem> read_log_items(const xml::Element& payload);

struct FoundPage {
  std::vector<InventoryItem> items;
  std::optional<unsigned> total;  ///< The size of the whole match.
};
[[nodiscard]] FoundPage read_found_page(const xml::Element& payload);

}  // namespace handover::backends::tangoe
