#include "agent/cli/secret_file.hpp"

#include <algorithm>
#include <span>

#include "crypto/sha256.hpp"
#include "platform/posix/private_file.hpp"

namespace handover::cli {

Result<Secret> read_store_key(const std::string& file) {
  constexpr std::size_t kKeyBytes = 32;
  TRY_ASSIGN(const Secret content, posix::read_private_file(file, kSecretFileBytesMax));
  const Secret digits = posix::without_trailing_newline(content);
  auto bytes = crypto::from_hex(digits.reveal());
  if (!bytes || bytes->size() != kKeyBytes) {
    return fail(Errc::kConfig, file + ": expected 64 hex digits; restore it from its backup");
  }
  Secret key{std::span<const std::byte>(*bytes)};
  std::fill(bytes->begin(), bytes->end(), std::byte{0});
  return key;
}

std::function<Result<Secret>()> secret_in(const std::string& file) {
  return [file]() -> Result<Secret> {
    TRY_ASSIGN(const Secret content, posix::read_private_file(file, kSecretFileBytesMax));
    return posix::without_trailing_newline(content);
  };
}

}  // namespace handover::cli
