// The agent's store on the simulated disk: every call may be the last one, or fail.
#include <functional>

#include "tests/sim/disk_support.hpp"

namespace handover::sim::testing {
namespace {

using storage::OpenMode;

constexpr std::int64_t kRecords = 40;

/// Makes a store and adds records until all are in, or nothing works any more.
void run_script(RecordKeeper& keeper, const SimDisk& disk, const char* setting = "") {
  if (!keeper.start(OpenMode::kCreate)) return;
  // A test that cannot lose what it makes lose proves nothing.
  if (!keeper.store().database().execute_script(setting)) return;
  for (std::int64_t number = 1; number <= kRecords && !disk.is_dead(); ++number) {
    // Ignored: what failed is not acknowledged, and the next one may work.
    if (const auto added = keeper.add(number); !added) continue;
  }
  keeper.stop();
}

/// Starts anew after whatever happened. Returns what is wrong then, in words.
std::string complaint_after_restart(RecordKeeper& keeper, SimDisk& disk) {
  keeper.stop();
  disk.heal();
  disk.power_on();
  if (const auto started = keeper.start(OpenMode::kExisting); !started)
    return keeper.acknowledged.empty() ? "" : started.error().detail;
  return keeper.complaint();
}

std::uint64_t calls_of_script() {
  sim_vfs();
  SimDisk disk("d", 1);
  RecordKeeper keeper(disk);
  run_script(keeper, disk);
  REQUIRE(keeper.acknowledged.size() == kRecords);
  return disk.calls();
}

/// Runs the script once for each call and seed, with a disk that `arrange` prepares.
struct Tally {
  int runs = 0;
  int bad = 0;
  int surfaced = 0;  // Not all was acknowledged.
  int extra = 0;     // More was there than was acknowledged.
  std::string first;
};
Tally at_every_call(std::uint64_t calls, std::uint64_t seeds, const char* setting,
                    const std::function<void(SimDisk&, std::uint64_t)>& arrange,
                    bool cut_power_after = false) {
  Tally tally;
  for (std::uint64_t call = 1; call <= calls; ++call) {
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      SimDisk disk("d", seed * 1'000'003 + call);
      RecordKeeper keeper(disk);
      arrange(disk, call);
      run_script(keeper, disk, setting);
      const auto acknowledged = static_cast<std::int64_t>(keeper.acknowledged.size());
      if (cut_power_after) disk.cut_power();
      const std::string complaint = complaint_after_restart(keeper, disk);
      ++tally.runs;
      if (acknowledged < kRecords) ++tally.surfaced;
      if (keeper.runs() && keeper.records() > acknowledged) ++tally.extra;
      if (keeper.runs() && keeper.records() > acknowledged + 1) ++tally.bad;
      if (complaint.empty()) continue;
      ++tally.bad;
      if (tally.first.empty())
        tally.first =
            "call " + std::to_string(call) + ", seed " + std::to_string(seed) + ": " + complaint;
    }
  }
  return tally;
}

/// What a run does to the disk, in one number.
std::uint64_t hash_of_run(std::uint64_t seed) {
  set_vfs_world({seed, {}, {}});
  std::uint64_t hash = 0xcbf29ce484222325U;
  const auto mix = [&](std::uint64_t value) { hash = (hash ^ value) * 0x100000001b3U; };
  SimDisk disk("d", seed);
  disk.on_call = [&](const DiskEvent& event) {
    mix(static_cast<std::uint64_t>(event.call));
    for (const char c : event.file) mix(static_cast<unsigned char>(c));
    mix(static_cast<std::uint64_t>(event.offset));
    mix(static_cast<std::uint64_t>(event.amount));
    mix(static_cast<std::uint64_t>(event.result));
  };
  DiskChances chances;
  chances.io_error_one_in = 60;
  RecordKeeper keeper(disk);
  for (int life = 0; life < 4; ++life) {
    disk.set_chances({});
    if (const auto started = keeper.start(life == 0 ? OpenMode::kCreate : OpenMode::kExisting);
        !started)
      return 0;
    disk.set_chances(chances);
    disk.cut_power_at(disk.calls() + 60 + 7 * seed);
    for (std::int64_t i = 0; !disk.is_dead() && i < 200; ++i) {
      if (const auto added = keeper.add(i); !added) continue;
    }
    keeper.stop();
    disk.power_on();
    mix(disk.calls());
  }
  return hash;
}

}  // namespace

TEST_CASE("no acknowledged record is lost, wherever the power is cut", "[sim][disk][enumerate]") {
  const std::uint64_t calls = calls_of_script();

  const Tally tally = at_every_call(
      calls, 3, "", [](SimDisk& disk, std::uint64_t call) { disk.cut_power_at(call); });

  CHECK(tally.runs == static_cast<int>(calls) * 3);
  CHECK(tally.surfaced > tally.runs / 2);
  CHECK(tally.extra > 0);  // The one in flight may be there.
  CHECK(tally.first == "");
  CHECK(tally.bad == 0);
}

TEST_CASE("nor on a disk without power-safe overwrite", "[sim][disk][enumerate]") {
  DiskChances chances;
  chances.power_safe_overwrite = false;
  std::uint64_t calls = 0;
  {
    sim_vfs();
    SimDisk disk("d", 1);
    disk.set_chances(chances);
    RecordKeeper keeper(disk);
    run_script(keeper, disk);
    calls = disk.calls();
  }

  const Tally tally = at_every_call(calls, 1, "", [&](SimDisk& disk, std::uint64_t call) {
    disk.set_chances(chances);
    disk.cut_power_at(call);
  });

  CHECK(tally.first == "");
  CHECK(tally.bad == 0);
}

TEST_CASE("nor wherever the program is killed, even if the power is cut after it",
          "[sim][disk][enumerate]") {
  const std::uint64_t calls = calls_of_script();
  for (const bool cut_power_after : {false, true}) {
    const Tally tally = at_every_call(
        calls, 1, "", [](SimDisk& disk, std::uint64_t call) { disk.kill_at(call); },
        cut_power_after);

    CHECK(tally.surfaced > tally.runs / 2);
    CHECK(tally.first == "");
    CHECK(tally.bad == 0);
  }
}

TEST_CASE("nor wherever a call fails, once or from then on", "[sim][disk][enumerate]") {
  const std::uint64_t calls = calls_of_script();
  for (const bool persistent : {false, true}) {
    const Tally tally = at_every_call(calls, 1, "", [&](SimDisk& disk, std::uint64_t call) {
      disk.fail_at(call, 0, persistent);
    });

    INFO("persistent " << persistent << ", surfaced " << tally.surfaced << " of " << tally.runs);
    CHECK(tally.surfaced > tally.runs / 4);
    CHECK(tally.first == "");
    CHECK(tally.bad == 0);
  }
}

TEST_CASE("with synchronous=NORMAL records are lost: the alarm works", "[sim][disk][enumerate]") {
  const Tally tally =
      at_every_call(calls_of_script(), 1, "PRAGMA synchronous = NORMAL",
                    [](SimDisk& disk, std::uint64_t call) { disk.cut_power_at(call); });

  CHECK(tally.bad > tally.runs / 10);
}

TEST_CASE("with syncs that lie records are lost: the alarm works", "[sim][disk][enumerate]") {
  DiskChances chances;
  chances.lie_one_in = 3;

  const Tally tally =
      at_every_call(calls_of_script(), 1, "", [&](SimDisk& disk, std::uint64_t call) {
        disk.set_chances(chances);
        disk.cut_power_at(call);
      });

  CHECK(tally.bad > 0);
}

TEST_CASE("a full disk refuses records cleanly, reading works, and space lets it go on",
          "[sim][disk]") {
  sim_vfs();
  SimDisk disk("d", 1);
  RecordKeeper keeper(disk);
  REQUIRE(keeper.start(OpenMode::kCreate));
  // Room for some more, but not for all.
  for (std::int64_t spare = 0; spare < 100'000; spare += 1'500) {
    disk.set_capacity(disk.used() + spare);
    for (std::int64_t number = 0; number < 30; ++number) {
      const auto added = keeper.add(number);
      if (added) continue;
      CHECK(added.error().code == Errc::kDiskFull);
      break;
    }
    const auto read = keeper.store().journal.read(1);
    CHECK((keeper.acknowledged.empty() || read.has_value()));
  }
  CHECK(disk.struck().at("disk full") > 10);

  disk.set_capacity(std::nullopt);

  CHECK(keeper.add(1'000).has_value());
  CHECK(keeper.complaint() == "");
  CHECK(complaint_after_restart(keeper, disk) == "");
}

TEST_CASE("once an error has undone a piece, nothing more of it is written", "[sim][disk]") {
  sim_vfs();
  SimDisk disk("d", 1);
  RecordKeeper keeper(disk);
  REQUIRE(keeper.start(OpenMode::kCreate));
  storage::Store& store = keeper.store();
  REQUIRE(store.database().execute_script("PRAGMA cache_size = -16"));  // Most must be read.
  for (std::int64_t number = 1; number <= kRecords; ++number) REQUIRE(keeper.add(number));

  const auto written = store.committer.write([&]() -> Result<void> {
    RETURN_IF_ERROR(store.journal.append(1, {}, "{}"));
    disk.fail_at(disk.calls() + 1, 0, true);
    CHECK_FALSE(store.journal.read(1));  // Reading is enough for SQLite to undo everything.
    disk.heal();
    CHECK_FALSE(store.database().in_transaction());
    CHECK_FALSE(store.journal.append(1, {}, "{}"));  // Whoever overlooked that goes on.
    return {};
  });

  CHECK_FALSE(written);
  CHECK_FALSE(store.committer.flush());
  CHECK(keeper.records() == kRecords);
  CHECK(keeper.add(kRecords + 1));
  CHECK(keeper.complaint() == "");
}

TEST_CASE("a second program finds the store in use", "[sim][disk]") {
  sim_vfs();
  SimDisk disk("d", 1);
  RecordKeeper first(disk);
  RecordKeeper second(disk);
  REQUIRE(first.start(OpenMode::kCreate));

  const auto started = second.start(OpenMode::kExisting);

  REQUIRE_FALSE(started);
  CHECK(started.error().code == Errc::kInUse);
  CHECK(first.add(1).has_value());
}

TEST_CASE("nothing reaches the disk in clear", "[sim][disk]") {
  sim_vfs();
  SimDisk disk("d", 1);
  disk.watch_for("CANARY-record");
  disk.watch_for("SQLite format 3");
  RecordKeeper keeper(disk);

  run_script(keeper, disk);

  CHECK(keeper.acknowledged.size() == kRecords);
  CHECK(disk.canaries_seen() == 0);
  CHECK(disk.temporary_files() == 0);
  REQUIRE(disk.files() == std::vector<std::string>{"handover.db"});
  CHECK(disk.image("handover.db").find("CANARY") == std::string_view::npos);
}

TEST_CASE("the same seed does the same to the disk, another one does not", "[sim][disk]") {
  install_sim_vfs();
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const std::uint64_t hash = hash_of_run(seed);

    CHECK(hash != 0);
    CHECK(hash_of_run(seed) == hash);
    CHECK(hash_of_run(seed + 100) != hash);
  }
}

}  // namespace handover::sim::testing
