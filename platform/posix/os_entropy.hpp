// Randomness from the kernel.
#pragma once

#include "platform/entropy.hpp"

namespace handover::posix {

/// getrandom(2): waits at boot until the kernel's generator is seeded. Aborts the program if the
/// kernel refuses.
class OsEntropy final : public Entropy {
 public:
  void fill(std::span<std::byte> bytes) override;
};

}  // namespace handover::posix
