// The customer's CMDB (ServiceNow, or something that looks like it): one POST for each serialized
// unit that a record touches.
//
// The payload carries no key, no time and no order, so a repeat is only as harmless as the CMDB's
// own matching by serial number. Where reads are granted, the backend asks what the CMDB shows
// before it repeats anything, and before it reports a unit as on the road. What can still go wrong
// is described in docs/back-ends/cmdb.md.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/backends/cmdb/asset_update.hpp"
#include "agent/backends/cmdb/look_up.hpp"
#include "agent/forwarding/backend.hpp"

namespace handover::backends {

struct CmdbSettings {
  enum class Auth { kBasic, kOAuthPassword, kOAuthClientCredentials };

  std::string path;  ///< The path part of the lane's URL: where records are posted.
  /// development, test or production; a record planned for one is never sent to another.
  std::string environment;
  Auth auth = Auth::kBasic;
  std::string username;
  std::function<Result<Secret>()> read_password;
  std::string oauth_path = "/oauth_token.do";  ///< From the root of the server.
  std::string client_id;
  std::function<Result<Secret>()> read_client_secret;
  /// The word agreed with the customer for an installed unit. Empty: installations wait.
  std::string usage_state;
  /// Storage location -> the CMDB's label; others are sent as typed.
  std::map<std::string, std::string> locations;
  /// Such as /api/now/table/alm_hardware. Empty: reads are not granted.
  std::string look_up_path;
  std::string correction_prefix = "Update";  ///< Before name and serialNumber of a correction.
  bool all_strings = false;  ///< Write null as "", for staging tables that take text only.
  bool event_keys = false;  ///< Add eventId, eventTimeUtc and workOrder, where the customer agreed.
};

class CmdbBackend final : public forwarding::Backend {
 public:
  /// Requires: the functions that `settings.auth` needs are callable.
  explicit CmdbBackend(CmdbSettings settings);

  [[nodiscard]] std::string_view label() const override { return "the CMDB"; }

  /// One delivery for each serialized unit, in the order of the record; none for lines without a
  /// serial number. Order key: the unit.
  [[nodiscard]] std::vector<forwarding::DeliveryPlan> plan(const Record& record) const override;
  /// Not to another environment than the record was planned for.
  [[nodiscard]] Result<void> may_send(const forwarding::DeliveryContext& context) const override;
  [[nodiscard]] Result<HttpRequest> encode(
      const forwarding::DeliveryContext& context) const override;
  [[nodiscard]] forwarding::Verdict judge(const forwarding::DeliveryContext& context,
                                          const HttpResponse& response) const override;

  /// Where it may ask: what waits behind a half may make it void.
  [[nodiscard]] bool looks_behind() const override { return !settings_.look_up_path.empty(); }
  /// Asks for the unit before a repeat, and before each sender's half of a transfer and what waits
  /// in front of one for the same unit, if reads are granted. Not for a correction: what it
  /// corrects may be a field that the answer does not show.
  [[nodiscard]] std::optional<HttpRequest> look_up(
      const forwarding::DeliveryContext& context) const override;
  [[nodiscard]] forwarding::Verdict judge_look_up(const forwarding::DeliveryContext& context,
                                                  const HttpResponse& response) const override;

  [[nodiscard]] Result<forwarding::Login> login() const override;
  [[nodiscard]] forwarding::LoginOutcome judge_login(const HttpResponse& response) const override;
  void authorize(HttpRequest& request, const Secret& credential) const override;

 private:
  [[nodiscard]] std::string label_of(const std::string& location) const;
  [[nodiscard]] std::string state_of(const AssetUpdate& update) const;
  [[nodiscard]] Json make_payload(const AssetUpdate& update,
                                  const forwarding::DeliveryContext& context) const;
  [[nodiscard]] Result<HttpRequest> make_token_request() const;
  [[nodiscard]] forwarding::Verdict judge_success(const forwarding::DeliveryContext& context,
                                                  const HttpResponse& response) const;
  [[nodiscard]] forwarding::Verdict judge_inserted(
      const forwarding::DeliveryContext& context) const;
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
  /// True if the asset reads as this update would leave it, so that sending it again would change
  /// nothing.
  [[nodiscard]] bool shows(const SeenAsset& asset, const AssetUpdate& update) const;
  /// False where both storage locations of a sender's half have one label: then "in stock at TO"
  /// says nothing about the receiver.
  [[nodiscard]] bool could_be_superseded(const AssetUpdate& update) const;

  CmdbSettings settings_;
};

}  // namespace handover::backends
