// Every single thing that can go wrong while a short script is played: one case for each disk call
// and each network step, and for each way in which it can fail.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/enumerate/stage.hpp"

namespace handover::sim {

using Script = boost::asio::awaitable<void> (*)(Stage& stage);

struct Case {
  std::string name;  ///< "disk/cut/van-17/17/seed2"
  StageOptions stage;
  Script script = nullptr;
  std::function<void(Stage& stage)> plan;  ///< Puts the trouble on the stage.
  Effects wanted;                          ///< What the script does when nothing goes wrong.
  /// Of the run in which nothing goes wrong, if something is to go wrong in this one: a case that
  /// is the same run proves nothing.
  std::optional<std::uint64_t> undisturbed_hash;
};

struct CaseList {
  std::vector<Case> cases;
  std::map<std::string, std::uint64_t> counted;  ///< What was enumerated, for the report.
};

/// Plays the scripts undisturbed, counts their steps, and makes the cases. The same list each time.
[[nodiscard]] CaseList list_cases();

struct CaseResult {
  std::optional<Breach> breach;
  std::vector<TraceEvent> last_events;  ///< If something broke.
  std::uint64_t hash = 0;               ///< The same for the same case.
  std::string trace_error;              ///< Why the trace is not whole; empty if it is.
};

/// `trace_file`: every event as a line, unless it is empty.
[[nodiscard]] CaseResult run_case(const Case& what, const std::string& trace_file);

}  // namespace handover::sim
