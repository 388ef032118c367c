// Random bytes that are the same in each run.
#pragma once

#include "platform/entropy.hpp"

namespace handover::test {

/// SplitMix64 (Steele, Lea, Flood, 2014). For tests alone: its next bytes can be computed from the
/// last ones.
class SeededEntropy final : public Entropy {
 public:
  explicit SeededEntropy(std::uint64_t seed = 1) : state_(seed) {}

  void fill(std::span<std::byte> bytes) override {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      word = i % 8 == 0 ? next() : word >> 8U;
      bytes[i] = static_cast<std::byte>(word & 0xffU);
    }
  }

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
    return mixed ^ (mixed >> 31U);
  }

 private:
  std::uint64_t state_;
};

}  // namespace handover::test
