#include "crypto/quantity.hpp"

#include <algorithm>
#include <limits>

namespace handover::crypto {
namespace {

constexpr std::int64_t kMillion = 1'000'000;
constexpr std::size_t kDecimalsMax = 6;
constexpr std::size_t kWholeDigitsMax = 9;
constexpr const char* kExpected = "expected digits, with a point before decimals, such as 2.5";

tl::unexpected<Error> refuse(const char* why) { return fail(Error::invalid("", why)); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool all_digits(std::string_view text) { return std::all_of(text.begin(), text.end(), is_digit); }

std::int64_t to_number(std::string_view digits) {
  std::int64_t number = 0;
  for (const char c : digits) number = number * 10 + (c - '0');
  return number;
}

/// Millionths of a decimal without a sign.
Result<std::int64_t> read_millionths(std::string_view text) {
  if (text.empty()) return refuse("empty quantity");
  if (text.front() == '+') return refuse("a plus sign is not accepted");
  const auto exponent = text.find_first_of("eE");
  if (exponent != std::string_view::npos && is_digit(text.front())) {
    return refuse("exponent is not accepted; write 1000 instead of 1e3");
  }
  const auto point = text.find('.');
  std::string_view whole = text.substr(0, point);
  const bool has_point = point != std::string_view::npos;
  const std::string_view decimals = has_point ? text.substr(point + 1) : std::string_view();
  if (!all_digits(whole) || !all_digits(decimals)) return refuse(kExpected);
  if (whole.empty() || (has_point && decimals.empty())) {
    return refuse("expected a digit before and after the point");
  }
  if (decimals.size() > kDecimalsMax) return refuse("more than 6 decimals");
  whole.remove_prefix(std::min(whole.find_first_not_of('0'), whole.size()));
  if (whole.size() > kWholeDigitsMax) return refuse("more than 999999999.999999");
  std::int64_t fraction = to_number(decimals);
  for (std::size_t place = decimals.size(); place < kDecimalsMax; ++place) fraction *= 10;
  return to_number(whole) * kMillion + fraction;
}

/// `sum` if it is right, else the end of the range that it ran over.
std::int64_t saturate(bool overflow, std::int64_t sum, bool downwards) {
  if (!overflow) return sum;
  return downwards ? std::numeric_limits<std::int64_t>::min()
                   : std::numeric_limits<std::int64_t>::max();
}

}  // namespace

Result<Quantity> Quantity::parse(std::string_view text) {
  constexpr const char* kMustBePositive = "quantity must be positive";
  if (text.starts_with('-')) return refuse(kMustBePositive);
  TRY_ASSIGN(const std::int64_t millionths, read_millionths(text));
  if (millionths == 0) return refuse(kMustBePositive);
  return Quantity(millionths);
}

Result<Quantity> Quantity::parse_count(std::string_view text) {
  if (text.starts_with('-')) return refuse("quantity must not be negative");
  TRY_ASSIGN(const std::int64_t millionths, read_millionths(text));
  return Quantity(millionths);
}

std::string Quantity::to_string() const {
  // Unsigned, because the smallest int64 has no positive twin.
  const auto bits = static_cast<std::uint64_t>(millionths_);
  const std::uint64_t magnitude = is_negative() ? 0 - bits : bits;
  constexpr auto kScale = static_cast<std::uint64_t>(kMillion);
  std::string text = (is_negative() ? "-" : "") + std::to_string(magnitude / kScale);
  const std::uint64_t fraction = magnitude % kScale;
  if (fraction == 0) return text;
  const std::string decimals = std::to_string(kScale + fraction).substr(1);
  return text + "." + decimals.substr(0, decimals.find_last_not_of('0') + 1);
}

Quantity operator+(Quantity left, Quantity right) {
  std::int64_t sum = 0;
  const bool overflow = __builtin_add_overflow(left.millionths_, right.millionths_, &sum);
  return Quantity(saturate(overflow, sum, left.is_negative()));
}

Quantity operator-(Quantity left, Quantity right) {
  std::int64_t difference = 0;
  const bool overflow = __builtin_sub_overflow(left.millionths_, right.millionths_, &difference);
  return Quantity(saturate(overflow, difference, left.is_negative()));
}

}  // namespace handover::crypto
