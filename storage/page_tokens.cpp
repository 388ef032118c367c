#include "storage/page_tokens.hpp"

#include "crypto/sha256.hpp"

namespace handover::storage {

Result<void> PageTokens::add(std::string_view token) {
  const auto digest = crypto::sha256({token});
  RETURN_IF_ERROR(database_.execute("INSERT OR IGNORE INTO page_tokens (digest) VALUES (?)",
                                    std::span<const std::byte>(digest)));
  return database_.execute(
      "DELETE FROM page_tokens WHERE id NOT IN (SELECT id FROM page_tokens ORDER BY id DESC LIMIT "
      "?)",
      kKept);
}

Result<void> PageTokens::remove(std::string_view token) {
  const auto digest = crypto::sha256({token});
  return database_.execute("DELETE FROM page_tokens WHERE digest = ?",
                           std::span<const std::byte>(digest));
}

/// Looked up by its digest, so that how long it takes tells nothing about the token.
Result<bool> PageTokens::contains(std::string_view token) const {
  const auto digest = crypto::sha256({token});
  Query row(database_, "SELECT 1 FROM page_tokens WHERE digest = ?",
            std::span<const std::byte>(digest));
  const bool is_there = row.next();
  RETURN_IF_ERROR(row.status());
  return is_there;
}

}  // namespace handover::storage
