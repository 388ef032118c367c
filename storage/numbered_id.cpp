#include "storage/numbered_id.hpp"

#include <charconv>

#include "platform/assert.hpp"

namespace handover::storage {
namespace {

constexpr std::size_t kIdLength = 36;
constexpr std::size_t kVersionPlace = 14;

}  // namespace

std::string make_numbered_id(std::int64_t number, Entropy& entropy) {
  INVARIANT(number > 0 && number < (std::int64_t{1} << 48));
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string id = make_uuid(entropy);
  for (std::size_t digit = 0; digit < 12; ++digit) {
    const auto nibble = static_cast<std::size_t>(number >> (4 * (11 - digit))) & 0xf;
    id[digit < 8 ? digit : digit + 1] = kDigits[nibble];
  }
  id[kVersionPlace] = '8';
  return id;
}

std::optional<std::int64_t> number_of(std::string_view id) {
  if (id.size() != kIdLength || id[8] != '-' || id[kVersionPlace] != '8') return std::nullopt;
  const std::string digits = std::string(id.substr(0, 8)) + std::string(id.substr(9, 4));
  std::int64_t number = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
  if (error != std::errc{} || end != digits.data() + digits.size() || number <= 0)
    return std::nullopt;
  return number;
}

}  // namespace handover::storage
