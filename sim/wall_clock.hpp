// The machine's clock, for the parts of sim/ that run in real time. The models never read it.
#pragma once

#include <chrono>

#include "platform/time.hpp"

namespace handover::sim {

[[nodiscard]] inline WallTime wall_now() {
  return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
}

}  // namespace handover::sim
