// A simulated CMDB of the ServiceNow kind, as far as an asset integration meets it: the import set
// door, the asset table behind it, reads by the Table API, and OAuth.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/back-ends/back_end_model.hpp"
#include "sim/back-ends/cmdb/asset_table.hpp"
#include "sim/back-ends/cmdb/oauth.hpp"
#include "sim/back-ends/cmdb/transform.hpp"
#include "sim/back-ends/rate_window.hpp"
#include "sim/back-ends/web.hpp"
#include "sim/random.hpp"

namespace handover::sim {

struct CmdbOptions {
  std::map<std::string, std::string>
      users;          ///< User name to password, for Basic and for the OAuth grant "password".
  bool basic = true;  ///< Whether Basic is let in at all.
  OAuthOptions oauth;
  std::string staging_table = "u_wwt_asset";
  TransformOptions transform;
  unsigned transform_maps =
      1;  ///< Each adds an element to result[]; all but the first ignore the row.
  unsigned failing_map = 0;        ///< The how-manieth map (from 2) reports an error; 0: none.
  bool created_status = true;      ///< The import door answers 201, else 200. Both are documented.
  bool null_detail = false;        ///< `detail` of an error is null.
  bool reads = true;               ///< Whether the integration user may read assets; else 403.
  unsigned requests_per_hour = 0;  ///< For each door; 0: no limit.
  std::chrono::seconds visible_after{
      0};  ///< A new asset can be read only so long after it was made.
  std::set<std::string>
      active_transfer_orders;  ///< Serial numbers that a business rule refuses to change.
};

class CmdbModel final : public BackEndModel {
 public:
  /// One row that came through the import door.
  struct ImportRow {
    std::string import_set;
    WallTime at;
    std::string who;
    std::string status;
    std::string body;
  };

  explicit CmdbModel(CmdbOptions options, std::uint64_t seed = 1);

  [[nodiscard]] HttpResponse handle(const HttpRequest& request, WallTime now) override;
  [[nodiscard]] HttpResponse failure(int status) const override;
  [[nodiscard]] HttpResponse rate_limited(const RateLimitHints& hints, WallTime now) const override;
  [[nodiscard]] HttpResponse refuse_item(const HttpRequest& request, WallTime now) override;
  [[nodiscard]] std::string_view upload_prefix() const override { return "/api/now/import/"; }
  void expire_tokens() override { oauth_.expire_access_tokens(); }
  void reset() override;
  /// coalesce ("serialNumber", "asset_tag", "none"), case_sensitive, strip_update_prefix, states
  /// ({"deployed":1}, added to the list), basic, client_credentials, token_lifetime_s,
  /// transform_maps, failing_map, ghost_insertions, extra_columns (list of payload keys),
  /// created_status, null_detail, reads, requests_per_hour, visible_after_s,
  /// active_transfer_orders (list of serial numbers).
  [[nodiscard]] Result<void> configure(const Json& options) override;
  [[nodiscard]] Json counts() const override;
  [[nodiscard]] Json state() const override;

  [[nodiscard]] const AssetTable& assets() const { return assets_; }
  [[nodiscard]] const std::vector<ImportRow>& import_rows() const { return import_rows_; }
  /// Values that came through the import door as something else than a string or null.
  [[nodiscard]] std::size_t altered_values() const { return altered_values_; }

 private:
  HttpResponse route(const HttpRequest& request, const Target& target, WallTime now);
  HttpResponse import(const HttpRequest& request, const std::string& who, WallTime now);
  HttpResponse read_table(const Target& target, std::string_view rest, WallTime now) const;
  HttpResponse import_answer(const HttpRequest& request, const std::string& import_set,
                             const RowOutcome& outcome) const;
  HttpResponse error(int status, std::string_view message, std::string_view detail) const;
  std::optional<std::string> authenticate(const HttpRequest& request, WallTime now) const;
  std::string import_set_at(WallTime now);
  void store_row(const std::string& import_set, const HttpRequest& request, std::string_view status,
                 std::string who, WallTime now);
  std::string read_coalesce(const Json& value);
  std::string read_states(const Json& value);
  std::string read_transfer_orders(const Json& value);
  std::string read_extra_columns(const Json& value);

  CmdbOptions options_;
  std::uint64_t seed_;
  Random random_;
  RateWindow rate_window_{std::chrono::hours(1)};
  OAuth oauth_;
  AssetTable assets_;
  std::vector<ImportRow> import_rows_;
  std::size_t altered_values_ = 0;
  std::optional<std::chrono::sys_days> import_day_;
  unsigned import_number_ = 10000;
};

}  // namespace handover::sim
