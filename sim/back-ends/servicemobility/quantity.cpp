#include "sim/back-ends/servicemobility/quantity.hpp"

namespace handover::sim {
namespace {

constexpr std::size_t kWholeDigitsMax = 9;
constexpr std::size_t kPlacesMax = 6;

std::optional<Micros> digits_of(std::string_view text) {
  Micros number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

}  // namespace

std::optional<Micros> parse_quantity(std::string_view literal) {
  const bool negative = literal.starts_with('-');
  if (negative) literal.remove_prefix(1);
  const auto point = literal.find('.');
  const std::string_view whole = literal.substr(0, point);
  std::string places(point == std::string_view::npos ? "" : literal.substr(point + 1));
  if (whole.empty() || whole.size() > kWholeDigitsMax || places.size() > kPlacesMax) {
    return std::nullopt;
  }
  places.resize(kPlacesMax, '0');
  const auto units = digits_of(whole);
  const auto millionths = digits_of(places);
  if (!units || !millionths) return std::nullopt;
  const Micros quantity = *units * kOneUnit + *millionths;
  return negative ? -quantity : quantity;
}

std::string format_quantity(Micros quantity) {
  const bool negative = quantity < 0;
  const Micros size = negative ? -quantity : quantity;
  std::string text = (negative ? "-" : "") + std::to_string(size / kOneUnit);
  if (size % kOneUnit == 0) return text;
  std::string places = std::to_string(kOneUnit + size % kOneUnit).substr(1);
  places.erase(places.find_last_not_of('0') + 1);
  return text + "." + places;
}

}  // namespace handover::sim
