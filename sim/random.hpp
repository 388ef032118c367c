// The simulator's generator: integers only, the same numbers from every compiler. Never for keys,
// nonces or ids of the agent.
#pragma once

#include <cstdint>
#include <string_view>

#include "platform/assert.hpp"

namespace handover::sim {

/// SplitMix64 (Steele, Lea, Flood 2014): one word of state, and every seed is a good one.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  [[nodiscard]] std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31U);
  }

  /// A number in [0, bound). Requires: bound > 0. The bias is below bound / 2^64, which no test can
  /// see.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound) {
    INVARIANT(bound > 0);
    return next() % bound;
  }

 private:
  std::uint64_t state_;
};

/// A seed of its own for each part, so that a draw added in one part does not shift the others
/// (FNV-1a over the name).
[[nodiscard]] constexpr std::uint64_t seed_for(std::uint64_t seed, std::string_view part) {
  std::uint64_t hash = 0xcbf29ce484222325U ^ seed;
  for (const char c : part) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3U;
  }
  return hash;
}

}  // namespace handover::sim
