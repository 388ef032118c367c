// How far a service order has come: what its delivery remembers of Cisco's answers, and the one
// word for it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "agent/domain/json.hpp"
#include "platform/time.hpp"

namespace handover {

/// What is known of an order that was sent. Stored with its delivery.
struct OrderProgress {
  std::int64_t sendings = 0;  ///< That Cisco took (202), repeats too.
  std::optional<WallTime> first_sent_at;
  std::optional<WallTime> sent_at;  ///< The last time.
  std::optional<WallTime> acknowledged_at;
  /// "accepted", "rejected", "pending", "exception", "failed", or empty.
  std::string outcome;

  [[nodiscard]] Json to_json() const;
  /// What is missing or wrong reads as unknown.
  [[nodiscard]] static OrderProgress from_json(const Json& json);
};

/// draft: rules are broken. checked: it could be sent, and waits for a person. queued: it waits to
/// be sent. sent: it left, or may have. acknowledged: it is well-formed to Cisco, no more. pending:
/// Cisco decides later. closed: a person gave it up after it was sent.
enum class OrderState {
  kDraft,
  kChecked,
  kQueued,
  kSent,
  kAcknowledged,
  kPending,
  kAccepted,
  kRejected,
  kException,
  kFailed,
  kClosed,
  kCancelled,
};
[[nodiscard]] std::string_view to_string(OrderState state);
[[nodiscard]] std::optional<OrderState> parse_order_state(std::string_view text);

/// What a delivery says of its order.
struct OrderDelivery {
  bool discarded = false;
  bool may_have_left = false;  ///< Some request of it may have reached Cisco.
  bool refused = false;        ///< Quarantined.
  OrderProgress progress;
};
[[nodiscard]] OrderState state_of(const OrderDelivery& delivery);

}  // namespace handover
