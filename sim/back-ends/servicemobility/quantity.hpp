// Exact quantities of the simulated server: decimals with at most six places, counted in
// millionths.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace handover::sim {

/// Millionths of a unit.
using Micros = std::int64_t;
inline constexpr Micros kOneUnit = 1'000'000;

/// Reads a JSON number of at most nine digits before and six after the point, without exponent.
[[nodiscard]] std::optional<Micros> parse_quantity(std::string_view literal);

/// Without trailing zeros: "2", "0.25", "-3.5".
[[nodiscard]] std::string format_quantity(Micros quantity);

}  // namespace handover::sim
