// An asset event: receipt, correction, shipment, return or removal of serialized units, for the
// CMDB.
#pragma once

#include "agent/domain/json.hpp"
#include "platform/result.hpp"

namespace handover {

/// Checks `{"event": …, "location": …, "stockroom": …, "items": […]}` (POST /v1/asset-events) and
/// returns it with its texts trimmed and its members in this order; what was not given is left out.
/// Errors: kInvalid with every wrong field.
[[nodiscard]] Result<Json> parse_asset_event(const Json& body);

}  // namespace handover
