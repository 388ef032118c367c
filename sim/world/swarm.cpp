#include "sim/world/swarm.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "sim/random.hpp"

namespace handover::sim {
namespace {

using std::chrono::seconds;

struct NamedProfile {
  std::string_view name;
  Profile profile;
};
constexpr std::array kProfiles = {
    NamedProfile{"smoke", Profile::kSmoke},
    NamedProfile{"lying-disk", Profile::kLyingDisk},
    NamedProfile{"fleet", Profile::kFleet},
    NamedProfile{"soak", Profile::kSoak},
};

/// Draws from a stream of its own for each name: a new draw shifts no other.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : seed_(seed) {}

  std::uint64_t below(std::string_view name, std::uint64_t bound) const {
    return Random(seed_for(seed_, name)).below(bound);
  }
  std::uint32_t between(std::string_view name, std::uint32_t low, std::uint32_t high) const {
    return low + static_cast<std::uint32_t>(below(name, high - low + 1));
  }
  bool coin(std::string_view name) const { return below(name, 2) == 0; }
  /// Off in every other run; else one in `low` to `high`.
  std::uint32_t one_in(std::string_view name, std::uint32_t low, std::uint32_t high) const {
    const bool on = coin(std::string(name) + " at all");
    return on ? between(name, low, high) : 0;
  }

 private:
  std::uint64_t seed_;
};

/// Faults of a back-end, as the command line takes them. `refuse` is how it refuses one item.
std::vector<std::string> draw_faults(const Draw& draw, const std::string& back_end,
                                     const std::string& refuse) {
  const std::array<std::string, 19> kinds = {"lost_reply",
                                             "reset_before",
                                             "slow=20000",
                                             "slow=90000",
                                             "status_500",
                                             "status_503",
                                             "status_502",
                                             "status_429=30",
                                             "status_429_retry_after=40",
                                             "status_429_reset=50",
                                             "status_429_bare",
                                             "status_408",
                                             "html200",
                                             "error200",
                                             "truncated",
                                             "expired_tokens",
                                             "status_401",
                                             "status_404",
                                             refuse};
  std::vector<std::string> faults;
  // One that cannot keep up: it sends some away for a while and forgets who others are, at once.
  if (draw.below(back_end + " overloaded", 6) == 0)
    return {"status_429=30:1/3", "expired_tokens:1/3", "status_503:1/5", "slow=20000:1/4"};
  for (const auto& kind : kinds) {
    const std::string name = back_end + " " + kind;
    if (draw.below(name, 3) != 0) continue;
    faults.push_back(kind + ":1/" + std::to_string(draw.between(name + " often", 4, 60)));
  }
  return faults;
}

bool expires_tokens(const std::string& fault) { return fault.starts_with("expired_tokens"); }

void draw_people(const Draw& draw, Swarm& swarm) {
  swarm.deeds_a_day = draw.between("deeds a day", 3, 9);
  swarm.enforce_stock = draw.below("enforce stock", 4) == 0;
  swarm.slips_one_in = draw.one_in("slips", 3, 20);
  swarm.other_parts_one_in = draw.one_in("other parts", 3, 15);
  swarm.walk_away_one_in = draw.one_in("walk away", 5, 30);
  swarm.replay_one_in = draw.one_in("replays", 3, 15);
  swarm.guess_one_in = draw.one_in("guesses", 3, 20);
  swarm.cancel_one_in = draw.one_in("cancels", 4, 20);
  swarm.impatience_one_in = draw.one_in("impatience", 2, 10);
}

void draw_life(const Draw& draw, Swarm& swarm) {
  Rates& rates = swarm.rates;
  rates.power_cuts = draw.one_in("power cuts", 20, 150);
  rates.power_cuts_mid = draw.one_in("power cuts in calls", 20, 200);
  rates.kills = draw.one_in("kills", 20, 150);
  rates.suspends = draw.one_in("suspends", 50, 400);
  rates.clock_jumps = draw.one_in("clock jumps", 10, 100);
  rates.hints = draw.one_in("hints", 50, 1000);
  rates.full_disks = draw.one_in("full disks", 5, 40);
  rates.worn_disks = draw.one_in("worn disks", 10, 80);
  rates.failing_disks = draw.one_in("failing disks", 20, 300);
  rates.rot = draw.below("rot at all", 4) == 0 ? draw.between("rot", 5, 60) : 0;
  rates.downgrades = draw.one_in("downgrades", 5, 20);
  rates.updates = draw.one_in("updates", 10, 60);
  swarm.drift_ppm_max = draw.one_in("drift", 10, 200);
  swarm.rotate_keys = draw.coin("rotate keys");
  swarm.swap_devices = draw.below("swap devices", 4) == 0;
}

void draw_disk(const Draw& draw, Swarm& swarm) {
  DiskChances& disk = swarm.disk;
  disk.io_error_one_in = draw.one_in("disk errors", 500, 20'000);
  disk.slow_one_in = draw.one_in("slow disk", 20, 2'000);
  disk.slow_max = milliseconds(draw.between("slow disk most", 5, 5'000));
  disk.sync_time = milliseconds(draw.between("sync time", 0, 30));
  // As SQLite's own VFS always takes it. Where it is not so, its log pads each commit to a whole
  // sector, and appends into the half of one after a power cut: the next cut can take that commit.
  disk.power_safe_overwrite = true;
  disk.sector_size = draw.coin("small sectors") ? 512 : 4096;
}

void draw_network(const Draw& draw, Swarm& swarm) {
  NetworkChances& network = swarm.network;
  network.lose_request_one_in = draw.one_in("lost requests", 3, 60);
  network.lose_reply_one_in = draw.one_in("lost replies", 3, 60);
  network.duplicate_one_in = draw.one_in("duplicates", 5, 60);
  network.reset_one_in = draw.one_in("resets", 5, 60);
  network.drip_one_in = draw.one_in("drips", 5, 100);
  network.captive_portal_one_in = draw.one_in("captive portals", 5, 60);
  network.delay_min = milliseconds(draw.between("delay min", 1, 200));
  network.delay_max = network.delay_min + milliseconds(draw.between("delay more", 0, 8'000));
  network.refuse_one_in = draw.one_in("refused connections", 5, 60);
  network.close_idle_one_in = draw.one_in("closed when idle", 3, 30);
  network.split_one_in = draw.one_in("split writes", 2, 10);
  swarm.coverage_percent = draw.between("coverage", 10, 100);
  swarm.byte_streams = draw.below("byte streams", 4) == 0;
}

void leave_out(const std::set<std::string>& without, Swarm& swarm) {
  const auto off = [&](const char* name) { return without.contains(name); };
  Rates& rates = swarm.rates;
  if (off("power")) rates.power_cuts = rates.power_cuts_mid = 0;
  if (off("kills")) rates.kills = 0;
  if (off("suspends")) rates.suspends = 0;
  if (off("clocks")) rates.clock_jumps = 0, swarm.drift_ppm_max = 0;
  if (off("hints")) rates.hints = 0;
  if (off("full-disk")) rates.full_disks = 0;
  if (off("rot")) rates.rot = 0;
  if (off("downgrades")) rates.downgrades = 0;
  if (off("updates")) rates.updates = 0;
  if (off("disk-errors")) swarm.disk.io_error_one_in = rates.worn_disks = rates.failing_disks = 0;
  if (off("slow-disk")) swarm.disk.slow_one_in = 0, swarm.disk.sync_time = milliseconds(0);
  if (off("network")) {
    NetworkChances calm;
    calm.delay_min = calm.delay_max = swarm.network.delay_min;
    swarm.network = calm;
  }
  if (off("coverage")) swarm.coverage_percent = 100;
  if (off("byte-streams")) swarm.byte_streams = false;
  if (off("back-ends")) {
    swarm.servicemobility_faults.clear();
    swarm.cmdb_faults.clear();
    swarm.cisco_faults.clear();
  }
  if (off("restores")) swarm.restores = 0;
  if (off("slips"))
    swarm.slips_one_in = swarm.other_parts_one_in = swarm.replay_one_in = swarm.guess_one_in = 0;
  if (off("walk-away")) swarm.walk_away_one_in = swarm.cancel_one_in = 0;
  if (off("impatience")) swarm.impatience_one_in = 0;
  if (off("key-rotation")) swarm.rotate_keys = false;
  if (off("swaps")) swarm.swap_devices = false;
}

}  // namespace

Result<Profile> parse_profile(std::string_view name) {
  std::string names;
  for (const auto& known : kProfiles) {
    if (known.name == name) return known.profile;
    names += (names.empty() ? "" : ", ") + std::string(known.name);
  }
  return fail(Error::invalid("", "no such profile; expected one of: " + names));
}

std::string_view to_string(Profile profile) {
  return std::find_if(kProfiles.begin(), kProfiles.end(),
                      [&](const auto& known) { return known.profile == profile; })
      ->name;
}

const std::vector<std::string>& trouble_names() {
  static const std::vector<std::string> kNames = {
      "power",      "kills",        "suspends",  "clocks",      "hints",     "full-disk",
      "rot",        "downgrades",   "updates",   "disk-errors", "slow-disk", "network",
      "coverage",   "byte-streams", "back-ends", "restores",    "slips",     "walk-away",
      "impatience", "key-rotation", "swaps"};
  return kNames;
}

Swarm draw_swarm(std::uint64_t seed, Profile profile, const std::set<std::string>& without) {
  const Draw draw(seed_for(seed, "swarm"));
  Swarm swarm;
  swarm.devices = draw.between("devices", 2, 5);
  swarm.days = draw.between("days", 1, 4);
  swarm.in_flight_max = draw.coin("narrow lanes") ? draw.between("in flight", 1, 3) : 8;
  swarm.cmdb_reads = draw.coin("CMDB reads");
  swarm.cmdb_oauth = draw.below("CMDB with tokens", 3) == 0;
  swarm.cisco = draw.coin("Cisco");
  swarm.cisco_acknowledges_after = seconds(draw.between("acknowledged after", 0, 3'600));
  swarm.cisco_confirms_after = seconds(draw.between("confirmed after", 0, 14'400));
  swarm.warehouse = draw.below("warehouse", 3) == 0;
  swarm.prefix_is_unknown = draw.coin("prefix is unknown");
  if (draw.coin("little memory")) swarm.cache_kib = draw.between("cache", 1, 16) * 8;
  if (draw.coin("other waits")) {
    swarm.retry_first = milliseconds(draw.between("retry first", 500, 60'000));
    swarm.retry_cap = seconds(draw.between("retry cap", 300, 7'200));
  }
  draw_people(draw, swarm);
  draw_life(draw, swarm);
  draw_disk(draw, swarm);
  draw_network(draw, swarm);
  swarm.servicemobility_faults = draw_faults(draw, "servicemobility", "unknown_product");
  swarm.cmdb_faults = draw_faults(draw, "cmdb", "result_error");
  swarm.cisco_faults = draw_faults(draw, "cisco", "unknown_product");
  // Who gives out no tokens, nobody's can expire.
  if (!swarm.cmdb_oauth) std::erase_if(swarm.cmdb_faults, &expires_tokens);
  std::erase_if(swarm.cisco_faults, &expires_tokens);
  swarm.restores = draw.below("restores at all", 5) == 0 ? 1 : 0;
  if (profile == Profile::kSoak) swarm.days = draw.between("soak days", 2, 8);
  if (profile == Profile::kFleet) {
    swarm.devices = 50;
    swarm.days = 30;
  }
  if (profile == Profile::kLyingDisk) swarm.disk.lie_one_in = draw.between("lies", 2, 30);
  leave_out(without, swarm);
  return swarm;
}

}  // namespace handover::sim
