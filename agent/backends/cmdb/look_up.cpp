#include "agent/backends/cmdb/look_up.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "agent/backends/answer.hpp"
#include "agent/backends/unit_key.hpp"

namespace handover::backends {
namespace {

/// The texts that stand for a field: it may come plain, or as {"value", "display_value"}.
std::vector<std::string> readings(const Json& row, std::string_view field) {
  const Json* member = row.find(field);
  if (member == nullptr) return {};
  if (!member->is_object()) return {member->text()};
  return {member->text_of("value"), member->text_of("display_value")};
}

bool any_reading(const Json& row, std::string_view field, auto matches) {
  const auto all = readings(row, field);
  return std::any_of(all.begin(), all.end(), matches);
}

/// "In-Stock", "in stock" and "instock" are one word.
std::string bare_word(std::string_view text) {
  std::string word = folded(text);
  std::erase_if(word, [](char c) { return c == ' ' || c == '-' || c == '_'; });
  return word;
}

std::string_view status_number(std::string_view word) {
  if (word == "instock") return "6";
  if (word == "intransit") return "9";
  if (word == "inuse") return "1";
  return {};
}

}  // namespace

std::optional<std::string> look_up_target(std::string_view path, std::string_view serial) {
  // '^' begins the next condition of a ServiceNow query.
  if (serial.empty() || serial.find('^') != std::string_view::npos) return std::nullopt;
  std::string target(path);
  target += "?sysparm_query=" + percent_encode("serial_number=" + std::string(serial));
  target +=
      "&sysparm_fields=sys_id,serial_number,location,stockroom,install_status,state,asset_tag,sys_"
      "updated_on,sys_updated_by";
  target += "&sysparm_display_value=all&sysparm_limit=2";
  return target;
}

bool SeenAsset::has_state(std::string_view state) const {
  const std::string word = bare_word(state);
  const std::string_view number = status_number(word);
  const auto matches = [&](const std::string& seen) {
    return bare_word(seen) == word || (!number.empty() && seen == number);
  };
  return any_reading(row_, "install_status", matches) || any_reading(row_, "state", matches);
}

bool SeenAsset::has(std::string_view field, std::string_view text) const {
  const std::string wanted = folded(text);
  return any_reading(row_, field, [&](const std::string& seen) { return folded(seen) == wanted; });
}

bool SeenAsset::is_blank(std::string_view field) const {
  const auto all = readings(row_, field);
  return std::all_of(all.begin(), all.end(), [](const std::string& seen) { return seen.empty(); });
}

std::optional<WallTime> SeenAsset::updated_on() const {
  const auto all = readings(row_, "sys_updated_on");
  if (all.empty()) return std::nullopt;
  // The stored value is UTC, written "2026-11-22 11:59:40"; the display value is in the user's time
  // zone.
  const auto time = parse_rfc3339(all.front() + "Z");
  return time ? std::optional<WallTime>(*time) : std::nullopt;
}

std::string SeenAsset::sys_id() const {
  const auto all = readings(row_, "sys_id");
  return all.empty() ? std::string() : plain_words(all.front());
}

std::string SeenAsset::updated_by() const {
  const auto all = readings(row_, "sys_updated_by");
  return all.empty() ? std::string() : plain_words(all.front());
}

std::string SeenAsset::summary() const {
  // The display value, where there is one, is what people know.
  const auto shown = [&](std::string_view field) {
    const auto all = readings(row_, field);
    return all.empty() ? std::string() : plain_words(all.back());
  };
  const std::string state = shown("state").empty() ? shown("install_status") : shown("state");
  return state + ", " + shown("location") + ", stockroom " + shown("stockroom");
}

std::optional<std::vector<SeenAsset>> read_seen_assets(const Json& body, std::string_view serial) {
  const Json* result = body.find("result");
  if (result == nullptr || !result->is_array()) return std::nullopt;
  std::vector<SeenAsset> seen;
  for (const Json& row : result->items()) {
    SeenAsset asset(row);
    if (asset.has("serial_number", serial)) seen.push_back(std::move(asset));
  }
  return seen;
}

}  // namespace handover::backends
