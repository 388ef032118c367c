#include "agent/backends/cmdb/cmdb_verdicts.hpp"

#include <algorithm>
#include <utility>

#include "agent/backends/cmdb/unit_note.hpp"

namespace handover::backends::cmdb {

using forwarding::DeliveryContext;
using Kind = Verdict::Kind;

std::optional<AssetUpdate> find_update(const Record& record, const std::string& unit) {
  auto updates = asset_updates(record);
  const auto found = std::find_if(updates.begin(), updates.end(),
                                  [&](const AssetUpdate& u) { return u.unit == unit; });
  if (found == updates.end()) return std::nullopt;
  return std::move(*found);
}

std::optional<AssetUpdate> find_update(const DeliveryContext& context) {
  return find_update(context.record, context.unit);
}

WallTime server_time(const HttpResponse& response, WallTime now) {
  const auto date = parse_http_date(find_header(response.headers, "Date"));
  return date ? *date : std::chrono::floor<std::chrono::seconds>(now);
}

std::string note_after(const DeliveryContext& context, const std::string& sys_id,
                       WallTime taken_at) {
  const auto update = find_update(context);
  if (!update) return {};
  UnitNote note = UnitNote::parse(context.note);
  note.asset_tag = known_tag(*update, note);
  if (!sys_id.empty()) note.sys_id = sys_id;
  note.taken_at = taken_at;
  const std::string text = note.dump();
  return text == context.note ? std::string() : text;
}

Verdict refuse(std::string why) {
  return make_verdict(Kind::kRefused, Who::kDispatcher, std::move(why));
}

Verdict hold(std::string_view name, std::string why) {
  Verdict verdict = refuse(std::move(why));
  verdict.hold = name;
  return verdict;
}

Verdict need_login(int status, std::string_view words) {
  return make_verdict(Kind::kLoginNeeded, Who::kDispatcher,
                      sentence(kLabel, status, "a new login is needed", words));
}

}  // namespace handover::backends::cmdb
