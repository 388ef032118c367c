// An asset event: receipt, correction, shipment, return or removal of serialized units, for the
// CMDB.
#pragma once

#include <initializer_list>
#include <string_view>

#include "agent/domain/json.hpp"
#include "platform/result.hpp"

namespace handover {

// The lists are not constexpr: g++ 12 refuses that with its sanitizers.

/// What a warehouse may know of a unit besides what every payload has: the additional data points
/// of the asset integration, members of an item's `data`.
inline const std::initializer_list<std::string_view> kAssetDataPoints = {
    "transaction_date",   "shipment_date",        "ship_address",
    "description",        "manufacturer",         "mac_address",
    "host_name",          "customer_po_number",   "po_date",
    "part_category_type", "customer_part_number", "other_device_attributes"};
/// How it classifies the unit: members of an item's `classification`.
inline const std::initializer_list<std::string_view> kAssetClassification = {
    "inventory_organization", "material_designator", "structure", "serialized"};
inline const std::initializer_list<std::string_view> kAssetEvents = {
    "receipt", "correction", "shipment", "return_shipped", "return_received", "removal"};

/// Checks `{"event": …, "location": …, "stockroom": …, "items": […]}` (POST /v1/asset-events) and
/// returns it with its texts trimmed and its members in this order; what was not given is left out.
/// A `key` makes the event one record, however often it comes. An item without a serial number must
/// have a `quantity`, and says so that it is not serialized.
/// Errors: kInvalid with every wrong field.
[[nodiscard]] Result<Json> parse_asset_event(const Json& body);

}  // namespace handover
