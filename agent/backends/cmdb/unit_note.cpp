#include "agent/backends/cmdb/unit_note.hpp"

#include "agent/backends/unit_key.hpp"

namespace handover::backends {

UnitNote UnitNote::parse(std::string_view text) {
  UnitNote note;
  const auto json = parse_json(text);
  if (!json) return note;
  note.asset_tag = json->text_of("asset_tag");
  note.sys_id = json->text_of("sys_id");
  if (auto at = parse_rfc3339(json->text_of("taken_at"))) note.taken_at = *at;
  return note;
}

std::string UnitNote::dump() const {
  if (asset_tag.empty() && sys_id.empty() && !taken_at) return {};
  Json note = Json::object({{"asset_tag", asset_tag}, {"sys_id", sys_id}});
  if (taken_at) note.set("taken_at", Json(format_rfc3339_seconds(*taken_at)));
  return note.dump();
}

std::string known_tag(const AssetUpdate& update, const UnitNote& note) {
  if (is_no_tag(update.asset_tag)) return {};
  return update.asset_tag.empty() ? note.asset_tag : update.asset_tag;
}

std::string unit_note_name(const AssetUpdate& update) {
  return unit_key(update.serial) + " of " + folded(update.part);
}

}  // namespace handover::backends
