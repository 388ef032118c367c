// Drives one lane: asks the state machine, carries out what it decides, and writes down what came
// of it. The only coroutines of agent/ are here.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/forwarding/backend.hpp"
#include "agent/forwarding/lane.hpp"
#include "agent/forwarding/lane_recall.hpp"
#include "agent/forwarding/schedule_clock.hpp"
#include "platform/clock.hpp"
#include "platform/entropy.hpp"
#include "platform/http.hpp"
#include "platform/log.hpp"
#include "platform/scheduler.hpp"
#include "storage/store.hpp"

namespace handover::forwarding {

/// The world of a lane: the seams, by reference, from the composition root.
struct LaneWorld {
  storage::Store& store;
  Scheduler& scheduler;
  const Clock& clock;
  const ScheduleClock& schedule;
  Entropy& entropy;
  Log& log;
  /// Called when a claim met a damaged page: the records on it are to be set aside.
  std::function<void()> on_damage = [] {};
};

struct LaneStatus {
  std::string name;
  std::string label;
  LaneMode mode = LaneMode::kRunning;
  ScheduleTime since = 0;
  std::optional<ScheduleTime> until;  ///< While paused or stopped: when it tries by itself.
  std::string last_error;
};

class LaneLoop {
 public:
  /// Reads what the store remembers of the lane, and takes in what was in flight when the program
  /// ended. Errors: the store's.
  [[nodiscard]] static Result<std::unique_ptr<LaneLoop>> make(const LaneWorld& world,
                                                              std::string name,
                                                              const Backend& backend,
                                                              HttpTransport& transport,
                                                              const LaneSettings& settings);
  /// What is under way is forgotten; its deliveries are of unknown outcome at the next start.
  ~LaneLoop();
  LaneLoop(const LaneLoop&) = delete;
  LaneLoop& operator=(const LaneLoop&) = delete;

  /// Something may have become due. Cheap; may be called at any time.
  void wake();
  void on_network_restored();
  /// Everything that waits becomes due now.
  [[nodiscard]] Result<void> sync_now();

  /// A person wants this delivery tried again. Errors: kRefused if it is at its end or under way.
  /// Requires: called inside Committer::write(), and wake() after it is durable.
  [[nodiscard]] Result<void> retry(const storage::Delivery& delivery);
  /// A person gives this delivery up, with a reason. Errors: kRefused if it is at its end or under
  /// way.
  [[nodiscard]] Result<void> discard(const storage::Delivery& delivery, const std::string& reason);

  [[nodiscard]] std::int64_t id() const { return lane_id_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const Backend& backend() const { return backend_; }
  [[nodiscard]] LaneStatus status() const;

 private:
  struct Claimed {
    storage::Delivery delivery;
    Record record;
    HttpRequest request;
    std::vector<Record> later = {};  // DeliveryContext::later.
    Recall recall = {};
  };
  using ClaimedPtr = std::shared_ptr<Claimed>;  // shared_ptr, since a coroutine's argument must be
                                                // copied safely by g++ 12.

  LaneLoop(const LaneWorld& world, std::string name, std::int64_t lane_id, const Backend& backend,
           HttpTransport& transport, const LaneSettings& settings,
           const storage::LaneMemory& memory);

  void work();
  [[nodiscard]] bool is_anything_due();
  [[nodiscard]] std::int64_t claims_wanted() const;
  void start_sending(std::int64_t most);
  void claim_ahead();
  void adapt_claims();
  [[nodiscard]] Result<void> claim_and_freeze(std::vector<ClaimedPtr>& ready);
  [[nodiscard]] Result<void> prepare(storage::Delivery delivery, std::vector<ClaimedPtr>& ready);
  [[nodiscard]] Result<std::vector<Record>> records_behind(const storage::Delivery& delivery) const;
  void give_back_claimed();
  [[nodiscard]] bool is_held_back(const Claimed& claimed);
  void write_down_doubtful();
  void doubt_unless_durable(std::vector<std::int64_t> ids);
  [[nodiscard]] Result<HttpRequest> thaw_for_today(const Claimed& claimed) const;
  void sleep_until(std::optional<ScheduleTime> until);
  void keep_memory();
  void on_memory_undone(const Error& error);
  void settle(const ClaimedPtr& claimed, const Lane::Ticket& ticket, const Verdict& verdict);
  [[nodiscard]] DeliveryContext context_of(const Claimed& claimed) const;

  // `alive` comes from outside: a coroutine may first run after this object is gone.
  boost::asio::awaitable<void> log_in(std::shared_ptr<bool> alive);
  boost::asio::awaitable<void> deliver(std::shared_ptr<bool> alive, ClaimedPtr claimed,
                                       Lane::Ticket ticket);
  boost::asio::awaitable<Verdict> carry(ClaimedPtr claimed);

  LaneWorld world_;
  std::string name_;
  std::int64_t lane_id_;
  const Backend& backend_;
  HttpTransport& transport_;
  LaneSettings settings_;
  Lane lane_;
  Secret credential_;
  std::deque<ClaimedPtr> claimed_;      // In flight in the store, not yet sent.
  std::vector<std::int64_t> doubtful_;  // Their outcome could not be written down.
  bool memory_undone_ = false;          // The disk refused what the lane must remember.
  LaneMode logged_mode_ = LaneMode::kRunning;
  std::int64_t claim_depth_;  // Claimed ahead, in multiples of what may be in flight.
  MonotonicTime claimed_at_{};
  bool claiming_ = false;  // A claim waits for its commit.
  bool work_posted_ = false;
  std::optional<Scheduler::TimerId> timer_;
  std::shared_ptr<bool>
      alive_;  // What is posted or under way asks it before it touches this object.
};

}  // namespace handover::forwarding
