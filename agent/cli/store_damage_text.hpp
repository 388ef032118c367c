// Damaged pages of a store in words for the person who must act.
#pragma once

#include <string>

#include "storage/page_check.hpp"

namespace handover::cli {

/// What is damaged, what that means for the device, and what to do now: lines. Requires: something
/// is damaged.
[[nodiscard]] std::string store_damage_text(const storage::PageFindings& found,
                                            const std::string& store_path);

}  // namespace handover::cli
