// Randomness of a simulated device: drawn from the seed.
#pragma once

#include "platform/entropy.hpp"
#include "sim/random.hpp"

namespace handover::sim {

class DrawnEntropy final : public Entropy {
 public:
  explicit DrawnEntropy(std::uint64_t seed) : random_(seed) {}

  void fill(std::span<std::byte> bytes) override {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      word = i % 8 == 0 ? random_.next() : word >> 8U;
      bytes[i] = static_cast<std::byte>(word & 0xffU);
    }
  }

 private:
  Random random_;
};

}  // namespace handover::sim
