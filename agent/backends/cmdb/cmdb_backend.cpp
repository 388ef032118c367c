#include "agent/backends/cmdb/cmdb_backend.hpp"

#include <algorithm>
#include <utility>

#include "agent/backends/answer.hpp"
#include "agent/backends/cmdb/import_reply.hpp"
#include "agent/backends/cmdb/look_up.hpp"
#include "agent/backends/unit_key.hpp"
#include "agent/domain/usage.hpp"
#include "crypto/sha256.hpp"
#include "platform/assert.hpp"

namespace handover::backends {
namespace {

using forwarding::DeliveryContext;
using forwarding::DeliveryPlan;
using Kind = Verdict::Kind;

constexpr std::string_view kLabel = "the CMDB";
// The source document spells it in three ways; this is the one of its samples.
constexpr std::string_view kNoAssetTag = "No Asset Tag";
// A door that applies records later is asked again after a while, not at once.
constexpr milliseconds kApplyWait = std::chrono::minutes(1);

std::optional<AssetUpdate> find_update(const DeliveryContext& context) {
  auto updates = asset_updates(context.record);
  const auto found = std::find_if(updates.begin(), updates.end(),
                                  [&](const AssetUpdate& u) { return u.unit == context.unit; });
  if (found == updates.end()) return std::nullopt;
  return std::move(*found);
}

/// ServiceNow's own form of a time: 2026-11-22 10:26:53, UTC.
std::string format_servicenow(WallTime time) {
  std::string text = format_rfc3339_seconds(time);
  std::replace(text.begin(), text.end(), 'T', ' ');
  text.pop_back();
  return text;
}

void add_event_keys(Json& payload, const DeliveryContext& context) {
  payload.set("eventId", Json(context.key));
  payload.set("eventTimeUtc", Json(format_servicenow(context.record.captured_at)));
  const Json* usage = context.record.body.find("usage");
  if (usage != nullptr && usage->text_of("RefModule") == kWorkOrderModule) {
    payload.set("workOrder", Json(usage->text_of("RefObjID")));
  }
}

Verdict refuse(std::string why) {
  return make_verdict(Kind::kRefused, Who::kDispatcher, std::move(why));
}

Verdict need_login(int status, std::string_view words) {
  return make_verdict(Kind::kLoginNeeded, Who::kDispatcher,
                      sentence(kLabel, status, "a new login is needed", words));
}

/// Every answer that is not a success.
Verdict judge_failure(const DeliveryContext& context, const HttpResponse& response) {
  const int status = response.status;
  const std::string words = own_words(response);
  const auto wait = wait_hint(response, ResetForm::kUnixTime, context.now);
  const auto say = [&](std::string_view meaning) {
    return sentence(kLabel, status, meaning, words);
  };
  switch (status) {
    case 401:
      return need_login(status, words);
    case 400:
    case 403:
    case 409:
    case 410:
    case 413:
    case 422:
      // A refusal must be the CMDB's own; a proxy's page says nothing about the record.
      if (is_page(response)) return foreign_answer(kLabel, status);
      return refuse(say("it refuses the record"));
    case 404:
    case 405:
    case 406:
    case 415:
      return make_verdict(Kind::kStopLane, Who::kDispatcher,
                          say("the URL is wrong, or this user may not see what is behind it"));
    case 429:
      return pause_lane(Who::kServer, say("too many requests"), wait);
    case 503: {
      Verdict verdict = make_verdict(Kind::kRetryLater, Who::kServer, say("it is not available"));
      verdict.wait = wait;
      verdict.whole_lane = wait.has_value() || is_page(response);
      return verdict;
    }
    default:
      break;
  }
  if (status >= 300 && status < 400) {
    return make_verdict(Kind::kStopLane, Who::kDispatcher,
                        say("a redirect, which is never followed; the URL is wrong"));
  }
  // 408, 500, 502, 504 and what nothing describes: the record may have been applied before the
  // answer got lost.
  Verdict verdict = make_verdict(Kind::kUnknown, Who::kServer,
                                 say("so it is not known whether the record was applied"));
  verdict.wait = failure_hint(response, ResetForm::kUnixTime, context.now);
  return verdict;
}

Json seen_receipt(const SeenAsset& asset) {
  Json receipt = Json::object({{"looked_up", Json(true)}});
  const std::string sys_id = asset.sys_id();
  if (!sys_id.empty()) receipt.set("sys_id", Json(sys_id));
  return receipt;
}

/// How far the CMDB's clock is ahead of this device's; zero if the answer has no date.
milliseconds server_clock_ahead(const HttpResponse& response, WallTime now) {
  const auto date = parse_http_date(find_header(response.headers, "Date"));
  return date ? *date - std::chrono::floor<std::chrono::seconds>(now) : milliseconds(0);
}

}  // namespace

CmdbBackend::CmdbBackend(CmdbSettings settings) : settings_(std::move(settings)) {
  const bool needs_password = settings_.auth != CmdbSettings::Auth::kOAuthClientCredentials;
  const bool needs_client = settings_.auth != CmdbSettings::Auth::kBasic;
  INVARIANT(!needs_password || settings_.read_password != nullptr);
  INVARIANT(!needs_client || settings_.read_client_secret != nullptr);
  std::map<std::string, std::string> by_folded;
  for (auto& [location, label] : settings_.locations) {
    by_folded[folded(location)] = std::move(label);
  }
  settings_.locations = std::move(by_folded);
}

std::vector<DeliveryPlan> CmdbBackend::plan(const Record& record) const {
  std::vector<DeliveryPlan> deliveries;
  for (AssetUpdate& update : asset_updates(record)) {
    DeliveryPlan delivery;
    delivery.order_keys.push_back(unit_key(update.serial));
    delivery.unit = std::move(update.unit);
    delivery.environment = settings_.environment;
    deliveries.push_back(std::move(delivery));
  }
  return deliveries;
}

std::string CmdbBackend::label_of(const std::string& location) const {
  const auto found = settings_.locations.find(folded(location));
  return found == settings_.locations.end() ? location : found->second;
}

std::string CmdbBackend::state_of(const AssetUpdate& update) const {
  const std::string_view state = rule_of(update.event).state;
  return state.empty() ? settings_.usage_state : std::string(state);
}

Result<void> CmdbBackend::may_send(const DeliveryContext& context) const {
  if (context.environment != settings_.environment) {
    return fail(Errc::kConfig, "the record is meant for the environment \"" + context.environment +
                                   "\" of the CMDB, and the lane is set to \"" +
                                   settings_.environment +
                                   "\"; set `environment` back, or discard it");
  }
  return {};
}

Result<HttpRequest> CmdbBackend::encode(const DeliveryContext& context) const {
  RETURN_IF_ERROR(may_send(context));
  const auto update = find_update(context);
  if (!update) return fail(Error::invalid("", "the record holds no such unit"));
  if (state_of(*update).empty()) {
    return fail(
        Errc::kConfig,
        "the state word for an installed unit is not agreed; set `usage_state` of the CMDB lane");
  }
  HttpRequest request("POST", settings_.path);
  request.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}};
  request.body = make_payload(*update, context).dump();
  return request;
}

// Members in the order of the source document's samples; what is not known is left out, because an
// empty text would clear a field.
Json CmdbBackend::make_payload(const AssetUpdate& update, const DeliveryContext& context) const {
  const AssetEventRule rule = rule_of(update.event);
  // Made from the plain serial number each time, so that the prefix is never there twice.
  const bool correction = update.event == AssetEvent::kCorrection;
  const std::string name = correction ? settings_.correction_prefix + update.serial : update.serial;

  Json payload = Json::object({{"name", Json(name)}, {"serialNumber", Json(name)}});
  const auto add_known = [&](std::string_view key, const std::string& text) {
    if (!text.empty()) payload.set(key, Json(text));
  };
  add_known("manufacturerPartNumber", update.part);
  add_known("type", update.type);
  add_known("location", label_of(update.location));
  payload.set("state", Json(state_of(update)));
  add_known("stockroom", label_of(update.stockroom));
  payload.set("asset_tag", update.asset_tag.empty() ? Json(kNoAssetTag) : Json(update.asset_tag));
  const bool null = rule.rev_log.empty() && !settings_.all_strings;
  payload.set("revLog", null ? Json() : Json(rule.rev_log));
  if (settings_.event_keys) add_event_keys(payload, context);
  return payload;
}

Verdict CmdbBackend::judge(const DeliveryContext& context, const HttpResponse& response) const {
  const bool success = response.status >= 200 && response.status < 300;
  return success ? judge_success(context, response) : judge_failure(context, response);
}

Verdict CmdbBackend::judge_success(const DeliveryContext& context,
                                   const HttpResponse& response) const {
  using Outcome = ImportReply::Outcome;
  ImportReply reply = read_import_reply(response);
  Verdict verdict;
  switch (reply.outcome) {
    case Outcome::kForeign:
      return foreign_answer(kLabel, response.status);
    case Outcome::kApplied:
      verdict = make_verdict(Kind::kAccepted, Who::kNobody, "accepted by the CMDB");
      break;
    case Outcome::kInserted:
      verdict = judge_inserted(context);
      break;
    case Outcome::kUnverified:
      verdict = make_verdict(Kind::kAccepted, Who::kNobody,
                             "delivered, unverified: the CMDB does not say what it did");
      break;
    case Outcome::kRefused:
      verdict =
          refuse(sentence(kLabel, response.status, "but did not apply the record", reply.words));
      break;
    case Outcome::kUndecided: {
      constexpr std::string_view kMeaning = "but does not say that the record was applied";
      const std::string why = sentence(kLabel, response.status, kMeaning, reply.words);
      // Without a look-up only repeats could follow, and each might make another asset: a person
      // must look.
      const bool can_look = !settings_.look_up_path.empty();
      verdict = can_look ? make_verdict(Kind::kUnknown, Who::kServer, why)
                         : refuse(why + "; look it up in the CMDB, then discard or retry it");
      if (can_look) verdict.wait = kApplyWait;
      break;
    }
  }
  verdict.receipt = std::move(reply.receipt);
  if (reply.outcome == Outcome::kInserted && verdict.kind == Kind::kAccepted && context.repeat) {
    verdict.receipt.set("possible_duplicate", Json(true));
  }
  return verdict;
}

Verdict CmdbBackend::judge_inserted(const DeliveryContext& context) const {
  const auto update = find_update(context);
  if (update && update->event == AssetEvent::kCorrection) {
    return refuse(
        "the CMDB made a new asset from a correction instead of correcting one (possible ghost); "
        "it may not know the "
        "prefix of corrections: settle the new asset, and send no more corrections before that is "
        "clear");
  }
  if (!update || !rule_of(update->event).may_insert) {
    return refuse(
        "the CMDB made a new asset instead of updating one (possible ghost); settle it in the "
        "CMDB, then "
        "discard this delivery with the reason");
  }
  if (context.repeat) {
    return make_verdict(
        Kind::kAccepted, Who::kNobody,
        "accepted by the CMDB, which made a new asset on a repeat: possible duplicate, "
        "search the CMDB for the serial number");
  }
  return make_verdict(Kind::kAccepted, Who::kNobody, "accepted by the CMDB as a new asset");
}

bool CmdbBackend::could_be_superseded(const AssetUpdate& update) const {
  return update.event == AssetEvent::kTransferOutbound &&
         label_of(update.location) != label_of(update.stockroom);
}

std::optional<HttpRequest> CmdbBackend::look_up(const DeliveryContext& context) const {
  if (settings_.look_up_path.empty()) return std::nullopt;
  const auto update = find_update(context);
  if (!update || update->event == AssetEvent::kCorrection) return std::nullopt;
  if (!context.repeat && outbound_halves(context, *update).empty()) return std::nullopt;
  auto target = look_up_target(settings_.look_up_path, update->serial);
  if (!target) return std::nullopt;
  HttpRequest request("GET", std::move(*target));
  request.headers = {{"Accept", "application/json"}};
  return request;
}

Verdict CmdbBackend::judge_look_up(const DeliveryContext& context,
                                   const HttpResponse& response) const {
  const int status = response.status;
  // The user may write but not read: then there is nothing to be known before sending.
  if ((status == 403 || status == 404) && !is_page(response)) {
    return make_verdict(Kind::kSend, Who::kNobody, "the CMDB does not let us read");
  }
  if (is_page(response)) return foreign_answer(kLabel, status);
  const std::string words = own_words(response);
  if (status == 401) return need_login(status, words);
  const auto wait = wait_hint(response, ResetForm::kUnixTime, context.now);
  if (status == 429)
    return pause_lane(Who::kServer, sentence(kLabel, status, "too many requests", words), wait);

  const auto body = status == 200 ? json_object(response) : std::nullopt;
  if (body && !is_error(*body))
    return judge_seen(context, *body, server_clock_ahead(response, context.now));
  Verdict verdict =
      make_verdict(Kind::kRetryLater, Who::kServer,
                   sentence(kLabel, status, "when asked what it knows of the unit", words));
  verdict.wait = status == 503 ? wait : failure_hint(response, ResetForm::kUnixTime, context.now);
  return verdict;
}

Verdict CmdbBackend::judge_seen(const DeliveryContext& context, const Json& body,
                                milliseconds clock_ahead) const {
  const Verdict send = make_verdict(Kind::kSend, Who::kNobody, "the CMDB does not show it yet");
  const auto update = find_update(context);
  if (!update) return send;
  const auto assets = read_seen_assets(body, update->serial);
  if (!assets) {
    return make_verdict(Kind::kRetryLater, Who::kServer,
                        "the CMDB's answer to a question holds no list of assets");
  }
  if (assets->empty()) return send;
  if (assets->size() > 1) {
    return refuse(
        "the CMDB has several assets with this serial number; a person must say which one is "
        "meant");
  }
  const SeenAsset& asset = assets->front();
  for (const OutboundHalf& half : outbound_halves(context, *update)) {
    if (!has_moved_on(asset, half, clock_ahead)) continue;
    Verdict verdict =
        make_verdict(Kind::kSuperseded, Who::kNobody, "the receiver's half reached the CMDB first");
    verdict.receipt = seen_receipt(asset);
    return verdict;
  }
  if (!context.repeat || !shows(asset, *update)) return send;
  Verdict verdict =
      make_verdict(Kind::kAccepted, Who::kNobody, "the CMDB shows it, so an earlier try arrived");
  verdict.receipt = seen_receipt(asset);
  return verdict;
}

/// The sender's half that this delivery is, and those that wait behind it for the same unit: who
/// completed one has the receiver's code, so the receiver's half is a fact, wherever it is on its
/// way.
std::vector<CmdbBackend::OutboundHalf> CmdbBackend::outbound_halves(
    const DeliveryContext& context, const AssetUpdate& update) const {
  std::vector<OutboundHalf> halves;
  if (could_be_superseded(update)) halves.push_back({update, context.record.captured_at});
  for (const Record* record : context.later) {
    for (const AssetUpdate& later : asset_updates(*record)) {
      if (unit_key(later.serial) != unit_key(update.serial) || !could_be_superseded(later))
        continue;
      halves.push_back({later, record->captured_at});
    }
  }
  return halves;
}

/// True if the CMDB has heard of the unit from beyond this half: it is in stock at TO, or it was
/// changed after the half was completed and is not at FROM. What we would write now would take it
/// back to a place that it has left.
bool CmdbBackend::has_moved_on(const SeenAsset& asset, const OutboundHalf& half,
                               milliseconds clock_ahead) const {
  if (asset.has_state("instock") && asset.has("stockroom", label_of(half.update.location)))
    return true;
  if (asset.has("stockroom", label_of(half.update.stockroom))) return false;
  const auto updated_on = asset.updated_on();
  return updated_on &&
         *updated_on >= std::chrono::floor<std::chrono::seconds>(half.completed_at + clock_ahead);
}

bool CmdbBackend::shows(const SeenAsset& asset, const AssetUpdate& update) const {
  const bool installed = update.event == AssetEvent::kInstallation;
  if (!asset.has_state(state_of(update))) return false;
  if (!update.location.empty() && !asset.has("location", label_of(update.location))) return false;
  if (!update.asset_tag.empty() && !asset.has("asset_tag", update.asset_tag)) return false;
  // ServiceNow takes an installed unit out of its stockroom.
  if (installed && asset.is_blank("stockroom")) return true;
  return update.stockroom.empty() || asset.has("stockroom", label_of(update.stockroom));
}

Result<forwarding::Login> CmdbBackend::login() const {
  if (settings_.auth != CmdbSettings::Auth::kBasic) return make_token_request();
  TRY_ASSIGN(const Secret password, settings_.read_password());
  const std::string pair = settings_.username + ":" + std::string(password.reveal());
  return Secret("Basic " + crypto::to_base64(pair));
}

Result<HttpRequest> CmdbBackend::make_token_request() const {
  TRY_ASSIGN(const Secret client_secret, settings_.read_client_secret());
  const bool by_password = settings_.auth == CmdbSettings::Auth::kOAuthPassword;
  HttpRequest request("POST", settings_.oauth_path);
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                     {"Accept", "application/json"}};
  request.body = by_password ? "grant_type=password" : "grant_type=client_credentials";
  request.body += "&client_id=" + percent_encode(settings_.client_id);
  request.body += "&client_secret=" + percent_encode(client_secret.reveal());
  if (!by_password) return request;
  TRY_ASSIGN(const Secret password, settings_.read_password());
  request.body += "&username=" + percent_encode(settings_.username);
  request.body += "&password=" + percent_encode(password.reveal());
  return request;
}

forwarding::LoginOutcome CmdbBackend::judge_login(const HttpResponse& response) const {
  if (response.status == 200 && !is_page(response)) {
    const auto body = json_object(response);
    auto token = header_token("Bearer ", body ? body->find("access_token") : nullptr);
    if (token) return std::move(*token);
  }
  std::vector<Secret> secrets;
  for (const auto* read : {&settings_.read_password, &settings_.read_client_secret}) {
    if (!*read) continue;
    if (auto secret = (*read)()) secrets.push_back(std::move(*secret));
  }
  return judge_failed_login(kLabel, response, ResetForm::kUnixTime, secrets);
}

void CmdbBackend::authorize(HttpRequest& request, const Secret& credential) const {
  request.headers.push_back({"Authorization", std::string(credential.reveal())});
}

}  // namespace handover::backends
