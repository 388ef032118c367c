// What the lane notes of a unit when the CMDB has taken it: enough to keep its asset tag, to
// notice a second asset for the same unit, and to tell one try's effect from another's.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/backends/cmdb/asset_update.hpp"

namespace handover::backends {

struct UnitNote {
  std::string asset_tag;             ///< The tag that was sent last, or empty.
  std::string sys_id;                ///< The CMDB's own id of the asset, or empty.
  std::optional<WallTime> taken_at;  ///< When it took it, by its own clock, in whole seconds.

  [[nodiscard]] static UnitNote parse(std::string_view text);
  /// Empty if nothing is known.
  [[nodiscard]] std::string dump() const;
};

/// The tag to send: the record's own, else the one that was noted, and none where the record says
/// that the unit has none.
[[nodiscard]] std::string known_tag(const AssetUpdate& update, const UnitNote& note);

/// Makers share serial numbers, so the part is part of the name.
[[nodiscard]] std::string unit_note_name(const AssetUpdate& update);

}  // namespace handover::backends
