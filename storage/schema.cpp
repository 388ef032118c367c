#include "storage/schema.hpp"
#include "platform/deliberate_bug.hpp"
#include "platform/mark.hpp"

#include <array>
#include <string>

namespace handover::storage {
namespace {

// Each step leads from the version before it. A step that has shipped is never edited.
constexpr const char* kToMainJob = R"sql(
  CREATE TABLE records (
    seq         INTEGER PRIMARY KEY,
    id          TEXT NOT NULL,
    kind        INTEGER NOT NULL,
    captured_at INTEGER NOT NULL,      -- milliseconds since 1970, the device's clock
    body        TEXT NOT NULL,
    checksum    BLOB NOT NULL          -- chained: SHA-256 over the one before and this record
  );
  CREATE TABLE damaged_records (
    seq      INTEGER PRIMARY KEY,
    reason   TEXT NOT NULL,
    found_at INTEGER NOT NULL
  );
  CREATE TABLE lanes (
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    mode       INTEGER NOT NULL DEFAULT 0,
    hinted     INTEGER NOT NULL DEFAULT 0,
    failures   INTEGER NOT NULL DEFAULT 0,
    until      INTEGER NOT NULL DEFAULT 0,
    since      INTEGER NOT NULL DEFAULT 0,
    last_error TEXT NOT NULL DEFAULT ''
  );
  CREATE TABLE deliveries (
    id           INTEGER PRIMARY KEY,  -- record's seq * 65536 + its place within the record
    lane         INTEGER NOT NULL,
    unit         TEXT NOT NULL,
    environment  TEXT NOT NULL,
    key          TEXT NOT NULL,        -- idempotency key
    state        INTEGER NOT NULL,
    blocked_by   INTEGER NOT NULL,     -- an earlier delivery that shares an order key, or 0
    next_try_at  INTEGER NOT NULL,
    attempts     INTEGER NOT NULL,
    repeat       INTEGER NOT NULL,     -- 1: the request may have reached the back-end before
    since        INTEGER NOT NULL,
    delivered_at INTEGER,
    who          INTEGER NOT NULL,
    why          TEXT NOT NULL,
    receipt      TEXT NOT NULL,
    order_keys   BLOB NOT NULL         -- the first 8 bytes of the SHA-256 of each
  );
  -- States below 4 are open: pending, unknown, in flight, quarantined.
  CREATE INDEX deliveries_open ON deliveries (lane, state, blocked_by, next_try_at) WHERE state < 4;
  CREATE INDEX deliveries_blocked ON deliveries (blocked_by) WHERE blocked_by > 0;
  -- Frozen before the first byte leaves, gone after the end. Not in the delivery's row, which would outgrow its page.
  CREATE TABLE frozen_requests (
    delivery INTEGER PRIMARY KEY,
    request  TEXT NOT NULL
  );
  -- Deliveries by order key, as the first 8 bytes of its SHA-256: all open ones, and some at their end,
  -- which are tidied away later.
  CREATE TABLE order_keys (
    lane      INTEGER NOT NULL,
    order_key INTEGER NOT NULL,
    delivery  INTEGER NOT NULL,
    PRIMARY KEY (lane, order_key, delivery)
  ) WITHOUT ROWID;
  CREATE TABLE transfers (
    id            INTEGER PRIMARY KEY,
    uuid          TEXT NOT NULL,
    direction     INTEGER NOT NULL,
    state         INTEGER NOT NULL,
    body          TEXT NOT NULL,       -- what was typed, as JSON
    terms         TEXT NOT NULL,       -- canonical
    terms_hash    BLOB NOT NULL,
    header_hash   BLOB NOT NULL,
    nonce         TEXT NOT NULL,
    public_code   TEXT NOT NULL,
    expected_code TEXT NOT NULL,       -- sender: the receiver code that completes this half
    line_checks   TEXT NOT NULL,
    tries_left    INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    changed_at    INTEGER NOT NULL,
    record_id     TEXT NOT NULL
  );
  CREATE INDEX transfers_open ON transfers (state) WHERE state IN (1, 2);
  CREATE TABLE used_nonces (           -- sender: never the same nonce again for the same terms
    terms_hash BLOB NOT NULL,
    nonce      TEXT NOT NULL,
    PRIMARY KEY (terms_hash, nonce)
  ) WITHOUT ROWID;
  CREATE TABLE accepted_codes (        -- receiver: an accepted code opens nothing again
    terms_hash BLOB NOT NULL,
    code       TEXT NOT NULL,
    PRIMARY KEY (terms_hash, code)
  ) WITHOUT ROWID;
  CREATE TABLE wrong_codes (           -- receiver: counted for each offer, whatever half was recorded for it
    header_hash BLOB NOT NULL,
    nonce       TEXT NOT NULL,
    wrong       INTEGER NOT NULL,
    PRIMARY KEY (header_hash, nonce)
  ) WITHOUT ROWID;
  CREATE TABLE stock (
    location   TEXT NOT NULL,          -- canonical forms
    prod       TEXT NOT NULL,
    batch      TEXT NOT NULL,
    serial     TEXT NOT NULL,
    quantity   INTEGER NOT NULL,       -- millionths; negative where more left than was ever known
    as_typed   TEXT NOT NULL,          -- JSON list: location, prod, batch, serial as last typed
    PRIMARY KEY (location, prod, batch, serial)
  ) WITHOUT ROWID;
  CREATE TABLE api_calls (             -- answers by Idempotency-Key, so that a double tap is one record
    id       INTEGER PRIMARY KEY,      -- in the order of their coming
    -- First 8 bytes of its SHA-256: keys are random, and a small index stays in memory.
    key_hash INTEGER NOT NULL,
    key      TEXT NOT NULL,
    digest   BLOB NOT NULL,
    status   INTEGER NOT NULL,
    answer   TEXT NOT NULL
  );
  CREATE INDEX api_calls_key ON api_calls (key_hash);
)sql";

constexpr const char* kToServiceOrders = R"sql(
  ALTER TABLE deliveries ADD COLUMN progress TEXT NOT NULL DEFAULT '';
  CREATE TABLE service_orders (
    number         INTEGER PRIMARY KEY,
    uuid           TEXT NOT NULL,
    state          INTEGER NOT NULL,   -- 1 draft, 2 submitted: it is a record, 3 cancelled as a draft
    body           TEXT NOT NULL,      -- the order, as JSON
    purchase_order TEXT NOT NULL,
    bill_to        TEXT NOT NULL,
    proposed_by    TEXT NOT NULL,      -- id of the record that led to it, or empty
    created_at     INTEGER NOT NULL,
    changed_at     INTEGER NOT NULL,
    record_seq     INTEGER NOT NULL,   -- 0 before it is submitted
    record_id      TEXT NOT NULL
  );
  CREATE INDEX service_orders_purchase_order ON service_orders (purchase_order);
  CREATE INDEX service_orders_record ON service_orders (record_seq) WHERE record_seq > 0;
)sql";

constexpr const char* kToIntake = R"sql(
  -- What a site agent has taken in, by the first 16 bytes of a SHA-256. Kept forever.
  CREATE TABLE intake_names (
    name   BLOB PRIMARY KEY,
    digest BLOB NOT NULL               -- of a payload's body, 8 bytes; of rows empty
  ) WITHOUT ROWID;
  CREATE TABLE intake_counts (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE intake_cursors (        -- how far each export was read
    type        TEXT PRIMARY KEY,
    rowver      TEXT NOT NULL,         -- opaque
    next_try_at INTEGER NOT NULL,
    failures    INTEGER NOT NULL,
    read_at     INTEGER,
    last_error  TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE intake_set_aside (      -- rows that could not be read; looked at again at each start
    id     INTEGER PRIMARY KEY,
    type   TEXT NOT NULL,
    origin TEXT NOT NULL,
    object TEXT NOT NULL,
    reason TEXT NOT NULL,
    since  INTEGER NOT NULL
  );
)sql";

constexpr const char* kToAssets = R"sql(
  CREATE TABLE lane_notes (            -- what a lane's back-end wants to know again, such as the asset tag of a unit
    lane  INTEGER NOT NULL,
    name  TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (lane, name)
  ) WITHOUT ROWID;
  CREATE TABLE holds (                 -- a delivery that was quarantined under this name
    delivery INTEGER NOT NULL,
    name     TEXT NOT NULL,
    lane     INTEGER NOT NULL,
    PRIMARY KEY (delivery, name)
  ) WITHOUT ROWID;
  CREATE INDEX holds_name ON holds (lane, name);
  CREATE TABLE record_keys (           -- keys of imported asset events, kept for ever: one record each
    key        BLOB PRIMARY KEY,       -- SHA-256
    digest     BLOB NOT NULL,          -- SHA-256 of what came with it
    record_seq INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX deliveries_not_wanted ON deliveries (lane) WHERE state = 7;
)sql";

constexpr const char* kToPersons = R"sql(
  -- Pending or unknown, and a dispatcher or technician must act first.
  CREATE INDEX deliveries_for_person ON deliveries (lane) WHERE state < 2 AND who >= 3;
  ALTER TABLE api_calls ADD COLUMN made TEXT NOT NULL DEFAULT '';   -- where to read what it made, a path of the API
  ALTER TABLE api_calls ADD COLUMN long INTEGER NOT NULL DEFAULT 0; -- 1: its answer goes when newer long ones come
  CREATE INDEX api_calls_long ON api_calls (id) WHERE long = 1;
)sql";

constexpr const char* kToSignedMessages = R"sql(
  CREATE TABLE signed_messages (       -- what was shown as a QR code about a transfer, by either side
    transfer INTEGER NOT NULL,
    kind     INTEGER NOT NULL,         -- 1 offer, 2 receipt, 3 count
    message  BLOB NOT NULL,            -- COSE_Sign1
    PRIMARY KEY (transfer, kind)
  );
)sql";

constexpr const char* kToPage = R"sql(
  CREATE TABLE changes (               -- what GET /v1/events tells; the newest 20,000 and some more
    number  INTEGER PRIMARY KEY,
    kind    INTEGER NOT NULL,          -- 1 record, 2 delivery, 3 transfer, 4 lane
    subject INTEGER NOT NULL
  );
  CREATE TRIGGER record_added AFTER INSERT ON records BEGIN
    INSERT INTO changes (kind, subject) VALUES (1, NEW.seq);
  END;
  -- A record's new deliveries are told with the record.
  CREATE TRIGGER delivery_changed AFTER UPDATE OF state, attempts, why ON deliveries
    WHEN OLD.state <> NEW.state OR OLD.attempts <> NEW.attempts OR OLD.why <> NEW.why BEGIN
    INSERT INTO changes (kind, subject) VALUES (2, NEW.id);
  END;
  CREATE TRIGGER transfer_added AFTER INSERT ON transfers BEGIN
    INSERT INTO changes (kind, subject) VALUES (3, NEW.id);
  END;
  CREATE TRIGGER transfer_changed AFTER UPDATE ON transfers BEGIN
    INSERT INTO changes (kind, subject) VALUES (3, NEW.id);
  END;
  CREATE TRIGGER lane_changed AFTER UPDATE OF mode, until, last_error ON lanes
    WHEN OLD.mode <> NEW.mode OR OLD.until <> NEW.until OR OLD.last_error <> NEW.last_error BEGIN
    INSERT INTO changes (kind, subject) VALUES (4, NEW.id);
  END;
  CREATE TRIGGER changes_trimmed AFTER INSERT ON changes WHEN NEW.number % 1000 = 0 BEGIN
    DELETE FROM changes WHERE number <= NEW.number - 20000;
  END;
  CREATE TABLE page_tokens (           -- what open pages of this device's browser show; the newest 16
    id     INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE        -- SHA-256 of the token
  );
)sql";

constexpr char kToLaneKinds[] = R"sql(
  ALTER TABLE lanes ADD COLUMN kind TEXT NOT NULL DEFAULT '';  -- of its back-end, as the configuration calls it
)sql";

struct Step {
  SchemaVersion to;
  const char* sql;
};
constexpr std::array<Step, 8> kSteps = {{{SchemaVersion::kMainJob, kToMainJob},
                                         {SchemaVersion::kServiceOrders, kToServiceOrders},
                                         {SchemaVersion::kIntake, kToIntake},
                                         {SchemaVersion::kAssets, kToAssets},
                                         {SchemaVersion::kPersons, kToPersons},
                                         {SchemaVersion::kSignedMessages, kToSignedMessages},
                                         {SchemaVersion::kPage, kToPage},
                                         {SchemaVersion::kLaneKinds, kToLaneKinds}}};

Result<std::int64_t> read_number(Database& database, const char* sql) {
  Query query(database, sql);
  const std::int64_t number = query.next() ? query.integer(0) : 0;
  RETURN_IF_ERROR(query.status());
  return number;
}

Result<void> apply(Database& database, std::int64_t version, SchemaVersion newest) {
  static_assert(kApplicationId == 1213158994);
  RETURN_IF_ERROR(database.execute_script("PRAGMA application_id = 1213158994"));
  for (const Step& step : kSteps) {
    if (static_cast<std::int64_t>(step.to) <= version || step.to > newest) continue;
    RETURN_IF_ERROR(database.execute_script(step.sql));
    const std::string set_version =
        "PRAGMA user_version = " + std::to_string(static_cast<std::int64_t>(step.to));
    RETURN_IF_ERROR(database.execute_script(set_version.c_str()));
  }
  return {};
}

}  // namespace

Result<void> migrate(Database& database) { return migrate_to(database, kSchemaVersion); }

Result<void> migrate_to(Database& database, SchemaVersion newest) {
  TRY_ASSIGN(const std::int64_t version, read_number(database, "PRAGMA user_version"));
  const auto known = static_cast<std::int64_t>(newest);
  if (version > known && !deliberate_bug(Bug::kNewerStoreOpened)) {
    HANDOVER_MARK("storage.newer_schema_refused");
    return fail(Errc::kNewerSchema, "a newer handover wrote this store (layout " +
                                        std::to_string(version) + ", this program knows " +
                                        std::to_string(known) +
                                        "): update this program; nothing was changed");
  }
  if (version >= known) return {};
  RETURN_IF_ERROR(database.execute_script("BEGIN IMMEDIATE"));
  auto done = apply(database, version, newest);
  if (done) done = database.execute_script("COMMIT");
  if (!done && database.in_transaction()) (void)database.execute_script("ROLLBACK");
  return done;
}

}  // namespace handover::storage
