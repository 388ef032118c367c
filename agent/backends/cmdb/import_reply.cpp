#include "agent/backends/cmdb/import_reply.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace handover::backends {
namespace {

using Outcome = ImportReply::Outcome;

constexpr std::size_t kRowsKept = 20;
// A transaction that ServiceNow's quota rules cancel (60 s by default) may have been applied.
constexpr std::string_view kQuotaCut = "maximum execution time exceeded";

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

Outcome outcome_of_row(const Json& row) {
  const std::string status = lower(row.text_of("status"));
  if (!row.text_of("error_message").empty()) return Outcome::kRefused;
  if (status == "inserted") return Outcome::kInserted;
  if (status == "updated" || status == "ignored") return Outcome::kApplied;
  return Outcome::kRefused;
}

std::string words_of_row(const Json& row) {
  std::string words = row.text_of("error_message");
  const std::string& message = row.text_of("status_message");
  if (!message.empty()) words += (words.empty() ? "" : ": ") + message;
  if (words.empty()) {
    const std::string& status = row.text_of("status");
    words = status.empty() ? "no status" : "status " + status;
  }
  return plain_words(words);
}

/// The members of a row that help a person find it again.
Json receipt_of_row(const Json& row) {
  static constexpr std::array<std::string_view, 8> kKept = {
      "transform_map", "status",        "table",         "sys_id",
      "record_link",   "display_value", "error_message", "status_message"};
  Json kept = Json::object();
  for (const std::string_view name : kKept) {
    const std::string& text = row.text_of(name);
    if (!text.empty()) kept.set(name, Json(plain_words(text)));
  }
  return kept;
}

void read_rows(ImportReply& reply, const std::vector<Json>& rows) {
  std::size_t refusing = 0;
  std::string reasons;
  Json kept = Json::array();
  reply.outcome = Outcome::kApplied;
  for (const Json& row : rows) {
    const Outcome outcome = outcome_of_row(row);
    if (kept.items().size() < kRowsKept) kept.push_back(receipt_of_row(row));
    if (outcome != Outcome::kRefused) continue;
    reply.outcome = Outcome::kRefused;
    if (++refusing <= kRowsKept) reasons += (reasons.empty() ? "" : "; ") + words_of_row(row);
  }
  reply.receipt.set("result", std::move(kept));
  const auto assets = asset_rows(rows);
  const bool inserted = std::any_of(assets.begin(), assets.end(), [](const Json* row) {
    return outcome_of_row(*row) == Outcome::kInserted;
  });
  if (inserted && refusing == 0) reply.outcome = Outcome::kInserted;
  if (refusing > 0 && rows.size() > 1) {
    reasons = std::to_string(refusing) + " of " + std::to_string(rows.size()) +
              " transform maps did not take it: " + reasons;
  }
  reply.words = plain_words(reasons);
}

void read_result_list(ImportReply& reply, const std::vector<Json>& rows) {
  if (rows.empty()) {
    reply.outcome = Outcome::kRefused;
    reply.words = "stored, but no transform map took it";
    return;
  }
  read_rows(reply, rows);
}

/// {"result": {…}}: the customer's own service, or the Table API. A status in it counts as that of
/// a row.
void read_result_object(ImportReply& reply, const Json& result) {
  if (is_error(result)) {
    reply.outcome = Outcome::kRefused;
    reply.words = own_words(result);
    reply.receipt.set("result", Json::array({receipt_of_row(result)}));
    return;
  }
  if (const Json* status = result.find("status"); status != nullptr && status->is_string()) {
    return read_rows(reply, {result});
  }
  reply.outcome = Outcome::kUnverified;
  reply.receipt.set("result", Json::array({receipt_of_row(result)}));
}

void read_body(ImportReply& reply, const Json& body) {
  if (is_error(body)) {
    reply.words = own_words(body);
    const bool cut = lower(reply.words).find(kQuotaCut) != std::string::npos;
    reply.outcome = cut ? Outcome::kUndecided : Outcome::kRefused;
    return;
  }
  for (const std::string_view name : {"import_set", "staging_table"}) {
    const std::string& text = body.text_of(name);
    if (!text.empty()) reply.receipt.set(name, Json(plain_words(text)));
  }
  const Json* result = body.find("result");
  reply.outcome = Outcome::kUndecided;
  reply.later = result == nullptr;
  if (result != nullptr && result->is_array()) read_result_list(reply, result->items());
  if (result != nullptr && result->is_object()) read_result_object(reply, *result);
}

}  // namespace

std::vector<const Json*> asset_rows(const std::vector<Json>& rows) {
  std::vector<const Json*> all;
  std::vector<const Json*> assets;
  for (const Json& row : rows) {
    all.push_back(&row);
    if (lower(row.text_of("table")).starts_with("alm_")) assets.push_back(&row);
  }
  return assets.empty() ? all : assets;
}

ImportReply read_import_reply(const HttpResponse& response) {
  ImportReply reply;
  reply.receipt = Json::object();
  reply.receipt.set("status", Json(std::int64_t{response.status}));
  if (is_page(response)) return reply;

  const auto body = json_object(response);
  if (body) read_body(reply, *body);
  const bool documented =
      response.status == 200 || response.status == 201 || response.status == 204;
  if (!body) {
    // No JSON and no page: what was cut off on its way back may well have been applied.
    const bool empty = response.body.empty();
    reply.outcome = empty ? Outcome::kUnverified : Outcome::kUndecided;
  }
  // 202 and its like: taken, to be applied later.
  if (!documented && reply.outcome != Outcome::kRefused) {
    reply.outcome = Outcome::kUndecided;
    reply.later = true;
  }
  return reply;
}

}  // namespace handover::backends
