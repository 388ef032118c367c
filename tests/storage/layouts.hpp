// The way back from a layout of the store to an earlier one, so that a test can bring it forward
// again.
#pragma once

#include <string>

#include "storage/schema.hpp"
#include "tests/support/test_store.hpp"

namespace handover::test {

/// Undoes every step of the schema after `version`. A new step adds its lines here.
inline void take_back_to(TestStore& world, storage::SchemaVersion version) {
  using storage::SchemaVersion;
  std::string script;
  if (version < SchemaVersion::kLaneKinds) script += "ALTER TABLE lanes DROP COLUMN kind;";
  if (version < SchemaVersion::kPage) {
    script +=
        "DROP TRIGGER record_added; DROP TRIGGER delivery_changed; DROP TRIGGER transfer_added;"
        "DROP TRIGGER transfer_changed; DROP TRIGGER lane_changed; DROP TABLE changes;"
        "DROP TABLE page_tokens;";
  }
  if (version < SchemaVersion::kSignedMessages) script += "DROP TABLE signed_messages;";
  if (version < SchemaVersion::kPersons) {
    script +=
        "DROP INDEX deliveries_for_person; DROP INDEX api_calls_long;"
        "ALTER TABLE api_calls DROP COLUMN made; ALTER TABLE api_calls DROP COLUMN long;";
  }
  if (version < SchemaVersion::kAssets) {
    script +=
        "DROP TABLE lane_notes; DROP TABLE holds; DROP TABLE record_keys;"
        "DROP INDEX deliveries_not_wanted;";
  }
  if (version < SchemaVersion::kIntake) {
    script +=
        "DROP TABLE intake_names; DROP TABLE intake_counts; DROP TABLE intake_cursors;"
        "DROP TABLE intake_set_aside;";
  }
  if (version < SchemaVersion::kServiceOrders)
    script += "DROP TABLE service_orders; ALTER TABLE deliveries DROP COLUMN progress;";
  script += "PRAGMA user_version = " + std::to_string(static_cast<std::int64_t>(version));
  good(world->database().execute_script(script.c_str()));
}

}  // namespace handover::test
