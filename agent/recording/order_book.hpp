// Service orders on this device: drafts, what a technician's installation proposes, and the step
// that makes an order a record. Nothing leaves here by itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/domain/service_order_check.hpp"
#include "agent/domain/service_order_state.hpp"
#include "agent/recording/recorder.hpp"

namespace handover::recording {

/// From the configuration's lane of the kind cisco.
struct OrderSettings {
  OrderRules rules;
  bool propose = false;  ///< An installation proposes the order for its units' services.
};

struct OrderView {
  storage::ServiceOrderRow row;
  Json order;
  OrderState state = OrderState::kDraft;
  std::vector<OrderFinding> findings;  ///< Of a draft, and when it is submitted.
  std::optional<storage::Delivery> delivery;
};

/// Requires of every call that changes something: made inside Committer::write(), and answered only
/// when that is durable.
class OrderBook {
 public:
  struct World {
    storage::Store& store;
    const Clock& clock;
    const forwarding::ScheduleClock& schedule;
    Recorder& recorder;
  };

  /// `settings` is missing where no lane takes service orders.
  OrderBook(const World& world, std::optional<OrderSettings> settings)
      : world_(world), settings_(std::move(settings)) {}

  /// A draft is kept whatever rules it breaks. Errors: kRefused `no-cisco-lane`; kInvalid.
  [[nodiscard]] Result<OrderView> create_draft(const ServiceOrder& order,
                                               const std::string& proposed_by = {});
  /// Checks the order and makes it a record, in one piece. Errors: kRefused `no-cisco-lane`;
  /// kInvalid with every rule that it breaks: nothing was written.
  [[nodiscard]] Result<OrderView> create(const ServiceOrder& order);
  /// The same for a draft, with `changed` instead of what it held. Errors: kNotFound; kRefused
  /// `order-closed`; those of create().
  [[nodiscard]] Result<OrderView> submit(std::string_view id,
                                         const std::optional<ServiceOrder>& changed);
  /// Errors: kNotFound; kRefused `order-closed`, `order-sent`.
  [[nodiscard]] Result<OrderView> cancel(std::string_view id);

  /// The order that this installation proposes, if the configuration wants it and knows services
  /// for its units: a draft. Nothing else.
  [[nodiscard]] Result<std::optional<OrderView>> propose(const Record& record);

  /// Errors: kNotFound.
  [[nodiscard]] Result<OrderView> show(std::string_view id) const;
  [[nodiscard]] Result<OrderView> view_of(storage::ServiceOrderRow row) const;

 private:
  [[nodiscard]] Result<void> expect_lane() const;
  [[nodiscard]] ServiceOrder with_defaults(ServiceOrder order) const;
  [[nodiscard]] Result<std::vector<OrderFinding>> check(const ServiceOrder& order,
                                                        std::int64_t number) const;
  [[nodiscard]] Result<OrderView> submit(storage::ServiceOrderRow row, const ServiceOrder& order);
  [[nodiscard]] Result<void> cancel_deliveries(std::int64_t record_seq);

  World world_;
  std::optional<OrderSettings> settings_;
};

}  // namespace handover::recording
