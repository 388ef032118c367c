#include "platform/posix/process.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>

namespace handover::posix {

void harden_process() {
  ::umask(077);
  const rlimit none{0, 0};
  // Where a sandbox forbids one of these, the others still help; none of them is a reason not to
  // run.
  static_cast<void>(::setrlimit(RLIMIT_CORE, &none));
  static_cast<void>(::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
}

}  // namespace handover::posix
