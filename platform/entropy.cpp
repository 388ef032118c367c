#include "platform/entropy.hpp"

#include <array>
#include <limits>

#include "platform/assert.hpp"

namespace handover {

std::uint64_t uniform_below(Entropy& entropy, std::uint64_t bound) {
  INVARIANT(bound > 0);
  // Numbers past the last whole multiple of `bound` would favour the small ones: draw again.
  const std::uint64_t last_fair = std::numeric_limits<std::uint64_t>::max() -
                                  (std::numeric_limits<std::uint64_t>::max() % bound + 1) % bound;
  while (true) {
    std::array<std::byte, 8> bytes;
    entropy.fill(bytes);
    std::uint64_t number = 0;
    for (const std::byte byte : bytes)
      number = (number << 8U) | std::to_integer<std::uint64_t>(byte);
    if (number <= last_fair) return number % bound;
  }
}

std::string make_uuid(Entropy& entropy) {
  std::array<std::byte, 16> bytes;
  entropy.fill(bytes);
  bytes[6] = (bytes[6] & std::byte{0x0f}) | std::byte{0x40};
  bytes[8] = (bytes[8] & std::byte{0x3f}) | std::byte{0x80};
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text.push_back('-');
    text.push_back(kDigits[std::to_integer<unsigned>(bytes[i] >> 4)]);
    text.push_back(kDigits[std::to_integer<unsigned>(bytes[i] & std::byte{0x0f})]);
  }
  return text;
}

}  // namespace handover
