// The versions of the store's layout, and the way forward from each. docs/format/store.md describes
// the tables.
#pragma once

#include <cstdint>

#include "platform/result.hpp"
#include "storage/database.hpp"

namespace handover::storage {

/// Values are persistent (PRAGMA user_version).
enum class SchemaVersion : std::int64_t {
  kEmpty = 0,
  kMainJob = 1,        ///< Journal, deliveries, lanes, transfers, stock, API calls (0.1.0).
  kServiceOrders = 2,  ///< Service orders; what a delivery's back-end remembers of it.
  kIntake = 3,         ///< What a site agent takes in.
  kAssets = 4,   ///< What lanes note of units, holds, keys of asset events, deliveries not wanted.
  kPersons = 5,  ///< What waits for a person is found at once; long answers are not kept for ever.
  kSignedMessages = 6,  ///< Signed offers, receipts and counts of transfers.
  kPage = 7,            ///< What has changed, for the event stream; tokens of pages.
  kLaneKinds = 8,       ///< Which kind of back-end a lane is for.
};
inline constexpr SchemaVersion kSchemaVersion = SchemaVersion::kLaneKinds;

/// Brings the store to kSchemaVersion, in one transaction.
/// Errors: kNewerSchema (nothing was changed; update the program), and the disk's.
[[nodiscard]] Result<void> migrate(Database& database);
/// The same to an older layout, as an older program makes it. For trying updates.
[[nodiscard]] Result<void> migrate_to(Database& database, SchemaVersion newest);

}  // namespace handover::storage
