// Whatever was typed or sent as a quantity: an answer is in range and reads back as itself.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "crypto/quantity.hpp"
#include "platform/assert.hpp"

using namespace handover::crypto;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view typed(reinterpret_cast<const char*>(data), size);

  const auto quantity = Quantity::parse(typed);
  const auto count = Quantity::parse_count(typed);

  if (count) {
    INVARIANT(!count->is_negative() && *count <= Quantity::largest());
    INVARIANT(Quantity::parse_count(count->to_string()) == *count);
  }
  INVARIANT(quantity.has_value() == (count && !count->is_zero()));
  if (quantity) INVARIANT(*quantity == *count);
  return 0;
}
