// The measures, in their order.
#pragma once

#include <functional>
#include <string>

#include "platform/result.hpp"
#include "tests/bench/figures.hpp"

namespace handover::bench {

struct BenchSettings {
  std::string folder;        ///< Is made, with the stores in it; must not be there yet.
  std::size_t rounds = 5;    ///< Of floor and agent in turn.
  std::size_t calls = 1000;  ///< A round of one client, and of the floor.
  std::size_t waiting = 50'000;
  std::size_t starts = 5;
  std::function<void(const std::string& line)> progress;
};

struct BenchOutcome {
  std::size_t record_bytes = 0;  ///< What the agent stores for one record, in all tables.
  Figures floor;
  Figures one_client;
  Figures sixteen_clients;
  std::size_t waiting = 0;
  double fill_per_second = 0;  ///< Sixteen clients, until that many wait.
  double drain_per_second = 0;
  double drain_floor_per_second = 0;
  // Processor time for one record: tells a slow agent from a busy machine.
  double fill_processor_us = 0;
  double drain_processor_us = 0;
  double drain_floor_processor_us = 0;
  double resident_empty_mib = 0;
  double resident_waiting_mib = 0;    ///< When the last of them was accepted.
  double resident_restarted_mib = 0;  ///< After a restart with all of them waiting.
  double resident_drained_mib = 0;
  double start_ms =
      0;  ///< From starting the process to its first accepted record, all of them waiting.
};

/// Errors: kConfig if the program `handover` is not beside this one; kUnreachable if the agent
/// failed; the store's.
[[nodiscard]] Result<BenchOutcome> run_bench(const BenchSettings& settings);

}  // namespace handover::bench
