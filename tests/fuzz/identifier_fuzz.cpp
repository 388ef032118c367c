// Whatever was typed or scanned as an identifier: canonical form is canonical, and trimming first
// changes nothing.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "crypto/identifier.hpp"
#include "platform/assert.hpp"

using namespace handover::crypto;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view typed(reinterpret_cast<const char*>(data), size);

  const auto canonical = canonical_optional_identifier(typed);
  const auto trimmed = trim_identifier(typed);

  // Canonical form has one rule more than the trimmed one: the number of characters.
  INVARIANT(trimmed || !canonical);
  if (canonical) {
    INVARIANT(canonical_optional_identifier(*canonical) == *canonical);
    INVARIANT(canonical_optional_identifier(*trimmed) == *canonical);
    INVARIANT(canonical_identifier(typed).has_value() == !canonical->empty());
  }
  if (trimmed) INVARIANT(trim_identifier(*trimmed) == *trimmed);
  return 0;
}
