// Deliveries: one record on one lane, and everything that is known of its way there. Retry state is
// rows, never timers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/result.hpp"
#include "storage/database.hpp"

namespace handover::storage {

/// Values are persistent. Those below kDelivered are open.
enum class DeliveryState {
  kPending = 0,
  kUnknown = 1,
  kInFlight = 2,
  kQuarantined = 3,
  kDelivered = 4,
  kSuperseded = 5,
  kDiscarded = 6,
  kNotWanted = 7,  ///< From the start: the lane's settings leave it out, and it is never sent.
};

/// Milliseconds since 1970 on the schedule's own time line (agent/forwarding/schedule_clock.hpp).
using ScheduleTime = std::int64_t;

struct Delivery {
  std::int64_t id = 0;
  std::int64_t record_seq = 0;
  std::int64_t lane = 0;
  std::string unit;
  std::string environment;
  std::string key;
  DeliveryState state = DeliveryState::kPending;
  std::int64_t blocked_by = 0;  ///< The delivery that must come to its end before this one, or 0.
  ScheduleTime next_try_at = 0;
  std::int64_t attempts = 0;
  bool repeat = false;
  ScheduleTime since = 0;  ///< When it entered this state.
  std::optional<std::int64_t> delivered_at;
  int who = 0;
  std::string why;
  std::string receipt;   ///< JSON, or empty.
  std::string request;   ///< The frozen request, or empty.
  std::string progress;  ///< JSON: what its back-end must remember of it, or empty.
};

/// So many deliveries a record can have, on all lanes together. Persistent: a part of their ids.
inline constexpr std::int64_t kDeliveriesPerRecord = 65536;

struct NewDelivery {
  std::int64_t record_seq = 0;
  int place = 0;  ///< Within its record, from 0; below kDeliveriesPerRecord.
  std::int64_t lane = 0;
  std::string unit;
  std::string environment;
  std::string key;
  std::vector<std::int64_t> order_keys;
  ScheduleTime now = 0;
  std::string
      not_wanted;  ///< Why the lane leaves it out: it is at its end at once. Empty: to be sent.
};

/// What becomes of a delivery. The texts of the state before it are replaced.
struct DeliveryChange {
  DeliveryState state = DeliveryState::kPending;
  ScheduleTime now = 0;
  ScheduleTime next_try_at = 0;
  std::int64_t attempts = 0;
  bool repeat = false;
  std::optional<std::int64_t> delivered_at;
  int who = 0;
  std::string why;
  std::string receipt;
  std::string progress;  ///< Empty: as before.
};

struct LaneCounts {
  std::int64_t pending = 0;  ///< Waiting or in flight.
  std::int64_t unknown = 0;
  std::int64_t quarantined = 0;
  std::int64_t not_wanted = 0;                     ///< Ever.
  std::optional<std::int64_t> oldest_pending_seq;  ///< The record that has waited longest.
  std::optional<ScheduleTime> next_try_at;         ///< Of those that may go.
};

/// Pending and unknown deliveries that are not due, and cannot go before a person has acted, on
/// them (a setting, a decision) or on the one before them. What is due goes as soon as the lane
/// does.
struct WaitingForPerson {
  std::int64_t count = 0;
  std::string why;  ///< Of the oldest; empty if all of them are behind quarantined ones.
};

/// All changes require to be called inside Committer::write().
class Deliveries {
 public:
  explicit Deliveries(Database& database) : database_(database) {}

  /// The id of the lane of that name and kind of back-end, given one if it is new. What waits for
  /// another kind under this name stays with its own lane, which is called "NAME (KIND)" from then
  /// on: the new back-end could make nothing of it.
  [[nodiscard]] Result<std::int64_t> lane_id(std::string_view name, std::string_view kind);
  /// Every lane that ever was, also those that have left the configuration.
  struct Lane {
    std::int64_t id = 0;
    std::string name;
  };
  [[nodiscard]] Result<std::vector<Lane>> lanes() const;
  [[nodiscard]] Result<std::string> lane_name(std::int64_t lane) const;

  [[nodiscard]] Result<void> add(const NewDelivery& delivery);

  /// Up to `limit` deliveries of the lane that are due and wait for no other, marked as in flight,
  /// with one attempt more. Those of unknown outcome come first, then the ones that have been due
  /// longest.
  [[nodiscard]] Result<std::vector<Delivery>> claim(std::int64_t lane, ScheduleTime now,
                                                    std::int64_t limit);

  /// Keeps the bytes that will be sent, now and each time after. An empty request forgets them.
  [[nodiscard]] Result<void> freeze(std::int64_t id, std::string_view request);

  /// Writes what became of a delivery. At the end of one (delivered, superseded, discarded) those
  /// that waited for it may go.
  [[nodiscard]] Result<void> change(std::int64_t id, const DeliveryChange& change);

  /// After a start: what was in flight may have left, so its outcome is unknown; what waits, waits
  /// at most until `latest`. Returns how many were in flight.
  [[nodiscard]] Result<std::int64_t> recover(std::int64_t lane, ScheduleTime now,
                                             ScheduleTime latest);

  /// Everything of the lane that waits becomes due.
  [[nodiscard]] Result<void> make_due(std::int64_t lane, ScheduleTime now);
  /// The same for those that wait for `who` (of forwarding::Who) alone.
  [[nodiscard]] Result<void> make_due_who(std::int64_t lane, ScheduleTime now, int who);

  /// Errors: kNotFound.
  [[nodiscard]] Result<Delivery> read(std::int64_t id) const;
  [[nodiscard]] Result<std::vector<Delivery>> of_record(std::int64_t record_seq) const;
  /// Numbers of up to `limit` records whose open deliveries on the lane come after `id` and share
  /// an order key, oldest first. Requires: `id` is open.
  [[nodiscard]] Result<std::vector<std::int64_t>> records_behind(std::int64_t id, std::int64_t lane,
                                                                 std::int64_t limit) const;
  [[nodiscard]] Result<LaneCounts> counts(std::int64_t lane) const;
  [[nodiscard]] Result<WaitingForPerson> waiting_for_person(std::int64_t lane,
                                                            ScheduleTime now) const;
  /// When the next delivery that may go is due, or nothing if none waits.
  [[nodiscard]] Result<std::optional<ScheduleTime>> next_due(std::int64_t lane) const;

  /// Numbers of up to `limit` records after `after` with a delivery in that state and on that lane
  /// (0: any).
  [[nodiscard]] Result<std::vector<std::int64_t>> records_in(std::optional<DeliveryState> state,
                                                             std::int64_t lane, std::int64_t after,
                                                             std::int64_t limit) const;

 private:
  [[nodiscard]] Result<std::int64_t> blocker_of(std::int64_t id, std::int64_t lane,
                                                const std::vector<std::int64_t>& order_keys) const;
  [[nodiscard]] Result<void> release_waiting(std::int64_t id);
  [[nodiscard]] Result<void> tidy_order_keys(std::int64_t lane);
  [[nodiscard]] Result<void> claim_in_state(DeliveryState state, std::int64_t lane,
                                            ScheduleTime now, std::int64_t limit,
                                            std::vector<Delivery>& claimed);

  Database& database_;
};

/// What a lane as a whole remembers over a restart.
struct LaneMemory {
  int mode = 0;         ///< Of forwarding::LaneMode.
  bool hinted = false;  ///< `until` is the server's own word.
  std::int64_t failures = 0;
  ScheduleTime until = 0;
  ScheduleTime since = 0;
  std::string last_error;
};

class LaneMemories {
 public:
  explicit LaneMemories(Database& database) : database_(database) {}
  [[nodiscard]] Result<LaneMemory> read(std::int64_t lane) const;
  [[nodiscard]] Result<void> write(std::int64_t lane, const LaneMemory& memory);

 private:
  Database& database_;
};

}  // namespace handover::storage
