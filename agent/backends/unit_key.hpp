// The names of units in order keys and in deliveries.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace handover::backends {

/// `unit:` and the folded serial number, so that one unit has one key however it was typed.
[[nodiscard]] std::string unit_key(std::string_view serial);

/// `typed` in its folded form; itself where it has none (a record from before a stricter rule).
[[nodiscard]] std::string folded(std::string_view typed);

/// `name`, or with " (2)" and so on behind it if `taken` has it already, and puts it there: makers
/// share numbers, so one record may name two units alike, and neither may get lost.
[[nodiscard]] std::string free_name(const std::string& name, std::set<std::string>& taken);

}  // namespace handover::backends
