#include "platform/asio/watchdog.hpp"

#include <utility>

namespace handover::net {

void Watchdog::watch(std::weak_ptr<void> owner, std::function<void()> expired) {
  owner_ = std::move(owner);
  expired_ = std::move(expired);
}

void Watchdog::limit(std::chrono::milliseconds time) {
  deadline_ = SteadyClock::now() + time;
  if (deadline_ < armed_until_) arm();
}

void Watchdog::stop() {
  lift();
  armed_until_ = SteadyClock::time_point::max();
  timer_.cancel();
}

void Watchdog::arm() {
  armed_until_ = deadline_;
  timer_.expires_at(deadline_);
  timer_.async_wait([this, owner = owner_](const boost::system::error_code& error) {
    // Until the lock holds, this object may be gone.
    const auto alive = owner.lock();
    if (alive && !error) on_timer();
  });
}

void Watchdog::on_timer() {
  armed_until_ = SteadyClock::time_point::max();
  if (deadline_ == SteadyClock::time_point::max()) return;
  if (SteadyClock::now() < deadline_) return arm();
  lift();
  expired_();
}

}  // namespace handover::net
