// The name of a serialized unit in order keys.
#pragma once

#include <string>
#include <string_view>

namespace handover::backends {

/// `unit:` and the folded serial number, so that one unit has one key however it was typed.
[[nodiscard]] std::string unit_key(std::string_view serial);

/// `typed` in its folded form; itself where it has none (a record from before a stricter rule).
[[nodiscard]] std::string folded(std::string_view typed);

}  // namespace handover::backends
