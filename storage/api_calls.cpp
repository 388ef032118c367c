#include "storage/api_calls.hpp"

#include "crypto/sha256.hpp"

namespace handover::storage {
Result<std::optional<ApiCall>> ApiCalls::read(std::string_view key) const {
  std::optional<ApiCall> call;
  Query row(database_,
            "SELECT digest, status, answer FROM api_calls WHERE key_hash = ? AND key = ?",
            crypto::sha256_number(key), key);
  if (row.next())
    call = ApiCall{std::string(row.text(0)), static_cast<int>(row.integer(1)),
                   std::string(row.text(2))};
  RETURN_IF_ERROR(row.status());
  return call;
}

Result<void> ApiCalls::remember(std::string_view key, const ApiCall& call) {
  RETURN_IF_ERROR(database_.execute(
      "INSERT INTO api_calls (key_hash, key, digest, status, answer) VALUES (?, ?, ?, ?, ?)",
      crypto::sha256_number(key), key, std::as_bytes(std::span(call.digest)), call.status,
      call.answer));
  // Old ones go many at a time: each by itself would cost every call three pages more to write.
  const std::int64_t id = database_.last_insert_id();
  if (id % kForgottenAtOnce != 0) return {};
  return database_.execute("DELETE FROM api_calls WHERE id <= ?", id - kKept);
}

}  // namespace handover::storage
