// The calls of the API, one function each. api.cpp brings them requests and takes care of tokens,
// hosts and repeated calls.
#include <algorithm>

#include "agent/api/api.hpp"
#include "agent/api/problem.hpp"
#include "agent/domain/asset_event.hpp"
#include "agent/domain/field_reader.hpp"
#include "agent/forwarding/record_of.hpp"
#include "crypto/identifier.hpp"
#include "crypto/sha256.hpp"
#include "storage/schema.hpp"

namespace handover::api {
namespace {

using forwarding::LaneLoop;
using recording::CodeOutcome;
using storage::Delivery;

constexpr const char* kVersion = "0.1.0";

HttpResponse list_answer(Json items, std::size_t limit, Json last) {
  const bool more = items.items().size() == limit;
  return json_answer(
      200, Json::object({{"items", std::move(items)}, {"next", more ? std::move(last) : Json()}}));
}

/// Calls without parameters say so, instead of passing over a body that somebody thought would
/// matter.
Result<void> expect_no_body(const Call& call) {
  if (call.request().body.empty()) return {};
  TRY_ASSIGN(const Json body, call.body());
  if (body.is_object() && body.members().empty()) return {};
  return fail(Error::invalid("", "this call takes no body"));
}

HttpResponse refused_code(const CodeOutcome& outcome) {
  Json more = Json::object({{"tries_left", Json(outcome.view.row.tries_left)}});
  switch (outcome.kind) {
    case CodeOutcome::Kind::kMistyped:
      return problem(422, "code-mistyped", "Mistyped", outcome.words, more);
    case CodeOutcome::Kind::kReplayed:
      return problem(409, "code-replayed", "Used before", outcome.words, more);
    case CodeOutcome::Kind::kDeadOffer:
      return problem(409, "offer-dead", "That offer is dead", outcome.words, more);
    case CodeOutcome::Kind::kClosed:
      return problem(409, "transfer-closed", "This transfer is closed", outcome.words, more);
    case CodeOutcome::Kind::kCompleted:
    case CodeOutcome::Kind::kMismatch:
      break;
  }
  Json checks = Json::array();
  for (const auto& check : outcome.view.line_checks) checks.push_back(check);
  more.set("line_checks", std::move(checks));
  return problem(422, "code-mismatch", "The code does not fit", outcome.words, more);
}

Result<storage::StockKey> parse_stock_cursor(const std::string& cursor) {
  if (cursor.empty()) return storage::StockKey();
  const auto bytes = crypto::from_hex(cursor);
  if (bytes) {
    const auto key = parse_json({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
    if (key && key->items().size() == 4) {
      const auto& parts = key->items();
      return storage::StockKey{parts[0].text(), parts[1].text(), parts[2].text(), parts[3].text()};
    }
  }
  return fail(Error::invalid("?after", "expected the `next` of an earlier answer"));
}

Json stock_cursor(const storage::StockKey& key) {
  const std::string text = Json::array({key.location, key.prod, key.batch, key.serial}).dump();
  return crypto::to_hex(std::as_bytes(std::span(text)));
}

}  // namespace

Result<HttpResponse> Api::post_transfer(const Call& call, const std::vector<std::string>&) {
  TRY_ASSIGN(const Json body, call.body());
  TRY_ASSIGN(const Transfer transfer, parse_transfer(body));
  TRY_ASSIGN(const recording::TransferView view, world_.recorder.start(transfer));
  HttpResponse response = json_answer(201, transfer_json(view));
  response.headers.push_back({"Location", "/v1/transfers/" + view.row.id});
  return response;
}

Result<HttpResponse> Api::list_transfers(const Call& call, const std::vector<std::string>&) {
  RETURN_IF_ERROR(call.only_parameters({"state", "limit", "after"}));
  TRY_ASSIGN(const std::int64_t limit, call.limit());
  TRY_ASSIGN(const std::int64_t after, call.after());
  std::optional<storage::TransferState> state;
  if (const std::string text = call.parameter("state"); !text.empty()) {
    auto parsed = parse_transfer_state(text);
    if (!parsed) return fail(std::move(parsed).error().below("?state"));
    state = *parsed;
  }
  TRY_ASSIGN(const auto rows, world_.store.transfers.list(state, after, limit));
  Json items = Json::array();
  for (const auto& row : rows) items.push_back(transfer_json(world_.recorder.view_of(row)));
  Json last = rows.empty() ? Json() : Json(std::to_string(rows.back().number));
  return list_answer(std::move(items), static_cast<std::size_t>(limit), std::move(last));
}

Result<HttpResponse> Api::get_transfer(const Call& call,
                                       const std::vector<std::string>& arguments) {
  RETURN_IF_ERROR(call.only_parameters({}));
  TRY_ASSIGN(const recording::TransferView view, world_.recorder.show(arguments[0]));
  return json_answer(200, transfer_json(view));
}

Result<HttpResponse> Api::post_code(const Call& call, const std::vector<std::string>& arguments) {
  TRY_ASSIGN(const Json body, call.body());
  Complaints complaints;
  FieldReader reader(body, "", complaints);
  reader.only({"code"});
  const std::string code = reader.required_text("code");
  if (!complaints.empty()) return fail(std::move(complaints).to_error());
  TRY_ASSIGN(const CodeOutcome outcome, world_.recorder.enter_code(arguments[0], code));
  if (outcome.kind != CodeOutcome::Kind::kCompleted) return refused_code(outcome);
  wake_lanes();
  return json_answer(200, transfer_json(outcome.view));
}

Result<HttpResponse> Api::post_offer(const Call& call, const std::vector<std::string>& arguments) {
  RETURN_IF_ERROR(expect_no_body(call));
  TRY_ASSIGN(const recording::TransferView view, world_.recorder.offer_again(arguments[0]));
  return json_answer(200, transfer_json(view));
}

Result<HttpResponse> Api::post_cancel(const Call& call, const std::vector<std::string>& arguments) {
  RETURN_IF_ERROR(expect_no_body(call));
  TRY_ASSIGN(const recording::TransferView view, world_.recorder.cancel(arguments[0]));
  return json_answer(200, transfer_json(view));
}

Result<HttpResponse> Api::post_usage(const Call& call, const std::vector<std::string>&) {
  TRY_ASSIGN(const Json body, call.body());
  TRY_ASSIGN(Usage usage, parse_usage(body));
  TRY_ASSIGN(const recording::RecordView view, world_.recorder.record_usage(std::move(usage)));
  return created(view);
}

Result<HttpResponse> Api::post_asset_event(const Call& call, const std::vector<std::string>&) {
  TRY_ASSIGN(const Json body, call.body());
  TRY_ASSIGN(Json event, parse_asset_event(body));
  TRY_ASSIGN(const recording::RecordView view,
             world_.recorder.record_asset_event(std::move(event)));
  return created(view);
}

Result<HttpResponse> Api::created(const recording::RecordView& view) {
  wake_lanes();
  TRY_ASSIGN(Json record, lane_book_.record_json(view.record));
  auto warnings = view.warnings;
  if (record.find("deliveries")->items().empty()) {
    warnings.push_back({"", "no configured back-end wants this record; it stays on this device"});
  }
  record.set("warnings", warnings_json(warnings));
  HttpResponse response = json_answer(201, record);
  response.headers.push_back({"Location", "/v1/records/" + view.record.id});
  return response;
}

Result<HttpResponse> Api::list_records(const Call& call, const std::vector<std::string>&) {
  RETURN_IF_ERROR(call.only_parameters({"state", "lane", "limit", "after"}));
  TRY_ASSIGN(const std::int64_t limit, call.limit());
  TRY_ASSIGN(const std::int64_t after, call.after());
  std::optional<storage::DeliveryState> state;
  if (const std::string text = call.parameter("state"); !text.empty()) {
    auto parsed = parse_delivery_state(text);
    if (!parsed) return fail(std::move(parsed).error().below("?state"));
    state = *parsed;
  }
  std::int64_t lane = 0;
  if (const std::string name = call.parameter("lane"); !name.empty()) {
    const LaneLoop* found = lane_book_.find(name);
    if (found == nullptr)
      return fail(Error::invalid("?lane", "there is no such lane in the configuration"));
    lane = found->id();
  }
  const bool all = !state && lane == 0;
  TRY_ASSIGN(const auto numbers,
             all ? world_.store.journal.list(after, limit)
                 : world_.store.deliveries.records_in(state, lane, after, limit));
  Json items = Json::array();
  for (const std::int64_t seq : numbers) {
    auto entry = world_.store.journal.read(seq);
    if (!entry && entry.error().code == Errc::kCorrupt) {
      items.push_back(Json::object({{"seq", Json(seq)}, {"damaged", Json(true)}}));
      continue;
    }
    if (!entry) return fail(std::move(entry).error());
    TRY_ASSIGN(Json record, lane_book_.record_json(forwarding::record_of(std::move(*entry))));
    items.push_back(std::move(record));
  }
  Json last = numbers.empty() ? Json() : Json(std::to_string(numbers.back()));
  return list_answer(std::move(items), static_cast<std::size_t>(limit), std::move(last));
}

Result<HttpResponse> Api::get_record(const Call& call, const std::vector<std::string>& arguments) {
  RETURN_IF_ERROR(call.only_parameters({}));
  TRY_ASSIGN(auto entry, world_.store.journal.read_by_id(arguments[0]));
  TRY_ASSIGN(const Json record, lane_book_.record_json(forwarding::record_of(std::move(entry))));
  return json_answer(200, record);
}

Result<HttpResponse> Api::change_deliveries(
    const std::vector<std::string>& arguments,
    const std::function<Result<void>(LaneLoop* lane, const Delivery& delivery)>& change) {
  TRY_ASSIGN(auto entry, world_.store.journal.read_by_id(arguments[0]));
  TRY_ASSIGN(const auto all_lanes, world_.store.deliveries.lanes());
  const auto lane = std::find_if(all_lanes.begin(), all_lanes.end(),
                                 [&](const auto& known) { return known.name == arguments[1]; });
  if (lane == all_lanes.end()) return fail(Errc::kNotFound, "there is no such lane");
  TRY_ASSIGN(const auto deliveries, world_.store.deliveries.of_record(entry.seq));
  std::size_t changed = 0;
  std::optional<Error> refusal;
  for (const Delivery& delivery : deliveries) {
    if (delivery.lane != lane->id) continue;
    auto done = change(lane_book_.find(lane->id), delivery);
    if (done) ++changed;
    // A record of several units has several deliveries on a lane: those that are through already do
    // not stop the others.
    if (!done && done.error().code != Errc::kRefused) return fail(std::move(done).error());
    if (!done) refusal = std::move(done).error();
  }
  if (changed == 0) {
    return fail(refusal ? std::move(*refusal)
                        : Error(Errc::kNotFound, "this record has no delivery on that lane"));
  }
  wake_lanes();
  TRY_ASSIGN(const Json record, lane_book_.record_json(forwarding::record_of(std::move(entry))));
  return json_answer(200, record);
}

Result<HttpResponse> Api::post_retry(const Call& call, const std::vector<std::string>& arguments) {
  RETURN_IF_ERROR(expect_no_body(call));
  return change_deliveries(arguments, [](LaneLoop* lane, const Delivery& delivery) -> Result<void> {
    if (lane != nullptr) return lane->retry(delivery);
    return fail(Error::refused(
        "delivery-closed", "this lane is not in the configuration any more: put it back first"));
  });
}

Result<HttpResponse> Api::post_discard(const Call& call,
                                       const std::vector<std::string>& arguments) {
  TRY_ASSIGN(const Json body, call.body());
  Complaints complaints;
  FieldReader reader(body, "", complaints);
  reader.only({"reason"});
  const std::string reason = reader.required_text("reason");
  if (!complaints.empty()) return fail(std::move(complaints).to_error());
  return change_deliveries(arguments, [&](LaneLoop*, const Delivery& delivery) {
    return forwarding::discard_delivery(world_.store.deliveries, delivery, "discarded: " + reason,
                                        world_.schedule.now());
  });
}

Result<HttpResponse> Api::list_stock(const Call& call, const std::vector<std::string>&) {
  RETURN_IF_ERROR(call.only_parameters({"location", "query", "limit", "after"}));
  TRY_ASSIGN(const std::int64_t limit, call.limit());
  TRY_ASSIGN(const storage::StockKey after, parse_stock_cursor(call.parameter("after")));
  auto location = crypto::canonical_optional_identifier(call.parameter("location"));
  if (!location) return fail(std::move(location).error().below("?location"));
  auto part = crypto::canonical_optional_identifier(call.parameter("query"));
  if (!part) return fail(std::move(part).error().below("?query"));
  TRY_ASSIGN(const auto rows, world_.store.stock.list(*location, *part, after, limit));
  Json items = Json::array();
  for (const auto& row : rows) items.push_back(stock_json(row));
  Json last = rows.empty() ? Json() : stock_cursor(rows.back().key);
  return list_answer(std::move(items), static_cast<std::size_t>(limit), std::move(last));
}

Result<HttpResponse> Api::post_sync(const Call& call, const std::vector<std::string>&) {
  RETURN_IF_ERROR(expect_no_body(call));
  Json waiting = Json::array();
  for (auto* lane : world_.lanes) {
    RETURN_IF_ERROR(lane->sync_now());
    TRY_ASSIGN(const auto counts, world_.store.deliveries.counts(lane->id()));
    waiting.push_back(
        Json::object({{"lane", lane->name()}, {"waiting", Json(counts.pending + counts.unknown)}}));
  }
  return json_answer(202, Json::object({{"lanes", std::move(waiting)}}));
}

Result<HttpResponse> Api::get_status(const Call& call, const std::vector<std::string>&) {
  RETURN_IF_ERROR(call.only_parameters({}));
  TRY_ASSIGN(const std::int64_t records, world_.store.journal.last_seq());
  TRY_ASSIGN(const auto damaged, world_.store.journal.damaged());
  Json lanes = Json::array();
  for (const auto* lane : world_.lanes) {
    TRY_ASSIGN(Json json, lane_book_.lane_json(*lane));
    lanes.push_back(std::move(json));
  }
  TRY_ASSIGN(const auto all_lanes, world_.store.deliveries.lanes());
  for (const auto& lane : all_lanes) {
    if (lane_book_.find(lane.id) != nullptr) continue;
    TRY_ASSIGN(auto json, lane_book_.left_lane_json(lane));
    if (json) lanes.push_back(std::move(*json));
  }
  const auto& device = world_.device;
  return json_answer(
      200,
      Json::object(
          {{"version", kVersion},
           {"time", format_rfc3339(world_.clock.wall_now())},
           {"device", Json::object({{"id", device.id},
                                    {"user_id", device.technician.user_id},
                                    {"storage_location", device.storage_location}})},
           {"store",
            Json::object({{"records", Json(records)},
                          {"damaged", Json(static_cast<std::int64_t>(damaged.size()))},
                          {"schema", Json(static_cast<std::int64_t>(storage::kSchemaVersion))}})},
           {"lanes", std::move(lanes)}}));
}

Result<HttpResponse> Api::get_metrics(const Call& call, const std::vector<std::string>&) {
  RETURN_IF_ERROR(call.only_parameters({}));
  TRY_ASSIGN(const std::int64_t records, world_.store.journal.last_seq());
  std::string text =
      "# HELP handover_records_total Records accepted by this device.\n# TYPE "
      "handover_records_total counter\n"
      "handover_records_total " +
      std::to_string(records) +
      "\n"
      "# HELP handover_deliveries Open deliveries by lane and state.\n# TYPE handover_deliveries "
      "gauge\n";
  std::string lanes =
      "# HELP handover_lane_state 0 running, 1 paused, 2 stopped.\n# TYPE handover_lane_state "
      "gauge\n";
  for (const auto* lane : world_.lanes) {
    TRY_ASSIGN(const auto counts, world_.store.deliveries.counts(lane->id()));
    const std::string label = "{lane=\"" + lane->name() + "\"";
    text += "handover_deliveries" + label + ",state=\"pending\"} " +
            std::to_string(counts.pending) + "\n";
    text += "handover_deliveries" + label + ",state=\"unknown\"} " +
            std::to_string(counts.unknown) + "\n";
    text += "handover_deliveries" + label + ",state=\"quarantined\"} " +
            std::to_string(counts.quarantined) + "\n";
    lanes += "handover_lane_state" + label + "} " +
             std::to_string(static_cast<int>(lane->status().mode)) + "\n";
  }
  HttpResponse response(200);
  response.headers.push_back({"Content-Type", "text/plain; version=0.0.4"});
  response.body = text + lanes;
  return response;
}

}  // namespace handover::api
