// What a process has in memory, and what it has computed.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "platform/result.hpp"
#include "tests/bench/figures.hpp"

namespace handover::bench {

/// Resident bytes: VmRSS of /proc/PID/status, shared libraries included. Errors: kNotFound.
[[nodiscard]] Result<std::int64_t> resident_bytes(pid_t process);
/// Processor time of a process so far, its system calls included. Errors: kNotFound.
[[nodiscard]] Result<Duration> processor_time(pid_t process);
/// The same of the calling thread.
[[nodiscard]] Duration own_processor_time();

}  // namespace handover::bench
