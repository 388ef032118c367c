#include "sim/back-ends/cmdb/cmdb_model.hpp"

#include <array>
#include <cstdlib>
#include <utility>

#include "sim/back-ends/cmdb/table_query.hpp"
#include "sim/back-ends/option_reader.hpp"

namespace handover::sim {
namespace {

constexpr std::string_view kTokenPath = "/oauth_token.do";
constexpr std::string_view kAssetTable = "alm_hardware";
constexpr std::array<std::string_view, 2> kImportPrefixes = {"/api/now/import/",
                                                             "/api/now/v1/import/"};
constexpr std::array<std::string_view, 2> kTablePrefixes = {"/api/now/table/",
                                                            "/api/now/v1/table/"};

/// What follows the first prefix that fits; nothing if none does.
std::optional<std::string_view> after_prefix(std::string_view path,
                                             const std::array<std::string_view, 2>& prefixes) {
  for (const auto prefix : prefixes) {
    if (path.starts_with(prefix)) return path.substr(prefix.size());
  }
  return std::nullopt;
}

std::pair<std::string_view, std::string_view> words_for(int status) {
  switch (status) {
    case 400:
      return {"Invalid request", "The request failed for unknown reasons"};
    case 401:
      return {"User Not Authenticated", "Required to provide Auth information"};
    case 403:
      return {"Operation Failed", "ACL Exception Insert Failed due to security constraints"};
    case 404:
      return {"No Record found", "Record doesn't exist or ACL restricts the record retrieval"};
    case 405:
      return {"Method not supported", "The method is not supported for this resource"};
    case 415:
      return {"Media-Type not supported", "The Content-Type is not supported"};
    case 500:
      return {"Transaction cancelled: maximum execution time exceeded", "Check logs for details"};
    default:
      return {"Service is not available", "Try again later"};
  }
}

}  // namespace

CmdbModel::CmdbModel(CmdbOptions options, std::uint64_t seed)
    : options_(std::move(options)), seed_(seed), random_(seed) {
  std::set<std::string> folded;
  for (const auto& serial : options_.active_transfer_orders) folded.insert(lower_ascii(serial));
  options_.active_transfer_orders = std::move(folded);
}

HttpResponse CmdbModel::handle(const HttpRequest& request, WallTime now) {
  const Target target = parse_target(request.target);
  if (target.path == kTokenPath) {
    if (request.method != "POST") return failure(405);
    return oauth_.answer(request, options_.oauth, options_.users, now, random_);
  }
  if (options_.requests_per_hour == 0) return route(request, target, now);
  const bool reading = after_prefix(target.path, kTablePrefixes).has_value();
  const auto taken =
      rate_window_.take(reading ? "Table API" : "Import Set API", options_.requests_per_hour, now);
  if (taken.allowed) return route(request, target, now);
  const auto wait = std::chrono::ceil<std::chrono::seconds>(taken.resets_at - now);
  return rate_limited({wait, true, true}, now);
}

HttpResponse CmdbModel::route(const HttpRequest& request, const Target& target, WallTime now) {
  const auto who = authenticate(request, now);
  if (!who) return failure(401);
  if (const auto table = after_prefix(target.path, kImportPrefixes)) {
    if (request.method != "POST") return failure(405);
    if (*table != options_.staging_table) {
      return error(400, "Invalid table " + std::string(*table), "");
    }
    return import(request, *who, now);
  }
  if (const auto rest = after_prefix(target.path, kTablePrefixes)) {
    if (request.method != "GET") return failure(405);
    return read_table(target, *rest, now);
  }
  return error(400, "Requested URI does not represent any resource", target.path);
}

std::optional<std::string> CmdbModel::authenticate(const HttpRequest& request, WallTime now) const {
  constexpr std::string_view kBearer = "Bearer ";
  constexpr std::string_view kBasic = "Basic ";
  const std::string_view given = find_header(request.headers, "Authorization");
  if (given.starts_with(kBearer)) return oauth_.owner(given.substr(kBearer.size()), now);
  if (!options_.basic || !given.starts_with(kBasic)) return std::nullopt;
  const auto pair = decode_base64(given.substr(kBasic.size()));
  if (!pair) return std::nullopt;
  const auto colon = pair->find(':');
  if (colon == std::string::npos) return std::nullopt;
  const auto user = options_.users.find(pair->substr(0, colon));
  if (user == options_.users.end() || user->second != pair->substr(colon + 1)) return std::nullopt;
  return user->first;
}

HttpResponse CmdbModel::import(const HttpRequest& request, const std::string& who, WallTime now) {
  if (find_header(request.headers, "Content-Type").empty()) return failure(400);
  if (!has_content_type(request, "application/json")) return failure(415);
  const auto body = parse_json(request.body);
  if (!body) return error(400, "Exception while reading request", "The payload is not valid JSON");
  // Several records: the first is processed, the rest are dropped, and the answer is a success all
  // the same.
  const bool list = body->is_array() && !body->items().empty();
  const Json& payload = list ? body->items().front() : *body;
  if (!payload.is_object()) return error(400, "Invalid request", "The payload is not an object");

  const StagingRow row = stage(payload);
  altered_values_ += row.altered.size();
  const std::string serial = transformed_serial(row, options_.transform);
  if (options_.active_transfer_orders.contains(lower_ascii(serial))) {
    return error(403, "Operation Failed", "The asset is part of an active transfer order");
  }
  const std::string import_set = import_set_at(now);
  const AssetTable::Cause cause{who, now, list ? payload.dump() : request.body};
  const RowOutcome outcome = transform(row, options_.transform, cause, assets_, random_);
  store_row(import_set, request, outcome.status, who, now);
  return import_answer(request, import_set, outcome);
}

HttpResponse CmdbModel::import_answer(const HttpRequest& request, const std::string& import_set,
                                      const RowOutcome& outcome) const {
  Json first = Json::object();
  first.set("transform_map", "Handover asset").set("table", std::string(kAssetTable));
  if (!outcome.sys_id.empty()) {
    const std::string host(find_header(request.headers, "Host"));
    first.set("display_name", "serial_number").set("display_value", outcome.display_value);
    first.set("record_link", "http://" + host + "/api/now/table/" + std::string(kAssetTable) + "/" +
                                 outcome.sys_id);
  }
  first.set("status", outcome.status);
  if (!outcome.sys_id.empty()) first.set("sys_id", outcome.sys_id);
  if (!outcome.status_message.empty()) first.set("status_message", outcome.status_message);
  if (!outcome.error_message.empty()) first.set("error_message", outcome.error_message);
  Json result = Json::array({std::move(first)});
  for (unsigned map = 1; map < options_.transform_maps; ++map) {
    Json other = Json::object();
    other.set("transform_map", "Handover asset " + std::to_string(map + 1));
    const bool fails = map + 1 == options_.failing_map;
    other.set("table", "u_asset_log").set("status", fails ? "error" : "ignored");
    if (fails) other.set("error_message", "Unable to resolve target record");
    if (!fails) other.set("status_message", "No field values changed");
    result.push_back(std::move(other));
  }
  return json_answer(options_.created_status ? 201 : 200,
                     Json::object({{"import_set", import_set},
                                   {"staging_table", options_.staging_table},
                                   {"result", std::move(result)}}));
}

std::string CmdbModel::import_set_at(WallTime now) {
  // One import set takes the single rows of a day; its number changes at midnight.
  const auto day = std::chrono::floor<std::chrono::days>(now);
  if (import_day_ != day) {
    import_day_ = day;
    ++import_number_;
  }
  const std::string digits = std::to_string(import_number_);
  return "ISET" + std::string(7 - digits.size(), '0') + digits;
}

void CmdbModel::store_row(const std::string& import_set, const HttpRequest& request,
                          std::string_view status, std::string who, WallTime now) {
  import_rows_.push_back({import_set, now, std::move(who), std::string(status), request.body});
}

HttpResponse CmdbModel::read_table(const Target& target, std::string_view rest,
                                   WallTime now) const {
  const std::string_view table = rest.substr(0, rest.find('/'));
  if (table != kAssetTable) return error(400, "Invalid table " + std::string(table), "");
  if (!options_.reads) {
    return error(403, "User Not Authorized", "Failed API level ACL Validation");
  }
  const WallTime visible_until = now - options_.visible_after;
  if (table.size() == rest.size()) {
    Json rows =
        query_assets(assets_, target.query, options_.transform.case_sensitive, visible_until);
    return json_answer(200, Json::object({{"result", std::move(rows)}}));
  }
  const FormFields by_id = {
      {"sysparm_query", "sys_id=" + std::string(rest.substr(table.size() + 1))}};
  const Json rows = query_assets(assets_, by_id, true, visible_until);
  if (rows.items().empty()) return failure(404);
  return json_answer(200, Json::object({{"result", rows.items().front()}}));
}

HttpResponse CmdbModel::error(int status, std::string_view message, std::string_view detail) const {
  Json inner = Json::object({{"message", message}});
  inner.set("detail", options_.null_detail ? Json() : Json(detail));
  return json_answer(status, Json::object({{"error", std::move(inner)}, {"status", "failure"}}));
}

HttpResponse CmdbModel::failure(int status) const {
  const auto [message, detail] = words_for(status);
  HttpResponse response = error(status, message, detail);
  if (status == 401)
    response.headers.push_back({"WWW-Authenticate", "BASIC realm=\"Service-now\""});
  return response;
}

HttpResponse CmdbModel::rate_limited(const RateLimitHints& hints, WallTime now) const {
  const unsigned limit = options_.requests_per_hour == 0 ? 10 : options_.requests_per_hour;
  const std::string limit_text = std::to_string(limit);
  HttpResponse response = error(429, "Rate limit exceeded",
                                "Rate limit of " + limit_text + " requests per hour exceeded");
  if (hints.retry_after) {
    response.headers.push_back({"Retry-After", std::to_string(hints.wait.count())});
  }
  if (hints.reset) {
    // Unix time here, where ServiceMobility counts the seconds that are left.
    const auto reset = std::chrono::ceil<std::chrono::seconds>(now) + hints.wait;
    response.headers.push_back({"X-RateLimit-Limit", limit_text});
    response.headers.push_back(
        {"X-RateLimit-Reset", std::to_string(reset.time_since_epoch().count())});
    response.headers.push_back({"X-RateLimit-Rule", "f6a3c1d0db7b1010c1a8f5b4ca9619aa"});
  }
  return response;
}

HttpResponse CmdbModel::refuse_item(const HttpRequest& request, WallTime now) {
  // The staging row is there, and the status says so; only the transform failed.
  const std::string import_set = import_set_at(now);
  store_row(import_set, request, "error", "", now);
  return import_answer(request, import_set,
                       {"error", "", "Unable to resolve the reference field location", "", ""});
}

void CmdbModel::reset() { *this = CmdbModel(options_, seed_); }

std::string CmdbModel::read_coalesce(const Json& value) {
  static const std::map<std::string, Coalesce> kNames = {{"serialNumber", Coalesce::kSerialNumber},
                                                         {"asset_tag", Coalesce::kAssetTag},
                                                         {"none", Coalesce::kNone}};
  const auto found = kNames.find(value.text());
  if (found == kNames.end()) return "expected serialNumber, asset_tag or none";
  options_.transform.coalesce = found->second;
  return {};
}

std::string CmdbModel::read_states(const Json& value) {
  for (const auto& [word, number] : value.members()) {
    if (!number.is_number()) return "expected an object of words and install_status numbers";
    options_.transform.states[word] = std::atoi(number.text().c_str());
  }
  return {};
}

std::string CmdbModel::read_transfer_orders(const Json& value) {
  if (!value.is_array()) return "expected a list of serial numbers";
  options_.active_transfer_orders.clear();
  for (const auto& serial : value.items()) {
    options_.active_transfer_orders.insert(lower_ascii(serial.text()));
  }
  return {};
}

std::string CmdbModel::read_extra_columns(const Json& value) {
  if (!value.is_array()) return "expected a list of payload keys";
  options_.transform.extra_columns.clear();
  for (const auto& key : value.items()) options_.transform.extra_columns.insert(key.text());
  return {};
}

Result<void> CmdbModel::configure(const Json& options) {
  OptionReader reader;
  reader.with("coalesce", [this](const Json& value) { return read_coalesce(value); })
      .with("states", [this](const Json& value) { return read_states(value); })
      .with("active_transfer_orders",
            [this](const Json& value) { return read_transfer_orders(value); })
      .flag("case_sensitive", options_.transform.case_sensitive)
      .flag("strip_update_prefix", options_.transform.strip_update_prefix)
      .flag("basic", options_.basic)
      .flag("client_credentials", options_.oauth.client_credentials)
      .seconds("token_lifetime_s", options_.oauth.access_lifetime)
      .with("extra_columns", [this](const Json& value) { return read_extra_columns(value); })
      .number("transform_maps", options_.transform_maps)
      .number("failing_map", options_.failing_map)
      .number("ghost_insertions", options_.transform.ghost_insertions)
      .flag("created_status", options_.created_status)
      .flag("null_detail", options_.null_detail)
      .flag("reads", options_.reads)
      .number("requests_per_hour", options_.requests_per_hour)
      .seconds("visible_after_s", options_.visible_after);
  return reader.read(options);
}

Json CmdbModel::counts() const {
  Json counts = Json::object();
  counts.set("assets_count", json_number(assets_.assets().size()))
      .set("audit_count", json_number(assets_.audit().size()))
      .set("import_rows_count", json_number(import_rows_.size()))
      .set("duplicates_count", json_number(assets_.duplicate_count()))
      .set("altered_values", json_number(altered_values_))
      .set("tokens_issued", json_number(oauth_.issued()));
  return counts;
}

Json CmdbModel::state() const {
  Json state = counts();
  assets_.report(state);
  Json rows = Json::array();
  for (const auto& row : import_rows_) {
    Json entry = Json::object();
    entry.set("import_set", row.import_set).set("at", format_rfc3339(row.at)).set("who", row.who);
    entry.set("status", row.status);
    auto body = parse_json(row.body);
    entry.set("body", body ? std::move(*body) : Json(row.body));
    rows.push_back(std::move(entry));
  }
  state.set("import_rows", std::move(rows));
  return state;
}

}  // namespace handover::sim
