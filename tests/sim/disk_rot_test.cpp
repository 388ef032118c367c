// Bytes that come back wrong from the disk: noticed, never believed.
#include "tests/sim/disk_support.hpp"

namespace handover::sim::testing {
namespace {

using storage::OpenMode;

constexpr std::int64_t kRecords = 60;
constexpr std::int64_t kPage = SimFile::kPageBytes;

/// A closed store with records: all of it is in the one file.
DiskImage store_with_records() {
  sim_vfs();
  SimDisk disk("d", 1);
  RecordKeeper keeper(disk);
  REQUIRE(keeper.start(OpenMode::kCreate));
  for (std::int64_t number = 1; number <= kRecords; ++number) REQUIRE(keeper.add(number));
  keeper.stop();
  return disk.snapshot();
}

struct Findings {
  bool noticed = false;
  bool wrong = false;  // Something was read that was never written so.
};

/// Reads each record. Each must be the right one, or an error.
Findings read_all(SimDisk& disk) {
  RecordKeeper keeper(disk);
  Findings findings;
  if (!keeper.start(OpenMode::kExisting)) return {true, false};
  for (std::int64_t seq = 1; seq <= kRecords; ++seq) {
    const auto entry = keeper.store().journal.read(seq);
    if (!entry) findings.noticed = true;
    if (entry && entry->body != body_of_record(seq)) findings.wrong = true;
  }
  for (std::int64_t seq = 1; seq <= kRecords; ++seq) keeper.acknowledged[seq] = seq;
  if (!keeper.complaint().empty()) findings.noticed = true;
  return findings;
}

}  // namespace

TEST_CASE("a flipped bit in any page is noticed, and gone when the rot is lifted", "[sim][disk]") {
  const DiskImage image = store_with_records();
  SimDisk disk("d", 2);
  disk.restore(image);
  const auto size = static_cast<std::int64_t>(image.at("handover.db").size());
  REQUIRE(size > 8 * kPage);

  for (std::int64_t page = 0; page < size; page += kPage) {
    disk.rot("handover.db", {Rot::Kind::kFlippedBit, page + page / 13 % kPage, 0});
    const Findings findings = read_all(disk);

    INFO("page at " << page);
    CHECK(findings.noticed);
    CHECK_FALSE(findings.wrong);
    disk.restore(image);
  }

  disk.rot("handover.db", {Rot::Kind::kFlippedBit, kPage, 0});
  disk.lift_rot();
  const Findings lifted = read_all(disk);
  CHECK_FALSE(lifted.noticed);
  CHECK_FALSE(lifted.wrong);
}

TEST_CASE("a page that reads as another one is noticed", "[sim][disk]") {
  const DiskImage image = store_with_records();
  SimDisk disk("d", 2);
  const auto size = static_cast<std::int64_t>(image.at("handover.db").size());

  for (std::int64_t page = 0; page < size; page += kPage) {
    disk.restore(image);
    disk.rot("handover.db", {Rot::Kind::kMisdirected, page, (page + kPage) % size});
    const Findings findings = read_all(disk);

    INFO("page at " << page);
    CHECK(findings.noticed);
    CHECK_FALSE(findings.wrong);
  }
}

TEST_CASE("a page whose writes get lost never makes a record read as another one", "[sim][disk]") {
  const DiskImage image = store_with_records();
  SimDisk disk("d", 2);
  const auto size = static_cast<std::int64_t>(image.at("handover.db").size());
  int noticed = 0;

  for (std::int64_t page = 0; page < size; page += kPage) {
    disk.restore(image);
    {
      RecordKeeper keeper(disk);
      REQUIRE(keeper.start(OpenMode::kExisting));
      disk.rot("handover.db", {Rot::Kind::kStale, page, 0});
      for (std::int64_t number = 1; number <= 20; ++number) {
        if (const auto added = keeper.add(kRecords + number); !added) break;
      }
    }
    const Findings findings = read_all(disk);

    INFO("page at " << page);
    CHECK_FALSE(findings.wrong);
    noticed += findings.noticed ? 1 : 0;
  }

  CHECK(noticed > 0);
}

TEST_CASE("rot in the log after a crash ends the log there; what stands before it is right",
          "[sim][disk]") {
  sim_vfs();
  SimDisk disk("d", 1);
  RecordKeeper keeper(disk);
  REQUIRE(keeper.start(OpenMode::kCreate));
  REQUIRE(keeper.store().database().execute_script("PRAGMA wal_autocheckpoint = 0"));
  for (std::int64_t number = 1; number <= kRecords; ++number) REQUIRE(keeper.add(number));
  disk.kill();
  keeper.stop();
  disk.power_on();
  const auto middle = static_cast<std::int64_t>(disk.image("handover.db-wal").size() / 2);
  disk.rot("handover.db-wal", {Rot::Kind::kFlippedBit, middle, 0});

  RecordKeeper after(disk);
  REQUIRE(after.start(OpenMode::kExisting));

  const std::int64_t left = after.records();
  CHECK(left > 0);
  CHECK(left < kRecords);
  for (std::int64_t seq = 1; seq <= left; ++seq) after.acknowledged[seq] = seq;
  CHECK(after.complaint() == "");
}

TEST_CASE("rot is gone from what is written anew, but a stale page stays stale", "[sim][disk]") {
  SimDisk disk("d", 1);
  RawFile file(sim_vfs(), "/d/a.db", kMakeDatabase);
  REQUIRE(file.write(std::string(2 * kPage, 'a'), 0) == SQLITE_OK);
  std::string byte(1, '?');

  disk.rot("a.db", {Rot::Kind::kFlippedBit, 100, 0});
  disk.rot("a.db", {Rot::Kind::kStale, kPage, 0});
  CHECK(file.read(byte, 100) == SQLITE_OK);
  CHECK(byte == "q");  // 'a' with a bit flipped.
  REQUIRE(file.write(std::string(2 * kPage, 'b'), 0) == SQLITE_OK);

  CHECK(file.read(byte, 100) == SQLITE_OK);
  CHECK(byte == "b");
  CHECK(file.read(byte, kPage) == SQLITE_OK);
  CHECK(byte == "a");
  CHECK(disk.image("a.db") == std::string(2 * kPage, 'b'));
}

}  // namespace handover::sim::testing
