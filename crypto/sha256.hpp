// SHA-256, HMAC-SHA-256, and bytes as text.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/result.hpp"
#include "platform/secret.hpp"

namespace handover::crypto {

using Digest = std::array<std::byte, 32>;

[[nodiscard]] Digest sha256(std::span<const std::byte> bytes);

/// Of the parts one after the other. Where one ends does not show: put a separator or a length
/// between them.
[[nodiscard]] Digest sha256(std::initializer_list<std::string_view> parts);

/// RFC 2104, of the parts one after the other; separators are the caller's to add.
[[nodiscard]] Digest hmac_sha256(const Secret& key, std::span<const std::string_view> parts);

/// The first 8 bytes of the SHA-256 of `text`, as a number: a short name for a long key. Two texts
/// may share one.
[[nodiscard]] std::int64_t sha256_number(std::string_view text);

/// Two digits a byte, lower case.
[[nodiscard]] std::string to_hex(std::span<const std::byte> bytes);

/// Both cases, no blanks. Errors: kInvalid, pointer ""; the text is not in the error.
[[nodiscard]] Result<std::vector<std::byte>> from_hex(std::string_view text);

/// RFC 4648 section 4, with padding, on one line.
[[nodiscard]] std::string to_base64(std::string_view bytes);

}  // namespace handover::crypto
