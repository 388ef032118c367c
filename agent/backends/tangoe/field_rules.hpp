// The rules of single values in Tangoe's messages.
#pragma once

#include <string>
#include <string_view>

#include "agent/backends/tangoe/inventory_item.hpp"
#include "platform/time.hpp"

namespace handover::backends::tangoe {

/// No limit is published; texts of more characters than this are refused before they are sent.
inline constexpr std::size_t kTextMax = 4000;

/// What is wrong with the text of a field, as "expected …"; empty if nothing is.
[[nodiscard]] std::string complaint_about(FieldType type, std::string_view text);

/// True if both mean the same: numbers by value, booleans by meaning, all else by characters, with
/// outer blanks left out.
[[nodiscard]] bool same_value(FieldType type, std::string_view left, std::string_view right);

/// A real date of ten characters, `mm/dd/yyyy`.
[[nodiscard]] bool is_date(std::string_view text);
/// The date of `time` in UTC, in that form.
[[nodiscard]] std::string format_date(WallTime time);

}  // namespace handover::backends::tangoe
