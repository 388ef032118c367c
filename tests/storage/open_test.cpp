#include <sqlite3.h>
#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>

#include "storage/schema.hpp"
#include "tests/storage/files.hpp"
#include "tests/support/fault_vfs.hpp"
#include "tests/support/test_store.hpp"

namespace handover::test {
namespace {

using storage::Database;
using storage::OpenMode;
using storage::Store;

constexpr std::size_t kPage = 4096;

/// What opening ends in, or nothing if it works.
std::optional<Errc> try_open(const storage::DatabaseSettings& settings, char key = 'k') {
  ManualClock clock;
  FakeScheduler scheduler(clock);
  SeededEntropy entropy;
  auto store = Store::open(settings, store_key(key), entropy, scheduler);
  if (store) return std::nullopt;
  CHECK_FALSE(store.error().detail.empty());
  return store.error().code;
}
std::optional<Errc> try_open(const std::string& path, OpenMode mode = OpenMode::kExisting) {
  return try_open({path, {}, mode});
}

/// A closed store with some records, and what its folder holds.
struct ClosedStore {
  ClosedStore() {
    for (int i = 0; i < 50; ++i) {
      good(world.write([&]() -> Result<void> {
        TRY_ASSIGN(const auto entry,
                   world->journal.append(2, world.clock.wall_now(), std::string(500, 'x')));
        storage::NewDelivery delivery;
        delivery.record_seq = entry.seq;
        delivery.lane = 1;
        delivery.key = std::to_string(entry.seq);
        return world->deliveries.add(delivery);
      }));
    }
    world.store.reset();
    files = snapshot(world.folder.path());
  }
  [[nodiscard]] bool untouched() const { return snapshot(world.folder.path()) == files; }
  [[nodiscard]] const std::string& bytes() const { return files.at("handover.db"); }

  TestStore world;
  std::map<std::string, std::string> files;
};

void run_plain(sqlite3* handle, const char* sql) {
  REQUIRE(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
}

/// A database that another program made, with our key or with none.
void make_foreign(const std::string& path, bool encrypted, const char* sql) {
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &handle) == SQLITE_OK);
  const std::string literal = "x'" + [] {
    std::string hex;
    for (int i = 0; i < 32; ++i) hex += "6b";
    return hex;
  }() + "'";
  if (encrypted)
    REQUIRE(sqlite3_key(handle, literal.c_str(), static_cast<int>(literal.size())) == SQLITE_OK);
  run_plain(handle, sql);
  REQUIRE(sqlite3_close(handle) == SQLITE_OK);
}

}  // namespace

TEST_CASE("store: what was written is there after it was closed and opened again",
          "[storage][open]") {
  ClosedStore closed;

  closed.world.reopen();

  CHECK(good(closed.world->journal.list(0, 100)).size() == 50);
  CHECK(good(closed.world->journal.read(17)).body == std::string(500, 'x'));
}

TEST_CASE("store: a wrong key is told apart and changes nothing", "[storage][open]") {
  const ClosedStore closed;

  CHECK(try_open(closed.world.settings(OpenMode::kExisting), 'q') == Errc::kWrongKey);

  CHECK(closed.untouched());
  CHECK(try_open(closed.world.path()) == std::nullopt);
}

TEST_CASE("store: a wrong key folds no log into the file", "[storage][open]") {
  TestStore running;
  good(running.write(
      [&] { return running->journal.append(2, running.clock.wall_now(), "a record in the log"); }));
  // As a battery that falls out leaves it: the log beside the file.
  const TemporaryFolder folder;
  for (const auto& [name, bytes] : snapshot(running.folder.path())) folder.write(name, bytes);
  const auto before = snapshot(folder.path());
  REQUIRE(before.contains("handover.db-wal"));

  CHECK(try_open({folder.file("handover.db"), {}, OpenMode::kExisting}, 'q') == Errc::kWrongKey);

  CHECK(snapshot(folder.path()) == before);
  CHECK(try_open(folder.file("handover.db")) == std::nullopt);
}

TEST_CASE("store: no file is a configuration error, and none is made", "[storage][open]") {
  const TemporaryFolder folder;

  CHECK(try_open(folder.file("missing.db")) == Errc::kConfig);
  CHECK(try_open(folder.file("no/such/folder.db"), OpenMode::kCreate) == Errc::kConfig);

  CHECK(snapshot(folder.path()).empty());
}

TEST_CASE("store: creating never overwrites a file, but takes an empty one", "[storage][open]") {
  const ClosedStore closed;
  CHECK(try_open(closed.world.path(), OpenMode::kCreate) == Errc::kConfig);
  CHECK(closed.untouched());

  const TemporaryFolder folder;
  CHECK(try_open(folder.write("empty.db", ""), OpenMode::kCreate) == std::nullopt);
}

TEST_CASE("store: a file that is none of ours is refused as it is", "[storage][open]") {
  const TemporaryFolder folder;
  const std::string empty = folder.write("empty", "");
  const std::string text = folder.write("text", "a shopping list\n");
  const std::string plain = folder.file("plain");
  make_foreign(plain, false, "CREATE TABLE notes (line TEXT); INSERT INTO notes VALUES ('mine')");
  const auto before = snapshot(folder.path());

  CHECK(try_open(empty) == Errc::kForeignFile);
  CHECK(try_open(text) == Errc::kForeignFile);
  CHECK(try_open(plain) == Errc::kForeignFile);

  CHECK(snapshot(folder.path()) == before);
}

TEST_CASE("store: another program's database is refused as it is, even with our key",
          "[storage][open]") {
  const TemporaryFolder folder;
  const std::string theirs = folder.file("theirs");
  make_foreign(theirs, true, "CREATE TABLE notes (line TEXT); INSERT INTO notes VALUES ('mine')");
  const auto before = snapshot(folder.path());

  CHECK(try_open(theirs) == Errc::kForeignFile);

  CHECK(snapshot(folder.path()) == before);
}

TEST_CASE("store: one that a newer program wrote is refused as it is", "[storage][open]") {
  ClosedStore closed;
  closed.world.reopen();
  good(closed.world->database().execute_script("PRAGMA user_version = 999"));
  closed.world.store.reset();
  const auto before = snapshot(closed.world.folder.path());

  CHECK(try_open(closed.world.path()) == Errc::kNewerSchema);

  CHECK(snapshot(closed.world.folder.path()) == before);
}

TEST_CASE("store: a truncated file is refused as it is", "[storage][open]") {
  const ClosedStore closed;
  const TemporaryFolder folder;
  const std::string pages = folder.write("pages", closed.bytes().substr(0, 3 * kPage));
  const std::string torn = folder.write("torn", closed.bytes().substr(0, 3 * kPage + 100));
  const std::string one = folder.write("one", closed.bytes().substr(0, 100));
  const auto before = snapshot(folder.path());

  CHECK(try_open(pages) == Errc::kCorrupt);
  CHECK(try_open(torn).has_value());
  CHECK(try_open(one) == Errc::kForeignFile);

  CHECK(snapshot(folder.path()) == before);
}

TEST_CASE("store: a page that a crash tore while the log was folded in is taken from the log",
          "[storage][open]") {
  ClosedStore closed;
  closed.world.reopen();
  for (int i = 0; i < 50; ++i) {
    good(closed.world.write(
        [&] { return closed.world->journal.append(2, {}, std::string(500, 'y')); }));
  }
  const auto files = snapshot(closed.world.folder.path());
  REQUIRE(files.contains("handover.db-wal"));

  const TemporaryFolder crashed;
  const std::string path =
      crashed.write("handover.db", files.at("handover.db") + std::string(100, 'z'));
  crashed.write("handover.db-wal", files.at("handover.db-wal"));

  ManualClock clock;
  FakeScheduler scheduler(clock);
  SeededEntropy entropy;
  const auto store =
      good(Store::open({path, {}, OpenMode::kExisting}, store_key(), entropy, scheduler));
  CHECK(good(store->journal.list(0, 1000)).size() == 100);
}

TEST_CASE("store: a damaged first page is no crash and changes nothing", "[storage][open]") {
  const ClosedStore closed;
  const TemporaryFolder folder;
  std::string bytes = closed.bytes();
  bytes[100] = static_cast<char>(bytes[100] ^ 0x55);
  const std::string path = folder.write("damaged", bytes);

  CHECK(try_open(path) == Errc::kWrongKey);

  CHECK(read_bytes(path) == bytes);
}

TEST_CASE("store: with any one page damaged it opens or says why, and what is whole can be read",
          "[storage][open]") {
  const ClosedStore closed;
  const TemporaryFolder folder;
  const std::size_t pages = closed.bytes().size() / kPage;
  std::size_t readable = 0;
  std::size_t said = 0;
  for (std::size_t page = 1; page < pages; ++page) {
    std::string bytes = closed.bytes();
    bytes[page * kPage + 2000] = static_cast<char>(bytes[page * kPage + 2000] ^ 1);
    const std::string path = folder.write("damaged" + std::to_string(page), bytes);
    ManualClock clock;
    FakeScheduler scheduler(clock);
    SeededEntropy entropy;
    const auto store =
        Store::open({path, {}, OpenMode::kExisting}, store_key(), entropy, scheduler);
    if (!store) {
      CHECK(store.error().code == Errc::kCorrupt);
      CHECK(read_bytes(path) == bytes);
      ++said;
      continue;
    }
    for (std::int64_t seq = 1; seq <= 50; ++seq) {
      const auto entry = (*store)->journal.read(seq);
      if (entry) {
        CHECK(entry->body == std::string(500, 'x'));
        ++readable;
      } else {
        CHECK(entry.error().code == Errc::kCorrupt);
        ++said;
      }
    }
    std::vector<storage::DamagedEntry> damaged;
    const auto next = (*store)->journal.verify(1, 1000, damaged);
    CHECK(next.has_value());
    const auto numbers = (*store)->journal.list(0, 1000);
    CHECK((numbers && numbers->size() == 50));
    const auto due = (*store)->deliveries.next_due(1);
    CHECK((due || due.error().code == Errc::kCorrupt));
  }

  CHECK(said > 0);
  CHECK(readable > 50 * (pages - 1) / 2);
}

TEST_CASE("store: one that is open already is in use", "[storage][open]") {
  const TestStore world;

  CHECK(try_open(world.path()) == Errc::kInUse);
}

TEST_CASE("store: another process cannot open it either, and can when the first has died",
          "[storage][open]") {
  // The child is made first: it must know nothing of the parent's locks.
  int go[2];
  int answer[2];
  REQUIRE((::pipe(go) == 0 && ::pipe(answer) == 0));
  const TemporaryFolder folder;
  const std::string path = folder.file("handover.db");
  const pid_t holder = ::fork();
  if (holder == 0) {
    ManualClock clock;
    FakeScheduler scheduler(clock);
    SeededEntropy entropy;
    const auto store = Store::open({path, {}, OpenMode::kCreate}, store_key(), entropy, scheduler);
    char byte = store ? 'y' : 'n';
    (void)!::write(answer[1], &byte, 1);
    (void)!::read(go[0], &byte, 1);
    ::_exit(0);
  }
  char byte = 0;
  REQUIRE((::read(answer[0], &byte, 1) == 1 && byte == 'y'));

  CHECK(try_open(path) == Errc::kInUse);

  ::kill(holder, SIGKILL);
  int status = 0;
  REQUIRE(::waitpid(holder, &status, 0) == holder);
  CHECK(try_open(path) == std::nullopt);
  for (const int end : {go[0], go[1], answer[0], answer[1]}) ::close(end);
}

TEST_CASE("store: a file that may not be written is read-only, and stays as it is",
          "[storage][open]") {
  const ClosedStore closed;
  REQUIRE(::chmod(closed.world.folder.path().c_str(), 0777) == 0);
  REQUIRE(::chmod(closed.world.path().c_str(), 0444) == 0);

  const int code = in_child(
      [&] { return static_cast<int>(try_open(closed.world.path()).value_or(Errc::kInvalid)); });

  CHECK(static_cast<Errc>(code) == Errc::kReadOnly);
  CHECK(closed.untouched());
}

TEST_CASE("store: a folder that may not be written is read-only, and stays as it is",
          "[storage][open]") {
  const ClosedStore closed;
  REQUIRE(::chmod(closed.world.path().c_str(), 0666) == 0);
  REQUIRE(::chmod(closed.world.folder.path().c_str(), 0555) == 0);

  const int code = in_child(
      [&] { return static_cast<int>(try_open(closed.world.path()).value_or(Errc::kInvalid)); });

  CHECK(static_cast<Errc>(code) == Errc::kReadOnly);
  CHECK(closed.untouched());
  REQUIRE(::chmod(closed.world.folder.path().c_str(), 0755) == 0);
}

TEST_CASE("store: a full disk at the first start is told apart", "[storage][open]") {
  FaultVfs faults;
  const TemporaryFolder folder;
  for (int good_writes = 0; good_writes < 12; ++good_writes) {
    faults.fail_writes_with = SQLITE_FULL;
    faults.good_writes_left = good_writes;
    const std::string path = folder.file("store" + std::to_string(good_writes));
    CAPTURE(good_writes);

    const auto outcome = try_open({path, FaultVfs::name(), OpenMode::kCreate});

    if (outcome) CHECK(*outcome == Errc::kDiskFull);
    if (!outcome) CHECK(good_writes > 4);
  }
}

}  // namespace handover::test
