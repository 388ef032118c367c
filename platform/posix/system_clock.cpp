#include "platform/posix/system_clock.hpp"

#include <ctime>

#include "platform/assert.hpp"

namespace handover::posix {
namespace {

std::chrono::nanoseconds read(clockid_t id) {
  timespec now{};
  INVARIANT(::clock_gettime(id, &now) == 0);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

}  // namespace

MonotonicTime SystemClock::monotonic_now() const { return MonotonicTime(read(CLOCK_BOOTTIME)); }

WallTime SystemClock::wall_now() const {
  return WallTime(std::chrono::floor<milliseconds>(read(CLOCK_REALTIME)));
}

}  // namespace handover::posix
