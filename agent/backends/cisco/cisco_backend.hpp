// Cisco's order gateway behind a relay: an order is sent as RNIF 2.0 and answered hours later, by
// signals and a confirmation that the relay keeps for us, because a handheld cannot be called.
//
// Sending twice what Cisco may have is the danger: a repeated purchase order number alone earns a
// warning. So one order is one message for ever: same tracking id, same bytes, and before each
// repeat the relay is asked. docs/back-ends/cisco.md has the states and what each means.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/backends/cisco/cisco_reply.hpp"
#include "agent/backends/cisco/request_document.hpp"
#include "agent/backends/cisco/rnif_message.hpp"
#include "agent/domain/service_order_state.hpp"
#include "agent/forwarding/backend.hpp"

namespace handover::backends {

struct CiscoSettings {
  std::string path_prefix;  ///< The path part of the lane's URL.
  std::string rnif_path = "/rnif";
  std::string relay_path = "/relay/v1/messages";
  std::string username;
  std::function<Result<Secret>()> read_password;
  std::string
      usage;  ///< "Test" or "Production"; an order planned for one is never sent to another.
  CiscoParties parties;
  CiscoPairNames names;
  std::optional<RnifSigning> signing;
  milliseconds acknowledge_time = std::chrono::hours(2);
  milliseconds perform_time = std::chrono::hours(24);
  std::int64_t retry_count = 3;  ///< Repeats of one message after the first.
  milliseconds poll_first = std::chrono::seconds(30);
  milliseconds poll_cap = std::chrono::minutes(15);
};

class CiscoBackend final : public forwarding::Backend {
 public:
  /// Requires: settings.read_password is callable.
  explicit CiscoBackend(CiscoSettings settings);

  [[nodiscard]] std::string_view kind() const override { return "cisco"; }
  [[nodiscard]] std::string_view label() const override { return "Cisco"; }

  /// One delivery for a service order; nothing for other records.
  [[nodiscard]] std::vector<forwarding::DeliveryPlan> plan(const Record& record) const override;
  /// That the document can be built: rule C22.
  [[nodiscard]] Result<void> check(const Record& record) const override;
  [[nodiscard]] Result<void> may_send(const forwarding::DeliveryContext& context) const override;
  [[nodiscard]] Result<HttpRequest> encode(
      const forwarding::DeliveryContext& context) const override;
  [[nodiscard]] std::string target(const forwarding::DeliveryContext&,
                                   const HttpRequest&) const override;
  [[nodiscard]] forwarding::Verdict judge(const forwarding::DeliveryContext& context,
                                          const HttpResponse& response) const override;

  /// Asks the relay for what it has of the order, as soon as the order may have arrived.
  [[nodiscard]] std::optional<HttpRequest> look_up(
      const forwarding::DeliveryContext& context) const override;
  /// The outcome, if it is there; a repeat, if no acknowledgment came in time; else to ask again
  /// later.
  [[nodiscard]] forwarding::Verdict judge_look_up(const forwarding::DeliveryContext& context,
                                                  const HttpResponse& response) const override;

  [[nodiscard]] Result<forwarding::Login> login() const override;
  [[nodiscard]] forwarding::LoginOutcome judge_login(const HttpResponse& response) const override;
  void authorize(HttpRequest& request, const Secret& credential) const override;

 private:
  [[nodiscard]] forwarding::Verdict judge_replies(const forwarding::DeliveryContext& context,
                                                  const RelayAnswer& answer) const;
  [[nodiscard]] forwarding::Verdict judge_deadlines(const forwarding::DeliveryContext& context,
                                                    OrderProgress progress,
                                                    bool knows_request) const;
  [[nodiscard]] forwarding::Verdict wait(const OrderProgress& progress, WallTime now,
                                         std::string why) const;

  CiscoSettings settings_;
};

}  // namespace handover::backends
