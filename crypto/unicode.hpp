// Unicode as the canonical forms need it: bounded, strict UTF-8 in, code points out.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace handover::crypto {

/// The longest text that is looked at; whoever takes text from outside refuses more before he folds
/// it.
inline constexpr std::size_t kTypedBytesMax = 1024;

/// toNFKC_Casefold of the Unicode Standard (section 3.13): compatibility forms, case and default
/// ignorable code points are gone, the rest is composed. Nothing if `text` is not well-formed
/// UTF-8. Requires: at most kTypedBytesMax bytes.
[[nodiscard]] std::optional<std::u32string> fold_nfkc(std::string_view text);

/// The code point at the start of `text`, which is moved past it. Nothing if what stands there is
/// not well-formed UTF-8. Requires: `text` is not empty.
[[nodiscard]] std::optional<char32_t> take_code_point(std::string_view& text);

[[nodiscard]] std::string encode_utf8(std::u32string_view code_points);

/// The Unicode property White_Space.
[[nodiscard]] bool is_white_space(char32_t c);

/// What people put between groups of digits: dashes and hyphens of every script, and the minus
/// sign.
[[nodiscard]] bool is_dash(char32_t c);

}  // namespace handover::crypto
