// Items as they are typed on a command line, or given in a file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/cli/session.hpp"
#include "agent/domain/json.hpp"
#include "crypto/quantity.hpp"
#include "platform/result.hpp"

namespace handover::cli {

struct TypedItem {
  std::string prod;
  std::string serial;
  std::string batch;
  crypto::Quantity qty = crypto::Quantity::one();

  bool operator==(const TypedItem&) const = default;
};

enum class ZeroQuantity { kRefused, kAllowed };

/// Reads PROD[:QTY][@SERIAL][#BATCH], in this order. A product number that holds one of : @ #
/// itself can only be given in a file. Errors: wrong usage; the item is not in the error.
[[nodiscard]] Result<TypedItem> parse_item(std::string_view text,
                                           ZeroQuantity zero = ZeroQuantity::kRefused);

/// ServiceMobility's item, its quantity under `quantity_name`.
[[nodiscard]] Json item_json(const TypedItem& item, std::string_view quantity_name);

/// A JSON document from a file, or from standard input if `path` is "-". Errors: wrong usage.
[[nodiscard]] Result<Json> read_document(Session& session, const std::string& path);

}  // namespace handover::cli
