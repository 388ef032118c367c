#include "platform/posix/console.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <ctime>

namespace handover::posix {

std::string environment_variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

bool is_terminal(int descriptor) { return ::isatty(descriptor) == 1; }

void pause_for(milliseconds time) {
  timespec left{};
  left.tv_sec = static_cast<time_t>(time.count() / 1000);
  left.tv_nsec = static_cast<long>(time.count() % 1000 * 1'000'000);
  while (::nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

}  // namespace handover::posix
