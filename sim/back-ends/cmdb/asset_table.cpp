#include "sim/back-ends/cmdb/asset_table.hpp"

#include <algorithm>
#include <utility>

#include "sim/back-ends/web.hpp"

namespace handover::sim {
namespace {

const std::string kNothing;

Json fields_to_json(const AssetFields& fields) {
  Json object = Json::object();
  for (const auto& [column, value] : fields) object.set(column, value);
  return object;
}

Json audit_to_json(const AuditEntry& entry) {
  Json object = Json::object();
  object.set("at", format_rfc3339(entry.at))
      .set("who", entry.who)
      .set("sys_id", entry.sys_id)
      .set("action", entry.inserted ? "inserted" : "updated")
      .set("before", entry.inserted ? Json() : fields_to_json(entry.before))
      .set("after", fields_to_json(entry.after));
  auto event = parse_json(entry.event);
  object.set("event", event ? std::move(*event) : Json(entry.event));
  return object;
}

}  // namespace

const std::string& Asset::field(std::string_view column) const {
  const auto found = fields.find(column);
  return found == fields.end() ? kNothing : found->second;
}

Json Asset::to_json() const {
  Json object = Json::object({{"sys_id", sys_id}});
  for (const auto* column : {"name", "serial_number", "model", "location", "stockroom",
                             "install_status", "state", "asset_tag", "rev_log", "type"}) {
    object.set(column, field(column));
  }
  // Columns that the customer added.
  for (const auto& [column, value] : fields) {
    if (object.find(column) == nullptr) object.set(column, value);
  }
  object.set("sys_created_on", format_table_time(created));
  object.set("sys_updated_on", format_table_time(updated)).set("sys_updated_by", updated_by);
  return object;
}

std::string format_table_time(WallTime time) {
  std::string text = format_rfc3339_seconds(time);
  text.pop_back();
  std::replace(text.begin(), text.end(), 'T', ' ');
  return text;
}

std::string make_sys_id(Random& random) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (int half = 0; half < 2; ++half) {
    std::uint64_t bits = random.next();
    for (int digit = 0; digit < 16; ++digit, bits >>= 4U) text += kDigits[bits & 0xfU];
  }
  return text;
}

std::vector<std::size_t> AssetTable::find(std::string_view column, std::string_view value,
                                          bool case_sensitive) const {
  const Index& index = column == "asset_tag" ? by_tag_ : by_serial_;
  const auto found = index.find(lower_ascii(value));
  if (found == index.end()) return {};
  std::vector<std::size_t> matches = found->second;
  std::sort(matches.begin(), matches.end());
  if (case_sensitive) {
    std::erase_if(matches, [&](std::size_t i) { return assets_[i].field(column) != value; });
  }
  return matches;
}

AssetTable::Written AssetTable::insert(AssetFields fields, const Cause& cause, Random& random) {
  Asset asset{make_sys_id(random), std::move(fields), cause.at, cause.at, cause.who};
  audit_.push_back({cause.at, cause.who, asset.sys_id, true, {}, asset.fields, cause.event});
  assets_.push_back(std::move(asset));
  index(assets_.size() - 1);
  return {Change::kInserted, assets_.back().sys_id};
}

AssetTable::Written AssetTable::update(std::size_t index_of_asset, const AssetFields& fields,
                                       const Cause& cause) {
  Asset& asset = assets_[index_of_asset];
  const bool same = std::all_of(fields.begin(), fields.end(), [&](const auto& field) {
    return asset.field(field.first) == field.second;
  });
  if (same) return {Change::kNone, asset.sys_id};
  // Most writes leave both keys alone, and the index of a tag that all share is long.
  const auto changes = [&](std::string_view column) {
    const auto field = fields.find(column);
    return field != fields.end() && field->second != asset.field(column);
  };
  const bool rekey = changes("serial_number") || changes("asset_tag");
  if (rekey) unindex(index_of_asset);
  AssetFields before = asset.fields;
  for (const auto& [column, value] : fields) asset.fields[column] = value;
  asset.updated = cause.at;
  asset.updated_by = cause.who;
  if (rekey) index(index_of_asset);
  audit_.push_back(
      {cause.at, cause.who, asset.sys_id, false, std::move(before), asset.fields, cause.event});
  return {Change::kUpdated, asset.sys_id};
}

void AssetTable::index(std::size_t asset) {
  by_serial_[lower_ascii(assets_[asset].field("serial_number"))].push_back(asset);
  by_tag_[lower_ascii(assets_[asset].field("asset_tag"))].push_back(asset);
}

void AssetTable::unindex(std::size_t asset) {
  std::erase(by_serial_[lower_ascii(assets_[asset].field("serial_number"))], asset);
  std::erase(by_tag_[lower_ascii(assets_[asset].field("asset_tag"))], asset);
}

std::size_t AssetTable::duplicate_count() const {
  return std::size_t(std::count_if(by_serial_.begin(), by_serial_.end(), [](const auto& entry) {
    return !entry.first.empty() && entry.second.size() > 1;
  }));
}

void AssetTable::report(Json& state) const {
  Json assets = Json::array();
  Json ghosts = Json::array();
  std::map<std::string, std::vector<std::string>> serials;
  for (const auto& asset : assets_) {
    assets.push_back(asset.to_json());
    if (asset.field("serial_number").starts_with("Update")) ghosts.push_back(asset.sys_id);
    const std::string serial = lower_ascii(asset.field("serial_number"));
    if (!serial.empty()) serials[serial].push_back(asset.sys_id);
  }
  Json duplicates = Json::array();
  for (const auto& [serial, sys_ids] : serials) {
    if (sys_ids.size() < 2) continue;
    Json ids = Json::array();
    for (const auto& id : sys_ids) ids.push_back(id);
    duplicates.push_back(Json::object({{"serial_number", serial}, {"sys_ids", std::move(ids)}}));
  }
  Json audit = Json::array();
  for (const auto& entry : audit_) audit.push_back(audit_to_json(entry));
  state.set("assets", std::move(assets)).set("audit", std::move(audit));
  state.set("duplicates", std::move(duplicates)).set("ghosts", std::move(ghosts));
}

}  // namespace handover::sim
