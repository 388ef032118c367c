// The validation keys that every enrolled device of the company holds.
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "platform/result.hpp"
#include "platform/secret.hpp"

namespace handover::crypto {

class KeyRing {
 public:
  /// Reads the key ring's file: one to three keys, newest first, each a line of 64 hex digits.
  /// Blank lines, and lines that start with #, are skipped. Errors: kConfig, naming the line, never
  /// what stands there.
  [[nodiscard]] static Result<KeyRing> parse(std::string_view file_text);

  /// One to three keys of 32 bytes, newest first: the order in which a receiver tries them.
  [[nodiscard]] const std::vector<Secret>& keys() const { return keys_; }
  /// The key that a sender uses.
  [[nodiscard]] const Secret& newest() const { return keys_.front(); }

 private:
  explicit KeyRing(std::vector<Secret> keys) : keys_(std::move(keys)) {}

  std::vector<Secret> keys_;
};

}  // namespace handover::crypto
