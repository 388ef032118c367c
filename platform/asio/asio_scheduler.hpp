// The scheduler of the running agent: an io_context.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>

#include "platform/clock.hpp"
#include "platform/scheduler.hpp"

namespace handover::net {

/// Deadlines are on `clock`. Asio's timer does not count suspended time, so the clock is looked at
/// again when it fires, and at least every limits::kClockRecheckTime while anything waits: that is
/// the latest that a task runs after a suspend. Lifetime: `context` and `clock` outlive the
/// scheduler. Tasks that wait when it goes never run.
class AsioScheduler final : public Scheduler {
 public:
  AsioScheduler(boost::asio::io_context& context, const Clock& clock);
  ~AsioScheduler() override;
  AsioScheduler(const AsioScheduler&) = delete;
  AsioScheduler& operator=(const AsioScheduler&) = delete;

  void post(std::function<void()> task) override;
  TimerId call_at(MonotonicTime when, std::function<void()> task) override;
  void cancel(TimerId timer) override;
  [[nodiscard]] boost::asio::any_io_executor executor() override;

 private:
  using Key = std::pair<MonotonicTime, TimerId>;

  void arm();
  void run_due();

  boost::asio::io_context& context_;
  const Clock& clock_;
  boost::asio::steady_timer timer_;
  std::map<Key, std::function<void()>> queue_;
  std::map<TimerId, MonotonicTime> times_;  // Where in the queue a timer is.
  std::uint64_t last_id_ = 0;
  std::shared_ptr<AsioScheduler*>
      self_;  // Null inside once this object is gone; handlers of the timer look there.
};

}  // namespace handover::net
