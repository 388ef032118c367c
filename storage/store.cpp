#include "storage/store.hpp"

#include "storage/schema.hpp"

namespace handover::storage {

Result<std::unique_ptr<Store>> Store::open(const DatabaseSettings& settings, const Secret& key,
                                           Entropy& entropy, Scheduler& scheduler) {
  TRY_ASSIGN(auto database, Database::open(settings, key));
  if (auto migrated = migrate(*database); !migrated) {
    return fail(std::move(migrated).error().with_context(settings.path));
  }
  return std::unique_ptr<Store>(new Store(std::move(database), entropy, scheduler));
}

Store::Store(std::unique_ptr<Database> open_database, Entropy& entropy, Scheduler& scheduler)
    : database_(std::move(open_database)),
      journal(*database_, entropy),
      deliveries(*database_),
      lane_memories(*database_),
      lane_notes(*database_),
      holds(*database_),
      record_keys(*database_),
      transfers(*database_, entropy),
      signed_messages(*database_),
      stock(*database_),
      api_calls(*database_),
      service_orders(*database_, entropy),
      intake(*database_),
      changes(*database_),
      page_tokens(*database_),
      committer(*database_, scheduler) {}

}  // namespace handover::storage
