// From an object of ServiceMobility's to the record that it is here. A lenient reader: what nothing
// describes is kept, what is written differently becomes our form. Untrusted values; pure.
#pragma once

#include <optional>
#include <string>

#include "agent/domain/json.hpp"
#include "agent/domain/record.hpp"
#include "agent/intake/payload.hpp"
#include "platform/result.hpp"
#include "platform/time.hpp"

namespace handover::intake {

/// What the tenant has chosen.
struct RowSettings {
  std::string transfer_type_outbound = "1001";
  std::string transfer_type_inbound = "1002";
};

struct Fact {
  RecordKind kind = RecordKind::kNotice;
  Json body;  ///< Of the record, without its origin.
  std::optional<WallTime> happened_at;
  /// Of a transfer with both codes: what its two halves share, and nothing else has. Else empty.
  std::string transfer_id;
  bool outbound = false;                  ///< Of a transfer.
  std::string user_id;                    ///< Who tells it.
  std::vector<std::string> serials = {};  ///< The units that it moves, as typed.
};

/// Errors: kInvalid or kConfig (a setting is missing): the row cannot be a record. The sentence
/// holds no value of the row.
[[nodiscard]] Result<Fact> read_row(RowType type, const Json& object, const RowSettings& settings);

}  // namespace handover::intake
