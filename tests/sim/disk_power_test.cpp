// What a power cut, a kill and each fault do to files.
#include <set>

#include "tests/sim/disk_support.hpp"

namespace handover::sim::testing {
namespace {

/// A synced page of 'a', then what `work` does, then a power cut; returns what is left.
template <typename Work>
std::string after_power_cut(std::uint64_t seed, Work&& work) {
  SimDisk disk("d", seed);
  RawFile made(sim_vfs(), "/d/a.db-wal", kMakeLog);
  REQUIRE(made.write(std::string(2048, 'a'), 0) == SQLITE_OK);
  REQUIRE(made.sync() == SQLITE_OK);
  work(made);
  disk.cut_power();
  return std::string(disk.image("a.db-wal"));
}

/// "aabb": which letter fills each 512 bytes; '?' if several do.
std::string sectors(const std::string& bytes) {
  std::string letters;
  for (std::size_t at = 0; at < bytes.size(); at += 512) {
    const std::string sector = bytes.substr(at, 512);
    letters += sector.find_first_not_of(sector[0]) == sector.npos ? sector[0] : '?';
  }
  return letters;
}

}  // namespace

TEST_CASE("a power cut keeps, drops or tears what was not synced", "[sim][disk]") {
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    seen.insert(sectors(after_power_cut(
        seed, [](RawFile& file) { CHECK(file.write(std::string(1536, 'b'), 512) == SQLITE_OK); })));
  }

  CHECK(seen ==
        std::set<std::string>{"aaaa", "aaab", "aaba", "aabb", "abaa", "abab", "abba", "abbb"});
}

TEST_CASE("unsynced writes of one file survive in any order", "[sim][disk]") {
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    seen.insert(sectors(after_power_cut(seed, [](RawFile& file) {
      CHECK(file.write(std::string(512, 'b'), 0) == SQLITE_OK);
      CHECK(file.truncate(1024) == SQLITE_OK);
      CHECK(file.write(std::string(512, 'c'), 0) == SQLITE_OK);
      CHECK(file.write(std::string(512, 'd'), 1536) == SQLITE_OK);
    })));
  }

  CHECK(seen.contains("aaaa"));                          // Nothing arrived.
  CHECK(seen.contains(std::string("ca") + '\0' + 'd'));  // Everything did.
  CHECK(seen.contains("ba"));                            // A beginning did.
  CHECK(seen.contains("aaad"));                          // The last write alone.
  CHECK(seen.contains("caaa"));                          // No truncate, no write beyond it.
  for (const auto& left : seen) CHECK(left.size() >= 2);
}

TEST_CASE("what was synced is never lost", "[sim][disk]") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const std::string left = after_power_cut(seed, [](RawFile& file) {
      CHECK(file.write(std::string(1024, 'b'), 512) == SQLITE_OK);
      CHECK(file.truncate(1536) == SQLITE_OK);
      CHECK(file.sync() == SQLITE_OK);
      CHECK(file.write(std::string(512, 'c'), 1536) == SQLITE_OK);
    });

    CHECK(sectors(left).substr(0, 3) == "abb");
  }
}

TEST_CASE("without power-safe overwrite a torn write may spoil the rest of its sectors",
          "[sim][disk]") {
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SimDisk disk("d", seed);
    DiskChances chances;
    chances.power_safe_overwrite = false;
    chances.sector_size = 1024;
    disk.set_chances(chances);
    RawFile made(sim_vfs(), "/d/a.db-wal", kMakeLog);
    REQUIRE(made.characteristics() == 0);
    REQUIRE(made.sector_size() == 1024);
    REQUIRE(made.write(std::string(4096, 'a'), 0) == SQLITE_OK);
    REQUIRE(made.sync() == SQLITE_OK);
    REQUIRE(made.write(std::string(1024, 'b'), 1536) == SQLITE_OK);
    disk.cut_power();
    seen.insert(sectors(std::string(disk.image("a.db-wal"))));
  }

  CHECK(seen.contains("aaabbaaa"));
  CHECK(seen.contains("aa?bb?aa"));
  for (const auto& left : seen) {
    CHECK(left.substr(0, 2) == "aa");  // Other sectors are left alone.
    CHECK(left.substr(6) == "aa");
  }
}

TEST_CASE("a file's name is lost with the power until its folder was synced", "[sim][disk]") {
  int lost = 0;
  int kept = 0;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SimDisk disk("d", seed);
    RawFile database(sim_vfs(), "/d/a.db", kMakeDatabase);
    REQUIRE(database.write("x", 0) == SQLITE_OK);
    REQUIRE(database.sync() == SQLITE_OK);  // Of a database this is not the folder's.
    disk.cut_power();
    ++(disk.files().empty() ? lost : kept);
  }

  CHECK(lost > 0);
  CHECK(kept > 0);
}

TEST_CASE("the first sync of a new log makes its name durable, and that of the database",
          "[sim][disk]") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SimDisk disk("d", seed);
    RawFile database(sim_vfs(), "/d/a.db", kMakeDatabase);
    RawFile log(sim_vfs(), "/d/a.db-wal", kMakeLog);
    REQUIRE(log.sync() == SQLITE_OK);
    disk.cut_power();

    CHECK(disk.files() == std::vector<std::string>{"a.db", "a.db-wal"});
  }
}

TEST_CASE("a deleted file comes back with the power unless the folder was synced", "[sim][disk]") {
  std::map<bool, int> came_back;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    for (const bool sync : {false, true}) {
      SimDisk disk("d", seed);
      sqlite3_vfs& vfs = sim_vfs();
      {
        RawFile log(vfs, "/d/a.db-wal", kMakeLog);
        REQUIRE(log.sync() == SQLITE_OK);
      }
      REQUIRE(vfs.xDelete(&vfs, "/d/a.db-wal", sync ? 1 : 0) == SQLITE_OK);
      REQUIRE(disk.files().empty());
      disk.cut_power();
      if (!disk.files().empty()) ++came_back[sync];
    }
  }

  CHECK(came_back[false] > 0);
  CHECK(came_back[true] == 0);
}

TEST_CASE("a kill loses nothing, but a power cut after it may", "[sim][disk]") {
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    SimDisk disk("d", seed);
    RawFile log(sim_vfs(), "/d/a.db-wal", kMakeLog);
    REQUIRE(log.sync() == SQLITE_OK);
    REQUIRE(log.write(std::string(512, 'b'), 0) == SQLITE_OK);

    disk.kill();

    CHECK(disk.image("a.db-wal") == std::string(512, 'b'));
    disk.power_on();
    disk.cut_power();
    seen.insert(sectors(std::string(disk.image("a.db-wal"))));
  }
  CHECK(seen == std::set<std::string>{"", "b"});
}

TEST_CASE("a handle of a program that died stays dead, and holds no lock", "[sim][disk]") {
  SimDisk disk("d", 1);
  RawFile old(sim_vfs(), "/d/a.db", kMakeDatabase);
  REQUIRE(old.lock(SQLITE_LOCK_SHARED) == SQLITE_OK);
  REQUIRE(old.lock(SQLITE_LOCK_EXCLUSIVE) == SQLITE_OK);

  disk.kill();

  CHECK(RawFile(sim_vfs(), "/d/a.db", kMakeDatabase).result == SQLITE_CANTOPEN);
  disk.power_on();
  RawFile fresh(sim_vfs(), "/d/a.db", kMakeDatabase);
  REQUIRE(fresh.result == SQLITE_OK);
  CHECK(fresh.lock(SQLITE_LOCK_SHARED) == SQLITE_OK);
  CHECK(fresh.lock(SQLITE_LOCK_EXCLUSIVE) == SQLITE_OK);
  CHECK(fresh.write("new", 0) == SQLITE_OK);
  CHECK(old.write("old", 0) == SQLITE_IOERR_WRITE);
  std::string bytes(3, '?');
  CHECK(old.read(bytes, 0) == SQLITE_IOERR_READ);
  CHECK(old.sync() == SQLITE_IOERR_FSYNC);
  CHECK(disk.image("a.db") == "new");
}

TEST_CASE("two disks have nothing in common", "[sim][disk]") {
  SimDisk left("left", 1);
  SimDisk right("right", 1);
  RawFile of_left(sim_vfs(), "/left/a.db", kMakeDatabase);
  RawFile of_right(sim_vfs(), "/right/a.db", kMakeDatabase);
  REQUIRE(of_left.lock(SQLITE_LOCK_SHARED) == SQLITE_OK);
  REQUIRE(of_left.lock(SQLITE_LOCK_EXCLUSIVE) == SQLITE_OK);

  CHECK(of_right.lock(SQLITE_LOCK_SHARED) == SQLITE_OK);
  left.cut_power();
  CHECK(of_right.write("x", 0) == SQLITE_OK);
  CHECK(right.image("a.db") == "x");
  CHECK(RawFile(sim_vfs(), "/nowhere/a.db", kMakeDatabase).result == SQLITE_CANTOPEN);
}

TEST_CASE("a disk image moves to another device", "[sim][disk]") {
  SimDisk first("first", 1);
  SimDisk second("second", 2);
  RawFile made(sim_vfs(), "/first/a.db", kMakeDatabase);
  RawFile before(sim_vfs(), "/second/b.db", kMakeDatabase);
  REQUIRE(made.write("stored", 0) == SQLITE_OK);

  second.restore(first.snapshot());
  second.cut_power();

  CHECK(second.files() == std::vector<std::string>{"a.db"});
  CHECK(second.image("a.db") == "stored");
  CHECK(before.write("x", 0) == SQLITE_IOERR_WRITE);
}

TEST_CASE("a full disk refuses what makes a file longer, and nothing else", "[sim][disk]") {
  SimDisk disk("d", 1);
  RawFile file(sim_vfs(), "/d/a.db", kMakeDatabase);
  disk.set_capacity(1000);

  CHECK(file.write(std::string(800, 'a'), 0) == SQLITE_OK);
  CHECK(file.write(std::string(800, 'b'), 800) == SQLITE_FULL);
  CHECK(file.write(std::string(800, 'c'), 0) == SQLITE_OK);
  CHECK(disk.used() == 1000);
  disk.heal();
  CHECK(file.write(std::string(800, 'b'), 800) == SQLITE_OK);
}

TEST_CASE("a planned failure strikes its call, once or from then on", "[sim][disk]") {
  SimDisk disk("d", 1);
  RawFile file(sim_vfs(), "/d/a.db", kMakeDatabase);
  std::int64_t bytes = 0;

  disk.fail_at(disk.calls() + 2, 0, false);
  CHECK(file.sync() == SQLITE_OK);
  CHECK(file.sync() == SQLITE_IOERR_FSYNC);
  CHECK(file.sync() == SQLITE_OK);
  disk.fail_at(disk.calls() + 1, SQLITE_IOERR_NOMEM, true);
  CHECK(file.sync() == SQLITE_IOERR_NOMEM);
  CHECK(file.size(bytes) == SQLITE_IOERR_NOMEM);
  disk.heal();
  CHECK(file.size(bytes) == SQLITE_OK);
  CHECK(disk.struck().at("failed: sync") == 2);
}

TEST_CASE("chances strike about as often as they say, and slow calls take virtual time",
          "[sim][disk]") {
  SimDisk disk("d", 1);
  std::chrono::nanoseconds busy{0};
  disk.on_delay = [&](std::chrono::nanoseconds delay) { busy += delay; };
  DiskChances chances;
  chances.io_error_one_in = 10;
  chances.slow_one_in = 4;
  chances.slow_max = milliseconds(100);
  chances.sync_time = milliseconds(1);
  RawFile file(sim_vfs(), "/d/a.db", kMakeDatabase);
  disk.set_chances(chances);

  int failed = 0;
  for (int i = 0; i < 1000; ++i) failed += file.sync() == SQLITE_OK ? 0 : 1;

  CHECK(failed > 60);
  CHECK(failed < 140);
  CHECK(busy > milliseconds(1000 + 8'000));
  CHECK(busy < milliseconds(1000 + 18'000));
}

TEST_CASE("a sync that lies makes nothing durable", "[sim][disk]") {
  int lost = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SimDisk disk("d", seed);
    DiskChances chances;
    chances.lie_one_in = 1;
    disk.set_chances(chances);
    RawFile file(sim_vfs(), "/d/a.db-wal", kMakeLog);
    REQUIRE(file.write(std::string(512, 'b'), 0) == SQLITE_OK);
    REQUIRE(file.sync() == SQLITE_OK);
    disk.cut_power();
    lost += disk.image("a.db-wal").empty() ? 1 : 0;
  }

  CHECK(lost > 0);
}

TEST_CASE("a temporary file belongs to the disk at work, and is counted and searched",
          "[sim][disk]") {
  SimDisk disk("d", 1);
  disk.watch_for("CANARY");
  sqlite3_vfs& vfs = sim_vfs();
  RawFile database(vfs, "/d/a.db", kMakeDatabase);
  std::vector<char> memory(static_cast<std::size_t>(vfs.szOsFile));
  auto* file = reinterpret_cast<sqlite3_file*>(memory.data());
  const int flags =
      SQLITE_OPEN_TEMP_DB | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_DELETEONCLOSE;
  REQUIRE(vfs.xOpen(&vfs, nullptr, file, flags, nullptr) == SQLITE_OK);

  CHECK(file->pMethods->xWrite(file, "a CANARY here", 13, 0) == SQLITE_OK);
  CHECK(file->pMethods->xClose(file) == SQLITE_OK);

  CHECK(disk.temporary_files() == 1);
  CHECK(disk.canaries_seen() == 1);
  CHECK(disk.files() == std::vector<std::string>{"a.db"});
}

TEST_CASE("disk faults: what is left out moves no other") {
  const auto failing_calls = [](bool with_others) {
    DiskFaults faults(7);
    DiskChances chances;
    chances.io_error_one_in = 9;
    if (with_others) {
      chances.slow_one_in = 3;
      chances.slow_max = milliseconds(50);
      chances.lie_one_in = 2;
    }
    faults.set_chances(chances);
    std::set<std::uint64_t> failing;
    for (std::uint64_t call = 1; call <= 500; ++call) {
      static_cast<void>(faults.delay_for(DiskCall::kSync));
      static_cast<void>(faults.lies());
      if (faults.error_for(DiskCall::kSync, call) != 0) failing.insert(call);
    }
    return failing;
  };
  CHECK(failing_calls(true).size() > 30);
  CHECK(failing_calls(true) == failing_calls(false));
}

}  // namespace handover::sim::testing
