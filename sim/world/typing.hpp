// What technicians type: lists and codes, as people vary them.
#pragma once

#include <string>

#include "agent/domain/json.hpp"
#include "sim/random.hpp"
#include "sim/world/ledger.hpp"

namespace handover::sim {

/// The list; if it may vary, in another order and in more lines than needed.
[[nodiscard]] Json items_of(const PartList& parts, Random& random, bool vary);

/// Well-formed, and not `code`.
[[nodiscard]] std::string wrong_code(std::string code, Random& random);

}  // namespace handover::sim
