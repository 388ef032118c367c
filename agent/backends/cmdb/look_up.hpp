// What the CMDB shows of a unit, read from the Table API's answer. Only rows are believed whose
// serial number is the one asked for: ServiceNow silently drops a condition that it does not
// understand, and then returns any assets.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/domain/json.hpp"
#include "platform/time.hpp"

namespace handover::backends {

/// Path and query that ask for `serial`; nothing if the serial number cannot be put into a query
/// safely.
[[nodiscard]] std::optional<std::string> look_up_target(std::string_view path,
                                                        std::string_view serial);

/// One asset as read. A field may be a text, or an object of `value` and `display_value`; both are
/// compared.
class SeenAsset {
 public:
  explicit SeenAsset(Json row) : row_(std::move(row)) {}

  /// `state` is the word that we send ("instock"). Matches the asset's own words and, for the three
  /// words that the agent knows, the numbers of alm_asset.install_status (6 in stock, 9 in transit,
  /// 1 in use).
  [[nodiscard]] bool has_state(std::string_view state) const;
  /// True if the field reads `text`, case and width folded.
  [[nodiscard]] bool has(std::string_view field, std::string_view text) const;
  [[nodiscard]] bool is_blank(std::string_view field) const;
  [[nodiscard]] std::string sys_id() const;
  /// The user who changed it last, or empty.
  [[nodiscard]] std::string updated_by() const;
  /// State, location and stockroom as they read, for people.
  [[nodiscard]] std::string summary() const;
  /// When it was last changed, by the CMDB's clock, in whole seconds; nothing if it does not say
  /// so.
  [[nodiscard]] std::optional<WallTime> updated_on() const;

 private:
  Json row_;
};

/// The rows of an answer that are about `serial`; nothing if the answer has no list of results.
[[nodiscard]] std::optional<std::vector<SeenAsset>> read_seen_assets(const Json& body,
                                                                     std::string_view serial);

}  // namespace handover::backends
