#include "crypto/identifier.hpp"

#include <algorithm>

#include "crypto/unicode.hpp"

namespace handover::crypto {
namespace {

constexpr const char* kMalformed = "not well-formed UTF-8";

tl::unexpected<Error> refuse(std::string why) { return fail(Error::invalid("", std::move(why))); }

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

Result<void> check_bytes(std::string_view typed) {
  if (typed.size() > kTypedBytesMax) return refuse("longer than 1024 bytes");
  if (std::any_of(typed.begin(), typed.end(), is_control)) return refuse("control character");
  return {};
}

/// White space gone at both ends, each inner run of it one space.
std::u32string squeeze(std::u32string_view text) {
  std::u32string squeezed;
  bool space_due = false;
  for (const char32_t c : text) {
    if (is_white_space(c)) {
      space_due = !squeezed.empty();
      continue;
    }
    if (space_due) squeezed.push_back(U' ');
    space_due = false;
    squeezed.push_back(c);
  }
  return squeezed;
}

}  // namespace

Result<std::string> canonical_identifier(std::string_view typed, std::size_t characters_max) {
  TRY_ASSIGN(std::string canonical, canonical_optional_identifier(typed, characters_max));
  if (canonical.empty()) return refuse("empty identifier");
  return canonical;
}

bool same_identifier(std::string_view left, std::string_view right) {
  const auto one = canonical_identifier(left);
  const auto other = canonical_identifier(right);
  return one && other && *one == *other;
}

Result<std::string> canonical_optional_identifier(std::string_view typed,
                                                  std::size_t characters_max) {
  RETURN_IF_ERROR(check_bytes(typed));
  const auto folded = fold_nfkc(typed);
  if (!folded) return refuse(kMalformed);
  const std::u32string canonical = squeeze(*folded);
  if (canonical.size() > characters_max) {
    return refuse("longer than " + std::to_string(characters_max) + " characters");
  }
  return encode_utf8(canonical);
}

Result<std::string> trim_identifier(std::string_view typed) {
  RETURN_IF_ERROR(check_bytes(typed));
  std::size_t begin = typed.size();
  std::size_t end = typed.size();
  std::string_view rest = typed;
  while (!rest.empty()) {
    const std::size_t at = typed.size() - rest.size();
    const auto c = take_code_point(rest);
    if (!c) return refuse(kMalformed);
    if (is_white_space(*c)) continue;
    begin = std::min(begin, at);
    end = typed.size() - rest.size();
  }
  return std::string(typed.substr(begin, end - begin));
}

}  // namespace handover::crypto
