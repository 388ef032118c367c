// The transform map: from one staging row to a write of the asset table.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "agent/domain/json.hpp"
#include "sim/back-ends/cmdb/asset_table.hpp"

namespace handover::sim {

enum class Coalesce { kSerialNumber, kAssetTag, kNone };

struct TransformOptions {
  Coalesce coalesce = Coalesce::kSerialNumber;
  bool case_sensitive = false;
  bool strip_update_prefix =
      true;  ///< "Update" before name and serial number, with or without one blank after it.
  unsigned ghost_insertions =
      0;  ///< So many of the next updates make a new asset instead, as a broken transform does.
  std::set<std::string> extra_columns;  ///< Payload keys that are kept as columns of that name.
  /// State words, in lower case without blanks and hyphens, to alm_asset.install_status.
  std::map<std::string, int, std::less<>> states = {
      {"inuse", 1},   {"onorder", 2}, {"inmaintenance", 3}, {"instock", 6},
      {"retired", 7}, {"missing", 8}, {"intransit", 9},     {"consumed", 10}};
};

/// One row of the staging table: all values are strings there.
struct StagingRow {
  AssetFields values;  ///< By the payload's own key.
  std::set<std::string>
      altered;  ///< Keys whose value was no string and no null, and was stored as something else.
};
[[nodiscard]] StagingRow stage(const Json& payload);

/// What became of a row, with the words of an import set's result.
struct RowOutcome {
  std::string_view status;  ///< inserted, updated, ignored, skipped or error.
  std::string status_message;
  std::string error_message;
  std::string sys_id;
  std::string display_value;
};

/// The serial number as the transform sees it: without the prefix if it strips that.
[[nodiscard]] std::string transformed_serial(const StagingRow& row,
                                             const TransformOptions& options);

/// Counts down `options.ghost_insertions`.
[[nodiscard]] RowOutcome transform(const StagingRow& row, TransformOptions& options,
                                   const AssetTable::Cause& cause, AssetTable& assets,
                                   Random& random);

}  // namespace handover::sim
