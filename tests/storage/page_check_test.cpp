#include "storage/page_check.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "storage/schema.hpp"
#include "tests/storage/files.hpp"
#include "tests/support/test_store.hpp"

namespace handover::test {
namespace {

using storage::check_pages;
using storage::PageFindings;

constexpr std::size_t kPage = 4096;

/// A store that was closed, and copies of its file with damage.
struct ClosedStore {
  ClosedStore() {
    for (int i = 0; i < 40; ++i) record(world, 'x');
    root_of_stock = static_cast<std::size_t>(root_of("stock"));
    world.store.reset();
    bytes = read_bytes(world.path());
  }

  static void record(TestStore& store, char fill) {
    good(store.write([&] { return store->journal.append(2, {}, std::string(500, fill)); }));
  }
  std::int64_t root_of(std::string_view table) {
    storage::Query row(world->database(), "SELECT rootpage FROM sqlite_master WHERE name = ?",
                       table);
    REQUIRE(row.next());
    return row.integer(0);
  }
  /// A page, from 1, with one bit turned.
  [[nodiscard]] static std::string damage(std::string file, std::size_t page) {
    char& byte = file[(page - 1) * kPage + 2000];
    byte = static_cast<char>(byte ^ 1);
    return file;
  }

  TestStore world;
  std::string bytes;
  std::size_t root_of_stock = 0;
};

PageFindings check(const std::string& path) { return good(check_pages({path, {}}, store_key())); }

}  // namespace

TEST_CASE("page check: a whole store is found whole, with its log and without",
          "[storage][pages]") {
  ClosedStore closed;

  const PageFindings found = check(closed.world.path());

  CHECK(found.damaged_pages.empty());
  CHECK_FALSE(found.hurts());
  CHECK_FALSE(found.has_log);
  CHECK(found.pages == static_cast<std::int64_t>(closed.bytes.size() / kPage));
  CHECK(found.layout == static_cast<std::int64_t>(storage::kSchemaVersion));
  CHECK(snapshot(closed.world.folder.path()).size() == 1);

  closed.world.reopen();
  ClosedStore::record(closed.world, 'y');
  const TemporaryFolder crashed;
  for (const auto& [name, bytes] : snapshot(closed.world.folder.path())) crashed.write(name, bytes);
  const auto before = snapshot(crashed.path());
  REQUIRE(before.contains("handover.db-wal"));
  CHECK_FALSE(check(crashed.file("handover.db")).hurts());
  CHECK(snapshot(crashed.path()) == before);
}

TEST_CASE("page check: each damaged page is named, and nothing is written", "[storage][pages]") {
  const ClosedStore closed;
  const std::size_t pages = closed.bytes.size() / kPage;
  const TemporaryFolder folder;

  for (std::size_t page = 1; page <= pages; ++page) {
    const std::string path = folder.write("handover.db", ClosedStore::damage(closed.bytes, page));
    const auto before = snapshot(folder.path());

    const PageFindings found = check(path);

    INFO("page " << page << " of " << pages);
    CHECK(found.damaged_pages == std::vector{static_cast<std::int64_t>(page)});
    CHECK(found.hurts());  // This store has no free page.
    CHECK(found.first_page == (page != 1));
    CHECK((!found.first_page || !found.contents || found.damaged_tables.size() == 1));
    CHECK(snapshot(folder.path()) == before);
  }
}

TEST_CASE("page check: the table that a damaged page belongs to is named", "[storage][pages]") {
  const ClosedStore closed;
  const TemporaryFolder folder;
  const std::string path =
      folder.write("handover.db", ClosedStore::damage(closed.bytes, closed.root_of_stock));

  CHECK(check(path).damaged_tables == std::vector<std::string>{"stock"});
}

TEST_CASE("page check: damage to a page that the log has anew costs nothing", "[storage][pages]") {
  ClosedStore closed;
  closed.world.reopen();
  for (int i = 0; i < 40; ++i) ClosedStore::record(closed.world, 'y');
  const auto running = snapshot(closed.world.folder.path());
  const TemporaryFolder crashed;
  crashed.write("handover.db-wal", running.at("handover.db-wal"));
  const std::size_t pages = running.at("handover.db").size() / kPage;
  std::size_t replaced = 0;

  for (std::size_t page = 2; page <= pages; ++page) {
    const std::string path =
        crashed.write("handover.db", ClosedStore::damage(running.at("handover.db"), page));
    const PageFindings found = check(path);
    CHECK(found.damaged_pages.size() == 1);
    CHECK(found.has_log);
    if (!found.hurts()) ++replaced;
  }

  CHECK(replaced > 0);
  CHECK(replaced < pages - 1);
  CHECK(read_bytes(crashed.file("handover.db-wal")) == running.at("handover.db-wal"));
}

TEST_CASE("page check: a wrong key, an open store and a foreign file are told apart",
          "[storage][pages]") {
  ClosedStore closed;
  const auto code = [&](char key) {
    return check_pages({closed.world.path(), {}}, store_key(key)).error().code;
  };

  CHECK(code('q') == Errc::kWrongKey);
  CHECK(read_bytes(closed.world.path()) == closed.bytes);
  closed.world.reopen();
  CHECK(code('k') == Errc::kInUse);

  const TemporaryFolder folder;
  const auto foreign = check_pages({folder.write("list", "a shopping list\n"), {}}, store_key());
  CHECK(foreign.error().code == Errc::kForeignFile);
}

}  // namespace handover::test
