#include "storage/api_calls.hpp"

#include "crypto/sha256.hpp"

namespace handover::storage {
namespace {

constexpr std::chrono::days kKept{30};

}  // namespace

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

Result<void> ApiCalls::remember(std::string_view key, const ApiCall& call, WallTime now) {
  const auto at = now.time_since_epoch().count();
  // A few old ones go with each new one, so that the table stays bounded and no call waits for a
  // great clean-up.
  RETURN_IF_ERROR(database_.execute(
      "DELETE FROM api_calls WHERE id IN (SELECT id FROM api_calls ORDER BY id LIMIT 4) AND at < ?",
      at - milliseconds(kKept).count()));
  return database_.execute(
      "INSERT INTO api_calls (key_hash, key, digest, status, answer, at) VALUES (?, ?, ?, ?, ?, ?)",
      crypto::sha256_number(key), key, std::as_bytes(std::span(call.digest)), call.status,
      call.answer, at);
}

}  // namespace handover::storage
