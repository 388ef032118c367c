// An answer as it goes over the wire, from a socket or a simulated connection.
#pragma once

#include <string>

#include "sim/back-ends/simulated_back_end.hpp"

namespace handover::sim {

/// The bytes of an answer; up to the cut, if it has one. Requires: there is a response.
[[nodiscard]] std::string answer_text(const Outcome& outcome, bool keep_alive);

}  // namespace handover::sim
