#include "storage/api_calls.hpp"

namespace handover::storage {
namespace {

constexpr std::chrono::days kKept{30};

}  // namespace

Result<std::optional<ApiCall>> ApiCalls::read(std::string_view key) const {
  std::optional<ApiCall> call;
  Query row(database_, "SELECT digest, status, answer FROM api_calls WHERE key = ?", key);
  if (row.next()) call = ApiCall{std::string(row.text(0)), static_cast<int>(row.integer(1)), std::string(row.text(2))};
  RETURN_IF_ERROR(row.status());
  return call;
}

Result<void> ApiCalls::remember(std::string_view key, const ApiCall& call, WallTime now) {
  const auto at = now.time_since_epoch().count();
  // A few old ones go with each new one, so that the table stays bounded and no call waits for a great clean-up.
  RETURN_IF_ERROR(database_.execute(
      "DELETE FROM api_calls WHERE key IN (SELECT key FROM api_calls INDEXED BY api_calls_age WHERE at < ? LIMIT 4)",
      at - milliseconds(kKept).count()));
  return database_.execute("INSERT INTO api_calls (key, digest, status, answer, at) VALUES (?, ?, ?, ?, ?)", key,
                           std::as_bytes(std::span(call.digest)), call.status, call.answer, at);
}

}  // namespace handover::storage
