#include "agent/backends/cmdb/payload.hpp"

#include <algorithm>

#include "agent/backends/cmdb/unit_note.hpp"
#include "agent/backends/unit_key.hpp"
#include "agent/domain/usage.hpp"

namespace handover::backends {
namespace {

using forwarding::DeliveryContext;

// The source document spells it in three ways; this is the one of its samples.
constexpr std::string_view kNoAssetTag = "No Asset Tag";

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

}  // namespace

std::string label_of(const CmdbSettings& settings, const std::string& location) {
  const auto found = settings.locations.find(folded(location));
  return found == settings.locations.end() ? location : found->second;
}

std::string state_of(const CmdbSettings& settings, const AssetUpdate& update) {
  const std::string_view state = rule_of(update.event).state;
  return state.empty() ? settings.usage_state : std::string(state);
}

Json make_payload(const CmdbSettings& settings, const AssetUpdate& update,
                  const DeliveryContext& context) {
  // Made from the plain serial number each time, so that the prefix is never there twice.
  const bool correction = update.event == AssetEvent::kCorrection;
  const auto prefixed = [&](bool on) {
    return correction && on ? settings.correction_prefix + update.serial : update.serial;
  };
  Json payload = Json::object({{"name", Json(prefixed(settings.prefix_on_name))},
                               {"serialNumber", Json(prefixed(settings.prefix_on_serial))}});
  const auto add_known = [&](std::string_view key, const std::string& text) {
    if (!text.empty()) payload.set(key, Json(text));
  };
  add_known("manufacturerPartNumber", update.part);
  add_known("type", update.type);
  add_known("location", label_of(settings, update.location));
  payload.set("state", Json(state_of(settings, update)));
  add_known("stockroom", label_of(settings, update.stockroom));
  const std::string tag = known_tag(update, UnitNote::parse(context.note));
  payload.set("asset_tag", tag.empty() ? Json(kNoAssetTag) : Json(tag));
  const AssetEventRule rule = rule_of(update.event);
  const bool null = rule.rev_log.empty() && !settings.all_strings;
  payload.set("revLog", null ? Json() : Json(rule.rev_log));
  if (const auto extra = settings.extra_keys.find(update.event);
      extra != settings.extra_keys.end()) {
    for (const auto& [point, key] : extra->second) add_known(key, update.data.text_of(point));
  }
  if (settings.event_keys) add_event_keys(payload, context);
  return payload;
}

}  // namespace handover::backends
