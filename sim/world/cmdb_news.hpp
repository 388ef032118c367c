// What the CMDB must hear of a unit, as the people meant it who did it; and what it heard.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/domain/json.hpp"
#include "sim/world/ledger.hpp"

namespace handover::sim {

/// Where a usage of the simulated people installs things.
inline constexpr const char* kCustomerSite = "c/o KANARIE Customer";

/// One unit in one event. All of it folded.
struct CmdbNews {
  std::string serial;
  bool corrects = false;
  std::string part;
  std::string state;
  std::string location;
  std::string stockroom;
  std::string tag;  ///< Empty where nobody typed one: then any.

  /// Whether `row` says just this.
  [[nodiscard]] bool is_told_by(const CmdbNews& row) const;
};

/// What a row that came through the import door says.
[[nodiscard]] std::optional<CmdbNews> news_in_row(const std::string& body);

/// What `deed` must tell, unit by unit, once it is recorded; of a transfer, once the half is
/// complete. `locations`: the devices' storage locations, by number.
[[nodiscard]] std::vector<CmdbNews> news_of(const Deed& deed,
                                            const std::vector<std::string>& locations);

}  // namespace handover::sim
