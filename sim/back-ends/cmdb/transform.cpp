#include "sim/back-ends/cmdb/transform.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "sim/back-ends/web.hpp"

namespace handover::sim {
namespace {

constexpr std::string_view kUpdatePrefix = "Update";
constexpr int kInUse = 1;

/// Payload key to column, for what is copied as it is.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kCopied = {{
    {"manufacturerPartNumber", "model"},
    {"location", "location"},
    {"stockroom", "stockroom"},
    {"asset_tag", "asset_tag"},
    {"revLog", "rev_log"},
    {"type", "type"},
}};

std::string strip_prefix(const std::string& text) {
  if (!text.starts_with(kUpdatePrefix)) return text;
  std::string rest = text.substr(kUpdatePrefix.size());
  if (rest.starts_with(' ')) rest.erase(0, 1);
  return rest;
}

std::string state_word(std::string_view typed) {
  std::string word = lower_ascii(typed);
  std::erase_if(word, [](char c) { return c == ' ' || c == '-'; });
  return word;
}

/// The columns that this row writes. A key that is absent leaves its column; an empty one clears
/// it, but not the state, which is a choice.
AssetFields columns_of(const StagingRow& row, const TransformOptions& options) {
  AssetFields columns;
  for (const auto& [key, column] : kCopied) {
    const auto value = row.values.find(key);
    if (value != row.values.end()) columns[std::string(column)] = value->second;
  }
  for (const auto& key : options.extra_columns) {
    const auto value = row.values.find(key);
    if (value != row.values.end()) columns[key] = value->second;
  }
  const auto name = row.values.find("name");
  if (name != row.values.end()) {
    columns["name"] = options.strip_update_prefix ? strip_prefix(name->second) : name->second;
  }
  columns["serial_number"] = transformed_serial(row, options);
  return columns;
}

/// Adds state and install_status. False if the word is not in the list.
bool add_state(const StagingRow& row, const TransformOptions& options, AssetFields& columns) {
  const auto typed = row.values.find("state");
  if (typed == row.values.end() || typed->second.empty()) return true;
  const std::string word = state_word(typed->second);
  const auto known = options.states.find(word);
  if (known == options.states.end()) return false;
  columns["state"] = word;
  columns["install_status"] = std::to_string(known->second);
  // A unit in use is in nobody's stockroom, whatever the row says.
  if (known->second == kInUse) columns["stockroom"] = "";
  return true;
}

std::string text_of(const Json& value) {
  if (value.is_string()) return value.text();
  if (value.is_null()) return {};
  // What the import door does with other types: they are stored, but not as they came.
  std::string text = value.dump();
  std::replace(text.begin(), text.end(), ':', '=');
  return text;
}

}  // namespace

StagingRow stage(const Json& payload) {
  StagingRow row;
  for (const auto& [key, value] : payload.members()) {
    row.values[key] = text_of(value);
    if (!value.is_string() && !value.is_null()) row.altered.insert(key);
  }
  return row;
}

std::string transformed_serial(const StagingRow& row, const TransformOptions& options) {
  const auto serial = row.values.find("serialNumber");
  if (serial == row.values.end()) return {};
  return options.strip_update_prefix ? strip_prefix(serial->second) : serial->second;
}

RowOutcome transform(const StagingRow& row, TransformOptions& options,
                     const AssetTable::Cause& cause, AssetTable& assets, Random& random) {
  AssetFields columns = columns_of(row, options);
  if (!add_state(row, options, columns)) {
    return {"error", "", "Invalid choice value for field state", "", ""};
  }
  std::vector<std::size_t> matches;
  if (options.coalesce != Coalesce::kNone) {
    const std::string_view column =
        options.coalesce == Coalesce::kAssetTag ? "asset_tag" : "serial_number";
    const std::string value = columns[std::string(column)];
    if (value.empty()) return {"skipped", "Coalesce value is missing", "", "", ""};
    matches = assets.find(column, value, options.case_sensitive);
  }
  if (!matches.empty() && options.ghost_insertions > 0) {
    --options.ghost_insertions;
    matches.clear();
  }
  // Several matches: only the first is written, and nobody is told. That is what coalescing does.
  const AssetTable::Written written = matches.empty()
                                          ? assets.insert(std::move(columns), cause, random)
                                          : assets.update(matches.front(), columns, cause);
  RowOutcome outcome;
  outcome.sys_id = written.sys_id;
  outcome.display_value = transformed_serial(row, options);
  switch (written.change) {
    case AssetTable::Change::kInserted:
      outcome.status = "inserted";
      break;
    case AssetTable::Change::kUpdated:
      outcome.status = "updated";
      break;
    case AssetTable::Change::kNone:
      outcome.status = "ignored";
      outcome.status_message = "No field values changed";
      break;
  }
  return outcome;
}

}  // namespace handover::sim
