#include "platform/posix/os_entropy.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace handover::posix {

void OsEntropy::fill(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::getrandom(bytes.data(), bytes.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      std::fputs("handover: the operating system gives no random bytes\n", stderr);
      std::abort();
    }
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

}  // namespace handover::posix
