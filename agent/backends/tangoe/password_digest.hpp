// The WS-Security header of Tangoe: a UsernameToken whose digest is made from the hash of the
// password instead of the password.
#pragma once

#include <string>
#include <string_view>

#include "platform/secret.hpp"
#include "platform/time.hpp"

namespace handover::backends::tangoe {

/// How long before and after the server's time a token's own time may be (WSS4J's defaults).
inline constexpr std::chrono::seconds kTokenAgeMax{300};
inline constexpr std::chrono::seconds kTokenAheadMax{60};

/// Lower-case hex of the SHA-256 of the password. Whoever has it can log in: it is a secret like
/// the password.
[[nodiscard]] Secret password_hash(const Secret& password);

/// Base64(SHA-1(nonce + created + hash)).
[[nodiscard]] std::string password_digest(std::string_view nonce_bytes, std::string_view created,
                                          const Secret& hash);

/// The element wsse:Security. Each request needs a nonce of its own.
[[nodiscard]] std::string security_header(std::string_view username, const Secret& hash,
                                          std::string_view nonce_bytes, WallTime created);

}  // namespace handover::backends::tangoe
