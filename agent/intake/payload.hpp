// What a webhook brings and what an export page holds: rows of one type (ServiceMobility wiki,
// "Inventory Usage Webhook REST API Interface", "Export REST APIs"). Untrusted bytes; pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/domain/json.hpp"
#include "platform/result.hpp"

namespace handover::intake {

enum class RowType {
  kInventoryUsage,
  kInventoryTransfer,
  kLoadInventory,
  kPhysicalInventoryRequest,
};

/// As the webhook's `type`, its path and an export's path have it.
[[nodiscard]] std::string_view to_string(RowType type);
[[nodiscard]] std::optional<RowType> row_type_named(std::string_view name);

struct Row {
  std::string rowver;  ///< Opaque; may be empty.
  Json object;
  std::string flaw;  ///< Why `object` is not what it should be, if it is not: then it is the row.
};

struct Rows {
  std::string rowver;  ///< Where the next page begins; may be empty.
  std::vector<Row> rows;
};

struct Payload {
  std::string id;
  RowType type = RowType::kInventoryUsage;
  std::string source;
  std::string time;
  Rows data;
};

/// The request body of a webhook at the path of `type`. Members that nothing describes are ignored.
/// Errors: kInvalid with every wrong field.
[[nodiscard]] Result<Payload> parse_payload(std::string_view body, RowType type);

/// `{"rowver": …, "rows": [{"rowver": …, "<type>": {…}}]}`. A single row that is not so is kept
/// with its flaw, so that it holds nothing back. Errors: kInvalid; pointers begin with `pointer`.
[[nodiscard]] Result<Rows> read_rows(const Json& data, RowType type, const std::string& pointer);

/// The same value from the same fact, whoever wrote it: members sorted, those that are null left
/// out, numbers without zeros at their end.
[[nodiscard]] std::string canonical_text(const Json& value);

}  // namespace handover::intake
