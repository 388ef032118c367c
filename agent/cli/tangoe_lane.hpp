// From the configuration of a Tangoe lane to its settings.
#pragma once

#include <string>

#include "agent/backends/tangoe/tangoe_backend.hpp"
#include "agent/cli/lane_config.hpp"
#include "platform/clock.hpp"
#include "platform/entropy.hpp"

namespace handover::cli {

/// `path` is that of the lane's URL. Lifetime: `clock` and `entropy` outlive the settings.
[[nodiscard]] backends::TangoeSettings tangoe_settings(const LaneConfig& config,
                                                       const std::string& path, const Clock& clock,
                                                       Entropy& entropy);

}  // namespace handover::cli
