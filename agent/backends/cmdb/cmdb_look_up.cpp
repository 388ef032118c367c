// The part of the CMDB's back-end that asks before it sends, and what it makes of the answer.
#include <algorithm>
#include <utility>

#include "agent/backends/answer.hpp"
#include "agent/backends/cmdb/cmdb_backend.hpp"
#include "agent/backends/cmdb/cmdb_verdicts.hpp"
#include "agent/backends/cmdb/look_up.hpp"
#include "agent/backends/cmdb/payload.hpp"
#include "agent/backends/cmdb/unit_note.hpp"
#include "agent/backends/unit_key.hpp"

namespace handover::backends {
namespace {

using forwarding::DeliveryContext;
using Kind = Verdict::Kind;
using namespace cmdb;

Json seen_receipt(const SeenAsset& asset) {
  Json receipt = Json::object({{"looked_up", Json(true)}});
  const std::string sys_id = asset.sys_id();
  if (!sys_id.empty()) receipt.set("sys_id", Json(sys_id));
  return receipt;
}

/// How far the CMDB's clock is ahead of this device's; zero if the answer has no date.
milliseconds server_clock_ahead(const HttpResponse& response, WallTime now) {
  return server_time(response, now) - std::chrono::floor<std::chrono::seconds>(now);
}

/// When the CMDB said that it would apply the record later, by this device's clock.
std::optional<WallTime> taken_at(const DeliveryContext& context) {
  if (!context.repeat || context.progress.is_null()) return std::nullopt;
  const auto at = parse_rfc3339(context.progress.text_of("taken_at"));
  return at ? std::optional(*at) : std::nullopt;
}

/// What was taken may show long after: sending it again would make another asset.
Verdict wait_for_it(WallTime taken, WallTime now) {
  if (now - taken > kApplyMost || now < taken) {
    Verdict verdict = refuse(
        "the CMDB took the record and does not show the unit after an hour; look it up there, then "
        "discard or retry it");
    verdict.progress = Json::object();
    return verdict;
  }
  Verdict verdict = make_verdict(Kind::kRetryLater, Who::kServer,
                                 "the CMDB has taken the record and does not show the unit yet");
  verdict.wait = kApplyWait;
  verdict.asked_only = true;
  return verdict;
}

}  // namespace

bool CmdbBackend::could_be_superseded(const AssetUpdate& update) const {
  return update.event == AssetEvent::kTransferOutbound &&
         label_of(update.location) != label_of(update.stockroom);
}

std::optional<HttpRequest> CmdbBackend::look_up(const DeliveryContext& context) const {
  if (settings_.look_up_path.empty()) return std::nullopt;
  const auto update = find_update(context);
  if (!update || update->event == AssetEvent::kCorrection) return std::nullopt;
  const bool watches_others =
      !settings_.integration_users.empty() && !context.insists_on(kStaleHold);
  if (!context.repeat && !watches_others && outbound_halves(context, *update).empty())
    return std::nullopt;
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
  if (assets->empty()) {
    const auto taken = taken_at(context);
    return taken ? wait_for_it(*taken, context.now) : send;
  }
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
  if (!shows(asset, *update))
    return is_stale(context, asset, clock_ahead) ? hold_as_stale(asset, *update) : send;
  if (!context.repeat || !is_of_a_try(context, asset, clock_ahead)) return send;
  Verdict verdict =
      make_verdict(Kind::kAccepted, Who::kNobody, "the CMDB shows it, so an earlier try arrived");
  verdict.receipt = seen_receipt(asset);
  verdict.note = note_after(context, asset.sys_id(), *asset.updated_on());
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

/// True if an earlier try of this delivery made the asset look so: it was changed after the record
/// was made, and after the CMDB took what was sent of the unit before, which may have looked the
/// same. In doubt it is sent again, which changes nothing if it did arrive.
bool CmdbBackend::is_of_a_try(const DeliveryContext& context, const SeenAsset& asset,
                              milliseconds clock_ahead) const {
  const auto updated_on = asset.updated_on();
  const auto before = UnitNote::parse(context.note).taken_at;
  return updated_on && (!before || *updated_on > *before) &&
         *updated_on >=
             std::chrono::floor<std::chrono::seconds>(context.record.captured_at + clock_ahead);
}

bool CmdbBackend::is_stale(const DeliveryContext& context, const SeenAsset& asset,
                           milliseconds clock_ahead) const {
  if (settings_.integration_users.empty() || context.insists_on(kStaleHold)) return false;
  const auto updated_on = asset.updated_on();
  const std::string by = asset.updated_by();
  if (!updated_on || by.empty()) return false;
  const auto& ours = settings_.integration_users;
  const bool by_us = std::any_of(ours.begin(), ours.end(),
                                 [&](const auto& user) { return folded(user) == folded(by); });
  return !by_us && *updated_on > context.record.captured_at + clock_ahead;
}

Verdict CmdbBackend::hold_as_stale(const SeenAsset& asset, const AssetUpdate& update) const {
  const auto updated_on = asset.updated_on();
  Verdict verdict = hold(
      kStaleHold,
      asset.updated_by() + " has changed the unit in the CMDB at " +
          (updated_on ? format_rfc3339_seconds(*updated_on) : std::string("an unknown time")) +
          ", after this was recorded. There: " + asset.summary() +
          ". Here: " + state_of(settings_, update) + ", " + label_of(update.location) +
          ", stockroom " + label_of(update.stockroom) + ". Retry it to send ours, or discard it");
  verdict.receipt = seen_receipt(asset);
  return verdict;
}

bool CmdbBackend::shows(const SeenAsset& asset, const AssetUpdate& update) const {
  const bool installed = update.event == AssetEvent::kInstallation;
  if (!asset.has_state(state_of(settings_, update))) return false;
  if (!update.location.empty() && !asset.has("location", label_of(update.location))) return false;
  if (!update.asset_tag.empty() && !asset.has("asset_tag", update.asset_tag)) return false;
  // ServiceNow takes an installed unit out of its stockroom.
  if (installed && asset.is_blank("stockroom")) return true;
  return update.stockroom.empty() || asset.has("stockroom", label_of(update.stockroom));
}

}  // namespace handover::backends
