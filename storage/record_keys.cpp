#include "storage/record_keys.hpp"

#include <span>

namespace handover::storage {
namespace {

std::span<const std::byte> blob(const Digest& digest) { return std::as_bytes(std::span(digest)); }

}  // namespace

Result<std::optional<RecordKeys::Found>> RecordKeys::find(const Digest& key,
                                                          const Digest& content) const {
  Query row(database_, "SELECT record_seq, digest = ? FROM record_keys WHERE key = ?",
            blob(content), blob(key));
  std::optional<Found> found;
  if (row.next()) found = Found{row.integer(0), row.integer(1) != 0};
  RETURN_IF_ERROR(row.status());
  return found;
}

Result<void> RecordKeys::add(const Digest& key, const Digest& content, std::int64_t record_seq) {
  return database_.execute("INSERT INTO record_keys (key, digest, record_seq) VALUES (?, ?, ?)",
                           blob(key), blob(content), record_seq);
}

}  // namespace handover::storage
