#include "storage/lane_notes.hpp"

namespace handover::storage {

Result<std::string> LaneNotes::read(std::int64_t lane, std::string_view name) const {
  Query row(database_, "SELECT value FROM lane_notes WHERE lane = ? AND name = ?", lane, name);
  std::string value = row.next() ? std::string(row.text(0)) : std::string();
  RETURN_IF_ERROR(row.status());
  return value;
}

Result<void> LaneNotes::write(std::int64_t lane, std::string_view name, std::string_view value) {
  return database_.execute("INSERT OR REPLACE INTO lane_notes (lane, name, value) VALUES (?, ?, ?)",
                           lane, name, value);
}

Result<void> Holds::put(std::int64_t delivery, std::int64_t lane, std::string_view name) {
  return database_.execute("INSERT OR REPLACE INTO holds (delivery, lane, name) VALUES (?, ?, ?)",
                           delivery, lane, name);
}

Result<std::optional<std::int64_t>> Holds::in_force(std::int64_t lane,
                                                    std::string_view name) const {
  Query row(database_,
            "SELECT delivery FROM holds WHERE lane = ? AND name = ? AND (SELECT state FROM "
            "deliveries WHERE id = holds.delivery) = 3 LIMIT 1",
            lane, name);
  std::optional<std::int64_t> delivery;
  if (row.next()) delivery = row.integer(0);
  RETURN_IF_ERROR(row.status());
  return delivery;
}

Result<std::vector<std::string>> Holds::names_of(std::int64_t delivery) const {
  std::vector<std::string> names;
  Query rows(database_, "SELECT name FROM holds WHERE delivery = ? ORDER BY name", delivery);
  while (rows.next()) names.emplace_back(rows.text(0));
  RETURN_IF_ERROR(rows.status());
  return names;
}

}  // namespace handover::storage
