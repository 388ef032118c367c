#include "platform/asio/asio_scheduler.hpp"

#include <boost/asio/post.hpp>
#include <vector>

#include "platform/limits.hpp"

namespace handover::net {

AsioScheduler::AsioScheduler(boost::asio::io_context& context, const Clock& clock)
    : context_(context),
      clock_(clock),
      timer_(context),
      self_(std::make_shared<AsioScheduler*>(this)) {}

AsioScheduler::~AsioScheduler() { *self_ = nullptr; }

void AsioScheduler::post(std::function<void()> task) {
  boost::asio::post(context_, std::move(task));
}

Scheduler::TimerId AsioScheduler::call_at(MonotonicTime when, std::function<void()> task) {
  const TimerId id{++last_id_};
  const bool is_first = queue_.empty() || when < queue_.begin()->first.first;
  queue_.emplace(Key(when, id), std::move(task));
  times_.emplace(id, when);
  if (is_first) arm();
  return id;
}

void AsioScheduler::cancel(TimerId timer) {
  const auto found = times_.find(timer);
  if (found == times_.end()) return;
  queue_.erase(Key(found->second, timer));
  times_.erase(found);
  if (queue_.empty()) timer_.cancel();
}

boost::asio::any_io_executor AsioScheduler::executor() { return context_.get_executor(); }

void AsioScheduler::arm() {
  if (queue_.empty()) return;
  const std::chrono::nanoseconds recheck = limits::kClockRecheckTime;
  const auto now = clock_.monotonic_now();
  const auto when = queue_.begin()->first.first;
  // Compared before it is subtracted: the ends of time must not overflow.
  auto wait = recheck;
  if (when < now + recheck) wait = when <= now ? std::chrono::nanoseconds(0) : when - now;
  timer_.expires_after(wait);
  timer_.async_wait([self = self_](const boost::system::error_code& error) {
    if (!error && *self != nullptr) (*self)->run_due();
  });
}

void AsioScheduler::run_due() {
  const auto now = clock_.monotonic_now();
  const auto last_id = TimerId{last_id_};
  const auto self = self_;
  // What a task adds waits for the next round, so that a task that is always due cannot starve the
  // sockets.
  auto next = queue_.begin();
  while (next != queue_.end() && next->first.first <= now) {
    const Key key = next->first;
    if (key.second > last_id) {
      ++next;
      continue;
    }
    const auto task = std::move(next->second);
    times_.erase(key.second);
    queue_.erase(next);
    task();
    if (*self == nullptr) return;
    next = queue_.upper_bound(key);
  }
  arm();
}

}  // namespace handover::net
