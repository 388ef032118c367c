#include <optional>

#include "crypto/sha256.hpp"

namespace handover::crypto {
namespace {

std::optional<unsigned> value_of(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
  return std::nullopt;
}

}  // namespace

std::string to_hex(std::span<const std::byte> bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::byte byte : bytes) {
    text.push_back(kDigits[std::to_integer<unsigned>(byte >> 4)]);
    text.push_back(kDigits[std::to_integer<unsigned>(byte & std::byte{0x0f})]);
  }
  return text;
}

Result<std::vector<std::byte>> from_hex(std::string_view text) {
  if (text.size() % 2 != 0)
    return fail(Error::invalid("", "expected an even number of hex digits"));
  std::vector<std::byte> bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const auto high = value_of(text[i]);
    const auto low = value_of(text[i + 1]);
    if (!high || !low) return fail(Error::invalid("", "expected hex digits, 0-9 and a-f"));
    bytes.push_back(static_cast<std::byte>(*high * 16 + *low));
  }
  return bytes;
}

std::int64_t sha256_number(std::string_view text) {
  const Digest digest = sha256({text});
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    number = (number << 8U) | std::to_integer<std::uint64_t>(digest[i]);
  }
  return static_cast<std::int64_t>(number);
}

}  // namespace handover::crypto
