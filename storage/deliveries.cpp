#include "storage/deliveries.hpp"

#include <algorithm>
#include <cstring>
#include <set>

#include "platform/assert.hpp"
#include "platform/deliberate_bug.hpp"
#include "platform/mark.hpp"

namespace handover::storage {
namespace {

#define DELIVERY_COLUMNS                                                                        \
  "id, lane, unit, environment, key, state, blocked_by, next_try_at, attempts, repeat, since, " \
  "delivered_at,"                                                                               \
  " who, why, receipt, (SELECT request FROM frozen_requests WHERE delivery = deliveries.id), "  \
  "progress"

Delivery delivery_of(const Query& row) {
  Delivery delivery;
  delivery.id = row.integer(0);
  delivery.record_seq = delivery.id / kDeliveriesPerRecord;
  delivery.lane = row.integer(1);
  delivery.unit = row.text(2);
  delivery.environment = row.text(3);
  delivery.key = row.text(4);
  delivery.state = static_cast<DeliveryState>(row.integer(5));
  delivery.blocked_by = row.integer(6);
  delivery.next_try_at = row.integer(7);
  delivery.attempts = row.integer(8);
  delivery.repeat = row.integer(9) != 0;
  delivery.since = row.integer(10);
  if (!row.is_null(11)) delivery.delivered_at = row.integer(11);
  delivery.who = static_cast<int>(row.integer(12));
  delivery.why = row.text(13);
  delivery.receipt = row.text(14);
  delivery.request = row.text(15);
  delivery.progress = row.text(16);
  return delivery;
}

std::vector<std::int64_t> order_keys_of(std::string_view bytes) {
  std::vector<std::int64_t> keys(bytes.size() / sizeof(std::int64_t));
  if (!keys.empty()) std::memcpy(keys.data(), bytes.data(), keys.size() * sizeof(std::int64_t));
  return keys;
}

bool is_open(DeliveryState state) { return state < DeliveryState::kDelivered; }

Result<std::int64_t> one_number(Query& query) {
  const std::int64_t number = query.next() ? query.integer(0) : 0;
  RETURN_IF_ERROR(query.status());
  return number;
}

}  // namespace

Result<std::int64_t> Deliveries::lane_id(std::string_view name, std::string_view kind) {
  // A store of an older layout does not know the kind: it is the one that asks first.
  RETURN_IF_ERROR(
      database_.execute("UPDATE lanes SET kind = ?2 WHERE name = ?1 AND kind = ''", name, kind));
  RETURN_IF_ERROR(database_.execute(
      "UPDATE lanes SET name = name || ' (' || kind || ')' WHERE name = ?1 AND kind <> ?2", name,
      kind));
  RETURN_IF_ERROR(database_.execute(
      "UPDATE lanes SET name = ?1 WHERE name = ?1 || ' (' || ?2 || ')' AND kind = ?2", name, kind));
  RETURN_IF_ERROR(
      database_.execute("INSERT OR IGNORE INTO lanes (name, kind) VALUES (?1, ?2)", name, kind));
  Query found(database_, "SELECT id FROM lanes WHERE name = ?", name);
  return one_number(found);
}

Result<std::vector<Deliveries::Lane>> Deliveries::lanes() const {
  std::vector<Lane> found;
  Query rows(database_, "SELECT id, name FROM lanes ORDER BY id");
  while (rows.next()) found.push_back({rows.integer(0), std::string(rows.text(1))});
  RETURN_IF_ERROR(rows.status());
  return found;
}

Result<std::string> Deliveries::lane_name(std::int64_t lane) const {
  Query found(database_, "SELECT name FROM lanes WHERE id = ?", lane);
  std::string name = found.next() ? std::string(found.text(0)) : std::string();
  RETURN_IF_ERROR(found.status());
  return name;
}

Result<void> Deliveries::add(const NewDelivery& delivery) {
  INVARIANT(delivery.place >= 0 && delivery.place < kDeliveriesPerRecord);
  const std::int64_t id = delivery.record_seq * kDeliveriesPerRecord + delivery.place;
  INVARIANT(delivery.not_wanted.empty() || delivery.order_keys.empty());
  const auto state =
      delivery.not_wanted.empty() ? DeliveryState::kPending : DeliveryState::kNotWanted;
  TRY_ASSIGN(const std::int64_t blocked_by, blocker_of(id, delivery.lane, delivery.order_keys));
  if (blocked_by != 0) HANDOVER_MARK("storage.delivery_waits_for_another");
  for (const std::int64_t order_key : delivery.order_keys) {
    // Its own predecessors' entries go now, so that a unit that comes again and again has few.
    RETURN_IF_ERROR(
        database_.execute("DELETE FROM order_keys WHERE lane = ? AND order_key = ?"
                          " AND (SELECT state FROM deliveries WHERE id = order_keys.delivery) >= 4",
                          delivery.lane, order_key));
    RETURN_IF_ERROR(database_.execute(
        "INSERT OR IGNORE INTO order_keys (lane, order_key, delivery) VALUES (?, ?, ?)",
        delivery.lane, order_key, id));
  }
  return database_.execute(
      "INSERT INTO deliveries (id, lane, unit, environment, key, state, blocked_by, next_try_at, "
      "attempts, repeat, since,"
      " delivered_at, who, why, receipt, order_keys) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, 0, "
      "?8, NULL, 0, ?9, '', ?10)",
      id, delivery.lane, delivery.unit, delivery.environment, delivery.key, state, blocked_by,
      delivery.now, delivery.not_wanted, std::as_bytes(std::span(delivery.order_keys)));
}

/// The latest open delivery before `id` on the lane that shares one of its order keys, or 0.
Result<std::int64_t> Deliveries::blocker_of(std::int64_t id, std::int64_t lane,
                                            const std::vector<std::int64_t>& order_keys) const {
  std::int64_t latest = 0;
  for (const std::int64_t order_key : order_keys) {
    Query earlier(
        database_,
        "SELECT delivery FROM order_keys WHERE lane = ? AND order_key = ? AND delivery < ?"
        " AND (SELECT state FROM deliveries WHERE id = order_keys.delivery) < 4 ORDER BY delivery "
        "DESC LIMIT 1",
        lane, order_key, id);
    TRY_ASSIGN(const std::int64_t blocker, one_number(earlier));
    latest = std::max(latest, blocker);
  }
  return latest;
}

Result<std::vector<Delivery>> Deliveries::claim(std::int64_t lane, ScheduleTime now,
                                                std::int64_t limit) {
  std::vector<Delivery> claimed;
  RETURN_IF_ERROR(claim_in_state(DeliveryState::kUnknown, lane, now, limit, claimed));
  if (!claimed.empty()) HANDOVER_MARK("storage.unknown_claimed_first");
  RETURN_IF_ERROR(claim_in_state(DeliveryState::kPending, lane, now, limit, claimed));
  for (Delivery& delivery : claimed) {
    delivery.state = DeliveryState::kInFlight;
    delivery.attempts += 1;
    RETURN_IF_ERROR(
        database_.execute("UPDATE deliveries SET state = 2, attempts = ?, since = ? WHERE id = ?",
                          delivery.attempts, now, delivery.id));
  }
  return claimed;
}

Result<void> Deliveries::claim_in_state(DeliveryState state, std::int64_t lane, ScheduleTime now,
                                        std::int64_t limit, std::vector<Delivery>& claimed) {
  Query due(database_,
            "SELECT " DELIVERY_COLUMNS
            " FROM deliveries INDEXED BY deliveries_open WHERE state < 4 AND lane = ? AND state = "
            "? AND blocked_by = 0"
            " AND next_try_at <= ? ORDER BY next_try_at, id LIMIT ?",
            lane, state, now, limit - static_cast<std::int64_t>(claimed.size()));
  while (due.next()) claimed.push_back(delivery_of(due));
  return due.status();
}

Result<void> Deliveries::freeze(std::int64_t id, std::string_view request) {
  if (request.empty())
    return database_.execute("DELETE FROM frozen_requests WHERE delivery = ?", id);
  return database_.execute(
      "INSERT OR REPLACE INTO frozen_requests (delivery, request) VALUES (?, ?)", id, request);
}

Result<void> Deliveries::change(std::int64_t id, const DeliveryChange& change) {
  std::int64_t lane = 0;
  {
    Query update(
        database_,
        "UPDATE deliveries SET state = ?1, next_try_at = ?2, attempts = ?3, repeat = ?4, since = "
        "?5, who = ?6,"
        " why = ?7, receipt = ?8, delivered_at = coalesce(?9, delivered_at),"
        " progress = CASE WHEN ?11 = '' THEN progress ELSE ?11 END WHERE id = ?10 RETURNING lane",
        change.state, change.next_try_at, change.attempts, change.repeat, change.now, change.who,
        change.why, change.receipt, change.delivered_at, id, change.progress);
    while (update.next()) lane = update.integer(0);
    RETURN_IF_ERROR(update.status());
  }
  if (lane == 0) return fail(Errc::kNotFound, "there is no such delivery");
  if (is_open(change.state)) return {};
  // The frozen request has done its work when the delivery is at its end.
  RETURN_IF_ERROR(freeze(id, ""));
  if (!deliberate_bug(Bug::kWaitersForgotten)) RETURN_IF_ERROR(release_waiting(id));
  return tidy_order_keys(lane);
}

/// Those that waited for `id` wait for the next one before them that is open, or may go.
Result<void> Deliveries::release_waiting(std::int64_t id) {
  struct Waiter {
    std::int64_t id;
    std::int64_t lane;
    std::vector<std::int64_t> order_keys;
  };
  std::vector<Waiter> waiting;
  {
    Query rows(
        database_,
        "SELECT id, lane, order_keys FROM deliveries WHERE blocked_by = ? AND blocked_by > 0", id);
    while (rows.next())
      waiting.push_back({rows.integer(0), rows.integer(1), order_keys_of(rows.text(2))});
    RETURN_IF_ERROR(rows.status());
  }
  for (const Waiter& waiter : waiting) {
    TRY_ASSIGN(const std::int64_t blocker, blocker_of(waiter.id, waiter.lane, waiter.order_keys));
    if (blocker != 0) HANDOVER_MARK("storage.waiter_waits_for_the_next");
    RETURN_IF_ERROR(
        database_.execute("UPDATE deliveries SET blocked_by = ? WHERE id = ?", blocker, waiter.id));
  }
  return {};
}

/// Entries of deliveries at their end hinder nobody, and they are scattered: to delete each with
/// its delivery would write a page more for every one. They go in their own order, some at a time,
/// when nothing of the lane is open.
Result<void> Deliveries::tidy_order_keys(std::int64_t lane) {
  {
    Query open(
        database_,
        "SELECT 1 FROM deliveries INDEXED BY deliveries_open WHERE lane = ? AND state < 4 LIMIT 1",
        lane);
    const bool has_open = open.next();
    RETURN_IF_ERROR(open.status());
    if (has_open) return {};
  }
  return database_.execute(
      "DELETE FROM order_keys WHERE (lane, order_key, delivery) IN"
      " (SELECT lane, order_key, delivery FROM order_keys WHERE lane = ? LIMIT 200)",
      lane);
}

Result<std::int64_t> Deliveries::recover(std::int64_t lane, ScheduleTime now, ScheduleTime latest) {
  if (deliberate_bug(Bug::kInFlightForgotten)) return std::int64_t{0};
  if (deliberate_bug(Bug::kInFlightTakenAsDelivered)) {
    RETURN_IF_ERROR(
        database_.execute("UPDATE deliveries SET state = 4 WHERE lane = ? AND state = 2", lane));
  }
  RETURN_IF_ERROR(
      database_.execute("UPDATE deliveries SET state = 1, repeat = 1, next_try_at = ?1, since = ?1,"
                        " why = 'the device stopped while this was being sent; it will be asked "
                        "for or repeated', who = 1"
                        " WHERE lane = ?2 AND state = 2 AND state < 4",
                        now, lane));
  const std::int64_t in_flight = database_.changes();
  RETURN_IF_ERROR(
      database_.execute("UPDATE deliveries SET next_try_at = ?1 WHERE lane = ?2 AND state < 2 AND "
                        "state < 4 AND next_try_at > ?1",
                        latest, lane));
  if (in_flight > 0) HANDOVER_MARK("storage.in_flight_recovered");
  if (database_.changes() > 0) HANDOVER_MARK("storage.far_next_try_brought_near");
  return in_flight;
}

Result<void> Deliveries::make_due(std::int64_t lane, ScheduleTime now) {
  return database_.execute(
      "UPDATE deliveries SET next_try_at = ?1 WHERE lane = ?2 AND state IN (0, 1) AND state < 4 "
      "AND next_try_at > ?1",
      now, lane);
}

Result<void> Deliveries::make_due_who(std::int64_t lane, ScheduleTime now, int who) {
  return database_.execute(
      "UPDATE deliveries SET next_try_at = ?1 WHERE lane = ?2 AND state IN (0, 1) AND state < 4 "
      "AND next_try_at > ?1"
      " AND who = ?3",
      now, lane, who);
}

Result<Delivery> Deliveries::read(std::int64_t id) const {
  Query row(database_, "SELECT " DELIVERY_COLUMNS " FROM deliveries WHERE id = ?", id);
  if (row.next()) return delivery_of(row);
  RETURN_IF_ERROR(row.status());
  return fail(Errc::kNotFound, "there is no such delivery");
}

Result<std::vector<Delivery>> Deliveries::of_record(std::int64_t record_seq) const {
  std::vector<Delivery> found;
  Query rows(database_,
             "SELECT " DELIVERY_COLUMNS " FROM deliveries WHERE id >= ? AND id < ? ORDER BY id",
             record_seq * kDeliveriesPerRecord, (record_seq + 1) * kDeliveriesPerRecord);
  while (rows.next()) found.push_back(delivery_of(rows));
  RETURN_IF_ERROR(rows.status());
  return found;
}

Result<std::vector<std::int64_t>> Deliveries::records_behind(std::int64_t id, std::int64_t lane,
                                                             std::int64_t limit) const {
  {
    // Whoever comes behind it is blocked by it or by a later one. Mostly nobody is: that takes one
    // look at a small index.
    Query blocked(database_,
                  "SELECT 1 FROM deliveries WHERE blocked_by >= ? AND blocked_by > 0 LIMIT 1", id);
    const bool may_have = blocked.next();
    RETURN_IF_ERROR(blocked.status());
    if (!may_have) return std::vector<std::int64_t>();
  }
  std::vector<std::int64_t> order_keys;
  {
    Query row(database_, "SELECT order_keys FROM deliveries WHERE id = ? AND lane = ?", id, lane);
    if (row.next()) order_keys = order_keys_of(row.text(0));
    RETURN_IF_ERROR(row.status());
  }
  std::set<std::int64_t> found;
  for (const std::int64_t order_key : order_keys) {
    Query rows(
        database_,
        "SELECT delivery / 65536 FROM order_keys WHERE lane = ? AND order_key = ? AND delivery > ?"
        " AND (SELECT state FROM deliveries WHERE id = order_keys.delivery) < 4 ORDER BY delivery "
        "LIMIT ?",
        lane, order_key, (id / kDeliveriesPerRecord + 1) * kDeliveriesPerRecord - 1, limit);
    while (rows.next()) found.insert(rows.integer(0));
    RETURN_IF_ERROR(rows.status());
  }
  std::vector<std::int64_t> oldest(found.begin(), found.end());
  if (oldest.size() > static_cast<std::size_t>(limit))
    oldest.resize(static_cast<std::size_t>(limit));
  return oldest;
}

Result<LaneCounts> Deliveries::counts(std::int64_t lane) const {
  LaneCounts counts;
  Query rows(
      database_,
      "SELECT state, count(*), min(id) FROM deliveries WHERE lane = ? AND state < 4 GROUP BY state",
      lane);
  while (rows.next()) {
    switch (static_cast<DeliveryState>(rows.integer(0))) {
      case DeliveryState::kUnknown:
        counts.unknown += rows.integer(1);
        break;
      case DeliveryState::kQuarantined:
        counts.quarantined += rows.integer(1);
        continue;
      case DeliveryState::kPending:
      case DeliveryState::kInFlight:
        counts.pending += rows.integer(1);
        break;
      case DeliveryState::kDelivered:
      case DeliveryState::kSuperseded:
      case DeliveryState::kDiscarded:
      case DeliveryState::kNotWanted:
        continue;
    }
    const std::int64_t oldest = rows.integer(2) / kDeliveriesPerRecord;
    if (!counts.oldest_pending_seq || oldest < *counts.oldest_pending_seq)
      counts.oldest_pending_seq = oldest;
  }
  RETURN_IF_ERROR(rows.status());
  Query not_wanted(database_,
                   "SELECT count(*) FROM deliveries INDEXED BY deliveries_not_wanted WHERE state = "
                   "7 AND lane = ?",
                   lane);
  TRY_ASSIGN(counts.not_wanted, one_number(not_wanted));
  TRY_ASSIGN(counts.next_try_at, next_due(lane));
  return counts;
}

Result<WaitingForPerson> Deliveries::waiting_for_person(std::int64_t lane, ScheduleTime now) const {
  WaitingForPerson waiting;
  {
    Query oldest(
        database_,
        "SELECT why FROM deliveries INDEXED BY deliveries_for_person WHERE state < 2 AND who >= 3 "
        "AND lane = ? AND blocked_by = 0 AND next_try_at > ? ORDER BY id LIMIT 1",
        lane, now);
    if (oldest.next()) waiting.why = oldest.text(0);
    RETURN_IF_ERROR(oldest.status());
  }
  // They, the quarantined, and all that wait behind those.
  Query stuck(database_,
              "WITH RECURSIVE stuck (id, waits) AS ("
              " SELECT id, 1 FROM deliveries INDEXED BY deliveries_for_person"
              "  WHERE state < 2 AND who >= 3 AND lane = ?1 AND blocked_by = 0 AND next_try_at > ?2"
              " UNION SELECT id, 0 FROM deliveries INDEXED BY deliveries_open"
              "  WHERE state < 4 AND lane = ?1 AND state = 3"
              " UNION SELECT d.id, 1 FROM stuck JOIN deliveries d INDEXED BY deliveries_blocked"
              "  ON d.blocked_by = stuck.id WHERE d.blocked_by > 0 AND d.state < 2)"
              " SELECT count(*) FROM stuck WHERE waits = 1",
              lane, now);
  TRY_ASSIGN(waiting.count, one_number(stuck));
  return waiting;
}

Result<std::optional<ScheduleTime>> Deliveries::next_due(std::int64_t lane) const {
  std::optional<ScheduleTime> earliest;
  for (const auto state : {DeliveryState::kPending, DeliveryState::kUnknown}) {
    Query row(database_,
              "SELECT next_try_at FROM deliveries INDEXED BY deliveries_open WHERE state < 4 AND "
              "lane = ? AND state = ? AND"
              " blocked_by = 0 ORDER BY next_try_at LIMIT 1",
              lane, state);
    if (row.next() && (!earliest || row.integer(0) < *earliest)) earliest = row.integer(0);
    RETURN_IF_ERROR(row.status());
  }
  return earliest;
}

Result<std::vector<std::int64_t>> Deliveries::records_in(std::optional<DeliveryState> state,
                                                         std::int64_t lane, std::int64_t after,
                                                         std::int64_t limit) const {
  std::vector<std::int64_t> found;
  Query rows(database_,
             "SELECT DISTINCT id / 65536 AS seq FROM deliveries WHERE id >= ?1 AND (?2 < 0 OR "
             "state = ?2) AND"
             " (?3 = 0 OR lane = ?3) ORDER BY id LIMIT ?4",
             (after + 1) * kDeliveriesPerRecord, state ? static_cast<int>(*state) : -1, lane,
             limit);
  while (rows.next()) found.push_back(rows.integer(0));
  RETURN_IF_ERROR(rows.status());
  return found;
}

Result<LaneMemory> LaneMemories::read(std::int64_t lane) const {
  LaneMemory memory;
  Query row(database_,
            "SELECT mode, hinted, failures, until, since, last_error FROM lanes WHERE id = ?",
            lane);
  if (row.next()) {
    memory.mode = static_cast<int>(row.integer(0));
    memory.hinted = row.integer(1) != 0;
    memory.failures = row.integer(2);
    memory.until = row.integer(3);
    memory.since = row.integer(4);
    memory.last_error = row.text(5);
  }
  RETURN_IF_ERROR(row.status());
  return memory;
}

Result<void> LaneMemories::write(std::int64_t lane, const LaneMemory& memory) {
  return database_.execute(
      "UPDATE lanes SET mode = ?, hinted = ?, failures = ?, until = ?, since = ?, last_error = ? "
      "WHERE id = ?",
      memory.mode, memory.hinted, memory.failures, memory.until, memory.since, memory.last_error,
      lane);
}

}  // namespace handover::storage
