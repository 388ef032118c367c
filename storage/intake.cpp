#include "storage/intake.hpp"

namespace handover::storage {
namespace {

std::span<const std::byte> bytes_of(const IntakeName& name) { return name; }

}  // namespace

Result<std::optional<std::string>> Intake::find(const IntakeName& name) const {
  std::optional<std::string> digest;
  Query row(database_, "SELECT digest FROM intake_names WHERE name = ?", bytes_of(name));
  if (row.next()) digest = std::string(row.text(0));
  RETURN_IF_ERROR(row.status());
  return digest;
}

Result<void> Intake::remember(const IntakeName& name, std::string_view digest) {
  return database_.execute("INSERT OR IGNORE INTO intake_names (name, digest) VALUES (?, ?)",
                           bytes_of(name), std::as_bytes(std::span(digest)));
}

Result<void> Intake::forget(const IntakeName& name) {
  return database_.execute("DELETE FROM intake_names WHERE name = ?", bytes_of(name));
}

Result<std::int64_t> Intake::count(std::string_view what) const {
  Query row(database_, "SELECT value FROM intake_counts WHERE name = ?", what);
  const std::int64_t value = row.next() ? row.integer(0) : 0;
  RETURN_IF_ERROR(row.status());
  return value;
}

Result<void> Intake::add_to(std::string_view what, std::int64_t number) {
  if (number == 0) return {};
  return database_.execute(
      "INSERT INTO intake_counts (name, value) VALUES (?1, ?2)"
      " ON CONFLICT (name) DO UPDATE SET value = value + ?2",
      what, number);
}

Result<void> Intake::set_count(std::string_view what, std::int64_t number) {
  return database_.execute("INSERT OR REPLACE INTO intake_counts (name, value) VALUES (?, ?)", what,
                           number);
}

Result<ExportCursor> Intake::cursor(std::string_view type) const {
  ExportCursor cursor;
  Query row(database_,
            "SELECT rowver, next_try_at, failures, read_at, last_error FROM intake_cursors"
            " WHERE type = ?",
            type);
  if (row.next()) {
    cursor.rowver = row.text(0);
    cursor.next_try_at = row.integer(1);
    cursor.failures = row.integer(2);
    if (!row.is_null(3)) cursor.read_at = row.integer(3);
    cursor.last_error = row.text(4);
  }
  RETURN_IF_ERROR(row.status());
  return cursor;
}

Result<void> Intake::write_cursor(std::string_view type, const ExportCursor& cursor) {
  return database_.execute(
      "INSERT OR REPLACE INTO intake_cursors"
      " (type, rowver, next_try_at, failures, read_at, last_error) VALUES (?, ?, ?, ?, ?, ?)",
      type, cursor.rowver, cursor.next_try_at, cursor.failures, cursor.read_at, cursor.last_error);
}

Result<void> Intake::make_due(ScheduleTime now) {
  return database_.execute("UPDATE intake_cursors SET next_try_at = ?1 WHERE next_try_at > ?1",
                           now);
}

Result<void> Intake::set_aside(const SetAsideRow& row) {
  return database_.execute(
      "INSERT INTO intake_set_aside (type, origin, object, reason, since) VALUES (?, ?, ?, ?, ?)",
      row.type, row.origin, row.object, row.reason,
      static_cast<std::int64_t>(row.since.time_since_epoch().count()));
}

Result<std::vector<SetAsideRow>> Intake::list_set_aside(std::int64_t after,
                                                        std::int64_t limit) const {
  std::vector<SetAsideRow> found;
  Query rows(database_,
             "SELECT id, type, origin, object, reason, since FROM intake_set_aside"
             " WHERE id > ? ORDER BY id LIMIT ?",
             after, limit);
  while (rows.next()) {
    SetAsideRow row;
    row.id = rows.integer(0);
    row.type = rows.text(1);
    row.origin = rows.text(2);
    row.object = rows.text(3);
    row.reason = rows.text(4);
    row.since = WallTime(milliseconds(rows.integer(5)));
    found.push_back(std::move(row));
  }
  RETURN_IF_ERROR(rows.status());
  return found;
}

Result<std::int64_t> Intake::count_set_aside() const {
  Query row(database_, "SELECT COUNT(*) FROM intake_set_aside");
  const std::int64_t count = row.next() ? row.integer(0) : 0;
  RETURN_IF_ERROR(row.status());
  return count;
}

Result<void> Intake::change_reason(std::int64_t id, std::string_view reason) {
  return database_.execute("UPDATE intake_set_aside SET reason = ?2 WHERE id = ?1", id, reason);
}

Result<bool> Intake::remove_set_aside(std::int64_t id) {
  RETURN_IF_ERROR(database_.execute("DELETE FROM intake_set_aside WHERE id = ?", id));
  return database_.changes() > 0;
}

}  // namespace handover::storage
