// Tangoe Telecom's SOAP inventory service, as a pure model: POST /asentinelws/services/ takes
// envelopes, GET of inventoryorder.wsdl and inventoryorder.xsd beside it shows the contract.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "sim/back-ends/back_end_model.hpp"
#include "sim/back-ends/tangoe/contract.hpp"
#include "sim/back-ends/tangoe/inventory.hpp"
#include "sim/back-ends/tangoe/security.hpp"

namespace handover::sim {

struct TangoeOptions {
  bool secured = true;  ///< Wants a UsernameToken; else it does not understand one.
  std::map<std::string, std::string> users;  ///< User name to password.
  bool booking_user = true;           ///< The user that changes are booked under is set (rule V17).
  bool database_error = false;        ///< Every operation fails so.
  unsigned first_record = 0;          ///< What fromRecord calls the first one: 0 or 1.
  bool empty_item_on_failure = true;  ///< A get that fails shows an item of service type 0.
  bool emit_suspended = false;        ///< Log items have an element that is not documented.
};

class TangoeModel final : public BackEndModel {
 public:
  explicit TangoeModel(TangoeOptions options);

  [[nodiscard]] HttpResponse handle(const HttpRequest& request, WallTime now) override;
  [[nodiscard]] HttpResponse failure(int status) const override;
  [[nodiscard]] HttpResponse rate_limited(const RateLimitHints& hints, WallTime now) const override;
  /// As a message that breaks the schema. What its data can do wrong has the code of a passing
  /// trouble: the option `database_error`.
  [[nodiscard]] HttpResponse refuse_item(const HttpRequest& request, WallTime now) override;
  [[nodiscard]] std::string_view upload_prefix() const override;
  /// All operations have one address: adds and edits are behind it at write/, all others at read/.
  [[nodiscard]] std::string route_of(const HttpRequest& request) const override;
  void expire_tokens() override {}
  void reset() override;
  /// The flags and numbers of TangoeOptions by name; `billed`, `locations` and `employees`, lists
  /// of names to add; `items`, a list of objects with the fields of items that are there already.
  [[nodiscard]] Result<void> configure(const Json& options) override;
  [[nodiscard]] Json counts() const override;
  [[nodiscard]] Json state() const override;

  [[nodiscard]] const tangoe::Inventory& inventory() const { return inventory_; }

 private:
  [[nodiscard]] HttpResponse serve_contract(const HttpRequest& request,
                                            std::string_view path) const;
  HttpResponse serve_envelope(const xml::Element& envelope, WallTime now);
  HttpResponse serve(const xml::Element& payload, WallTime now);
  [[nodiscard]] HttpResponse database_error(const std::string& operation) const;

  // The operations, in tangoe_operations.cpp.
  [[nodiscard]] HttpResponse get_service_type_id(const xml::Element& payload) const;
  [[nodiscard]] HttpResponse get_service_types() const;
  [[nodiscard]] HttpResponse get_custom_fields(const xml::Element& payload) const;
  [[nodiscard]] HttpResponse fail_get(const std::string& reason) const;
  [[nodiscard]] HttpResponse get_item(const xml::Element& payload) const;
  HttpResponse change_item(tangoe::Change change, const xml::Element& payload, WallTime now);
  [[nodiscard]] HttpResponse find_items(const xml::Element& payload) const;
  [[nodiscard]] std::string log_complaint(const xml::Element& payload) const;
  [[nodiscard]] HttpResponse get_log(const xml::Element& payload) const;

  TangoeOptions options_;
  tangoe::Contract contract_;
  tangoe::Inventory inventory_;
  tangoe::Security security_;
  std::string user_;  // Who sent the request that is being served.
  std::map<std::string, std::size_t> operations_;
};

}  // namespace handover::sim
