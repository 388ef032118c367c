#include "tests/bench/agent_memory.hpp"

#include <fstream>
#include <string>

namespace handover::bench {

Result<std::int64_t> resident_bytes(pid_t process) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  std::string word;
  while (status >> word) {
    std::int64_t kibibytes = 0;
    if (word == "VmRSS:" && status >> kibibytes) return kibibytes * 1024;
  }
  return fail(Errc::kNotFound, "the agent's memory cannot be read; has it ended?");
}

}  // namespace handover::bench
