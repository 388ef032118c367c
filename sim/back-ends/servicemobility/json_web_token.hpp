// JSON Web Tokens as ServiceMobility's pages describe them: HS256 (RFC 7515, RFC 7519), `exp` and
// `iat` in whole seconds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace handover::sim {

struct TokenClaims {
  std::string name;         ///< Who logged in.
  std::int64_t issued = 0;  ///< Seconds since 1970.
  std::int64_t expires = 0;
  std::int64_t number =
      0;  ///< Counts tokens up, so that earlier ones can be told from later ones (claim "jti").
};

[[nodiscard]] std::string sign_token(const TokenClaims& claims, std::string_view key);

/// The claims, if the signature is ours and the algorithm is HS256. Does not look at the times.
[[nodiscard]] std::optional<TokenClaims> verify_token(std::string_view token, std::string_view key);

}  // namespace handover::sim
