// Where the list that was counted differs from the list that was offered.
#pragma once

#include <string>
#include <vector>

#include "agent/domain/json.hpp"
#include "agent/domain/transfer.hpp"

namespace handover::qr {

/// One difference: of a line (`field` is empty), or of a storage location, with its field's name.
struct Change {
  std::string field;
  Item item;            ///< What the line is of, as typed; its quantity means nothing.
  std::string offered;  ///< A quantity, "0" where it was not offered; or the location.
  std::string counted;
};

/// One side's list: what the sender offered, or the receiver counted.
struct List {
  std::string from;
  std::string to;
  std::vector<Item> items;
};

/// Compared in canonical form, lines of the same item added up, in the order of the offer, then of
/// the count. Empty exactly if the canonical terms of both agree.
[[nodiscard]] std::vector<Change> changes_between(const List& offered, const List& counted);

[[nodiscard]] Json changes_json(const std::vector<Change>& changes);

}  // namespace handover::qr
