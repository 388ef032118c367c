// The names of units in order keys and in deliveries, and how what was typed is compared.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace handover::backends {

/// `unit:` and the folded serial number, so that one unit has one key however it was typed.
[[nodiscard]] std::string unit_key(std::string_view serial);

/// `typed` in its folded form; itself where it has none (a record from before a stricter rule).
[[nodiscard]] std::string folded(std::string_view typed);

/// Whether `typed` is what an entry of a list in the settings means: the same without regard to
/// case and width, or, for an entry that ends in '*', what begins so.
[[nodiscard]] bool fits(const std::string& entry, const std::string& typed);

/// True for the sentence that stands for "untagged", in any of the spellings that are around.
[[nodiscard]] bool is_no_tag(std::string_view asset_tag);

/// `name`, or with " (2)" and so on behind it if `taken` has it already, and puts it there: makers
/// share numbers, so one record may name two units alike, and neither may get lost.
[[nodiscard]] std::string free_name(const std::string& name, std::set<std::string>& taken);

}  // namespace handover::backends
