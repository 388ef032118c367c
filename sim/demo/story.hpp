// How the demo speaks.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace handover::sim {

/// A heading for a step, numbered by itself.
void tell_step(std::string_view title);
/// One line of what happens.
void tell(std::string_view line);
/// A table whose first row is its head.
void tell_table(const std::vector<std::vector<std::string>>& rows);

}  // namespace handover::sim
