// A record: one accepted fact. Immutable, numbered, written once.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/domain/json.hpp"
#include "platform/time.hpp"

namespace handover {

/// Values are persistent.
enum class RecordKind {
  kTransfer = 1,
  kUsage = 2,
  kAssetEvent = 3,
  kServiceOrder = 4,
  kNotice = 5,
};

/// `transfer`, `usage`, `asset_event`, `service_order` or `notice`, as the API names it.
[[nodiscard]] std::string_view to_string(RecordKind kind);

/// The body of each kind, as JSON (docs/format/record.md):
/// - transfer: {"direction": "outbound" | "inbound", "transfer_id": …, "transfer": Inventory
///   Transfer Object}
/// - usage: {"usage": Inventory Usage Object, "site"?: …, "transfer_id"?: … of the transfer that
///   made it}
/// - asset_event: {"asset_event": {"event", "location"?, "stockroom"?, "items": […]}}
/// - service_order: {"service_order": the order with all its defaults filled in, "order_id": …}
/// - notice: {"notice": {"type": …, "object": ServiceMobility's}}
///
/// What came from another system has an "origin": {"system", …}, and is never sent back there.
/// Identifiers stand in it as they were typed or scanned, trimmed; quantities as exact decimals.
struct Record {
  std::string id;
  std::int64_t seq = 0;
  RecordKind kind = RecordKind::kUsage;
  WallTime captured_at;
  Json body;
};

}  // namespace handover
