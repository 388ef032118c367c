#include "crypto/validation_code.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "crypto/sha256.hpp"
#include "crypto/unicode.hpp"
#include "platform/assert.hpp"

namespace handover::crypto {
namespace {

using namespace std::string_view_literals;

constexpr auto kCodeLabel = "handover/validation-code/1\0"sv;
constexpr auto kLineLabel = "handover/line-check/1\0"sv;
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kNonceDigits = 4;
constexpr std::size_t kTagDigits = 6;
constexpr std::size_t kSenderDigits = 12;
constexpr std::size_t kReceiverDigits = 8;

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string with_leading_zeros(std::uint64_t number, std::size_t digits) {
  const std::string text = std::to_string(number);
  return std::string(digits - text.size(), '0') + text;
}

Digest compute_mac(const Key& key, std::string_view label, const Nonce& nonce,
                   std::string_view text) {
  INVARIANT(key.bytes().size() == kKeyBytes);
  const std::array<std::string_view, 4> parts = {label, nonce.text(), "\0"sv, text};
  return hmac_sha256(key, parts);
}

std::uint64_t to_number(std::span<const std::byte> bytes) {
  std::uint64_t number = 0;
  for (const std::byte byte : bytes) number = (number << 8U) | std::to_integer<std::uint64_t>(byte);
  return number;
}

std::string tag_of(std::span<const std::byte> bytes) {
  return with_leading_zeros(to_number(bytes) % 1'000'000, kTagDigits);
}

unsigned remainder_97(std::string_view digits) {
  unsigned remainder = 0;
  for (const char c : digits) remainder = (remainder * 10 + static_cast<unsigned>(c - '0')) % 97;
  return remainder;
}

/// The digits among white space and dashes; nothing if anything else is there.
std::optional<std::string> take_digits(std::string_view typed) {
  if (typed.size() > kTypedBytesMax) return std::nullopt;
  const auto folded = fold_nfkc(typed);
  if (!folded) return std::nullopt;
  std::string digits;
  for (const char32_t c : *folded) {
    if (is_white_space(c) || is_dash(c)) continue;
    if (c < U'0' || c > U'9') return std::nullopt;
    digits.push_back(static_cast<char>(c));
  }
  return digits;
}

struct Side {
  const char* name;
  std::size_t digits;
};

Side describe(CodeSide side) {
  return side == CodeSide::kSender ? Side{"sender", kSenderDigits}
                                   : Side{"receiver", kReceiverDigits};
}

tl::unexpected<Error> refuse_typed(const Side& expected, const std::string& found) {
  return fail(Error::refused("code-mistyped",
                             "Expected the " + std::string(expected.name) + " code, " +
                                 std::to_string(expected.digits) + " digits; " + found +
                                 ". Ask for it again and type it once more; this cost no try."));
}

}  // namespace

Nonce Nonce::draw(Entropy& entropy) {
  return Nonce(with_leading_zeros(uniform_below(entropy, 10'000), kNonceDigits));
}

Result<Nonce> Nonce::parse(std::string_view text) {
  if (text.size() != kNonceDigits || !all_digits(text)) {
    return fail(Error::invalid("", "expected a nonce of four digits"));
  }
  return Nonce(std::string(text));
}

Codes compute_codes(const Key& key, const Nonce& nonce, const Terms& terms) {
  const Digest mac = compute_mac(key, kCodeLabel, nonce, terms.json());
  const std::string sender = nonce.text() + tag_of(std::span(mac).first(8));
  const std::string receiver = tag_of(std::span(mac).subspan(8, 8));
  return {sender + check_digits(sender), receiver + check_digits(receiver)};
}

std::vector<std::string> compute_line_checks(const Key& key, const Nonce& nonce,
                                             const Terms& terms) {
  std::vector<std::string> checks;
  checks.reserve(terms.rows().size());
  for (const std::string& row : terms.rows()) {
    const Digest mac = compute_mac(key, kLineLabel, nonce, row);
    checks.push_back(with_leading_zeros(to_number(std::span(mac).first(8)) % 100, 2));
  }
  return checks;
}

Result<std::string> parse_typed_code(std::string_view typed, CodeSide side) {
  const Side expected = describe(side);
  auto digits = take_digits(typed);
  if (!digits)
    return refuse_typed(expected, "there is something else than digits, blanks and hyphens");
  if (digits->size() != expected.digits) {
    return refuse_typed(expected, "there are " + std::to_string(digits->size()));
  }
  if (remainder_97(*digits) != 1) return refuse_typed(expected, "one is wrong, or two are swapped");
  return std::move(*digits);
}

Nonce nonce_of(std::string_view sender_code) {
  INVARIANT(sender_code.size() == kSenderDigits);
  const auto nonce = Nonce::parse(sender_code.substr(0, kNonceDigits));
  INVARIANT(nonce.has_value());
  return *nonce;
}

bool codes_equal(std::string_view left, std::string_view right) {
  return equal_constant_time(left, right);
}

std::string group_code(std::string_view code) {
  std::string grouped;
  for (std::size_t i = 0; i < code.size(); i += 4) {
    if (i > 0) grouped.push_back(' ');
    grouped.append(code.substr(i, 4));
  }
  return grouped;
}

std::string check_digits(std::string_view digits) {
  INVARIANT(all_digits(digits));
  const unsigned remainder = remainder_97(digits) * 100 % 97;
  return with_leading_zeros(98 - remainder, 2);
}

}  // namespace handover::crypto
