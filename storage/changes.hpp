// What has changed in the store, in the order of its committing: what GET /v1/events tells, also to
// a listener who was away. The schema's triggers write it, so that no way of changing a row can
// forget to.
#pragma once

#include <cstdint>
#include <vector>

#include "platform/result.hpp"
#include "storage/database.hpp"

namespace handover::storage {

/// Values are persistent.
enum class ChangeKind { kRecord = 1, kDelivery = 2, kTransfer = 3, kLane = 4 };

struct Change {
  std::int64_t number = 0;  ///< 1, 2, 3 … without a gap.
  ChangeKind kind = ChangeKind::kRecord;
  std::int64_t subject = 0;  ///< The record's seq, or the row's id.
};

class Changes {
 public:
  explicit Changes(Database& database) : database_(database) {}

  /// The numbers that are kept: about the newest 20,000. Both 0 if there is none.
  struct Span {
    std::int64_t oldest = 0;
    std::int64_t newest = 0;
  };
  [[nodiscard]] Result<Span> span() const;

  /// Up to `limit` changes after number `after`, oldest first.
  [[nodiscard]] Result<std::vector<Change>> list(std::int64_t after, std::int64_t limit) const;

 private:
  Database& database_;
};

}  // namespace handover::storage
