// The agent's scheduler in the simulated world: one owner's share of the loop, on one device's
// clock.
#pragma once

#include "platform/scheduler.hpp"
#include "sim/world/device_clock.hpp"
#include "sim/world/loop_executor.hpp"

namespace handover::sim {

class LoopScheduler final : public Scheduler {
 public:
  LoopScheduler(Loop& loop, Loop::Owner owner, const DeviceClock& clock)
      : context_(loop, owner), clock_(clock) {}

  void post(std::function<void()> task) override {
    context_.loop.post(context_.owner, std::move(task));
  }
  TimerId call_at(MonotonicTime when, std::function<void()> task) override {
    const auto timer =
        context_.loop.call_at(context_.owner, clock_.true_time_of(when), std::move(task));
    return TimerId(static_cast<std::uint64_t>(timer));
  }
  void cancel(TimerId timer) override {
    context_.loop.cancel(Loop::Timer(static_cast<std::uint64_t>(timer)));
  }
  [[nodiscard]] boost::asio::any_io_executor executor() override { return LoopExecutor(context_); }

 private:
  LoopContext context_;
  const DeviceClock& clock_;
};

}  // namespace handover::sim
