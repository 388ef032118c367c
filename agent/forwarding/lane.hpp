// A lane: the road to one back-end, as a state machine. Events go in, decisions come out; it does
// no I/O and reads no clock. The rules are those of docs/how-it-works.md: one login for the whole
// lane, back-off, the server's own hints, stop and resume.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "agent/forwarding/backend.hpp"
#include "agent/forwarding/retry_policy.hpp"
#include "agent/forwarding/schedule_clock.hpp"
#include "storage/deliveries.hpp"

namespace handover::forwarding {

/// Values are persistent.
enum class LaneMode {
  kRunning = 0,
  kPaused = 1,   ///< Waits until a time, then tries with one request.
  kStopped = 2,  ///< Needs a person; looks by itself only now and then whether the reason is gone.
};
[[nodiscard]] std::string_view to_string(LaneMode mode);

/// What its back-end remembers of it (Verdict::progress); null if that is nothing.
[[nodiscard]] Json progress_of(const storage::Delivery& delivery);

struct LaneSettings {
  RetryPolicy retry;
  std::int64_t in_flight_max = 8;
};

/// What the lane would do now.
struct LaneStep {
  enum class Kind { kLogIn, kSend, kWait };
  Kind kind = Kind::kWait;
  std::int64_t send = 0;  ///< kSend: how many more may be under way.
  std::optional<ScheduleTime>
      until;  ///< kWait: when time alone changes the answer; nothing if only an event does.
};

class Lane {
 public:
  /// Which credential and which stretch of time a request belongs to. Answers to old ones escalate
  /// nothing.
  struct Ticket {
    std::uint64_t credential = 0;
    std::uint64_t stretch = 0;
  };

  /// `memory` is what the store kept of the lane; a wait that it holds is cut to what could have
  /// been set.
  Lane(const LaneSettings& settings, const storage::LaneMemory& memory, ScheduleTime now);

  [[nodiscard]] LaneStep next(ScheduleTime now) const;

  /// True while one request goes first after a pause.
  [[nodiscard]] bool is_probing() const { return probing_; }

  void on_login_started();
  void on_login_done(ScheduleTime now);
  /// The login failed with kStopLane or kRetryLater.
  void on_login_failed(const Verdict& verdict, ScheduleTime now, Entropy& entropy);

  /// A delivery misses what only a newer login can tell: one is asked for when something is due, at
  /// most one a minute. All others go on with the credential that is there.
  void on_credential_outdated() { credential_outdated_ = true; }

  [[nodiscard]] Ticket on_sent();
  /// What becomes of the delivery. `delivery.attempts` counts this try.
  [[nodiscard]] storage::DeliveryChange on_verdict(const Ticket& ticket, const Verdict& verdict,
                                                   const storage::Delivery& delivery,
                                                   ScheduleTime now, WallTime wall,
                                                   Entropy& entropy);

  /// The network may be back: waits that we chose ourselves end; the server's own do not.
  void on_network_restored(ScheduleTime now);
  /// A person wants everything sent now: every wait ends, and a stopped lane tries again.
  void on_sync(ScheduleTime now);
  /// The store refused a write: nothing goes out until it can be written down.
  void on_store_trouble(const std::string& why, ScheduleTime now, Entropy& entropy);

  /// What the store must keep; changed() tells whether it did since the last call of memory().
  [[nodiscard]] bool changed() const { return changed_; }
  [[nodiscard]] const storage::LaneMemory& memory();
  [[nodiscard]] const storage::LaneMemory& peek() const { return memory_; }

 private:
  void pause(ScheduleTime until, bool hinted, const std::string& why, ScheduleTime now);
  void stop(const std::string& why, ScheduleTime now);
  void note_failure(const Ticket& ticket, const Verdict& verdict, ScheduleTime now,
                    Entropy& entropy);
  void note_answer(ScheduleTime now);
  [[nodiscard]] storage::DeliveryChange on_login_needed(const Ticket& ticket,
                                                        const Verdict& verdict,
                                                        const storage::Delivery& delivery,
                                                        ScheduleTime now, Entropy& entropy);
  [[nodiscard]] bool is_its_own_trouble(std::int64_t delivery) const;
  void ask_for_login(const Verdict& verdict, ScheduleTime now);
  [[nodiscard]] LaneMode mode() const { return static_cast<LaneMode>(memory_.mode); }

  LaneSettings settings_;
  storage::LaneMemory memory_;
  bool changed_ = false;
  bool probing_ =
      false;  // After a pause one request goes first; the rest follow when it was answered.
  std::int64_t in_flight_ = 0;
  std::uint64_t stretch_ = 0;     // Counts pauses and stops.
  std::uint64_t credential_ = 0;  // Counts logins.
  bool has_credential_ = false;
  bool credential_proven_ = false;  // Some answer to it was no 401.
  bool credential_outdated_ = false;
  bool logging_in_ = false;
  ScheduleTime logged_in_at_ = 0;
  // Deliveries that were answered 401 and nothing else since, each with how often in a row.
  std::map<std::int64_t, std::int64_t> refused_logins_;
  std::int64_t first_refused_ =
      0;  // The delivery that the current credential was first refused for.
};

}  // namespace handover::forwarding
