#include "storage/api_calls.hpp"

#include "crypto/sha256.hpp"

namespace handover::storage {

Result<std::optional<ApiCall>> ApiCalls::read(std::string_view key) const {
  std::optional<ApiCall> call;
  Query row(database_,
            "SELECT digest, status, answer, made FROM api_calls WHERE key_hash = ? AND key = ?",
            crypto::sha256_number(key), key);
  if (row.next())
    call = ApiCall{std::string(row.text(0)), static_cast<int>(row.integer(1)),
                   std::string(row.text(2)), std::string(row.text(3))};
  RETURN_IF_ERROR(row.status());
  return call;
}

Result<void> ApiCalls::remember(std::string_view key, const ApiCall& call) {
  const bool is_long = call.answer.size() > kShortBytes && !call.made.empty();
  RETURN_IF_ERROR(database_.execute(
      "INSERT INTO api_calls (key_hash, key, digest, status, answer, made, long) VALUES (?, ?, ?, "
      "?, ?, ?, ?)",
      crypto::sha256_number(key), key, std::as_bytes(std::span(call.digest)), call.status,
      call.answer, call.made, is_long));
  const std::int64_t id = database_.last_insert_id();
  if (is_long) RETURN_IF_ERROR(forget_long_answers());
  // Old ones go many at a time: each by itself would cost every call three pages more to write.
  if (id % kForgottenAtOnce != 0) return {};
  return database_.execute("DELETE FROM api_calls WHERE id <= ?", id - kKept);
}

Result<void> ApiCalls::forget_long_answers() {
  return database_.execute(
      "UPDATE api_calls SET answer = '', long = 0 WHERE id IN (SELECT id FROM api_calls INDEXED BY "
      "api_calls_long WHERE long = 1 ORDER BY id DESC LIMIT -1 OFFSET ?)",
      kLongKept);
}

}  // namespace handover::storage
