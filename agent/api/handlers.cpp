// The calls of the API, one function each. api.cpp brings them requests and takes care of tokens,
// hosts and repeated calls.
#include <algorithm>
#include <charconv>

#include "agent/api/api.hpp"
#include "agent/api/page.hpp"
#include "agent/api/problem.hpp"
#include "agent/domain/asset_event.hpp"
#include "agent/forwarding/record_of.hpp"
#include "agent/intake/site.hpp"
#include "crypto/identifier.hpp"
#include "crypto/sha256.hpp"
#include "storage/schema.hpp"

namespace handover::api {
namespace {

using forwarding::LaneLoop;
using recording::CodeOutcome;

constexpr const char* kVersion = "0.1.0";

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
    case CodeOutcome::Kind::kListsDiffer:
    case CodeOutcome::Kind::kMismatch:
      break;
  }
  Json checks = Json::array();
  for (const auto& check : outcome.view.line_checks) checks.push_back(check);
  more.set("line_checks", std::move(checks));
  return problem(422, "code-mismatch", "The code does not fit", outcome.words, more);
}

Result<HttpResponse> Api::post_transfer(const Call& call, const std::vector<std::string>&) {
  TRY_ASSIGN(const Json body, call.body());
  if (body.find("scanned") != nullptr) return start_scanned(body);
  TRY_ASSIGN(const Transfer transfer, parse_transfer(body));
  TRY_ASSIGN(const recording::TransferView view, world_.recorder.start(transfer));
  return transfer_answer(201, view);
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
  Page page(limit);
  for (const auto& row : rows) {
    Json json = transfer_view_json(world_.recorder.view_of(row));
    if (!page.add(std::move(json), Json(std::to_string(row.number)))) break;
  }
  return page.answer();
}

Result<HttpResponse> Api::get_transfer(const Call& call,
                                       const std::vector<std::string>& arguments) {
  RETURN_IF_ERROR(call.only_parameters({}));
  TRY_ASSIGN(const recording::TransferView view, world_.recorder.show(arguments[0]));
  return transfer_answer(200, view);
}

Result<HttpResponse> Api::post_code(const Call& call, const std::vector<std::string>& arguments) {
  TRY_ASSIGN(const std::string code, call.only_text("code"));
  TRY_ASSIGN(const CodeOutcome outcome, world_.recorder.enter_code(arguments[0], code));
  if (outcome.kind != CodeOutcome::Kind::kCompleted) return refused_code(outcome);
  wake_lanes();
  return transfer_answer(200, outcome.view);
}

Result<HttpResponse> Api::post_offer(const Call& call, const std::vector<std::string>& arguments) {
  RETURN_IF_ERROR(call.expect_no_body());
  TRY_ASSIGN(const recording::TransferView view, world_.recorder.offer_again(arguments[0]));
  return transfer_answer(200, view);
}

Result<HttpResponse> Api::post_cancel(const Call& call, const std::vector<std::string>& arguments) {
  RETURN_IF_ERROR(call.expect_no_body());
  TRY_ASSIGN(const recording::TransferView view, world_.recorder.cancel(arguments[0]));
  return transfer_answer(200, view);
}

Result<HttpResponse> Api::post_usage(const Call& call, const std::vector<std::string>&) {
  TRY_ASSIGN(const Json body, call.body());
  TRY_ASSIGN(Usage usage, parse_usage(body));
  TRY_ASSIGN(recording::RecordView view, world_.recorder.record_usage(std::move(usage)));
  TRY_ASSIGN(const auto proposed, world_.orders.propose(view.record));
  if (proposed) {
    view.warnings.push_back({"",
                             "a service order for what was installed is proposed, and not sent: "
                             "see /v1/service-orders/" +
                                 proposed->row.id});
  }
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
  const auto& deliveries = record.find("deliveries")->items();
  const bool wanted = std::any_of(deliveries.begin(), deliveries.end(), [](const Json& delivery) {
    return delivery.text_of("state") != "not_wanted";
  });
  if (!wanted) {
    warnings.push_back({"", "no configured back-end wants this record; it stays on this device"});
  }
  record.set("warnings", warnings_json(warnings));
  HttpResponse response = json_answer(view.known ? 200 : 201, record);
  response.headers.push_back({"Location", "/v1/records/" + view.record.id});
  return response;
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
  Page page(limit);
  for (const auto& row : rows) {
    if (!page.add(stock_json(row), stock_cursor(row.key))) break;
  }
  return page.answer();
}

Result<HttpResponse> Api::post_sync(const Call& call, const std::vector<std::string>&) {
  RETURN_IF_ERROR(call.expect_no_body());
  Json waiting = Json::array();
  for (auto* lane : world_.lanes) {
    RETURN_IF_ERROR(lane->sync_now());
    TRY_ASSIGN(const auto counts, world_.store.deliveries.counts(lane->id()));
    waiting.push_back(
        Json::object({{"lane", lane->name()}, {"waiting", Json(counts.pending + counts.unknown)}}));
  }
  if (world_.site != nullptr) RETURN_IF_ERROR(world_.site->sync_now());
  return json_answer(202, Json::object({{"lanes", std::move(waiting)}}));
}

Result<HttpResponse> Api::get_events(const Call& call, const std::vector<std::string>&) {
  RETURN_IF_ERROR(call.only_parameters({}));
  std::optional<std::int64_t> after;
  if (const auto last = call.header("Last-Event-ID"); !last.empty()) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(last.data(), last.data() + last.size(), number);
    if (error != std::errc() || end != last.data() + last.size() || number < 0) {
      return fail(Error::invalid("#Last-Event-ID", "expected the id of an event that was heard"));
    }
    after = number;
  }
  HttpResponse response(200);
  response.headers.push_back({"Content-Type", "text/event-stream"});
  TRY_ASSIGN(response.stream, events_.open(after));
  return response;
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
  Json status = Json::object(
      {{"version", kVersion},
       {"time", format_rfc3339(world_.clock.wall_now())},
       {"device", Json::object({{"id", device.id},
                                {"user_id", device.technician.user_id},
                                {"storage_location", device.storage_location}})},
       {"store",
        Json::object({{"records", Json(records)},
                      {"damaged", Json(static_cast<std::int64_t>(damaged.size()))},
                      {"schema", Json(static_cast<std::int64_t>(storage::kSchemaVersion))}})},
       {"enrollment", enrollment_json(world_, world_.clock.wall_now())},
       {"lanes", std::move(lanes)}});
  if (world_.site != nullptr) {
    TRY_ASSIGN(Json intake, world_.site->status());
    status.set("intake", std::move(intake));
  }
  return json_answer(200, status);
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
      "# HELP handover_deliveries Deliveries by lane and state: open ones, and those never "
      "wanted.\n# TYPE handover_deliveries "
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
    text += "handover_deliveries" + label + ",state=\"not_wanted\"} " +
            std::to_string(counts.not_wanted) + "\n";
    lanes += "handover_lane_state" + label + "} " +
             std::to_string(static_cast<int>(lane->status().mode)) + "\n";
  }
  HttpResponse response(200);
  response.headers.push_back({"Content-Type", "text/plain; version=0.0.4"});
  response.body = text + lanes;
  if (world_.site != nullptr) {
    TRY_ASSIGN(const std::string intake, world_.site->metrics());
    response.body += intake;
  }
  return response;
}

}  // namespace handover::api
