// What a process has in memory.
#pragma once

#include <sys/types.h>

#include <cstdint>

#include "platform/result.hpp"

namespace handover::bench {

/// Resident bytes: VmRSS of /proc/PID/status, shared libraries included. Errors: kNotFound.
[[nodiscard]] Result<std::int64_t> resident_bytes(pid_t process);

}  // namespace handover::bench
