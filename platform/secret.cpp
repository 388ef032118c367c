#include "platform/secret.hpp"

#include <cstring>

namespace handover {

// A volatile pointer to memset keeps the compiler from dropping the write.
void wipe(std::span<std::byte> bytes) {
  static void* (*const volatile overwrite)(void*, int, std::size_t) = std::memset;
  if (!bytes.empty()) overwrite(bytes.data(), 0, bytes.size());
}

Secret::Secret(std::string_view text) : Secret(std::as_bytes(std::span(text))) {}
Secret::Secret(std::span<const std::byte> bytes) : bytes_(bytes.begin(), bytes.end()) {}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe(bytes_);
    bytes_ = std::exchange(other.bytes_, {});
  }
  return *this;
}

Secret::~Secret() { wipe(bytes_); }

std::string_view Secret::reveal() const {
  return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
}

bool equal_constant_time(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    difference |= static_cast<unsigned>(static_cast<unsigned char>(left[i]) ^
                                        static_cast<unsigned char>(right[i]));
  }
  return difference == 0;
}

}  // namespace handover
