#include "agent/cli/cmdb_config.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <set>

#include "agent/cli/config_reader.hpp"
#include "agent/domain/asset_event.hpp"

namespace handover::cli {
namespace {

// Keys that every payload has; an extra one must not hide them.
constexpr std::array<std::string_view, 12> kTaken = {
    "name",      "serialNumber", "manufacturerPartNumber",
    "type",      "location",     "state",
    "stockroom", "asset_tag",    "revLog",
    "eventId",   "eventTimeUtc", "workOrder"};

void read_extra_keys(TableReader& points, backends::ExtraKeys& keys) {
  std::set<std::string> used(kTaken.begin(), kTaken.end());
  for (const auto point : kAssetDataPoints) {
    std::string key = points.text(point);
    if (key.empty()) continue;
    if (!used.insert(key).second)
      points.complain(point, "the payload has a key " + key + " already; expected another");
    keys.emplace_back(point, std::move(key));
  }
}

void check_choices(TableReader& filter, std::string_view key, const std::vector<std::string>& given,
                   Names choices) {
  for (const auto& text : given) {
    if (std::find(choices.begin(), choices.end(), text) != choices.end()) continue;
    filter.complain(key, "expected a list of " + std::string(*choices.begin()) + " and " +
                             std::string(*(choices.end() - 1)));
  }
}

void read_filter(TableReader& table, backends::EventFilter& filter) {
  filter.customer_parts = table.texts("customer_parts");
  filter.inventory_organizations = table.texts("inventory_organization");
  filter.material_designators = table.texts("material_designator");
  filter.structures = table.texts("structure");
  filter.serialized = table.texts("serialized");
  check_choices(table, "structure", filter.structures, {"master", "standalone"});
  check_choices(table, "serialized", filter.serialized, {"yes", "no"});
}

void read_prefix(TableReader& lane, CmdbConfig& config) {
  constexpr std::string_view kOn = "correction_prefix_on";
  config.correction_prefix = lane.text("correction_prefix", config.correction_prefix);
  if (!lane.has(kOn)) return;
  const auto keys = lane.texts(kOn);
  check_choices(lane, kOn, keys, {"name", "serialNumber"});
  config.prefix_on_name = std::count(keys.begin(), keys.end(), "name") > 0;
  config.prefix_on_serial = std::count(keys.begin(), keys.end(), "serialNumber") > 0;
  if (keys.empty())
    lane.complain(kOn,
                  "without the prefix a correction is a receipt; expected name, serialNumber, or "
                  "both");
}

/// `NAME.EVENT`, for each kind of event that is there.
void read_by_event(
    TableReader& lane, std::string_view name, Names keys,
    const std::function<void(TableReader& table, backends::AssetEvent event)>& read) {
  lane.table(name, kAssetEvents, [&](TableReader& events) {
    for (const auto event : kAssetEvents) {
      if (!events.has(event)) continue;
      events.table(event, keys,
                   [&](TableReader& table) { read(table, *backends::event_named(event)); });
    }
  });
}

}  // namespace

void read_cmdb_wishes(TableReader& lane, CmdbConfig& config) {
  config.integration_users = lane.texts("integration_users");
  if (!config.integration_users.empty() && config.look_up_path.empty()) {
    lane.complain("integration_users",
                  "changes by others are only seen with look_up_path; set it, or leave this out");
  }
  read_prefix(lane, config);
  config.all_strings = lane.flag("all_strings", config.all_strings);
  config.event_keys = lane.flag("event_keys", config.event_keys);
  read_by_event(lane, "extra_keys", kAssetDataPoints, [&](TableReader& points, auto event) {
    read_extra_keys(points, config.extra_keys[event]);
  });
  read_by_event(lane, "filters",
                {"customer_parts", "inventory_organization", "material_designator", "structure",
                 "serialized"},
                [&](TableReader& table, auto event) { read_filter(table, config.filters[event]); });
}

}  // namespace handover::cli
