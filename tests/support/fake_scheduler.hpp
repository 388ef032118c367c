// A scheduler on a manual clock: posted tasks run in their order, timers when a test lets time
// pass.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <functional>
#include <map>
#include <utility>

#include "platform/scheduler.hpp"
#include "tests/support/manual_clock.hpp"

namespace handover::test {

class FakeScheduler final : public Scheduler {
 public:
  explicit FakeScheduler(ManualClock& clock) : clock_(clock) {}

  void post(std::function<void()> task) override { boost::asio::post(context_, std::move(task)); }
  TimerId call_at(MonotonicTime when, std::function<void()> task) override {
    const auto id = ++last_timer_;
    timers_.emplace(std::pair(when, id), std::move(task));
    return TimerId(id);
  }
  void cancel(TimerId timer) override {
    std::erase_if(timers_, [&](const auto& entry) {
      return entry.first.second == static_cast<std::uint64_t>(timer);
    });
  }
  [[nodiscard]] boost::asio::any_io_executor executor() override { return context_.get_executor(); }

  /// Runs all that can run without time passing.
  void run() {
    do {
      context_.restart();
      context_.poll();
    } while (fire_due());
  }

  /// Lets time pass, timer by timer.
  void advance(MonotonicClock::duration by) {
    const MonotonicTime target = clock_.monotonic_now() + by;
    run();
    while (!timers_.empty() && timers_.begin()->first.first <= target) {
      go_to(timers_.begin()->first.first);
      run();
    }
    go_to(target);
    run();
  }

  /// Lets time pass from timer to timer until `done` or nothing is left or `most` has passed.
  /// Returns done().
  bool run_until(const std::function<bool()>& done, MonotonicClock::duration most) {
    const MonotonicTime target = clock_.monotonic_now() + most;
    run();
    while (!done() && !timers_.empty() && timers_.begin()->first.first <= target) {
      go_to(timers_.begin()->first.first);
      run();
    }
    return done();
  }

  [[nodiscard]] std::size_t timers() const { return timers_.size(); }

 private:
  void go_to(MonotonicTime when) {
    if (when > clock_.monotonic_now()) clock_.advance(when - clock_.monotonic_now());
  }
  bool fire_due() {
    if (timers_.empty() || timers_.begin()->first.first > clock_.monotonic_now()) return false;
    auto task = std::move(timers_.begin()->second);
    timers_.erase(timers_.begin());
    task();
    return true;
  }

  ManualClock& clock_;
  // Dies after the timers: what they hold may be coroutines that run on it.
  boost::asio::io_context context_;
  std::map<std::pair<MonotonicTime, std::uint64_t>, std::function<void()>> timers_;
  std::uint64_t last_timer_ = 0;
};

}  // namespace handover::test
