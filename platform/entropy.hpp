// The seam for randomness.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace handover {

/// A cryptographically secure source of random bytes. A source that fails ends the program: no key
/// or nonce is ever guessable.
class Entropy {
 public:
  virtual ~Entropy() = default;
  virtual void fill(std::span<std::byte> bytes) = 0;
};

/// A uniform number in [0, bound). Requires: bound > 0.
[[nodiscard]] std::uint64_t uniform_below(Entropy& entropy, std::uint64_t bound);

/// A random UUID of version 4 (RFC 9562), in lower case.
[[nodiscard]] std::string make_uuid(Entropy& entropy);

}  // namespace handover
