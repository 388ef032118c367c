#include "crypto/unicode.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <vector>

#include "platform/assert.hpp"

namespace handover::crypto {
namespace {

const utf8proc_uint8_t* bytes_of(std::string_view text) {
  return reinterpret_cast<const utf8proc_uint8_t*>(text.data());
}

/// utf8proc drops assigned default ignorables only. The Unicode definition drops those reserved for
/// later too; here they become one that utf8proc drops (U+200B), so that the fold stays the same
/// when they are assigned.
utf8proc_int32_t replace_reserved_ignorable(utf8proc_int32_t c, void*) {
  const bool reserved =
      c == 0x2065 || (c >= 0xFFF0 && c <= 0xFFF8) || (c >= 0xE0000 && c <= 0xE0FFF);
  return reserved ? 0x200B : c;
}

/// utf8proc 2.8 takes U+11A7, a Hangul vowel, for a final consonant and drops it after a syllable.
/// It composes with nothing, so each piece of text that begins with it is composed by itself.
std::u32string compose(utf8proc_int32_t* begin, utf8proc_int32_t* end, utf8proc_option_t options) {
  constexpr utf8proc_int32_t kMistakenVowel = 0x11A7;
  std::u32string composed;
  while (begin != end) {
    utf8proc_int32_t* const piece_end = std::find(begin + 1, end, kMistakenVowel);
    const utf8proc_ssize_t length = utf8proc_normalize_utf32(begin, piece_end - begin, options);
    INVARIANT(length >= 0 && length <= piece_end - begin);
    composed.append(begin, begin + length);
    begin = piece_end;
  }
  return composed;
}

bool is_printable_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

char32_t lower_case(char c) {
  return static_cast<char32_t>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

}  // namespace

std::optional<std::u32string> fold_nfkc(std::string_view text) {
  INVARIANT(text.size() <= kTypedBytesMax);
  if (is_printable_ascii(text)) {  // Nearly every identifier: of it only the case folds.
    std::u32string folded(text.size(), U' ');
    std::transform(text.begin(), text.end(), folded.begin(), lower_case);
    return folded;
  }
  constexpr auto kOptions = static_cast<utf8proc_option_t>(
      UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
  std::vector<utf8proc_int32_t> buffer;
  const auto decompose = [&] {
    return utf8proc_decompose_custom(bytes_of(text), static_cast<utf8proc_ssize_t>(text.size()),
                                     buffer.data(), static_cast<utf8proc_ssize_t>(buffer.size()),
                                     kOptions, replace_reserved_ignorable, nullptr);
  };
  const utf8proc_ssize_t needed = decompose();
  if (needed == UTF8PROC_ERROR_INVALIDUTF8) return std::nullopt;
  INVARIANT(needed >= 0);
  if (needed == 0) return std::u32string();
  buffer.resize(static_cast<std::size_t>(needed));
  const utf8proc_ssize_t decomposed = decompose();
  INVARIANT(decomposed >= 0 && decomposed <= needed);
  return compose(buffer.data(), buffer.data() + decomposed, kOptions);
}

std::optional<char32_t> take_code_point(std::string_view& text) {
  INVARIANT(!text.empty());
  utf8proc_int32_t code_point = -1;
  const utf8proc_ssize_t length =
      utf8proc_iterate(bytes_of(text), static_cast<utf8proc_ssize_t>(text.size()), &code_point);
  if (length <= 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(length));
  return static_cast<char32_t>(code_point);
}

std::string encode_utf8(std::u32string_view code_points) {
  std::string text;
  text.reserve(code_points.size());
  for (const char32_t c : code_points) {
    std::array<utf8proc_uint8_t, 4> bytes{};
    const utf8proc_ssize_t length =
        utf8proc_encode_char(static_cast<utf8proc_int32_t>(c), bytes.data());
    text.append(bytes.begin(), bytes.begin() + length);
  }
  return text;
}

bool is_white_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || c == 0x20 || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

bool is_dash(char32_t c) {
  constexpr char32_t kMinusSign = 0x2212;
  constexpr char32_t kHyphenBullet = 0x2043;
  return utf8proc_category(static_cast<utf8proc_int32_t>(c)) == UTF8PROC_CATEGORY_PD ||
         c == kMinusSign || c == kHyphenBullet;
}

}  // namespace handover::crypto
