// The store: one encrypted file with everything this device must not lose.
#pragma once

#include <memory>

#include "platform/clock.hpp"
#include "platform/entropy.hpp"
#include "platform/result.hpp"
#include "platform/scheduler.hpp"
#include "platform/secret.hpp"
#include "storage/api_calls.hpp"
#include "storage/changes.hpp"
#include "storage/committer.hpp"
#include "storage/database.hpp"
#include "storage/deliveries.hpp"
#include "storage/intake.hpp"
#include "storage/journal.hpp"
#include "storage/lane_notes.hpp"
#include "storage/page_tokens.hpp"
#include "storage/record_keys.hpp"
#include "storage/service_orders.hpp"
#include "storage/signed_messages.hpp"
#include "storage/stock.hpp"
#include "storage/transfers.hpp"

namespace handover::storage {

class Store {
 public:
  /// Opens the store, and brings it to the present schema.
  /// Errors: those of Database::open() and migrate(). On an error nothing was overwritten.
  [[nodiscard]] static Result<std::unique_ptr<Store>> open(const DatabaseSettings& settings,
                                                           const Secret& key, Entropy& entropy,
                                                           Scheduler& scheduler);

 private:
  std::unique_ptr<Database> database_;

  Store(std::unique_ptr<Database> open_database, Entropy& entropy, Scheduler& scheduler);

 public:
  Journal journal;
  Deliveries deliveries;
  LaneMemories lane_memories;
  LaneNotes lane_notes;
  Holds holds;
  RecordKeys record_keys;
  Transfers transfers;
  SignedMessages signed_messages;
  Stock stock;
  ApiCalls api_calls;
  ServiceOrders service_orders;
  Intake intake;
  Changes changes;
  PageTokens page_tokens;
  Committer committer;

  [[nodiscard]] Database& database() { return *database_; }
};

}  // namespace handover::storage
