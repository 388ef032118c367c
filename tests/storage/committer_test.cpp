#include <sqlite3.h>

#include <catch2/catch_test_macros.hpp>
#include <optional>

#include "tests/support/fault_vfs.hpp"
#include "tests/support/test_store.hpp"

namespace handover::test {
namespace {

using storage::JournalEntry;

/// One writer that appends a record and waits for the disk.
struct Caller {
  explicit Caller(TestStore& world)
      : written(world->committer.write([&] { return world->journal.append(1, {}, "{}"); })) {
    world->committer.when_durable([this](const Result<void>& result) { durable = result; });
  }
  Result<JournalEntry> written;
  std::optional<Result<void>> durable;
};

std::size_t records(TestStore& world) { return good(world->journal.list(0, 10000)).size(); }

Result<void> write_nothing() { return {}; }

struct CommitCounter {
  explicit CommitCounter(TestStore& world) : handle(world->database().handle()) {
    sqlite3_commit_hook(
        handle,
        [](void* self) {
          ++static_cast<CommitCounter*>(self)->commits;
          return 0;
        },
        this);
  }
  ~CommitCounter() { sqlite3_commit_hook(handle, nullptr, nullptr); }
  sqlite3* handle;
  int commits = 0;
};

}  // namespace

TEST_CASE("committer: a writer hears of it only when it is on the disk", "[storage][committer]") {
  FaultVfs faults;
  TestStore world(FaultVfs::name());
  const int syncs_before = faults.syncs;

  Caller caller(world);

  CHECK(caller.written.has_value());
  CHECK_FALSE(caller.durable.has_value());
  CHECK(faults.syncs == syncs_before);
  world.scheduler.run();
  REQUIRE(caller.durable.has_value());
  CHECK(caller.durable->has_value());
  CHECK(faults.syncs > syncs_before);
}

TEST_CASE("committer: writes of one moment share one commit and one sync", "[storage][committer]") {
  FaultVfs faults;
  TestStore world(FaultVfs::name());
  {
    Caller first(world);
    world.scheduler.run();
  }  // The log's header is synced on its own.
  const CommitCounter counter(world);
  const int syncs_before = faults.syncs;

  std::vector<std::unique_ptr<Caller>> callers;
  for (int i = 0; i < 50; ++i) callers.push_back(std::make_unique<Caller>(world));
  world.scheduler.run();

  CHECK(counter.commits == 1);
  CHECK(faults.syncs == syncs_before + 1);
  for (const auto& caller : callers) CHECK((caller->durable && caller->durable->has_value()));
}

TEST_CASE("committer: writers that keep coming are answered after a bounded number of writes",
          "[storage][committer]") {
  TestStore world;
  const CommitCounter counter(world);
  int written = 0;
  std::function<void()> again = [&] {
    good(world->committer.write(write_nothing));
    if (++written < 2000) world.scheduler.post(again);
  };

  world.scheduler.post(again);
  world.scheduler.run();

  CHECK(counter.commits >= 2000 / 300);
}

TEST_CASE("committer: what nobody waits for is committed in its time, all together",
          "[storage][committer]") {
  TestStore world;
  const CommitCounter counter(world);
  bool heard = false;

  for (int i = 0; i < 5; ++i) {
    good(world->committer.write_by(world.clock.monotonic_now() + milliseconds(500),
                                   [&] { return world->journal.append(1, {}, "{}"); }));
    world.scheduler.advance(milliseconds(10));
  }
  world->committer.on_outcome([&](const Result<void>& outcome) { heard = outcome.has_value(); });
  world.scheduler.advance(milliseconds(400));
  CHECK(counter.commits == 0);
  CHECK_FALSE(heard);

  world.scheduler.advance(milliseconds(60));
  CHECK(counter.commits == 1);
  CHECK(heard);
}

TEST_CASE("committer: of several times to commit by, the earliest counts", "[storage][committer]") {
  for (const bool earliest_first : {true, false}) {
    TestStore world;
    const CommitCounter counter(world);
    const auto now = world.clock.monotonic_now();
    const auto early = now + milliseconds(20);
    const auto late = now + std::chrono::hours(1);

    good(world->committer.write_by(earliest_first ? early : late, write_nothing));
    good(world->committer.write_by(earliest_first ? late : early, write_nothing));
    world.scheduler.advance(milliseconds(25));

    CHECK(counter.commits == 1);
    CHECK(world.scheduler.timers() == 0);
  }
}

TEST_CASE("committer: what nobody waits for goes with a write that somebody waits for",
          "[storage][committer]") {
  for (const bool by_waiter : {true, false}) {
    TestStore world;
    const CommitCounter counter(world);
    const auto later = world.clock.monotonic_now() + std::chrono::hours(1);
    good(world->committer.write_by(later, [&] { return world->journal.append(1, {}, "{}"); }));

    if (by_waiter) {
      world->committer.when_durable([](const Result<void>&) {});
    } else {
      good(world->committer.write(write_nothing));
    }
    world.scheduler.run();

    CHECK(counter.commits == 1);
    CHECK(world.scheduler.timers() == 0);
  }
}

TEST_CASE("committer: very many writes that nobody waits for are committed before their time",
          "[storage][committer]") {
  TestStore world;
  const CommitCounter counter(world);
  const auto later = world.clock.monotonic_now() + std::chrono::hours(1);

  for (int i = 0; i < 2000; ++i) {
    good(world->committer.write_by(later, write_nothing));
    world.scheduler.run();
  }

  CHECK(counter.commits >= 2000 / 300);
}

TEST_CASE("committer: with nothing open, a waiter is called at once", "[storage][committer]") {
  TestStore world;
  bool called = false;

  world->committer.when_durable([&](const Result<void>& outcome) { called = outcome.has_value(); });

  CHECK(called);
}

TEST_CASE("committer: a piece that fails is undone, and nothing of the others",
          "[storage][committer]") {
  TestStore world;

  Caller before(world);
  const auto failed = world->committer.write([&]() -> Result<JournalEntry> {
    TRY_ASSIGN(const auto entry, world->journal.append(1, {}, "lost"));
    return fail(Error::refused("rule", "a rule says no to " + std::to_string(entry.seq)));
  });
  Caller after(world);
  world.scheduler.run();

  CHECK(failed.error().problem == "rule");
  CHECK(before.durable->has_value());
  CHECK(after.durable->has_value());
  CHECK(after.written->seq == before.written->seq + 1);
  world.reopen();
  CHECK(records(world) == 2);
  CHECK(good(world->journal.read(2)).body == "{}");
}

TEST_CASE("committer: when the commit fails, every waiter hears it and nothing is kept",
          "[storage][committer]") {
  FaultVfs faults;
  TestStore world(FaultVfs::name());
  {
    Caller first(world);
    world.scheduler.run();
  }

  for (const int code : {SQLITE_FULL, SQLITE_IOERR_WRITE}) {
    faults.fail_writes_with = code;
    Caller one(world);
    Caller two(world);
    world.scheduler.run();

    REQUIRE((one.durable && two.durable));
    CHECK(one.durable->error().code == (code == SQLITE_FULL ? Errc::kDiskFull : Errc::kIo));
    CHECK_FALSE(two.durable->has_value());
    faults.fail_writes_with = 0;
    CHECK(records(world) == 1);
  }
  faults.fail_syncs_with = SQLITE_IOERR_FSYNC;
  Caller unsynced(world);
  world.scheduler.run();
  CHECK_FALSE(unsynced.durable->has_value());
  faults.fail_syncs_with = 0;

  Caller later(world);
  world.scheduler.run();
  CHECK(later.durable->has_value());
  world.reopen();
  CHECK(records(world) == 2);
}

TEST_CASE("committer: a full store refuses the write, and goes on when there is room",
          "[storage][committer]") {
  TestStore world;
  Caller before(world);
  world.scheduler.run();
  good(world->database().execute_script(
      "PRAGMA max_page_count = 1"));  // SQLite makes that: as many as there are.

  const auto refused = world->committer.write(
      [&] { return world->journal.append(1, {}, std::string(100'000, 'x')); });
  world.scheduler.run();

  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == Errc::kDiskFull);
  good(world->database().execute_script("PRAGMA max_page_count = 1000000"));
  Caller after(world);
  world.scheduler.run();
  CHECK(after.durable->has_value());
  CHECK(records(world) == 2);
}

TEST_CASE("committer: a transaction that the disk's error rolled back fails all who waited on it",
          "[storage][committer]") {
  TestStore world;
  Caller one(world);
  Caller two(world);

  // What SQLite does by itself after some errors.
  const auto broken = world->committer.write([&]() -> Result<void> {
    RETURN_IF_ERROR(world->database().execute("ROLLBACK"));
    return fail(Errc::kIo, "the disk is gone");
  });
  Caller three(world);
  world.scheduler.run();

  CHECK_FALSE(broken.has_value());
  REQUIRE((one.durable && two.durable && three.durable));
  CHECK_FALSE(one.durable->has_value());
  CHECK_FALSE(two.durable->has_value());
  CHECK(three.durable->has_value());
  CHECK(records(world) == 1);
}

TEST_CASE("committer: a waiter may write again", "[storage][committer]") {
  TestStore world;
  std::unique_ptr<Caller> second;
  Caller first(world);
  world->committer.when_durable(
      [&](const Result<void>&) { second = std::make_unique<Caller>(world); });

  world.scheduler.run();

  REQUIRE((second && second->durable));
  CHECK(second->durable->has_value());
}

TEST_CASE(
    "committer: what is open when the store is closed is committed, and its waiters are called",
    "[storage][committer]") {
  TestStore world;
  Caller caller(world);

  world.reopen();
  world.scheduler.run();  // What the first store had posted finds it gone.

  CHECK((caller.durable && caller.durable->has_value()));
  CHECK(records(world) == 1);
}

}  // namespace handover::test
