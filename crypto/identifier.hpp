// Identifiers that people type or scan: serial numbers, product numbers, batches, storage
// locations, user ids. Each has two forms: the trimmed one is stored and sent, the canonical one is
// compared and goes into codes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "platform/result.hpp"

namespace handover::crypto {

inline constexpr std::size_t kSerialCharactersMax = 60;
inline constexpr std::size_t kIdentifierCharactersMax = 64;

/// The form in which two honest people's identifiers are equal byte for byte: NFKC_Casefold, white
/// space trimmed at both ends, each inner run of it one space (docs/format/validation-code.md).
/// Canonical again, it stays the same. Errors: kInvalid, pointer "": longer than 1024 bytes,
/// malformed UTF-8, control character, empty, or more than `characters_max` code points in
/// canonical form.
[[nodiscard]] Result<std::string> canonical_identifier(
    std::string_view typed, std::size_t characters_max = kIdentifierCharactersMax);

/// The same for an identifier that may be absent: "" and white space alone are "".
[[nodiscard]] Result<std::string> canonical_optional_identifier(
    std::string_view typed, std::size_t characters_max = kIdentifierCharactersMax);

/// Whether both mean the same: equal in canonical form. What has none is like nothing.
[[nodiscard]] bool same_identifier(std::string_view left, std::string_view right);

/// What was typed, without white space at its ends: the form that is stored and sent. It may be
/// empty. Errors: kInvalid, pointer "": longer than 1024 bytes, malformed UTF-8, control character.
[[nodiscard]] Result<std::string> trim_identifier(std::string_view typed);

}  // namespace handover::crypto
