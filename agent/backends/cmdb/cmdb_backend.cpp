#include "agent/backends/cmdb/cmdb_backend.hpp"

#include <algorithm>
#include <utility>

#include "agent/backends/answer.hpp"
#include "agent/backends/cmdb/cmdb_verdicts.hpp"
#include "agent/backends/cmdb/eligibility.hpp"
#include "agent/backends/cmdb/import_reply.hpp"
#include "agent/backends/cmdb/payload.hpp"
#include "agent/backends/cmdb/unit_note.hpp"
#include "agent/backends/unit_key.hpp"
#include "crypto/sha256.hpp"
#include "platform/assert.hpp"
#include "platform/deliberate_bug.hpp"

namespace handover::backends {
namespace {

using forwarding::DeliveryContext;
using forwarding::DeliveryPlan;
using Kind = Verdict::Kind;
using namespace cmdb;

/// The first asset that a reply names.
std::string sys_id_in(const Json& receipt) {
  const Json* rows = receipt.find("result");
  if (rows == nullptr) return {};
  for (const Json* row : asset_rows(rows->items())) {
    if (!row->text_of("sys_id").empty()) return row->text_of("sys_id");
  }
  return {};
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
  if (record.kind == RecordKind::kUsage && deliberate_bug(Bug::kCmdbNotTold)) return deliveries;
  for (AssetUpdate& update : asset_updates(record)) {
    if (!reason_left_out(update).empty()) continue;
    DeliveryPlan delivery;
    if (!deliberate_bug(Bug::kCmdbOrderIgnored))
      delivery.order_keys.push_back(unit_key(update.serial));
    delivery.unit = std::move(update.unit);
    delivery.environment = settings_.environment;
    deliveries.push_back(std::move(delivery));
  }
  return deliveries;
}

std::vector<forwarding::NotWanted> CmdbBackend::not_wanted(const Record& record) const {
  std::vector<forwarding::NotWanted> left_out;
  for (std::string& part : lines_without_serial(record)) {
    left_out.push_back(
        {std::move(part), "a line without a serial number: what the CMDB gets has no quantity"});
  }
  for (std::string& unit : overtaken_units(record.body)) {
    left_out.push_back({std::move(unit),
                        "its technician has told of a later movement of this unit, which came "
                        "first: it is not put back"});
  }
  if (record.kind != RecordKind::kAssetEvent || settings_.filters.empty()) return left_out;
  for (AssetUpdate& update : asset_updates(record)) {
    std::string reason = reason_left_out(update);
    if (!reason.empty()) left_out.push_back({std::move(update.unit), std::move(reason)});
  }
  return left_out;
}

std::string CmdbBackend::reason_left_out(const AssetUpdate& update) const {
  const auto filter = settings_.filters.find(update.event);
  if (filter == settings_.filters.end()) return {};
  return backends::reason_left_out(update, filter->second);
}

std::string CmdbBackend::note_name(const Record& record, const std::string& unit) const {
  const auto update = find_update(record, unit);
  return update ? unit_note_name(*update) : std::string();
}

std::string CmdbBackend::hold_name(const Record& record, const std::string&) const {
  const Json* event = record.body.find("asset_event");
  const bool correction =
      event != nullptr && event_named(event->text_of("event")) == AssetEvent::kCorrection;
  return correction ? std::string(kCorrectionHold) : std::string();
}

std::string CmdbBackend::label_of(const std::string& location) const {
  return backends::label_of(settings_, location);
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
  if (state_of(settings_, *update).empty()) {
    return fail(
        Errc::kConfig,
        "the state word for an installed unit is not agreed; set `usage_state` of the CMDB lane");
  }
  const UnitNote note = UnitNote::parse(context.note);
  if (is_no_tag(update->asset_tag) && !note.asset_tag.empty() && !context.insists_on(kTagHold)) {
    return fail(Error::refused(std::string(kTagHold),
                               "the record says that the unit has no asset tag, but " +
                                   note.asset_tag +
                                   " was sent for it before; retry it to send that it has none, "
                                   "or discard it"));
  }
  HttpRequest request("POST", settings_.path);
  request.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}};
  request.body = make_payload(settings_, *update, context).dump();
  return request;
}

std::string CmdbBackend::target(const DeliveryContext&, const HttpRequest&) const {
  return settings_.path;
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
      verdict = judge_inserted(context, sys_id_in(reply.receipt));
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
      if (can_look && reply.later) {
        verdict.progress = Json::object({{"taken_at", format_rfc3339_seconds(context.now)}});
      }
      break;
    }
  }
  verdict.receipt = std::move(reply.receipt);
  if (verdict.kind == Kind::kAccepted)
    verdict.note =
        note_after(context, sys_id_in(verdict.receipt), server_time(response, context.now));
  if (reply.outcome == Outcome::kInserted && verdict.kind == Kind::kAccepted && context.repeat) {
    verdict.receipt.set("possible_duplicate", Json(true));
  }
  return verdict;
}

Verdict CmdbBackend::judge_inserted(const DeliveryContext& context,
                                    const std::string& sys_id) const {
  const auto update = find_update(context);
  if (update && update->event == AssetEvent::kCorrection) {
    return hold(
        kCorrectionHold,
        "the CMDB made a new asset from a correction instead of correcting one (possible ghost); "
        "it may not know the prefix of corrections: settle the new asset. No more corrections are "
        "sent before this one is retried or discarded");
  }
  if (!update || !rule_of(update->event).may_insert) {
    return refuse(
        "the CMDB made a new asset instead of updating one (possible ghost); settle it in the "
        "CMDB, then discard this delivery with the reason");
  }
  const std::string known = UnitNote::parse(context.note).sys_id;
  if (!context.repeat && !known.empty() && known != sys_id) {
    return refuse(
        "the CMDB made a second asset for a unit that it took before (possible duplicate); the one "
        "that this device knows has the sys_id " +
        plain_words(known) + ": settle it in the CMDB, then discard this delivery with the reason");
  }
  if (context.repeat) {
    return make_verdict(
        Kind::kAccepted, Who::kNobody,
        "accepted by the CMDB, which made a new asset on a repeat: possible duplicate, "
        "search the CMDB for the serial number");
  }
  return make_verdict(Kind::kAccepted, Who::kNobody, "accepted by the CMDB as a new asset");
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
