// A transfer as the technician reads it, and what he does next.
#pragma once

#include <string>
#include <string_view>

#include "agent/domain/json.hpp"

namespace handover::cli {

/// Id, state, storage locations, the other technician, the items, and the code to tell.
[[nodiscard]] std::string transfer_text(const Json& view);

/// What the receiver counted otherwise than offered, one difference a line.
[[nodiscard]] std::string changes_text(const Json& view);

/// What to do next, in the state that the transfer is in.
[[nodiscard]] std::string next_step_text(const Json& view);

/// Each check with the line that it stands for: the header's first, then the lines in the order in
/// which both devices have them, whatever order they were typed in. `own_user_id` is of this
/// device's technician.
[[nodiscard]] std::string line_checks_text(const Json& checks, const Json& view,
                                           const std::string& own_user_id);

/// The warnings of an answer, one a line.
[[nodiscard]] std::string warnings_text(const Json& answer);

}  // namespace handover::cli
