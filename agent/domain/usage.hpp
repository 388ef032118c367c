// A usage as it was typed: items added to or taken from storage locations, and ServiceMobility's
// Inventory Usage Object for it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/domain/json.hpp"
#include "crypto/quantity.hpp"
#include "platform/result.hpp"
#include "platform/time.hpp"

namespace handover {

/// One line. `in` or `out` is set, or, in a count, `counted` alone.
struct UsageItem {
  std::string prod;
  std::string serial;
  std::string batch;
  std::optional<crypto::Quantity> in;
  std::optional<crypto::Quantity> out;
  std::optional<crypto::Quantity> counted;
  std::optional<crypto::Quantity> reported_damaged;
  Json disposition_reasons;  ///< As typed, or null.
  std::optional<crypto::Quantity>
      on_hand;  ///< The device's own count after the movement; the agent fills it.
};

struct UsageLocation {
  std::string id;
  std::vector<UsageItem> items;
};

struct Usage {
  std::string ref_module;  ///< ServiceMobility wiki, "Inventory Usage Object": 1001 load … 1008
                           ///< manual adjustment.
  std::string ref_obj_id;
  std::vector<UsageLocation> locations;
  std::string site;  ///< Where serialized units are installed, for the CMDB; may be empty.
};

/// Modules that something depends on. kTransferModule: only completed transfers make such usages.
inline constexpr const char* kLoadModule = "1001";
inline constexpr const char* kWorkOrderModule = "1002";
inline constexpr const char* kTransferModule = "1003";

/// Of a line in a record: whether this quantity is there and above zero. Records hold plain
/// decimals: digits, at most one point, perhaps a sign.
[[nodiscard]] bool is_positive(const Json& line, std::string_view quantity);

/// Reads `{"usage": {…}, "site": …}` (POST /v1/usages). One serialized unit stands on one line of a
/// location, and so does what was counted. Errors: kInvalid with every wrong field.
[[nodiscard]] Result<Usage> parse_usage(const Json& body);

/// The Inventory Usage Object, with the quantities after the movement.
[[nodiscard]] Json usage_object(const Usage& usage, const std::string& user_id,
                                WallTime modified_utc);

}  // namespace handover
