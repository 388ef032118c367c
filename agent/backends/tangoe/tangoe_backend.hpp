// The lane to Tangoe: telecom items that records touch become edits, and new ones become adds, by a
// table in the settings.
//
// The API has no key of idempotency, and one error code for wrong data and for trouble of its own.
// So an add whose answer got lost is looked up before it is repeated, and a failure is tried a few
// times before a person is asked. docs/back-ends/tangoe.md says what else that means.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/backends/tangoe/inventory_item.hpp"
#include "agent/backends/tangoe/tangoe_answer.hpp"
#include "agent/backends/tangoe/telecom_change.hpp"
#include "agent/forwarding/backend.hpp"

namespace handover::backends {

/// Which products are telecom items of one service type, and what is known of them.
struct TelecomItems {
  enum class NumberFrom { kSerial, kBatch, kAssetTag };

  /// Product numbers; `*` at the end stands for anything. The first rule that fits counts.
  std::vector<std::string> products;
  std::string service_type;  ///< By name, as the server spells it.
  NumberFrom number = NumberFrom::kSerial;
  /// The events that add a new item; all others edit one that is there.
  std::vector<tangoe::TelecomEvent> adds;
  tangoe::InventoryItem new_item;  ///< The template of new items.
};

struct TangoeSettings {
  std::string path;     ///< The path part of the lane's URL: the service.
  bool secured = true;  ///< With a UsernameToken; false where the server has security off.
  std::string username;
  std::function<Result<Secret>()> read_password;
  /// The device's clock and 16 fresh random bytes, for the token's time and nonce.
  std::function<WallTime()> now;
  std::function<std::string()> make_nonce;
  std::vector<TelecomItems> items;
  std::map<std::string, std::string> employees;  ///< User -> employee ID; others as typed.
  std::map<std::string, std::string> locations;  ///< Storage location or site -> location number.
  bool set_assigned_to = true;
  bool set_location = true;
};

class TangoeBackend final : public forwarding::Backend {
 public:
  /// Requires: the three functions of `settings` are callable; the first only if `secured`.
  explicit TangoeBackend(TangoeSettings settings);

  [[nodiscard]] std::string_view kind() const override { return "tangoe"; }
  [[nodiscard]] std::string_view label() const override { return "Tangoe"; }

  /// One delivery for each telecom item that the record says something new of. Order key: the item.
  [[nodiscard]] std::vector<forwarding::DeliveryPlan> plan(const Record& record) const override;
  /// An edit or an add. Needs the context's credential, for the id of the service type:
  /// kUnauthorized if it is not there.
  [[nodiscard]] Result<HttpRequest> encode(
      const forwarding::DeliveryContext& context) const override;
  [[nodiscard]] std::string target(const forwarding::DeliveryContext&,
                                   const HttpRequest&) const override;
  [[nodiscard]] forwarding::Verdict judge(const forwarding::DeliveryContext& context,
                                          const HttpResponse& response) const override;

  /// Asks for the item before a repeat, and before an add that failed before.
  [[nodiscard]] std::optional<HttpRequest> look_up(
      const forwarding::DeliveryContext& context) const override;
  [[nodiscard]] forwarding::Verdict judge_look_up(const forwarding::DeliveryContext& context,
                                                  const HttpResponse& response) const override;

  /// Asks for the service types: that proves the credential, and gives the ids.
  [[nodiscard]] Result<forwarding::Login> login() const override;
  [[nodiscard]] forwarding::LoginOutcome judge_login(const HttpResponse& response) const override;
  void authorize(HttpRequest& request, const Secret& credential) const override;

  /// The POST of an envelope to the service at `path`, without credentials.
  [[nodiscard]] static HttpRequest make_request(const std::string& path, std::string envelope);

 private:
  struct Planned {
    tangoe::TelecomChange change;
    const TelecomItems* items;
    std::string number;  ///< Empty: the line does not say it.
    std::string unit;
  };
  [[nodiscard]] std::vector<Planned> planned(const Record& record) const;
  [[nodiscard]] const TelecomItems* items_for(const std::string& product) const;
  [[nodiscard]] bool says_something(const TelecomItems& items,
                                    const tangoe::TelecomChange& change) const;
  [[nodiscard]] Result<tangoe::InventoryItem> make_item(const Planned& what, bool add,
                                                        const std::string& service_type_id,
                                                        WallTime when) const;

  TangoeSettings settings_;
};

}  // namespace handover::backends
