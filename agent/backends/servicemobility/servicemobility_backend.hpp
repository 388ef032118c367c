// ServiceMobility: every transfer and every usage as one request of its own.
//
// Nothing public says how the real handheld uploads. The paths are settings, and what we chose is
// in docs/back-ends/servicemobility.md: an Idempotency-Key makes every repeat safe, so a lost
// answer is simply asked for again.
#pragma once

#include <functional>
#include <string>

#include "agent/forwarding/backend.hpp"

namespace handover::backends {

struct ServiceMobilitySettings {
  std::string path_prefix;  ///< The path part of the lane's URL; may be empty.
  std::string username;
  std::function<Result<Secret>()> read_password;
  std::string transfer_path = "/seiapi/v3/mobile/InventoryTransfer";
  std::string usage_path = "/seiapi/v3/mobile/InventoryUsage";
  std::string login_path = "/createjwt";
  /// Codes of the tenant's system category "Inventory Transfer Types"; which is which is not
  /// public.
  std::string transfer_type_outbound = "1001";
  std::string transfer_type_inbound = "1002";
  bool evidence = false;  ///< Both signatures of a scanned transfer go along, as FlexAttrs.
};

class ServiceMobilityBackend final : public forwarding::Backend {
 public:
  /// Requires: `settings.read_password` is callable.
  explicit ServiceMobilityBackend(ServiceMobilitySettings settings);

  [[nodiscard]] std::string_view kind() const override { return "servicemobility"; }
  [[nodiscard]] std::string_view label() const override { return "ServiceMobility"; }

  /// One delivery for a transfer or a usage, none for an asset event. Order keys: the transfer that
  /// the record belongs to, and each serialized unit in it.
  [[nodiscard]] std::vector<forwarding::DeliveryPlan> plan(const Record& record) const override;
  [[nodiscard]] Result<HttpRequest> encode(
      const forwarding::DeliveryContext& context) const override;
  [[nodiscard]] std::string target(const forwarding::DeliveryContext& context,
                                   const HttpRequest&) const override;
  [[nodiscard]] forwarding::Verdict judge(const forwarding::DeliveryContext& context,
                                          const HttpResponse& response) const override;

  [[nodiscard]] Result<forwarding::Login> login() const override;
  [[nodiscard]] forwarding::LoginOutcome judge_login(const HttpResponse& response) const override;
  void authorize(HttpRequest& request, const Secret& credential) const override;

 private:
  [[nodiscard]] std::string target_of(const Record& record) const;
  [[nodiscard]] Result<Json> make_object(const Record& record) const;

  ServiceMobilitySettings settings_;
};

}  // namespace handover::backends
