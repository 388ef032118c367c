// What goes wrong with a disk's calls: by plan, at an exact call, and by chance.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "platform/time.hpp"
#include "sim/random.hpp"

namespace handover::sim {

/// A call of SQLite to its disk that can fail.
enum class DiskCall {
  kOpen,
  kRead,
  kWrite,
  kTruncate,
  kSync,
  kSize,
  kDelete,
  kAccess,
  kLock,
  kCheckLock,
};

[[nodiscard]] const char* name_of(DiskCall call);
/// The code that SQLite's own "unix" VFS gives when the system refuses this call.
[[nodiscard]] int natural_error(DiskCall call);

/// A disk's nature, and what goes wrong by chance: "one in N calls", 0 is never. As it stands: a
/// good disk.
struct DiskChances {
  std::uint32_t io_error_one_in = 0;
  std::uint32_t slow_one_in = 0;
  milliseconds slow_max{0};   ///< A slow call takes up to this long.
  milliseconds sync_time{0};  ///< Each sync takes this long.
  /// Of syncs: acknowledged, but not done. Outside what any program can guarantee against.
  std::uint32_t lie_one_in = 0;
  /// A torn write leaves the rest of its sector alone.
  bool power_safe_overwrite = true;
  int sector_size = 4096;  ///< 512 to 4096, a power of two.
};

class DiskFaults {
 public:
  /// Each kind of fault has a stream of its own, and draws at each of its calls whether it is on or
  /// off: what is left out moves no other.
  explicit DiskFaults(std::uint64_t seed)
      : errors_(seed_for(seed, "errors")),
        slow_calls_(seed_for(seed, "slow calls")),
        slow_times_(seed_for(seed, "slow times")),
        lies_(seed_for(seed, "lies")),
        torn_(seed_for(seed, "torn")) {}

  /// What this call must return instead of doing its work, or 0.
  [[nodiscard]] int error_for(DiskCall call, std::uint64_t number);
  /// How long the call takes.
  [[nodiscard]] std::chrono::nanoseconds delay_for(DiskCall call);
  /// Whether this sync only says that it was done.
  [[nodiscard]] bool lies();
  /// How many 512-byte steps of a failing write reach the file all the same; often none.
  [[nodiscard]] std::int64_t written_of(std::int64_t steps);

  void fail_at(std::uint64_t call, int code, bool persistent) { plan_ = {call, code, persistent}; }
  void set_chances(const DiskChances& chances);
  [[nodiscard]] const DiskChances& chances() const { return chances_; }
  void heal();

  void strike(const std::string& kind, std::uint64_t times = 1);
  [[nodiscard]] const std::map<std::string, std::uint64_t>& struck() const { return struck_; }

 private:
  struct Plan {
    std::uint64_t call;
    int code;
    bool persistent;
  };

  Random errors_;
  Random slow_calls_;
  Random slow_times_;
  Random lies_;
  Random torn_;
  std::optional<Plan> plan_;
  DiskChances chances_;
  std::map<std::string, std::uint64_t> struck_;
};

}  // namespace handover::sim
