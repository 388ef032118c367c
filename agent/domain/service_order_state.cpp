#include "agent/domain/service_order_state.hpp"

#include <array>
#include <charconv>
#include <utility>

#include "platform/assert.hpp"

namespace handover {
namespace {

constexpr std::array<std::pair<OrderState, std::string_view>, 12> kNames = {{
    {OrderState::kDraft, "draft"},
    {OrderState::kChecked, "checked"},
    {OrderState::kQueued, "queued"},
    {OrderState::kSent, "sent"},
    {OrderState::kAcknowledged, "acknowledged"},
    {OrderState::kPending, "pending"},
    {OrderState::kAccepted, "accepted"},
    {OrderState::kRejected, "rejected"},
    {OrderState::kException, "exception"},
    {OrderState::kFailed, "failed"},
    {OrderState::kClosed, "closed"},
    {OrderState::kCancelled, "cancelled"},
}};

void set_time(Json& json, std::string_view name, const std::optional<WallTime>& time) {
  if (time) json.set(name, format_rfc3339(*time));
}

std::optional<WallTime> time_of(const Json& json, std::string_view name) {
  const auto time = parse_rfc3339(json.text_of(name));
  return time ? std::optional(*time) : std::nullopt;
}

}  // namespace

Json OrderProgress::to_json() const {
  Json json = Json::object({{"sendings", Json(sendings)}});
  set_time(json, "first_sent_at", first_sent_at);
  set_time(json, "sent_at", sent_at);
  set_time(json, "acknowledged_at", acknowledged_at);
  if (!outcome.empty()) json.set("outcome", outcome);
  return json;
}

OrderProgress OrderProgress::from_json(const Json& json) {
  OrderProgress progress;
  const std::string& digits = json.text_of("sendings");
  std::from_chars(digits.data(), digits.data() + digits.size(), progress.sendings);
  progress.first_sent_at = time_of(json, "first_sent_at");
  progress.sent_at = time_of(json, "sent_at");
  progress.acknowledged_at = time_of(json, "acknowledged_at");
  progress.outcome = json.text_of("outcome");
  return progress;
}

std::string_view to_string(OrderState state) {
  for (const auto& [known, name] : kNames) {
    if (known == state) return name;
  }
  INVARIANT(false);
  return {};
}

std::optional<OrderState> parse_order_state(std::string_view text) {
  for (const auto& [state, name] : kNames) {
    if (name == text) return state;
  }
  return std::nullopt;
}

OrderState state_of(const OrderDelivery& delivery) {
  const OrderProgress& progress = delivery.progress;
  const bool left = delivery.may_have_left || progress.sendings > 0;
  if (delivery.discarded) return left ? OrderState::kClosed : OrderState::kCancelled;
  if (progress.outcome == "accepted") return OrderState::kAccepted;
  if (progress.outcome == "rejected") return OrderState::kRejected;
  if (progress.outcome == "exception") return OrderState::kException;
  if (progress.outcome == "failed" || delivery.refused) return OrderState::kFailed;
  if (progress.outcome == "pending") return OrderState::kPending;
  if (progress.acknowledged_at) return OrderState::kAcknowledged;
  return left ? OrderState::kSent : OrderState::kQueued;
}

}  // namespace handover
