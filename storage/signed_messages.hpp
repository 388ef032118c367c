// What was signed about a transfer and shown as a QR code, by this device or by the other one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "platform/result.hpp"
#include "storage/database.hpp"

namespace handover::storage {

/// One message of each kind for a transfer; the newest counts. Changes require to be called inside
/// Committer::write().
class SignedMessages {
 public:
  explicit SignedMessages(Database& database) : database_(database) {}

  [[nodiscard]] Result<void> write(std::int64_t transfer, int kind, std::string_view message);
  [[nodiscard]] Result<void> remove(std::int64_t transfer, int kind);
  [[nodiscard]] Result<std::optional<std::string>> read(std::int64_t transfer, int kind) const;

 private:
  Database& database_;
};

}  // namespace handover::storage
