#include "agent/recording/order_book.hpp"

#include <map>

#include "agent/domain/usage.hpp"
#include "agent/forwarding/lane.hpp"
#include "agent/forwarding/persons_decision.hpp"
#include "crypto/identifier.hpp"
#include "platform/assert.hpp"
#include "platform/mark.hpp"

namespace handover::recording {
namespace {

using storage::Delivery;
using storage::DeliveryState;
using storage::ServiceOrderRow;
using storage::ServiceOrderState;

ServiceOrder order_of(const ServiceOrderRow& row) {
  auto json = parse_json(row.body, kStoredJsonLimits);
  INVARIANT(json.has_value());
  auto order = parse_service_order(*json);
  INVARIANT(order.has_value());
  return std::move(*order);
}

void fill(ServiceOrderRow& row, const ServiceOrder& order, const OrderRules* rules) {
  row.body = service_order_object(order).dump();
  row.purchase_order = order.purchase_order;
  row.bill_to = order.bill_to.empty() && rules != nullptr ? rules->bill_to : order.bill_to;
}

OrderDelivery order_delivery(const Delivery& delivery) {
  OrderDelivery known;
  known.discarded = delivery.state == DeliveryState::kDiscarded;
  known.may_have_left = delivery.repeat;
  known.refused = delivery.state == DeliveryState::kQuarantined;
  known.progress = OrderProgress::from_json(forwarding::progress_of(delivery));
  return known;
}

/// The serial numbers that left stock, by product as typed.
std::map<std::string, std::vector<std::string>> installed_units(const Json& usage) {
  std::map<std::string, std::vector<std::string>> units;
  const Json* locations = usage.find("StorageLocations");
  if (locations == nullptr) return units;
  for (const Json& location : locations->items()) {
    const Json* items = location.find("Items");
    if (items == nullptr) continue;
    for (const Json& item : items->items()) {
      const std::string& serial = item.text_of("SerialNum");
      if (!serial.empty() && item.find("OutQty") != nullptr)
        units[item.text_of("ProdNum")].push_back(serial);
    }
  }
  return units;
}

}  // namespace

Result<void> OrderBook::expect_lane() const {
  if (settings_) return {};
  return fail(Error::refused("no-cisco-lane",
                             "no lane of kind cisco is configured, so no order could be sent; add "
                             "one to the configuration"));
}

ServiceOrder OrderBook::with_defaults(ServiceOrder order) const {
  if (order.bill_to.empty()) order.bill_to = settings_->rules.bill_to;
  if (order.order_type.empty()) order.order_type = "Service";
  if (order.requested_date.empty())
    order.requested_date = format_rfc3339(world_.clock.wall_now()).substr(0, 10);
  return order;
}

Result<std::vector<OrderFinding>> OrderBook::check(const ServiceOrder& order,
                                                   std::int64_t number) const {
  OrderFacts facts;
  const std::string& bill_to = order.bill_to.empty() ? settings_->rules.bill_to : order.bill_to;
  TRY_ASSIGN(facts.purchase_order_used,
             world_.store.service_orders.is_used(order.purchase_order, bill_to, number));
  for (const OrderLine& line : order.lines) {
    for (const std::string& serial : line.serial_numbers) {
      const auto canonical = crypto::canonical_identifier(serial, crypto::kSerialCharactersMax);
      if (!canonical) continue;
      TRY_ASSIGN(auto products, world_.store.stock.products_of_serial(*canonical));
      facts.products_of_serial[*canonical] = {products.begin(), products.end()};
    }
  }
  return check_service_order(order, settings_->rules, facts);
}

Result<OrderView> OrderBook::create_draft(const ServiceOrder& order,
                                          const std::string& proposed_by) {
  RETURN_IF_ERROR(expect_lane());
  ServiceOrderRow row;
  fill(row, order, &settings_->rules);
  row.proposed_by = proposed_by;
  row.created_at = world_.clock.wall_now();
  row.changed_at = row.created_at;
  TRY_ASSIGN(row, world_.store.service_orders.add(std::move(row)));
  return view_of(std::move(row));
}

Result<OrderView> OrderBook::create(const ServiceOrder& order) {
  RETURN_IF_ERROR(expect_lane());
  ServiceOrderRow row;
  fill(row, order, &settings_->rules);
  row.created_at = world_.clock.wall_now();
  // If a rule is broken, the whole piece is undone, this row with it.
  TRY_ASSIGN(row, world_.store.service_orders.add(std::move(row)));
  return submit(std::move(row), order);
}

Result<OrderView> OrderBook::submit(std::string_view id,
                                    const std::optional<ServiceOrder>& changed) {
  RETURN_IF_ERROR(expect_lane());
  TRY_ASSIGN(ServiceOrderRow row, world_.store.service_orders.read_by_id(id));
  if (row.state != ServiceOrderState::kDraft) {
    return fail(Error::refused("order-closed", row.state == ServiceOrderState::kSubmitted
                                                   ? "this order was submitted before"
                                                   : "this order was cancelled"));
  }
  const ServiceOrder order = changed ? *changed : order_of(row);
  return submit(std::move(row), order);
}

Result<OrderView> OrderBook::submit(ServiceOrderRow row, const ServiceOrder& order) {
  const ServiceOrder whole = with_defaults(order);
  TRY_ASSIGN(auto findings, check(whole, row.number));
  if (!may_be_sent(findings)) {
    HANDOVER_MARK("recording.order_stopped_by_a_rule");
    return fail(order_error(findings));
  }
  fill(row, whole, nullptr);
  TRY_ASSIGN(const RecordView view,
             world_.recorder.record_service_order(service_order_object(whole), row.id));
  row.state = ServiceOrderState::kSubmitted;
  row.changed_at = world_.clock.wall_now();
  row.record_seq = view.record.seq;
  row.record_id = view.record.id;
  RETURN_IF_ERROR(world_.store.service_orders.update(row));
  TRY_ASSIGN(OrderView shown, view_of(std::move(row)));
  shown.findings = std::move(findings);
  return shown;
}

Result<OrderView> OrderBook::cancel(std::string_view id) {
  TRY_ASSIGN(ServiceOrderRow row, world_.store.service_orders.read_by_id(id));
  if (row.state == ServiceOrderState::kCancelled)
    return fail(Error::refused("order-closed", "this order was cancelled before"));
  if (row.state == ServiceOrderState::kSubmitted) {
    RETURN_IF_ERROR(cancel_deliveries(row.record_seq));
  } else {
    row.state = ServiceOrderState::kCancelled;
  }
  row.changed_at = world_.clock.wall_now();
  RETURN_IF_ERROR(world_.store.service_orders.update(row));
  return view_of(std::move(row));
}

/// Only what certainly never left the device can be taken back.
Result<void> OrderBook::cancel_deliveries(std::int64_t record_seq) {
  TRY_ASSIGN(const auto deliveries, world_.store.deliveries.of_record(record_seq));
  for (const Delivery& delivery : deliveries) {
    if (delivery.state != DeliveryState::kPending || delivery.repeat) {
      return fail(Error::refused("order-sent",
                                 "the order was sent, or is being sent: ask Cisco to cancel it"));
    }
    RETURN_IF_ERROR(forwarding::discard_delivery(
        world_.store.deliveries, delivery, "cancelled before it was sent", world_.schedule.now()));
  }
  return {};
}

Result<std::optional<OrderView>> OrderBook::propose(const Record& record) {
  if (!settings_ || !settings_->propose || record.kind != RecordKind::kUsage)
    return std::optional<OrderView>();
  const Json* usage = record.body.find("usage");
  if (usage == nullptr || usage->text_of("RefModule") != kWorkOrderModule)
    return std::optional<OrderView>();
  ServiceOrder order;
  for (const auto& [product, serials] : installed_units(*usage)) {
    const auto service = settings_->rules.services.find(product);
    if (service == settings_->rules.services.end() || service->second.empty()) continue;
    OrderLine line;
    line.kind = OrderLineKind::kService;
    line.product = service->second;
    line.quantity = crypto::Quantity::from_millionths(static_cast<std::int64_t>(serials.size()) *
                                                      crypto::Quantity::one().millionths());
    line.serial_numbers = serials;
    line.line_number = std::to_string(order.lines.size() + 1);
    line.line_id = line.line_number + "0";
    line.parent_line_id = "0";
    order.lines.push_back(std::move(line));
  }
  if (order.lines.empty()) return std::optional<OrderView>();
  HANDOVER_MARK("recording.order_proposed");
  TRY_ASSIGN(OrderView view, create_draft(order, record.id));
  return std::optional<OrderView>(std::move(view));
}

Result<OrderView> OrderBook::show(std::string_view id) const {
  TRY_ASSIGN(ServiceOrderRow row, world_.store.service_orders.read_by_id(id));
  return view_of(std::move(row));
}

Result<OrderView> OrderBook::view_of(ServiceOrderRow row) const {
  OrderView view;
  auto json = parse_json(row.body, kStoredJsonLimits);
  INVARIANT(json.has_value());
  view.order = std::move(*json);
  if (row.state == ServiceOrderState::kCancelled) {
    view.state = OrderState::kCancelled;
  } else if (row.state == ServiceOrderState::kSubmitted) {
    view.state = OrderState::kQueued;
    TRY_ASSIGN(auto deliveries, world_.store.deliveries.of_record(row.record_seq));
    if (!deliveries.empty()) {
      view.state = state_of(order_delivery(deliveries.front()));
      view.delivery = std::move(deliveries.front());
    }
  } else if (settings_) {
    TRY_ASSIGN(view.findings, check(with_defaults(order_of(row)), row.number));
    view.state = may_be_sent(view.findings) ? OrderState::kChecked : OrderState::kDraft;
  }
  view.row = std::move(row);
  return view;
}

}  // namespace handover::recording
