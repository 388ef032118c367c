#include "sim/world/loop.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace handover::sim {

Loop::Loop(std::uint64_t seed, Trace& trace) : trace_(trace), random_(seed) {
  queues_[Owner::kWorld];
}

Loop::Owner Loop::add_owner() {
  const Owner owner{++owners_made_};
  queues_[owner];
  return owner;
}

Loop::Queue* Loop::find(Owner owner) {
  const auto found = queues_.find(owner);
  return found == queues_.end() ? nullptr : &found->second;
}

void Loop::post(Owner owner, Task task) {
  if (Queue* queue = find(owner)) queue->ready.push_back(std::move(task));
}

Loop::Timer Loop::call_at(Owner owner, VirtualTime when, Task task) {
  const std::uint64_t number = ++timers_made_;
  if (find(owner) == nullptr) return Timer{number};
  const VirtualTime at = std::max(when, now_);
  timers_.emplace(Key(at, number), Waiting{owner, std::move(task)});
  timer_times_.emplace(number, at);
  return Timer{number};
}

void Loop::cancel(Timer timer) {
  const auto number = static_cast<std::uint64_t>(timer);
  // The task dies after the queue is in order: what it holds may come back here.
  Task dying;
  if (const auto due = due_.find(number); due != due_.end()) {
    dying = std::move(due->second.task);
    due_.erase(due);
    return;
  }
  const auto found = timer_times_.find(number);
  if (found == timer_times_.end()) return;
  const auto waiting = timers_.find(Key(found->second, number));
  timer_times_.erase(found);
  dying = std::move(waiting->second.task);
  timers_.erase(waiting);
}

void Loop::make_busy(Owner owner, VirtualTime time) {
  if (Queue* queue = find(owner)) queue->busy_until = std::max(queue->busy_until, now_) + time;
}

void Loop::retire(Owner owner) {
  Queue* queue = find(owner);
  INVARIANT(queue != nullptr);
  std::deque<Task> dying = std::exchange(queue->ready, {});
  for (auto timer = timers_.begin(); timer != timers_.end();) {
    if (timer->second.owner == owner) {
      dying.push_back(std::move(timer->second.task));
      timer_times_.erase(timer->first.second);
      timer = timers_.erase(timer);
    } else {
      ++timer;
    }
  }
  for (auto timer = due_.begin(); timer != due_.end();) {
    const bool its = timer->second.owner == owner;
    if (its) dying.push_back(std::move(timer->second.task));
    timer = its ? due_.erase(timer) : std::next(timer);
  }
  dying.clear();
  while (!queue->ready.empty()) {
    const Task unwinding = std::move(queue->ready.front());
    queue->ready.pop_front();
    unwinding();
  }
  queues_.erase(owner);
}

void Loop::wake_due() {
  while (!timers_.empty() && timers_.begin()->first.first <= now_) {
    const auto timer = timers_.begin();
    const std::uint64_t number = timer->first.second;
    const Owner owner = timer->second.owner;
    due_.emplace(number, std::move(timer->second));
    timer_times_.erase(number);
    timers_.erase(timer);
    post(owner, [this, number] { run_due(number); });
  }
}

void Loop::run_due(std::uint64_t timer) {
  const auto due = due_.find(timer);
  if (due == due_.end()) return;  // Cancelled.
  const Task task = std::move(due->second.task);
  due_.erase(due);
  task();
}

/// To the next moment at which somebody can run something. False if there is none, or only after
/// `until`.
bool Loop::move_time(VirtualTime until) {
  VirtualTime next = VirtualTime::max();
  if (!timers_.empty()) next = timers_.begin()->first.first;
  for (const auto& [owner, queue] : queues_) {
    if (!queue.ready.empty()) next = std::min(next, queue.busy_until);
  }
  if (next == VirtualTime::max() || next > until) return false;
  if (next > now_) tasks_in_this_moment_ = 0;
  now_ = std::max(now_, next);
  return true;
}

/// Who goes next, of those who can: drawn, so that no order among devices is taken for granted.
Loop::Owner Loop::pick() {
  if (runnable_.size() == 1) return runnable_.front();
  return runnable_[random_.below(runnable_.size())];
}

void Loop::run_next_of(Owner owner) {
  Queue& queue = queues_.at(owner);
  const Task task = std::move(queue.ready.front());
  queue.ready.pop_front();
  trace_.mix(static_cast<std::uint64_t>(owner));
  trace_.mix(static_cast<std::uint64_t>(now_.count()));
  task();
}

bool Loop::run_until(VirtualTime until, const std::function<bool()>& done) {
  while (!done()) {
    wake_due();
    runnable_.clear();
    for (const auto& [owner, queue] : queues_) {
      if (!queue.ready.empty() && queue.busy_until <= now_) runnable_.push_back(owner);
    }
    if (runnable_.empty()) {
      if (move_time(until)) continue;
      if (until != VirtualTime::max() && until > now_) {
        now_ = until;
        tasks_in_this_moment_ = 0;
      }
      return true;
    }
    if (++tasks_in_this_moment_ > kTasksInOneMomentMax) return false;
    run_next_of(pick());
  }
  return true;
}

}  // namespace handover::sim
