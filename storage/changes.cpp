#include "storage/changes.hpp"

namespace handover::storage {

Result<Changes::Span> Changes::span() const {
  Span span;
  // Two look-ups at the ends; one SELECT of both would go through the whole table.
  Query ends(database_,
             "SELECT coalesce((SELECT min(number) FROM changes), 0), coalesce((SELECT max(number) "
             "FROM changes), 0)");
  if (ends.next()) span = {ends.integer(0), ends.integer(1)};
  RETURN_IF_ERROR(ends.status());
  return span;
}

Result<std::vector<Change>> Changes::list(std::int64_t after, std::int64_t limit) const {
  std::vector<Change> found;
  Query rows(database_,
             "SELECT number, kind, subject FROM changes WHERE number > ? ORDER BY number LIMIT ?",
             after, limit);
  while (rows.next()) {
    found.push_back({rows.integer(0), static_cast<ChangeKind>(rows.integer(1)), rows.integer(2)});
  }
  RETURN_IF_ERROR(rows.status());
  return found;
}

}  // namespace handover::storage
