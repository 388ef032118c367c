#include "agent/api/views.hpp"

#include <algorithm>
#include <array>

#include "platform/assert.hpp"
#include "platform/deliberate_bug.hpp"

namespace handover::api {
namespace {

using forwarding::LaneLoop;
using forwarding::LaneMode;
using forwarding::Who;
using storage::Delivery;
using storage::DeliveryState;
using storage::TransferState;

constexpr std::array kTransferStates = {
    std::pair{TransferState::kOffered, std::string_view("offered")},
    std::pair{TransferState::kRecorded, std::string_view("recorded")},
    std::pair{TransferState::kCompleted, std::string_view("completed")},
    std::pair{TransferState::kCancelled, std::string_view("cancelled")},
    std::pair{TransferState::kDead, std::string_view("dead")},
};

constexpr std::array kDeliveryStates = {
    std::pair{DeliveryState::kPending, std::string_view("pending")},
    std::pair{DeliveryState::kInFlight, std::string_view("in_flight")},
    std::pair{DeliveryState::kUnknown, std::string_view("unknown")},
    std::pair{DeliveryState::kDelivered, std::string_view("delivered")},
    std::pair{DeliveryState::kQuarantined, std::string_view("quarantined")},
    std::pair{DeliveryState::kSuperseded, std::string_view("superseded")},
    std::pair{DeliveryState::kDiscarded, std::string_view("discarded")},
    std::pair{DeliveryState::kNotWanted, std::string_view("not_wanted")},
};

template <typename Table, typename State>
std::string_view name_in(const Table& table, State state) {
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const auto& row) { return row.first == state; });
  INVARIANT(found != table.end());
  return found->second;
}

template <typename Table>
auto state_in(const Table& table, std::string_view text)
    -> Result<std::decay_t<decltype(table.front().first)>> {
  std::string names;
  for (const auto& [state, name] : table) {
    if (name == text) return state;
    names += (names.empty() ? "" : ", ") + std::string(name);
  }
  return fail(Error::invalid("", "expected one of: " + names));
}

/// Why what waits for a person does so: one reason, that of the oldest.
std::string reason_of(const storage::WaitingForPerson& waiting) {
  if (waiting.count == 0 || !waiting.why.empty()) return waiting.why;
  return "waits behind a quarantined delivery of the same part or transfer: retry or discard that "
         "one first";
}

Json who_json(int who) {
  switch (static_cast<Who>(who)) {
    case Who::kNobody:
      return {};
    case Who::kNetwork:
      return "network";
    case Who::kServer:
      return "server";
    case Who::kDispatcher:
      return "dispatcher";
    case Who::kTechnician:
      return "technician";
  }
  return {};
}

bool is_waiting(const Delivery& delivery) {
  return delivery.state == DeliveryState::kPending || delivery.state == DeliveryState::kUnknown;
}

Json receipt_json(const std::string& receipt) {
  if (receipt.empty()) return {};
  auto parsed = parse_json(receipt, {.bytes_max = std::size_t{16} << 20, .depth_max = 64});
  return parsed ? std::move(*parsed) : Json();
}

}  // namespace

Json text_or_null(std::string_view text) { return text.empty() ? Json() : Json(text); }

std::string_view to_string(TransferState state) { return name_in(kTransferStates, state); }
std::string_view to_string(DeliveryState state) { return name_in(kDeliveryStates, state); }
Result<TransferState> parse_transfer_state(std::string_view text) {
  return state_in(kTransferStates, text);
}
Result<DeliveryState> parse_delivery_state(std::string_view text) {
  return state_in(kDeliveryStates, text);
}

Json warnings_json(const std::vector<recording::Warning>& warnings) {
  Json list = Json::array();
  for (const auto& warning : warnings) {
    list.push_back(Json::object({{"pointer", warning.pointer}, {"detail", warning.detail}}));
  }
  return list;
}

Json transfer_json(const recording::TransferView& view) {
  const auto& row = view.row;
  Json checks = Json::array();
  for (const auto& check : view.line_checks) checks.push_back(check);
  return Json::object({{"id", row.id},
                       {"direction", handover::to_string(static_cast<Direction>(row.direction))},
                       {"state", to_string(row.state)},
                       {"record_id", text_or_null(row.record_id)},
                       {"public_code", text_or_null(row.public_code)},
                       {"tries_left", Json(row.tries_left)},
                       {"line_checks", std::move(checks)},
                       {"created_at", format_rfc3339(row.created_at)},
                       {"changed_at", format_rfc3339(row.changed_at)},
                       {"transfer", view.object},
                       {"warnings", warnings_json(view.warnings)}});
}

Json stock_json(const storage::StockRow& row) {
  const auto typed = parse_json(row.as_typed);
  INVARIANT(typed && typed->items().size() == 4);
  return Json::object({{"location", typed->items()[0]},
                       {"ProdNum", typed->items()[1]},
                       {"BatchNum", typed->items()[2]},
                       {"SerialNum", typed->items()[3]},
                       {"Qty", Json::number(row.quantity.to_string())}});
}

LaneLoop* LaneBook::find(std::string_view name) const {
  const auto found = std::find_if(lanes_.begin(), lanes_.end(),
                                  [&](const auto* lane) { return lane->name() == name; });
  return found == lanes_.end() ? nullptr : *found;
}

LaneLoop* LaneBook::find(std::int64_t lane) const {
  const auto found = std::find_if(lanes_.begin(), lanes_.end(),
                                  [&](const auto* loop) { return loop->id() == lane; });
  return found == lanes_.end() ? nullptr : *found;
}

Result<Json> LaneBook::deliveries_json(std::int64_t seq) const {
  Json deliveries = Json::array();
  TRY_ASSIGN(const auto rows, store_.deliveries.of_record(seq));
  for (const Delivery& delivery : rows) {
    TRY_ASSIGN(Json json, delivery_json(delivery));
    deliveries.push_back(std::move(json));
  }
  return deliveries;
}

Result<Json> LaneBook::damaged_json(std::int64_t seq) const {
  TRY_ASSIGN(Json deliveries, deliveries_json(seq));
  return Json::object({{"id", "seq:" + std::to_string(seq)},
                       {"seq", Json(seq)},
                       {"damaged", Json(true)},
                       {"deliveries", std::move(deliveries)}});
}

Result<Json> LaneBook::record_json(const Record& record) const {
  TRY_ASSIGN(Json deliveries, deliveries_json(record.seq));
  return Json::object({{"id", record.id},
                       {"seq", Json(record.seq)},
                       {"kind", handover::to_string(record.kind)},
                       {"captured_at", format_rfc3339(record.captured_at)},
                       {"body", record.body},
                       {"deliveries", std::move(deliveries)}});
}

Result<Json> LaneBook::delivery_json(const Delivery& delivery) const {
  const LaneLoop* lane = find(delivery.lane);
  std::string name = lane != nullptr ? lane->name() : std::string();
  if (lane == nullptr) {
    TRY_ASSIGN(name, store_.deliveries.lane_name(delivery.lane));
  }
  Json json = Json::object({{"lane", name}});
  if (!delivery.unit.empty()) json.set("unit", delivery.unit);
  json.set("state", to_string(delivery.state));
  json.set("attempts", Json(delivery.attempts));
  json.set("since", format_rfc3339(schedule_.to_wall(delivery.since)));
  Json next_try_at;
  if (is_waiting(delivery)) {
    forwarding::ScheduleTime next =
        deliberate_bug(Bug::kNextTryOfBefore) ? delivery.since : delivery.next_try_at;
    if (lane != nullptr) next = std::max(next, lane->status().until.value_or(next));
    next_try_at = format_rfc3339(schedule_.to_wall(next));
  }
  json.set("next_try_at", std::move(next_try_at));
  json.set("delivered_at",
           delivery.delivered_at
               ? Json(format_rfc3339(WallTime(milliseconds(*delivery.delivered_at))))
               : Json());
  json.set("receipt", receipt_json(delivery.receipt));
  json.set("why", why(delivery, lane));
  const bool waits_for_lane = delivery.who == 0 && is_waiting(delivery) && lane != nullptr &&
                              lane->status().mode == LaneMode::kStopped;
  json.set("who", waits_for_lane ? Json("dispatcher") : who_json(delivery.who));
  return json;
}

/// One sentence for the technician who asks why it is not there yet.
std::string LaneBook::why(const Delivery& delivery, const LaneLoop* lane) const {
  if (delivery.state == DeliveryState::kInFlight) return "being sent";
  if (!is_waiting(delivery)) return delivery.why;
  if (lane == nullptr)
    return "this lane is not in the configuration any more; put it back, or discard the delivery";
  const auto status = lane->status();
  // First what lasts longest: when the lane goes again, this one still waits for the other.
  if (delivery.blocked_by != 0) {
    const auto blocker = store_.deliveries.read(delivery.blocked_by);
    const bool quarantined = blocker && blocker->state == DeliveryState::kQuarantined;
    const std::string number = std::to_string(delivery.blocked_by / 65536);
    return "waits for record " + number + " of the same part or transfer" +
           (quarantined ? ", which is quarantined: retry or discard that one first" : "");
  }
  if (status.mode == LaneMode::kStopped) return "the lane has stopped: " + status.last_error;
  if (!delivery.why.empty()) return delivery.why;
  if (status.mode == LaneMode::kPaused) return status.last_error;
  return "waits to be sent";
}

Result<std::optional<Json>> LaneBook::left_lane_json(const storage::Deliveries::Lane& lane) const {
  TRY_ASSIGN(const storage::LaneCounts counts, store_.deliveries.counts(lane.id));
  if (counts.pending + counts.unknown + counts.quarantined == 0) return std::optional<Json>();
  return std::optional<Json>(Json::object({{"name", lane.name},
                                           {"label", ""},
                                           {"state", "stopped"},
                                           {"since", Json()},
                                           {"pending", Json(counts.pending)},
                                           {"unknown", Json(counts.unknown)},
                                           {"quarantined", Json(counts.quarantined)},
                                           {"not_wanted", Json(counts.not_wanted)},
                                           {"needs_person", Json(counts.pending + counts.unknown)},
                                           {"needs_person_why", Json()},
                                           {"oldest_pending", Json()},
                                           {"next_try_at", Json()},
                                           {"last_error",
                                            "this lane is not in the configuration any more: put "
                                            "it back, or discard what waits on it"}}));
}

Result<Json> LaneBook::lane_json(const LaneLoop& lane) const {
  TRY_ASSIGN(const storage::LaneCounts counts, store_.deliveries.counts(lane.id()));
  TRY_ASSIGN(const auto for_person,
             store_.deliveries.waiting_for_person(lane.id(), schedule_.now()));
  const auto status = lane.status();
  Json oldest;
  if (counts.oldest_pending_seq) {
    const auto entry = store_.journal.read(*counts.oldest_pending_seq);
    if (entry) oldest = format_rfc3339(entry->captured_at);
  }
  Json next_try_at;
  if (counts.next_try_at || (status.until && counts.pending + counts.unknown > 0)) {
    const auto next = std::max(counts.next_try_at.value_or(0), status.until.value_or(0));
    next_try_at = format_rfc3339(schedule_.to_wall(next));
  }
  return Json::object(
      {{"name", status.name},
       {"label", status.label},
       {"state", forwarding::to_string(status.mode)},
       {"since",
        status.since == 0 ? Json() : Json(format_rfc3339(schedule_.to_wall(status.since)))},
       {"pending", Json(counts.pending)},
       {"unknown", Json(counts.unknown)},
       {"quarantined", Json(counts.quarantined)},
       {"not_wanted", Json(counts.not_wanted)},
       {"needs_person", Json(for_person.count)},
       {"needs_person_why", text_or_null(reason_of(for_person))},
       {"oldest_pending", std::move(oldest)},
       {"next_try_at", std::move(next_try_at)},
       {"last_error", text_or_null(status.last_error)}});
}

}  // namespace handover::api
