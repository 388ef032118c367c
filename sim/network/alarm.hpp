// A timer that dies with its owner.
#pragma once

#include <functional>
#include <optional>
#include <utility>

#include "platform/scheduler.hpp"

namespace handover::sim {

/// Lifetime: the scheduler outlives it.
class Alarm {
 public:
  explicit Alarm(Scheduler& scheduler) : scheduler_(scheduler) {}
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;
  ~Alarm() { stop(); }

  /// Runs `task` at `when`, instead of what was set before.
  void set(MonotonicTime when, std::function<void()> task) {
    stop();
    timer_ = scheduler_.call_at(when, [this, task = std::move(task)] {
      timer_.reset();
      task();
    });
  }
  void stop() {
    if (timer_) scheduler_.cancel(*std::exchange(timer_, std::nullopt));
  }
  [[nodiscard]] bool is_set() const { return timer_.has_value(); }

 private:
  Scheduler& scheduler_;
  std::optional<Scheduler::TimerId> timer_;
};

}  // namespace handover::sim
