#include "storage/signed_messages.hpp"

#include <span>

namespace handover::storage {

Result<void> SignedMessages::write(std::int64_t transfer, int kind, std::string_view message) {
  return database_.execute(
      "INSERT INTO signed_messages (transfer, kind, message) VALUES (?, ?, ?)"
      " ON CONFLICT (transfer, kind) DO UPDATE SET message = excluded.message",
      transfer, kind, std::as_bytes(std::span(message)));
}

Result<void> SignedMessages::remove(std::int64_t transfer, int kind) {
  return database_.execute("DELETE FROM signed_messages WHERE transfer = ? AND kind = ?", transfer,
                           kind);
}

Result<std::optional<std::string>> SignedMessages::read(std::int64_t transfer, int kind) const {
  Query row(database_, "SELECT message FROM signed_messages WHERE transfer = ? AND kind = ?",
            transfer, kind);
  std::optional<std::string> message;
  if (row.next()) message = row.text(0);
  RETURN_IF_ERROR(row.status());
  return message;
}

}  // namespace handover::storage
