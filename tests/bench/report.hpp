// The outcome for people and for programs.
#pragma once

#include <string>

#include "agent/domain/json.hpp"
#include "tests/bench/bench.hpp"

namespace handover::bench {

[[nodiscard]] std::string table_of(const BenchOutcome& outcome);
[[nodiscard]] Json json_of(const BenchOutcome& outcome);

}  // namespace handover::bench
