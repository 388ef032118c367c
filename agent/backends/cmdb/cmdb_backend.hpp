// The customer's CMDB (ServiceNow, or something that looks like it): one POST for each serialized
// unit that a record touches.
//
// The payload carries no key, no time and no order, so a repeat is only as harmless as the CMDB's
// own matching by serial number. Where reads are granted, the backend asks what the CMDB shows
// before it repeats anything, and before it reports a unit as on the road. What can still go wrong
// is described in docs/back-ends/cmdb.md.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/backends/cmdb/asset_update.hpp"
#include "agent/backends/cmdb/cmdb_settings.hpp"
#include "agent/backends/cmdb/look_up.hpp"
#include "agent/forwarding/backend.hpp"

namespace handover::backends {

class CmdbBackend final : public forwarding::Backend {
 public:
  /// Requires: the functions that `settings.auth` needs are callable.
  explicit CmdbBackend(CmdbSettings settings);

  [[nodiscard]] std::string_view kind() const override { return "cmdb"; }
  [[nodiscard]] std::string_view label() const override { return "the CMDB"; }

  /// One delivery for each serialized unit, in the order of the record; none for lines without a
  /// serial number, and for units that a filter leaves out. Order key: the unit.
  [[nodiscard]] std::vector<forwarding::DeliveryPlan> plan(const Record& record) const override;
  /// Of an asset event: the lines without a serial number, and the units that a filter leaves out.
  [[nodiscard]] std::vector<forwarding::NotWanted> not_wanted(const Record& record) const override;
  /// The unit.
  [[nodiscard]] std::string note_name(const Record& record, const std::string& unit) const override;
  /// Corrections wait while one is held that made a ghost asset.
  [[nodiscard]] std::string hold_name(const Record& record, const std::string& unit) const override;
  /// Not to another environment than the record was planned for.
  [[nodiscard]] Result<void> may_send(const forwarding::DeliveryContext& context) const override;
  [[nodiscard]] Result<HttpRequest> encode(
      const forwarding::DeliveryContext& context) const override;
  [[nodiscard]] std::string target(const forwarding::DeliveryContext&,
                                   const HttpRequest&) const override;
  [[nodiscard]] forwarding::Verdict judge(const forwarding::DeliveryContext& context,
                                          const HttpResponse& response) const override;

  /// Where it may ask: what waits behind a half may make it void.
  [[nodiscard]] bool looks_behind() const override { return !settings_.look_up_path.empty(); }
  /// Asks for the unit before a repeat, and before each sender's half of a transfer and what waits
  /// in front of one for the same unit, if reads are granted; before everything, if changes by
  /// others are to be noticed. Not for a correction: what it corrects may be a field that the
  /// answer does not show.
  [[nodiscard]] std::optional<HttpRequest> look_up(
      const forwarding::DeliveryContext& context) const override;
  [[nodiscard]] forwarding::Verdict judge_look_up(const forwarding::DeliveryContext& context,
                                                  const HttpResponse& response) const override;

  [[nodiscard]] Result<forwarding::Login> login() const override;
  [[nodiscard]] forwarding::LoginOutcome judge_login(const HttpResponse& response) const override;
  void authorize(HttpRequest& request, const Secret& credential) const override;

 private:
  [[nodiscard]] std::string label_of(const std::string& location) const;
  [[nodiscard]] std::string reason_left_out(const AssetUpdate& update) const;
  [[nodiscard]] Result<HttpRequest> make_token_request() const;
  [[nodiscard]] forwarding::Verdict judge_success(const forwarding::DeliveryContext& context,
                                                  const HttpResponse& response) const;
  [[nodiscard]] forwarding::Verdict judge_inserted(const forwarding::DeliveryContext& context,
                                                   const std::string& sys_id) const;
  /// A sender's half of the unit in question, and when it was completed by the device's clock.
  struct OutboundHalf {
    AssetUpdate update;
    WallTime completed_at;
  };
  [[nodiscard]] std::vector<OutboundHalf> outbound_halves(
      const forwarding::DeliveryContext& context, const AssetUpdate& update) const;
  [[nodiscard]] bool has_moved_on(const SeenAsset& asset, const OutboundHalf& half,
                                  milliseconds clock_ahead) const;
  [[nodiscard]] forwarding::Verdict judge_seen(const forwarding::DeliveryContext& context,
                                               const Json& body, milliseconds clock_ahead) const;
  /// True if somebody outside of this integration has changed the asset since the record was made.
  [[nodiscard]] bool is_of_a_try(const forwarding::DeliveryContext& context, const SeenAsset& asset,
                                 milliseconds clock_ahead) const;
  [[nodiscard]] bool is_stale(const forwarding::DeliveryContext& context, const SeenAsset& asset,
                              milliseconds clock_ahead) const;
  [[nodiscard]] forwarding::Verdict hold_as_stale(const SeenAsset& asset,
                                                  const AssetUpdate& update) const;
  /// True if the asset reads as this update would leave it, so that sending it again would change
  /// nothing.
  [[nodiscard]] bool shows(const SeenAsset& asset, const AssetUpdate& update) const;
  /// False where both storage locations of a sender's half have one label: then "in stock at TO"
  /// says nothing about the receiver.
  [[nodiscard]] bool could_be_superseded(const AssetUpdate& update) const;

  CmdbSettings settings_;
};

}  // namespace handover::backends
