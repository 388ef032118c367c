// The keys that imported asset events came with. Unlike the keys of calls they are kept for ever: a
// file of any length may be imported again, and each of its rows is one record.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "platform/result.hpp"
#include "storage/database.hpp"
#include "storage/transfers.hpp"

namespace handover::storage {

class RecordKeys {
 public:
  explicit RecordKeys(Database& database) : database_(database) {}

  struct Found {
    std::int64_t record_seq = 0;
    bool same = false;  ///< It came with the same content then.
  };
  /// The record that `key` made, if it did.
  [[nodiscard]] Result<std::optional<Found>> find(const Digest& key, const Digest& content) const;
  /// Requires: called inside Committer::write(), and find() found nothing.
  [[nodiscard]] Result<void> add(const Digest& key, const Digest& content, std::int64_t record_seq);

 private:
  Database& database_;
};

}  // namespace handover::storage
