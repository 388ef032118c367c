// What a lane knows of a delivery besides its row: what was noted of the same thing before, whether
// a person insists on it, and whether another of its kind is held.
#pragma once

#include <string>
#include <vector>

#include "agent/forwarding/backend.hpp"
#include "agent/forwarding/schedule_clock.hpp"
#include "storage/store.hpp"

namespace handover::forwarding {

struct Recall {
  std::string note;
  std::vector<std::string> insisted_on;
  std::string held_back;  ///< Why it must wait for a person's decision on another; else empty.
};

[[nodiscard]] Result<Recall> recall(const storage::Store& store, const Backend& backend,
                                    const storage::Delivery& delivery, const Record& record);

/// A claimed delivery that waits for a hold: as if it had not been claimed.
[[nodiscard]] storage::DeliveryChange wait_for_hold(const storage::Delivery& delivery,
                                                    const Recall& recall, ScheduleTime now,
                                                    milliseconds look_again);

/// A person has decided on the delivery: what waits for its hold, if it has one, looks again now.
/// Requires: called inside Committer::write().
[[nodiscard]] Result<void> end_hold(storage::Store& store, const storage::Delivery& delivery,
                                    ScheduleTime now);

/// Writes what the verdict adds to the delivery's own change: a note, or a hold.
/// Requires: called inside Committer::write().
[[nodiscard]] Result<void> learn(storage::Store& store, const Backend& backend,
                                 const storage::Delivery& delivery, const Record& record,
                                 storage::DeliveryState state, const Verdict& verdict);

}  // namespace handover::forwarding
