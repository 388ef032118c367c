// Quantities of items: exact decimals in millionths. There is no way in or out through a binary
// float.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "platform/result.hpp"

namespace handover::crypto {

class Quantity {
 public:
  constexpr Quantity() = default;  ///< zero

  /// Reads a JSON number or what a person typed: ASCII digits, and at most six decimals after a
  /// point ("2", "2.50", "007"). Ensures: 0 < quantity <= largest(). Errors: kInvalid, pointer "",
  /// with the reason: sign, exponent, more than six decimals (zeros too), too large, no number.
  [[nodiscard]] static Result<Quantity> parse(std::string_view text);
  /// The same for what was counted: zero is a quantity too.
  [[nodiscard]] static Result<Quantity> parse_count(std::string_view text);

  [[nodiscard]] static constexpr Quantity from_millionths(std::int64_t millionths) {
    return Quantity(millionths);
  }
  [[nodiscard]] static constexpr Quantity one() { return Quantity(1'000'000); }
  /// 999999999.999999: the most that one line may hold.
  [[nodiscard]] static constexpr Quantity largest() { return Quantity(999'999'999'999'999); }

  [[nodiscard]] constexpr std::int64_t millionths() const { return millionths_; }
  [[nodiscard]] constexpr bool is_zero() const { return millionths_ == 0; }
  [[nodiscard]] constexpr bool is_negative() const { return millionths_ < 0; }
  /// The one way to write it: no leading or trailing zeros, no trailing point, no exponent; "-2.5"
  /// if negative.
  [[nodiscard]] std::string to_string() const;

  // Sums saturate at the ends of int64, about 9223 times largest(). No honest stock comes near, and
  // one made by nonsense entries must not stop the agent at each start.
  friend Quantity operator+(Quantity left, Quantity right);
  friend Quantity operator-(Quantity left, Quantity right);
  Quantity operator-() const { return Quantity() - *this; }
  constexpr auto operator<=>(const Quantity&) const = default;

 private:
  explicit constexpr Quantity(std::int64_t millionths) : millionths_(millionths) {}

  std::int64_t millionths_ = 0;
};

}  // namespace handover::crypto
