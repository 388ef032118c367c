// Bytes as tests write them down.
#pragma once

#include <string>
#include <string_view>

#include "crypto/sha256.hpp"

namespace handover::test {

/// Requires: hex digits.
inline std::string bytes_of(std::string_view hex) {
  const auto bytes = crypto::from_hex(hex).value();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline std::string hex_of(std::string_view bytes) {
  return crypto::to_hex(std::as_bytes(std::span(bytes)));
}

}  // namespace handover::test
