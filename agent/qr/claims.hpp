// Reads the members of a signed map whose keys are numbers. The first one that is missing or of
// the wrong kind is remembered, and reads as empty.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crypto/cbor.hpp"
#include "platform/result.hpp"
#include "platform/time.hpp"

namespace handover::qr {

class Claims {
 public:
  /// Lifetime: `map` outlives it.
  explicit Claims(const crypto::Cbor& map);

  std::int64_t number(std::int64_t key);
  WallTime time(std::int64_t key);  ///< Seconds since 1970.
  std::string bytes(std::int64_t key);
  /// Trimmed, and a text that identifies something must be one: crypto::trim_identifier.
  std::string text(std::int64_t key);
  /// A list of 1 to `most` elements.
  const std::vector<crypto::Cbor>& list(std::int64_t key, std::size_t most);
  /// A list of texts, each as text() reads it; those after `least` may be left out.
  std::vector<std::string> texts(std::int64_t key, std::size_t least, std::size_t most);

  void complain() { good_ = false; }
  [[nodiscard]] bool good() const { return good_; }

 private:
  const crypto::Cbor* find(std::int64_t key, crypto::Cbor::Kind kind);

  const crypto::Cbor& map_;
  bool good_ = true;
};

[[nodiscard]] std::int64_t seconds_of(WallTime time);
[[nodiscard]] std::vector<crypto::Cbor> to_cbor(const std::vector<std::string>& texts);

}  // namespace handover::qr
