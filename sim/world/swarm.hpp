// What one seed draws for its run: the size of the world, and how much of everything goes wrong in
// it, nothing at all included.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "platform/result.hpp"
#include "sim/disk/disk_faults.hpp"
#include "sim/network/network_chances.hpp"

namespace handover::sim {

enum class Profile { kSmoke, kLyingDisk, kFleet, kSoak };
[[nodiscard]] Result<Profile> parse_profile(std::string_view name);
[[nodiscard]] std::string_view to_string(Profile profile);

/// Kinds of trouble that `--shrink` and `--without` can switch off, each by its name.
[[nodiscard]] const std::vector<std::string>& trouble_names();

/// Events a device meets in so many days of 100; 0: never.
struct Rates {
  std::uint32_t power_cuts = 0;      ///< At any moment.
  std::uint32_t power_cuts_mid = 0;  ///< In the middle of some disk call.
  std::uint32_t kills = 0;
  std::uint32_t suspends = 0;
  std::uint32_t clock_jumps = 0;
  std::uint32_t hints = 0;
  std::uint32_t full_disks = 0;
  std::uint32_t worn_disks = 0;     ///< It starts anew on a disk that fails often.
  std::uint32_t failing_disks = 0;  ///< It begins to fail while an answer is on its way.
  std::uint32_t rot = 0;
  std::uint32_t downgrades = 0;
  std::uint32_t updates = 0;  ///< An older program's store is brought forward.
};

struct Swarm {
  std::size_t devices = 4;
  std::uint32_t days = 3;
  std::uint32_t deeds_a_day = 6;  ///< What a technician starts in a day.
  std::int64_t in_flight_max = 8;
  milliseconds retry_first{2'000};
  milliseconds retry_cap{300'000};
  /// Of a device's store. With little, statements read and write in the middle of a transaction.
  std::int64_t cache_kib = 1024;
  std::int64_t drift_ppm_max = 0;
  bool enforce_stock = false;
  bool cmdb_reads = true;
  bool cmdb_oauth = false;  ///< It wants tokens instead of Basic.
  bool cisco = false;       ///< Devices order services, too.
  std::chrono::seconds cisco_acknowledges_after{0};
  std::chrono::seconds cisco_confirms_after{0};
  bool warehouse = false;  ///< Devices record receipts with tags and correct what the CMDB has.
  bool prefix_is_unknown = false;  ///< To the CMDB: a correction makes an asset of its own first.
  bool byte_streams = false;       ///< The network carries bytes instead of messages.
  std::uint32_t coverage_percent = 50;   ///< Of the time a device has a network.
  std::uint32_t slips_one_in = 0;        ///< A digit of a code that is said.
  std::uint32_t other_parts_one_in = 0;  ///< The receiver confirms something else.
  std::uint32_t walk_away_one_in = 0;    ///< At each step of a handover.
  std::uint32_t replay_one_in = 0;
  std::uint32_t guess_one_in = 0;  ///< Somebody tries codes on what is on offer.
  std::uint32_t cancel_one_in = 0;
  std::uint32_t impatience_one_in = 0;  ///< Nobody asks again after a crash.
  std::uint32_t restores = 0;           ///< Of a back-end from an old backup, in the whole run.
  bool rotate_keys = false;
  bool swap_devices = false;
  Rates rates;
  DiskChances disk;
  NetworkChances network;
  /// As the command line of `handover-sim back-ends` takes them.
  std::vector<std::string> servicemobility_faults;
  std::vector<std::string> cmdb_faults;
  std::vector<std::string> cisco_faults;
};

/// `without`: kinds of trouble that are left out. They are drawn all the same, so that the rest of
/// the run stays as it was.
[[nodiscard]] Swarm draw_swarm(std::uint64_t seed, Profile profile,
                               const std::set<std::string>& without);

}  // namespace handover::sim
