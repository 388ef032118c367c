#include "tests/bench/process_usage.hpp"

#include <time.h>

#include <fstream>
#include <string>

namespace handover::bench {
namespace {

Duration read_clock(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

}  // namespace

Result<std::int64_t> resident_bytes(pid_t process) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  std::string word;
  while (status >> word) {
    std::int64_t kibibytes = 0;
    if (word == "VmRSS:" && status >> kibibytes) return kibibytes * 1024;
  }
  return fail(Errc::kNotFound, "the agent's memory cannot be read; has it ended?");
}

Result<Duration> processor_time(pid_t process) {
  clockid_t clock{};
  if (::clock_getcpuclockid(process, &clock) == 0) return read_clock(clock);
  return fail(Errc::kNotFound, "the agent's processor time cannot be read; has it ended?");
}

Duration own_processor_time() { return read_clock(CLOCK_THREAD_CPUTIME_ID); }

}  // namespace handover::bench
