#include "sim/back-ends/servicemobility/servicemobility_model.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "sim/back-ends/option_reader.hpp"
#include "sim/back-ends/servicemobility/error_body.hpp"
#include "sim/back-ends/servicemobility/json_web_token.hpp"

namespace handover::sim {
namespace {

constexpr std::string_view kLoginPath = "/createjwt";
constexpr std::string_view kTransferPath = "/seiapi/v3/mobile/InventoryTransfer";
constexpr std::string_view kUsagePath = "/seiapi/v3/mobile/InventoryUsage";
constexpr std::string_view kTransferExport = "/seiapi/v3/export/InventoryTransfer";
constexpr std::string_view kUsageExport = "/seiapi/v3/export/InventoryUsage";
constexpr std::string_view kCategoryPrefix = "/seiapi/v3/trans/SystemCategory/Default/";
constexpr std::uint64_t kExportLimitDefault = 100;
constexpr std::uint64_t kExportLimitMax = 1000;

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::int64_t seconds_of(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

/// The one method that a path knows; empty for a path that does not exist.
std::string_view method_of(std::string_view path) {
  if (path == kLoginPath || path == kTransferPath || path == kUsagePath) return "POST";
  if (path == kTransferExport || path == kUsageExport) return "GET";
  return path.starts_with(kCategoryPrefix) ? "GET" : "";
}

std::string read_products(const Json& value, UploadRules& rules) {
  rules.products.reset();
  if (value.is_null()) return {};
  if (!value.is_object()) return "expected an object of products, or null";
  rules.products.emplace();
  for (const auto& [name, attributes] : value.members()) {
    const Json* serialized = attributes.find("IsSerialized");
    const Json* batch = attributes.find("IsBatch");
    (*rules.products)[name] = {serialized != nullptr && serialized->boolean(),
                               batch != nullptr && batch->boolean()};
  }
  return {};
}

std::string read_locations(const Json& value, UploadRules& rules) {
  rules.locations.reset();
  if (value.is_null()) return {};
  if (!value.is_array()) return "expected a list of storage locations, or null";
  rules.locations.emplace();
  for (const auto& name : value.items()) rules.locations->insert(name.text());
  return {};
}

}  // namespace

ServiceMobilityModel::ServiceMobilityModel(ServiceMobilityOptions options, std::uint64_t seed)
    : options_(std::move(options)), seed_(seed), random_(seed) {}

HttpResponse ServiceMobilityModel::handle(const HttpRequest& request, WallTime now) {
  const Target target = parse_target(request.target);
  const std::string_view method = method_of(target.path);
  if (method.empty()) return error(404, "The URL does not exist.", nullptr);
  if (method != request.method) {
    HttpResponse response = error(405, "The method is not supported here.", nullptr);
    response.headers.push_back({"Allow", std::string(method)});
    return response;
  }
  if (options_.requests_per_second == 0) return route(request, target, now);

  const auto taken = rate_window_.take(target.path, options_.requests_per_second, now);
  if (!taken.allowed) return rate_limited(RateLimitHints(), now);
  HttpResponse response = route(request, target, now);
  response.headers.push_back({"X-RateLimit-Limit", std::to_string(options_.requests_per_second)});
  response.headers.push_back({"X-RateLimit-Remaining", std::to_string(taken.remaining)});
  // Seconds until the interval ends; the interval is one second.
  response.headers.push_back({"X-RateLimit-Reset", "1"});
  return response;
}

HttpResponse ServiceMobilityModel::route(const HttpRequest& request, const Target& target,
                                         WallTime now) {
  if (target.path == kLoginPath) return create_token(request, now);
  if (!token_is_valid(request, now)) return failure(401);
  if (target.path == kTransferPath) return upload(Kind::kTransfer, request, now);
  if (target.path == kUsagePath) return upload(Kind::kUsage, request, now);
  if (target.path == kTransferExport) return export_rows(Kind::kTransfer, target);
  if (target.path == kUsageExport) return export_rows(Kind::kUsage, target);
  return system_category(target);
}

HttpResponse ServiceMobilityModel::create_token(const HttpRequest& request, WallTime now) {
  const auto body = parse_json(request.body);
  const Json* name = body ? body->find("username") : nullptr;
  const Json* password = body ? body->find("password") : nullptr;
  if (name == nullptr || password == nullptr || !has_content_type(request, "application/json")) {
    return error(400, "An Authentication Object is expected.", nullptr);
  }
  const auto user = options_.users.find(name->text());
  if (user == options_.users.end() || user->second != password->text()) {
    return error(401, "Invalid logon.", nullptr);
  }
  const std::int64_t issued = seconds_of(now);
  const TokenClaims claims{user->first, issued, issued + options_.token_lifetime.count(),
                           ++tokens_issued_};
  return json_answer(200, Json::object({{"token", sign_token(claims, options_.signing_key)}}));
}

bool ServiceMobilityModel::token_is_valid(const HttpRequest& request, WallTime now) const {
  const std::string_view token = find_header(request.headers, "x-access-token");
  const auto claims = verify_token(token, options_.signing_key);
  return claims && claims->expires > seconds_of(now) && claims->number > tokens_expired_to_;
}

HttpResponse ServiceMobilityModel::upload(Kind kind, const HttpRequest& request, WallTime now) {
  const std::string key(find_header(request.headers, "Idempotency-Key"));
  if (key.empty()) {
    HttpResponse response = apply(kind, request, key, now);
    if (response.status == 201) ++uploads_without_key_;
    return response;
  }
  // A key means one thing on one path; the real server would have no reason to compare across
  // kinds.
  const std::string name = request.target + "\n" + key;
  const auto known = upload_index_.find(name);
  if (known != upload_index_.end()) {
    Upload& before = uploads_[known->second];
    ++before.times_seen;
    if (*before.body != request.body) {
      ++conflicts_;
      return error(409, "The key was used before with another body.", nullptr);
    }
    ++repeats_;
    return accepted(200, kind);
  }
  HttpResponse response = apply(kind, request, key, now);
  if (response.status != 201) return response;
  const auto& rows = kind == Kind::kTransfer ? transfer_rows_ : usage_rows_;
  upload_index_.emplace(name, uploads_.size());
  uploads_.push_back({request.target, key, rows.back().body, 1});
  return response;
}

HttpResponse ServiceMobilityModel::apply(Kind kind, const HttpRequest& request,
                                         const std::string& key, WallTime now) {
  if (!has_content_type(request, "application/json")) {
    return error(400, "Content-Type must be application/json.", nullptr);
  }
  const auto body = parse_json(request.body);
  if (!body) return error(400, "The body is not valid JSON.", nullptr);
  Half half;
  const auto violation = kind == Kind::kTransfer
                             ? check_transfer(*body, options_.rules, half.transfer)
                             : take_usage(*body);
  if (violation) return error(violation->status, violation->reason, &*violation);

  auto text = std::make_shared<const std::string>(request.body);
  const std::uint64_t rowver = next_rowver();
  (kind == Kind::kTransfer ? transfer_rows_ : usage_rows_).push_back({rowver, text, key});
  if (kind == Kind::kUsage) {
    // A usage has no natural key: the same words twice are the only sign of one that was sent
    // twice.
    if (!usage_hashes_.insert(std::hash<std::string>()(*text)).second) ++doubled_usages_;
  } else {
    half.body = std::move(text);
    half.key = key;
    half.rowver = rowver;
    half.received = now;
    transfers_.add(std::move(half));
  }
  webhooks_.push(kind == Kind::kTransfer ? "InventoryTransfer" : "InventoryUsage", rowver, *body,
                 find_header(request.headers, "x-access-token"), now);
  return accepted(201, kind);
}

std::optional<Violation> ServiceMobilityModel::take_usage(const Json& body) {
  ParsedUsage usage;
  auto violation = check_usage(body, options_.rules, usage);
  if (violation) return violation;
  for (const auto& movement : usage.movements) {
    stock_[{movement.location, movement.product}] += movement.change;
  }
  return std::nullopt;
}

HttpResponse ServiceMobilityModel::accepted(int status, Kind kind) const {
  Json body = Json::object();
  body.set("type", "").set("title", status == 201 ? "Created" : "OK");
  body.set("status", Json(std::int64_t{status}));
  if (options_.warnings) {
    body.set("detail", "The property UserID is about to be withdrawn.");
    Json warning =
        Json::object({{"name", "UserID"}, {"reason", "deprecated"}, {"path", "$.UserID"}});
    body.set("invalidParams", Json::array({std::move(warning)}));
  }
  HttpResponse response = json_answer(status, body);
  if (status != 201) return response;
  const bool transfer = kind == Kind::kTransfer;
  response.headers.push_back({"Location", std::string(transfer ? kTransferExport : kUsageExport) +
                                              "?rowver=" + std::to_string(last_rowver_ - 1) +
                                              "&limit=1"});
  return response;
}

HttpResponse ServiceMobilityModel::export_rows(Kind kind, const Target& target) const {
  const std::string* start = find_field(target.query, "rowver");
  const std::string* count = find_field(target.query, "limit");
  const auto after = parse_number(start == nullptr ? "0" : *start);
  const auto limit = count == nullptr ? kExportLimitDefault : parse_number(*count);
  if (!after || !limit || *limit == 0) {
    return error(400, "rowver or limit is not valid.", nullptr);
  }
  const auto& rows = kind == Kind::kTransfer ? transfer_rows_ : usage_rows_;
  const char* member = kind == Kind::kTransfer ? "InventoryTransfer" : "InventoryUsage";
  auto row =
      std::upper_bound(rows.begin(), rows.end(), *after,
                       [](std::uint64_t rowver, const ExportRow& r) { return rowver < r.rowver; });
  Json list = Json::array();
  std::string last = start == nullptr ? "0" : *start;
  for (; row != rows.end() && list.items().size() < std::min(*limit, kExportLimitMax); ++row) {
    auto object = parse_json(*row->body);
    last = std::to_string(row->rowver);
    Json entry = Json::object({{"rowver", last}});
    if (object) entry.set(member, std::move(*object));
    list.push_back(std::move(entry));
  }
  return json_answer(200, Json::object({{"rowver", last}, {"rows", std::move(list)}}));
}

HttpResponse ServiceMobilityModel::system_category(const Target& target) const {
  const std::string id = target.path.substr(kCategoryPrefix.size());
  if (id != options_.transfer_types_category) {
    return error(410, "The system category does not exist.", nullptr);
  }
  const auto act = [](const std::string& code, const char* words) {
    return Json::object(
        {{"SysActID", code}, {"IsActive", Json(true)}, {"Desc", Json::object({{"en", words}})}});
  };
  const Json desc = Json::object({{"en", "Inventory Transfer Types"}});
  const Json acts = Json::array(
      {act(options_.rules.outbound_type, "Outbound"), act(options_.rules.inbound_type, "Inbound")});
  return json_answer(
      200,
      Json::object(
          {{"SysCatID", id}, {"Desc", desc}, {"FlexForms", Json::array()}, {"SysActs", acts}}));
}

HttpResponse ServiceMobilityModel::error(int status, const std::string& message,
                                         const Violation* violation) const {
  return error_answer(options_.older_errors, status, message, violation);
}

HttpResponse ServiceMobilityModel::failure(int status) const {
  if (status == 401) return error(401, "The access token is not valid.", nullptr);
  return error(status, status >= 500 ? "Server error." : "The request was refused.", nullptr);
}

HttpResponse ServiceMobilityModel::rate_limited(const RateLimitHints& hints, WallTime) const {
  HttpResponse response = error(429, "Rate limit exceeded.", nullptr);
  const std::string wait = std::to_string(hints.wait.count());
  const unsigned limit = options_.requests_per_second == 0 ? 15 : options_.requests_per_second;
  if (hints.retry_after) response.headers.push_back({"Retry-After", wait});
  if (hints.reset) {
    response.headers.push_back({"X-RateLimit-Limit", std::to_string(limit)});
    response.headers.push_back({"X-RateLimit-Remaining", "0"});
    response.headers.push_back({"X-RateLimit-Reset", wait});
  }
  return response;
}

HttpResponse ServiceMobilityModel::refuse_item(const HttpRequest& request, WallTime) {
  Violation violation{410, "/Items/0/ProdNum", "product does not exist", ""};
  if (request.target.starts_with(kUsagePath))
    violation.pointer = "/StorageLocations/0" + violation.pointer;
  return error(410, violation.reason, &violation);
}

void ServiceMobilityModel::reset() {
  // Whole and new, so that no member is forgotten; tokens keep counting, because old ones are still
  // signed.
  ServiceMobilityModel fresh(options_, seed_);
  fresh.tokens_issued_ = tokens_issued_;
  fresh.tokens_expired_to_ = tokens_issued_;
  fresh.webhooks_.options() = webhooks_.options();
  fresh.webhooks_.on_queued(webhooks_.listener());
  *this = std::move(fresh);
}

Result<void> ServiceMobilityModel::configure(const Json& options) {
  OptionReader reader;
  reader.seconds("token_lifetime_s", options_.token_lifetime)
      .flag("older_errors", options_.older_errors)
      .flag("warnings", options_.warnings)
      .number("requests_per_second", options_.requests_per_second)
      .text("transfer_type_outbound", options_.rules.outbound_type)
      .text("transfer_type_inbound", options_.rules.inbound_type)
      .text("webhook_url", webhooks_.options().url)
      .text("webhook_ca_file", webhooks_.options().ca_file)
      .flag("webhook_rowver", webhooks_.options().rowver)
      .number("webhook_again", webhooks_.options().again_one_in)
      .number("webhook_at_once", webhooks_.options().at_once_one_in)
      .number("webhook_late", webhooks_.options().late_one_in)
      .number("webhook_broken", webhooks_.options().broken_one_in)
      .number("webhook_changed", webhooks_.options().changed_one_in)
      .with("products", [this](const Json& value) { return read_products(value, options_.rules); })
      .with("locations",
            [this](const Json& value) { return read_locations(value, options_.rules); });
  return reader.read(options);
}

Json ServiceMobilityModel::counts() const {
  Json counts = Json::object();
  counts.set("halves_count", json_number(transfers_.halves().size()))
      .set("pairs_count", json_number(transfers_.pair_count()))
      .set("unpaired_count", json_number(transfers_.unpaired_count()))
      .set("mismatches_count", json_number(transfers_.mismatches().size()))
      .set("doubled_count", json_number(transfers_.copy_count()))
      .set("usages_count", json_number(usage_rows_.size()))
      .set("doubled_usages_count", json_number(doubled_usages_))
      .set("keys_count", json_number(uploads_.size()))
      .set("repeats", json_number(repeats_))
      .set("conflicts", json_number(conflicts_))
      .set("webhooks_queued", json_number(webhooks_.counts().queued))
      .set("webhooks_sent", json_number(webhooks_.counts().sent))
      .set("webhooks_delivered", json_number(webhooks_.counts().delivered))
      .set("webhooks_given_up", json_number(webhooks_.counts().given_up))
      .set("webhooks_wrongly_taken", json_number(webhooks_.counts().wrongly_taken))
      .set("uploads_without_key", json_number(uploads_without_key_))
      .set("tokens_issued", Json(tokens_issued_));
  return counts;
}

Json ServiceMobilityModel::state() const {
  Json state = counts();
  transfers_.report(state);
  Json usages = Json::array();
  for (const auto& row : usage_rows_) {
    auto body = parse_json(*row.body);
    Json entry = Json::object({{"rowver", std::to_string(row.rowver)}});
    if (body) entry.set("body", std::move(*body));
    usages.push_back(std::move(entry));
  }
  std::map<std::string, std::size_t> effects;
  for (const auto* rows : {&transfer_rows_, &usage_rows_}) {
    for (const auto& row : *rows) ++effects[row.key];
  }
  Json keys = Json::array();
  for (const auto& upload : uploads_) {
    keys.push_back(Json::object({{"path", upload.path},
                                 {"key", upload.key},
                                 {"times_seen", json_number(upload.times_seen)},
                                 {"effects", json_number(effects[upload.key])}}));
  }
  Json stock = Json::array();
  for (const auto& [place, quantity] : stock_) {
    stock.push_back(Json::object({{"location", place.first},
                                  {"product", place.second},
                                  {"change", Json::number(format_quantity(quantity))}}));
  }
  state.set("usages", std::move(usages)).set("idempotency_keys", std::move(keys));
  state.set("stock", std::move(stock));
  return state;
}

std::size_t ServiceMobilityModel::effects_of(std::string_view key) const {
  const auto has_key = [&](const ExportRow& row) { return row.key == key; };
  return std::size_t(std::count_if(transfer_rows_.begin(), transfer_rows_.end(), has_key) +
                     std::count_if(usage_rows_.begin(), usage_rows_.end(), has_key));
}

Micros ServiceMobilityModel::stock_change(const std::string& location,
                                          const std::string& product) const {
  const auto found = stock_.find({location, product});
  return found == stock_.end() ? 0 : found->second;
}

}  // namespace handover::sim
