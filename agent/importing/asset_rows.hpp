// From a row of a warehouse's file to the body of POST /v1/asset-events: which heading means which
// field, and what stands for all rows.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/domain/json.hpp"
#include "agent/importing/rows.hpp"

namespace handover::importing {

/// The headings of a file, matched with the fields of an asset event. A heading fits a field
/// without regard to case, blanks and punctuation ("Serial Number" is serialNumber); those of the
/// source document's own lists fit too.
class Columns {
 public:
  /// `renamed`: heading to field, or to "-" for a column that is not read.
  /// Errors: kInvalid if a field is none; the pointer is empty.
  [[nodiscard]] static Result<Columns> make(const std::map<std::string, std::string>& renamed);

  /// The field that a heading means, "-" for none on purpose, or nothing.
  [[nodiscard]] std::optional<std::string> field_of(std::string_view heading) const;
  /// Errors: kInvalid naming each heading that means no field, or a field that two headings mean.
  [[nodiscard]] Result<void> check(const std::vector<std::string>& headings) const;

 private:
  std::map<std::string, std::string> renamed_;  // By folded heading.
};

/// What rows do not say themselves.
struct RowDefaults {
  std::string event;
  std::string location;
  std::string stockroom;
};

/// What is wrong with a row: a field (or nothing, for the row as a whole) and what was expected.
struct RowComplaint {
  std::string field;
  std::string expected;
};

struct AssetEventBody {
  /// As the agent would record it, whatever the order of the columns; with `key` only where the row
  /// has one. Means nothing if there are complaints.
  Json body;
  std::vector<RowComplaint> complaints;  ///< Any: the row is refused.
};

/// Makes the body of one row, and checks it by the very rules of the call.
[[nodiscard]] AssetEventBody make_event(const Row& row, const Columns& columns,
                                        const RowDefaults& defaults);

/// The field that a complaint of the call is about: "/items/0/data/mac_address" is mac_address.
[[nodiscard]] std::string field_at(std::string_view pointer);

}  // namespace handover::importing
