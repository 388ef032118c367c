// Bytes that must not outlive their use: keys, tokens, passwords.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace handover {

/// Moves, never copies by accident, prints nowhere, and is overwritten when it dies.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view text);
  explicit Secret(std::span<const std::byte> bytes);
  Secret(Secret&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret();

  [[nodiscard]] Secret clone() const { return Secret(std::span(bytes_)); }
  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }
  /// The bytes as text. Use it at the last moment, and do not store it.
  [[nodiscard]] std::string_view reveal() const;
  [[nodiscard]] bool empty() const { return bytes_.empty(); }

 private:
  std::vector<std::byte> bytes_;
};

/// Overwrites what nobody reads again, which a compiler would drop. For copies outside a Secret.
void wipe(std::span<std::byte> bytes);

/// Equality whose time tells nothing about where the two differ.
[[nodiscard]] bool equal_constant_time(std::string_view left, std::string_view right);

}  // namespace handover
