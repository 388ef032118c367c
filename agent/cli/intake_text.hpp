// What a site agent takes in, as people read it.
#pragma once

#include <string>

#include "agent/domain/json.hpp"
#include "platform/time.hpp"

namespace handover::cli {

/// The part of `handover status` about the intake; empty for an agent that takes nothing in.
[[nodiscard]] std::string intake_text(const Json& status, WallTime now);

/// What a person must do about the intake, a line or more; empty if nothing.
[[nodiscard]] std::string intake_advice_text(const Json& status);

}  // namespace handover::cli
