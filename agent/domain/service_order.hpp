// A service order: service contracts bought from Cisco, each for a product of the same order or for
// equipment at the site. This is its shape; its rules are in service_order_check.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/domain/json.hpp"
#include "agent/domain/name_value_text.hpp"
#include "crypto/quantity.hpp"
#include "platform/result.hpp"

namespace handover {

/// What a line orders: a major product, an option of one (a minor product), or a service.
enum class OrderLineKind { kProduct, kOption, kService };
[[nodiscard]] std::string_view to_string(OrderLineKind kind);

struct OrderLine {
  std::string line_number;  ///< Echoed by Cisco.
  OrderLineKind kind = OrderLineKind::kProduct;
  std::string product;  ///< Cisco's part number, or the service's SKU.
  std::optional<crypto::Quantity> quantity;
  std::string line_id;         ///< Links lines to each other; not the line number.
  std::string parent_line_id;  ///< "0" of a major product and of an unlinked service.
  std::string reference;       ///< CiscoProductReference, and whatever follows it; opaque.
  std::vector<std::string> serial_numbers;
  std::vector<std::string> pak_numbers;
  std::string covered_product;
  std::string unit_price;
  std::string currency;
  std::string contract_number;
  std::string contract_start_date;  ///< 2026-12-01, like every date here.
  bool renewal = false;             ///< The service was bought before for this equipment.
  std::string requested_date;
  std::vector<NameValue> properties;  ///< More names for the line's name/value text.
};

struct ServiceOrder {
  std::string purchase_order;
  std::string order_type;  ///< Empty: "Service".
  std::string bill_to;     ///< Empty: the lane's own.
  std::string comments;
  std::string deal_id;
  std::string service_order_type;  ///< Empty or PARTIAL.
  bool drop_ship = false;
  std::string requested_date;         ///< For lines that have none; empty: the day of the order.
  std::vector<NameValue> properties;  ///< More names for the order's name/value text.
  std::vector<OrderLine> lines;
};

inline constexpr std::size_t kOrderLinesMax = 300;
inline constexpr std::size_t kOrderSerialsMax = 500;  ///< A line.

/// Reads the value of `order` of POST /v1/service-orders: types, names, sizes, no rules. Lines
/// without a line number or Line ID get one. Errors: kInvalid with every wrong field, below
/// "/order".
[[nodiscard]] Result<ServiceOrder> parse_service_order(const Json& order);

/// The same as JSON; what is empty is left out.
[[nodiscard]] Json service_order_object(const ServiceOrder& order);

/// "/order/lines/2"
[[nodiscard]] std::string order_line_pointer(std::size_t place);

}  // namespace handover
