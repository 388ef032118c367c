// The heart of the simulated world: one thread, one queue for each owner, and a time that moves
// only when nobody has anything to do.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <unordered_map>
#include <vector>

#include "sim/random.hpp"
#include "sim/world/trace.hpp"

namespace handover::sim {

class Loop {
 public:
  using Task = std::function<void()>;
  /// Whose task it is: one incarnation of a device, or everything that never dies.
  enum class Owner : std::uint32_t { kWorld = 0 };
  enum class Timer : std::uint64_t {};

  /// `seed` decides who goes first when several can.
  Loop(std::uint64_t seed, Trace& trace);

  [[nodiscard]] VirtualTime now() const { return now_; }

  [[nodiscard]] Owner add_owner();
  /// Runs `task` after everything that this owner posted before it. Of an owner that is retired it
  /// is dropped.
  void post(Owner owner, Task task);
  /// Runs `task` at `when`, or now if that has passed.
  Timer call_at(Owner owner, VirtualTime when, Task task);
  void cancel(Timer timer);
  /// Nothing of this owner runs for so long: its disk is slow, or it is suspended.
  void make_busy(Owner owner, VirtualTime time);

  /// Drops all that this owner waits for. Coroutines that die with it unwind in tasks which they
  /// post while they die: those run, until none is left.
  void retire(Owner owner);

  /// More tasks than this in one moment: they would go on for ever.
  static constexpr std::uint64_t kTasksInOneMomentMax = 1'000'000;

  /// Runs all that is due until `until`, or until `done` says so. False: time stands still.
  [[nodiscard]] bool run_until(VirtualTime until, const std::function<bool()>& done);

 private:
  struct Queue {
    std::deque<Task> ready;
    VirtualTime busy_until{0};
  };
  struct Waiting {
    Owner owner = Owner::kWorld;
    Task task;
  };
  using Key = std::pair<VirtualTime, std::uint64_t>;

  [[nodiscard]] Queue* find(Owner owner);
  void wake_due();
  void run_due(std::uint64_t timer);
  bool move_time(VirtualTime until);
  Owner pick();
  void run_next_of(Owner owner);

  Trace& trace_;
  Random random_;
  VirtualTime now_{0};
  std::map<Owner, Queue> queues_;
  std::map<Key, Waiting> timers_;
  std::unordered_map<std::uint64_t, VirtualTime> timer_times_;  // Of those in timers_.
  /// In their owner's queue; may still be cancelled. Ordered: what dies with its owner dies in the
  /// same order from every compiler.
  std::map<std::uint64_t, Waiting> due_;
  std::vector<Owner> runnable_;  // Scratch.
  std::uint64_t timers_made_ = 0;
  std::uint64_t tasks_in_this_moment_ = 0;
  std::uint32_t owners_made_ = 0;
};

}  // namespace handover::sim
