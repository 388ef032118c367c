// What several readers ask of a text.
#pragma once

#include <cstddef>
#include <string_view>

namespace handover {

/// One ASCII digit or more, and nothing else.
[[nodiscard]] bool is_digits(std::string_view text);

/// The characters of UTF-8 text, for limits that are not meant in bytes.
[[nodiscard]] std::size_t count_characters(std::string_view text);

}  // namespace handover
