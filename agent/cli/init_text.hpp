// Pieces of a new handover.toml.
#pragma once

#include <string>
#include <string_view>

namespace handover::cli {

/// A TOML basic string.
[[nodiscard]] std::string quote(std::string_view text);

/// A lane or section as it is, or as a comment to fill in.
[[nodiscard]] std::string section_text(const std::string& section, bool ready);

}  // namespace handover::cli
