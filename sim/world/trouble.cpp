#include "sim/world/trouble.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "sim/random.hpp"
#include "sim/world/app_calls.hpp"
#include "sim/world/shown.hpp"
#include "storage/schema.hpp"

namespace handover::sim {
namespace {

using boost::asio::awaitable;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::uint64_t kDaySeconds = 86'400;
/// About as many disk calls as a start makes that brings a store forward.
constexpr std::uint64_t kUpdateCalls = 80;

struct Happening {
  std::string name;
  std::uint32_t rate;  ///< In 100 days.
  std::function<VirtualTime(Device& device, Random& random)> happen;
  std::function<void(Device& device)> end;
  /// It only lies in wait; what strikes counts itself.
  bool lies_in_wait = false;
};

/// It happens, lasts as long as it says, and ends; again and again.
awaitable<void> recur(World& world, std::size_t device, std::shared_ptr<Happening> happening,
                      std::uint64_t seed) {
  Random random(seed);
  while (world.is_working()) {
    co_await world.sleep(seconds(random.below(2 * 100 * kDaySeconds / happening->rate)));
    if (!world.is_working()) break;
    Device& victim = world.device(device);
    if (!victim.is_up()) continue;
    if (!happening->lies_in_wait) ++world.faults()["life: " + happening->name];
    world.note(victim.name(), happening->name);
    const VirtualTime lasts = happening->happen(victim, random);
    co_await world.sleep(lasts);
    if (happening->end) happening->end(victim);
  }
}

/// A network comes and goes; hints of it are another matter.
awaitable<void> roam(World& world, std::size_t device, std::uint64_t seed) {
  Random random(seed);
  while (world.is_working()) {
    const bool up = random.below(100) < world.swarm().coverage_percent;
    for (std::size_t i = 0; i < world.destination_count(); ++i) {
      // One of the roads may be closed alone.
      world.device(device).set_coverage(i, up && random.below(10) != 0);
    }
    if (up && random.below(2) == 0) world.device(device).hint_network();
    co_await world.sleep(seconds(30 + random.below(4 * 3600)));
  }
}

/// From now on one call in `one_in` fails, for so long.
void fail_for(World& world, Device& device, std::uint32_t one_in, VirtualTime lasts) {
  world.note(device.name(), "its disk begins to fail");
  DiskChances failing = device.disk().chances();
  failing.io_error_one_in = one_in;
  device.disk().set_chances(failing);
  world.loop().call_at(Loop::Owner::kWorld, world.loop().now() + lasts, [&world, &device] {
    if (world.is_working()) device.disk().set_chances(world.swarm().disk);
  });
}

std::vector<Happening> happenings(World& world) {
  const Rates& rates = world.swarm().rates;
  const auto moment = [](Random& random) { return minutes(1 + random.below(30)); };
  std::vector<Happening> all;
  all.push_back({"power cut", rates.power_cuts,
                 [](Device& device, Random&) {
                   device.cut_power();
                   return VirtualTime(0);
                 },
                 nullptr});
  all.push_back({"power cut in a disk call", rates.power_cuts_mid,
                 [](Device& device, Random& random) {
                   device.disk().cut_power_at(device.disk().calls() + 1 + random.below(60));
                   return VirtualTime(0);
                 },
                 nullptr, true});
  all.push_back({"kill", rates.kills,
                 [](Device& device, Random&) {
                   device.kill();
                   return VirtualTime(0);
                 },
                 nullptr});
  all.push_back({"suspend", rates.suspends,
                 [](Device& device, Random& random) {
                   device.suspend(minutes(1 + random.below(600)));
                   return VirtualTime(0);
                 },
                 nullptr});
  all.push_back({"clock jump", rates.clock_jumps,
                 [](Device& device, Random& random) {
                   const auto most = random.below(2) == 0 ? 120U : 60U * 24U * 400U;
                   const auto jump = minutes(random.below(most));
                   device.clock().jump(random.below(2) == 0 ? jump : -jump);
                   return VirtualTime(0);
                 },
                 nullptr});
  all.push_back({"network hint", rates.hints,
                 [](Device& device, Random&) {
                   device.hint_network();
                   return VirtualTime(0);
                 },
                 nullptr});
  all.push_back({"full disk", rates.full_disks,
                 [moment](Device& device, Random& random) {
                   device.disk().set_capacity(device.disk().used() +
                                              std::int64_t(random.below(200'000)));
                   return VirtualTime(moment(random) * 10);
                 },
                 [](Device& device) { device.disk().set_capacity(std::nullopt); }, true});
  // A program that has just started has nothing of its store in memory.
  all.push_back({"start on a worn disk", rates.worn_disks,
                 [](Device& device, Random& random) {
                   DiskChances worn = device.disk().chances();
                   worn.io_error_one_in = static_cast<std::uint32_t>(15 + random.below(100));
                   device.disk().set_chances(worn);
                   device.kill();
                   return VirtualTime(minutes(10 + random.below(120)));
                 },
                 [&world](Device& device) {
                   if (world.is_working()) device.disk().set_chances(world.swarm().disk);
                 }});
  all.push_back({"disk that fails at an answer", rates.failing_disks,
                 [&world](Device& device, Random& random) {
                   const auto one_in = static_cast<std::uint32_t>(1 + random.below(4));
                   const VirtualTime lasts = seconds(10 + random.below(1'800));
                   device.on_next_request([&world, &device, one_in, lasts] {
                     if (!world.is_working()) return;
                     ++world.faults()["life: disk that fails at an answer"];
                     fail_for(world, device, one_in, lasts);
                   });
                   return VirtualTime(0);
                 },
                 nullptr, true});
  return all;
}

/// The device has started again, and taken back what it had set aside; that takes it moments.
awaitable<void> wait_for_recovery(World& world, Device& device) {
  for (int time = 0; time < 24 * 6; ++time) {
    auto asking = read(device, "/v1/status");
    const std::optional<Json> status = co_await std::move(asking);
    if (status && member(*status, "store").text_of("damaged") == "0") co_return;
    co_await world.sleep(minutes(10));
  }
}

/// Some of the disk reads wrong until somebody has it repaired; what is read meanwhile must be
/// noticed, and nothing may be lost by it.
awaitable<void> rot(World& world, std::size_t device, std::uint64_t seed) {
  Random random(seed);
  Device& victim = world.device(device);
  while (world.is_working()) {
    co_await world.sleep(seconds(random.below(2 * 100 * kDaySeconds / world.swarm().rates.rot)));
    const auto pages = static_cast<std::uint64_t>(victim.disk().image("handover.db").size()) / 4096;
    if (!world.is_working() || !victim.is_up() || pages < 2) continue;
    ++world.faults()["life: rotten page"];
    world.note(victim.name(), "a page of its disk rots");
    world.set_rotten(device, true);
    // One page, or what a bad block of flash holds.
    const std::uint64_t first = random.below(pages);
    const std::uint64_t behind = first + 1 + (random.below(2) == 0 ? random.below(64) : 0);
    for (std::uint64_t page = first; page < std::min(behind, pages); ++page) {
      const auto offset = std::int64_t(page * 4096 + random.below(4096));
      victim.disk().rot("handover.db", {Rot::Kind::kFlippedBit, offset, 0});
    }
    if (random.below(2) == 0) victim.kill();
    co_await world.sleep(minutes(1 + random.below(300)));
    // Somebody looks through all that is there; what it shows meanwhile, nobody judges.
    std::vector<Json> records;
    auto looking = read_list(victim, "/v1/records", records);
    co_await std::move(looking);
    co_await world.sleep(minutes(1 + random.below(300)));
    victim.disk().lift_rot();
    // What the page cache holds may still be wrong.
    if (victim.is_up()) victim.kill();
    auto recovering = wait_for_recovery(world, victim);
    co_await std::move(recovering);
    world.set_rotten(device, false);
  }
}

/// The same make of disk, on which nothing goes wrong.
DiskChances good_disk_like(const DiskChances& disk) {
  DiskChances good;
  good.power_safe_overwrite = disk.power_safe_overwrite;
  good.sector_size = disk.sector_size;
  return good;
}

/// The device, on a good disk, must say why it does not start, and leave all as it is.
void check_refusal(World& world, Device& device, Errc reason, const std::string& what) {
  const DiskImage before = device.disk().snapshot();
  const auto started = device.start();
  world.findings().check(
      Invariant::kRecovery, !started, [&] { return device.name() + " starts on " + what; },
      device.name());
  if (started) return device.kill();
  world.findings().check(
      Invariant::kRecovery, started.error().code == reason,
      [&] { return device.name() + " refuses " + what + " as: " + started.error().detail; },
      device.name());
  world.findings().check(
      Invariant::kRecovery, device.disk().snapshot() == before,
      [&] { return device.name() + " refuses " + what + ", and has changed it"; }, device.name());
}

/// A newer program ran once, on a good day for the disk, and the older one comes back: it must
/// refuse, and leave all as it is.
void downgrade(World& world, Device& device) {
  constexpr auto kPresent = static_cast<std::int64_t>(storage::kSchemaVersion);
  device.kill();
  device.disk().set_capacity(std::nullopt);
  device.disk().set_chances(good_disk_like(world.swarm().disk));
  const auto newer = device.stamp_schema(kPresent + 1);
  INVARIANT(newer.has_value());
  check_refusal(world, device, Errc::kNewerSchema, "a store that a newer program wrote");
  const auto older = device.stamp_schema(kPresent);
  INVARIANT(older.has_value());
  device.disk().set_chances(world.swarm().disk);
}

/// Who ordered services has never had the layout that knew none.
storage::SchemaVersion older_layout(bool orders, Random& random) {
  using storage::SchemaVersion;
  const SchemaVersion first = orders ? SchemaVersion::kServiceOrders : SchemaVersion::kMainJob;
  const auto oldest = static_cast<std::uint64_t>(first);
  const auto present = static_cast<std::uint64_t>(storage::kSchemaVersion);
  return static_cast<SchemaVersion>(oldest + random.below(present - oldest));
}

/// Until today the device has run an old program; its store is what that one left. The new program
/// brings it forward when it starts, and the power may go in the middle of that.
void update(World& world, Device& device, Random& random) {
  device.kill();
  device.disk().set_capacity(std::nullopt);
  device.disk().set_chances(good_disk_like(world.swarm().disk));
  const auto put_back = device.put_back(older_layout(world.swarm().cisco, random));
  INVARIANT(put_back.has_value());
  device.disk().set_chances(world.swarm().disk);
  if (random.below(2) == 0)
    device.disk().cut_power_at(device.disk().calls() + 1 + random.below(kUpdateCalls));
}

awaitable<void> update_now_and_then(World& world, std::size_t device, std::uint64_t seed) {
  Random random(seed);
  while (world.is_working()) {
    const std::uint64_t rate = world.swarm().rates.updates;
    co_await world.sleep(seconds(random.below(2 * 100 * kDaySeconds / rate)));
    Device& victim = world.device(device);
    if (!world.is_working() || !victim.is_up() || world.is_rotten(device)) continue;
    ++world.faults()["life: update with a migration"];
    world.note(victim.name(), "its program is updated");
    update(world, victim, random);
    const auto started = victim.start();
    world.note(victim.name(), started ? "starts" : "does not start: " + started.error().detail);
  }
}

/// Its storage comes from another device: it must refuse, and leave all as it is.
void swap_storage(World& world, Device& device, Device& other) {
  device.kill();
  const DiskImage own = device.disk().snapshot();
  const DiskImage foreign = other.disk().snapshot();
  device.disk().restore(foreign);
  device.disk().set_capacity(std::nullopt);
  device.disk().set_chances(good_disk_like(world.swarm().disk));
  check_refusal(world, device, Errc::kWrongKey, "the storage of " + other.name());
  device.disk().set_chances(world.swarm().disk);
  device.disk().restore(own);
}

awaitable<void> misuse(World& world, std::size_t device, std::uint64_t seed) {
  Random random(seed);
  const std::uint32_t rate = world.swarm().rates.downgrades;
  while (world.is_working()) {
    co_await world.sleep(seconds(random.below(2 * 100 * kDaySeconds / rate)));
    Device& victim = world.device(device);
    if (!world.is_working() || !victim.is_up() || world.is_rotten(device)) continue;
    if (world.swarm().swap_devices && random.below(2) == 0) {
      ++world.faults()["life: foreign storage"];
      swap_storage(world, victim, world.device((device + 1) % world.device_count()));
    } else {
      ++world.faults()["life: downgrade"];
      downgrade(world, victim);
    }
  }
}

}  // namespace

std::vector<awaitable<void>> troubles_of(World& world, std::size_t device, std::uint64_t seed) {
  std::vector<awaitable<void>> lives;
  for (Happening& happening : happenings(world)) {
    if (happening.rate == 0) continue;
    const std::uint64_t own = seed_for(seed, happening.name);
    auto shared = std::make_shared<Happening>(std::move(happening));
    lives.push_back(recur(world, device, std::move(shared), own));
  }
  const Rates& rates = world.swarm().rates;
  if (rates.rot > 0) lives.push_back(rot(world, device, seed_for(seed, "rot")));
  if (rates.downgrades > 0) lives.push_back(misuse(world, device, seed_for(seed, "misuse")));
  if (rates.updates > 0)
    lives.push_back(update_now_and_then(world, device, seed_for(seed, "updates")));
  lives.push_back(roam(world, device, seed_for(seed, "roam")));
  return lives;
}

awaitable<void> keep_running(World& world, std::size_t device, std::uint64_t seed) {
  Random random(seed);
  while (true) {
    Device& kept = world.device(device);
    if (kept.is_up()) {
      co_await world.sleep(minutes(2));
      continue;
    }
    if (world.is_working()) {
      co_await world.sleep(minutes(1 + random.below(random.below(4) == 0 ? 600 : 10)));
      if (random.below(3) == 0) world.rotate_keys_of(device);
    }
    const auto started = kept.start();
    world.note(kept.name(), started ? "starts" : "does not start: " + started.error().detail);
    world.findings().check(
        Invariant::kRecovery, started || world.is_working() || kept.disk().is_dead(),
        [&] { return kept.name() + " does not start: " + started.error().detail; }, kept.name());
    if (!started) co_await world.sleep(minutes(1));
    if (started && random.below(2) == 0) {
      auto inspecting = world.inspect(device);
      co_await std::move(inspecting);
    }
  }
}

awaitable<void> restore_now_and_then(World& world, std::uint64_t seed) {
  Random random(seed);
  for (std::uint32_t i = 0; i < world.swarm().restores; ++i) {
    co_await world.sleep(seconds(random.below(kDaySeconds)));
    world.back_up();
    co_await world.sleep(seconds(random.below(kDaySeconds)));
    if (!world.is_working()) break;
    world.restore_back_ends();
  }
}

}  // namespace handover::sim
