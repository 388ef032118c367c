// A limit on how long a connection may take for its present step.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <memory>

namespace handover::net {

/// Setting a limit costs no system call unless it ends before the one that the timer already waits
/// for: on a busy connection, whose limits only move forward, the timer fires rarely and then looks
/// at the limit of that moment.
class Watchdog {
 public:
  using SteadyClock = std::chrono::steady_clock;

  explicit Watchdog(const boost::asio::any_io_executor& executor) : timer_(executor) {}

  /// `expired` runs when a limit has passed, as long as `owner` lives. Requires: this object is a
  /// part of `owner`.
  void watch(std::weak_ptr<void> owner, std::function<void()> expired);
  /// The step that begins now may take `time`.
  void limit(std::chrono::milliseconds time);
  /// The present step may take any time.
  void lift() { deadline_ = SteadyClock::time_point::max(); }
  /// Lets go of the timer, so that nothing waits for it any more.
  void stop();

 private:
  void arm();
  void on_timer();

  boost::asio::steady_timer timer_;
  std::weak_ptr<void> owner_;
  std::function<void()> expired_;
  SteadyClock::time_point deadline_ = SteadyClock::time_point::max();
  SteadyClock::time_point armed_until_ = SteadyClock::time_point::max();
};

}  // namespace handover::net
