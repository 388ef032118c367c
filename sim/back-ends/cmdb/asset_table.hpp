// The CMDB's asset table with an audit log of every write.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "agent/domain/json.hpp"
#include "platform/time.hpp"
#include "sim/random.hpp"

namespace handover::sim {

/// Column name to stored value. Columns: name, serial_number, model, location, stockroom,
/// install_status, state, asset_tag, rev_log, type.
using AssetFields = std::map<std::string, std::string, std::less<>>;

struct Asset {
  std::string sys_id;
  AssetFields fields;
  WallTime created;
  WallTime updated;
  std::string updated_by;

  [[nodiscard]] const std::string& field(std::string_view column) const;
  /// As the Table API shows it.
  [[nodiscard]] Json to_json() const;
};

/// One write, as it was applied.
struct AuditEntry {
  WallTime at;
  std::string who;
  std::string sys_id;
  bool inserted = false;
  AssetFields before;  ///< Empty for an insert.
  AssetFields after;
  std::string event;  ///< The body that caused it.
};

/// 2026-11-22 10:26:53, UTC, as ServiceNow writes times.
[[nodiscard]] std::string format_table_time(WallTime time);

/// 32 hexadecimal digits.
[[nodiscard]] std::string make_sys_id(Random& random);

class AssetTable {
 public:
  enum class Change { kInserted, kUpdated, kNone };
  struct Written {
    Change change = Change::kNone;
    std::string sys_id;
  };
  /// Who writes, when, and because of what.
  struct Cause {
    std::string who;
    WallTime at;
    std::string event;
  };

  /// The indices of assets whose `column` (serial_number or asset_tag) has that value, oldest
  /// first.
  [[nodiscard]] std::vector<std::size_t> find(std::string_view column, std::string_view value,
                                              bool case_sensitive) const;
  [[nodiscard]] const std::vector<Asset>& assets() const { return assets_; }
  [[nodiscard]] const std::vector<AuditEntry>& audit() const { return audit_; }

  Written insert(AssetFields fields, const Cause& cause, Random& random);
  /// Writes `fields` over the asset's. Nothing is written, and nothing audited, if all have these
  /// values already.
  Written update(std::size_t index, const AssetFields& fields, const Cause& cause);

  /// Adds `assets`, `audit`, `duplicates` (serial numbers that more than one asset has) and
  /// `ghosts` (assets whose serial number begins with the prefix of a correction) to `state`.
  void report(Json& state) const;
  [[nodiscard]] std::size_t duplicate_count() const;

 private:
  using Index = std::unordered_map<std::string, std::vector<std::size_t>>;
  void index(std::size_t asset);
  void unindex(std::size_t asset);

  std::vector<Asset> assets_;
  std::vector<AuditEntry> audit_;
  Index by_serial_;
  Index by_tag_;
};

}  // namespace handover::sim
