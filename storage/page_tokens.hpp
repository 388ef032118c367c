// The tokens of the pages that are open in this device's browser, so that a page outlives a restart
// of the agent. Counted, not dated: the device's clock may jump.
#pragma once

#include <string_view>

#include "platform/result.hpp"
#include "storage/database.hpp"

namespace handover::storage {

class PageTokens {
 public:
  static constexpr int kKept = 16;

  explicit PageTokens(Database& database) : database_(database) {}

  /// Keeps a token; the oldest beyond kKept is forgotten, and its page must be opened anew.
  /// Requires: called inside Committer::write().
  [[nodiscard]] Result<void> add(std::string_view token);
  /// Its page is closed. One that is not known changes nothing.
  /// Requires: called inside Committer::write().
  [[nodiscard]] Result<void> remove(std::string_view token);
  [[nodiscard]] Result<bool> contains(std::string_view token) const;

 private:
  Database& database_;
};

}  // namespace handover::storage
