// The JSON Web Token with which ServiceMobility calls a webhook: header `x-access-token`, HS256
// (ServiceMobility wiki, "Authentication REST API Interface"; RFC 7515, RFC 7519). Pure.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "platform/result.hpp"
#include "platform/secret.hpp"
#include "platform/time.hpp"

namespace handover::intake {

inline constexpr std::size_t kTokenBytesMax = 8192;
inline constexpr std::size_t kTokenKeysMax = 8;
inline constexpr std::size_t kTokenKeyBytesMin = 32;

/// Is this token signed with one of `keys`, and valid at `now`, give or take `leeway`? The
/// algorithm is HS256, whatever the token says of itself. `exp` must be there. Nothing of the token
/// is looked at before its signature was right, and the time that takes tells nothing of the keys.
/// Errors: kUnauthorized, saying what is wrong, without any of the token.
[[nodiscard]] Result<void> check_access_token(std::string_view token, std::span<const Secret> keys,
                                              WallTime now, milliseconds leeway);

/// Reads the file of keys: one a line, as text, or as `hex:` or `base64:` and the bytes; blank
/// lines and lines that begin with # say nothing. A key has at least 32 bytes (RFC 7518 section
/// 3.2). Errors: kConfig, naming the line.
[[nodiscard]] Result<std::vector<Secret>> parse_token_keys(std::string_view text);

/// RFC 4648 section 5 without padding, and nothing else: no line breaks, no bits left over.
/// Errors: kInvalid.
[[nodiscard]] Result<std::string> decode_base64url(std::string_view text);

}  // namespace handover::intake
