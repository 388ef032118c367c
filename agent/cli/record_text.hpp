// A record and its deliveries as people read them.
#pragma once

#include <string>
#include <vector>

#include "agent/cli/format.hpp"
#include "agent/domain/json.hpp"

namespace handover::cli {

/// One line for each delivery (or for the record, if no lane wants it).
[[nodiscard]] Table records_table(const std::vector<Json>& records);

/// What was recorded, and for each back-end: the state, since when, why, and who must act.
[[nodiscard]] std::string record_text(const Json& record);

/// What to do about deliveries that wait for a person; empty if none does.
[[nodiscard]] std::string record_advice_text(const Json& record);

}  // namespace handover::cli
