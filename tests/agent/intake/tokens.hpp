// Tokens as a test wants them, right or wrong in any part.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "crypto/sha256.hpp"

namespace handover::test {

inline constexpr std::string_view kTokenKey = "a key of ServiceMobility, not a secret";

inline std::string base64url(std::string_view bytes) {
  std::string text = crypto::to_base64(bytes);
  while (text.ends_with('=')) text.pop_back();
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

inline std::string sign(std::string_view text, std::string_view key = kTokenKey) {
  const std::array<std::string_view, 1> parts = {text};
  const auto mac = crypto::hmac_sha256(Secret(key), parts);
  return base64url({reinterpret_cast<const char*>(mac.data()), mac.size()});
}

inline std::string token_of(std::string_view header, std::string_view payload,
                            std::string_view key = kTokenKey) {
  const std::string text = base64url(header) + "." + base64url(payload);
  return text + "." + sign(text, key);
}

/// The manual clock starts at 1795343213.
inline constexpr std::string_view kHeader = R"({"alg":"HS256","typ":"JWT"})";
inline constexpr std::string_view kClaims =
    R"({"exp":1795346813,"iat":1795343200,"name":"tech.17"})";
inline std::string good_token() { return token_of(kHeader, kClaims); }

}  // namespace handover::test
