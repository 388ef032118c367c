#include "sim/back-ends/cmdb/table_query.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace handover::sim {
namespace {

constexpr std::size_t kLimitDefault = 10'000;

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const auto end = std::min(text.find(separator), text.size());
    if (end > 0) parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

bool is_field(std::string_view name) {
  static const Json kEmpty = Asset().to_json();
  return kEmpty.find(name) != nullptr;
}

using Conditions = std::vector<std::pair<std::string, std::string>>;

Conditions parse_conditions(std::string_view query) {
  Conditions conditions;
  for (const auto condition : split(query, '^')) {
    const auto equals = condition.find('=');
    const std::string_view field = condition.substr(0, equals);
    if (equals == std::string_view::npos || !is_field(field)) continue;
    conditions.emplace_back(field, condition.substr(equals + 1));
  }
  return conditions;
}

bool fits(const Json& asset, const Conditions& conditions, bool case_sensitive) {
  return std::all_of(conditions.begin(), conditions.end(), [&](const auto& condition) {
    const std::string& value = asset.text_of(condition.first);
    if (case_sensitive) return value == condition.second;
    return lower_ascii(value) == lower_ascii(condition.second);
  });
}

Json select_fields(const Json& asset, const std::string* names) {
  if (names == nullptr || names->empty()) return asset;
  Json selected = Json::object();
  for (const auto name : split(*names, ',')) {
    if (const Json* value = asset.find(name)) selected.set(name, *value);
  }
  return selected;
}

std::size_t parse_limit(const std::string* text) {
  std::size_t limit = kLimitDefault;
  if (text != nullptr) std::from_chars(text->data(), text->data() + text->size(), limit);
  return limit;
}

/// Only what the index leaves over is looked at one by one: a read by serial number must not slow
/// with the table.
std::vector<std::size_t> candidates(const AssetTable& table, const Conditions& conditions) {
  for (const auto& [field, value] : conditions) {
    if (field == "serial_number") return table.find(field, value, false);
  }
  std::vector<std::size_t> all(table.assets().size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  return all;
}

}  // namespace

Json query_assets(const AssetTable& table, const FormFields& query, bool case_sensitive,
                  WallTime visible_until) {
  const std::string* text = find_field(query, "sysparm_query");
  const Conditions conditions = parse_conditions(text == nullptr ? "" : *text);
  const std::string* fields = find_field(query, "sysparm_fields");
  const std::size_t limit = parse_limit(find_field(query, "sysparm_limit"));
  Json rows = Json::array();
  for (const std::size_t index : candidates(table, conditions)) {
    const Asset& asset = table.assets()[index];
    if (rows.items().size() >= limit) break;
    if (asset.created > visible_until) continue;
    const Json row = asset.to_json();
    if (fits(row, conditions, case_sensitive)) rows.push_back(select_fields(row, fields));
  }
  return rows;
}

}  // namespace handover::sim
