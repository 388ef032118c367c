// Ed25519 signatures (RFC 8032).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "platform/entropy.hpp"
#include "platform/result.hpp"
#include "platform/secret.hpp"

namespace handover::crypto {

inline constexpr std::size_t kEd25519KeyBytes = 32;
inline constexpr std::size_t kEd25519SignatureBytes = 64;

/// A private key, and the public one that goes with it.
class SigningKey {
 public:
  [[nodiscard]] static SigningKey draw(Entropy& entropy);
  /// The 32 bytes that the RFC calls the private key. Errors: kInvalid, pointer "", if there are
  /// not 32.
  [[nodiscard]] static Result<SigningKey> from_seed(const Secret& seed);

  [[nodiscard]] const Secret& seed() const { return seed_; }
  [[nodiscard]] const std::string& public_key() const { return public_key_; }
  /// 64 bytes, always the same for the same bytes.
  [[nodiscard]] std::string sign(std::string_view bytes) const;

 private:
  explicit SigningKey(Secret seed);

  Secret seed_;
  std::string public_key_;
};

/// True if `signature` is of these bytes by the owner of `public_key`. Sizes may be any.
[[nodiscard]] bool ed25519_verify(std::string_view public_key, std::string_view bytes,
                                  std::string_view signature);

}  // namespace handover::crypto
