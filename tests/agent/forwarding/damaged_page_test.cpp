// A page of the store is rotten: the records on it are shown as damaged, and all others go out.
#include <catch2/catch_test_macros.hpp>

#include "agent/journal_check.hpp"
#include "tests/agent/forwarding/lane_world.hpp"
#include "tests/storage/files.hpp"

namespace handover::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kPage = 4096;
constexpr std::int64_t kRecords = 120;

void flip_a_bit(const std::string& path, std::size_t page) {
  std::string bytes = read_bytes(path);
  bytes.at(page * kPage + 2000) = static_cast<char>(bytes.at(page * kPage + 2000) ^ 1);
  write_bytes(path, bytes);
}

/// A lane with records that wait, and the agent's own check of the journal.
struct RottenStore : LaneFixture {
  RottenStore() {
    for (std::int64_t i = 0; i < kRecords; ++i) add();
    on_damage = [this] { check->start(); };
  }
  ~RottenStore() { check.reset(); }

  void start_all() {
    check = std::make_unique<JournalCheck>(*world, world.scheduler, world.clock, log);
    start();
  }
  void stop() {
    loop.reset();
    check.reset();
    world.store.reset();
  }

  bool is_readable(std::int64_t seq) const { return world->journal.read(seq).has_value(); }

  /// Finds the page where the record stands alone with its neighbours, and damages it: the first
  /// and the last record stay readable. Returns the page.
  std::size_t rot_page_of(std::int64_t seq) {
    stop();
    const std::string path = world.path();
    const std::size_t pages = read_bytes(path).size() / kPage;
    for (std::size_t page = 1; page < pages; ++page) {
      flip_a_bit(path, page);
      auto opened = storage::Store::open(world.settings(storage::OpenMode::kExisting), store_key(),
                                         world.entropy, world.scheduler);
      if (opened) {
        world.store = std::move(*opened);
        if (!is_readable(seq) && is_readable(1) && is_readable(kRecords)) return page;
        world.store.reset();
      }
      flip_a_bit(path, page);
    }
    FAIL("no page holds record " << seq << " only");
    return 0;
  }

  void retry(std::int64_t seq) {
    good(world.write([&] { return loop->retry(delivery(seq)); }));
    loop->wake();
  }

  std::vector<std::int64_t> damaged() const {
    std::vector<std::int64_t> numbers;
    for (const auto& entry : good(world->journal.damaged())) numbers.push_back(entry.seq);
    return numbers;
  }

  std::unique_ptr<JournalCheck> check;
};

}  // namespace

TEST_CASE("damaged page: all records that can be read are sent, the others are set aside and shown",
          "[forwarding][damage]") {
  RottenStore test;
  test.rot_page_of(60);
  test.start_all();

  CHECK(test.drain());

  const auto damaged = test.damaged();
  REQUIRE_FALSE(damaged.empty());
  CHECK(damaged.size() < 50);
  CHECK(test.applied.size() + damaged.size() == kRecords);
  for (const std::int64_t seq : damaged) {
    CHECK(test.state(seq) == DeliveryState::kQuarantined);
    CHECK(test.delivery(seq).why.find("record " + std::to_string(seq)) != std::string::npos);
    CHECK(test.log.contains("record " + std::to_string(seq) + " is damaged"));
  }
  CHECK(test.count(DeliveryState::kDelivered) ==
        kRecords - static_cast<std::int64_t>(damaged.size()));
  CHECK(good(test.world->journal.list(0, 1000)).size() == kRecords);
  test.add();
  CHECK(test.drain());
  CHECK(test.state(kRecords + 1) == DeliveryState::kDelivered);
}

TEST_CASE("damaged page: the check alone finds the same records", "[forwarding][damage]") {
  RottenStore test;
  test.rot_page_of(60);
  JournalCheck check(*test.world, test.world.scheduler, test.world.clock, test.log);

  check.start();
  test.pass(1min);

  const auto damaged = test.damaged();
  for (std::int64_t seq = 1; seq <= kRecords; ++seq) {
    CAPTURE(seq);
    const bool is_aside = std::count(damaged.begin(), damaged.end(), seq) == 1;
    CHECK(test.is_readable(seq) != is_aside);
  }
  CHECK(std::count(damaged.begin(), damaged.end(), 60) == 1);
}

TEST_CASE("damaged page: what reads well again is taken back, and sent when a person asks for it",
          "[forwarding][damage]") {
  RottenStore test;
  const std::size_t page = test.rot_page_of(60);
  test.start_all();
  CHECK(test.drain());
  REQUIRE(test.state(60) == DeliveryState::kQuarantined);
  test.stop();
  flip_a_bit(test.world.path(), page);
  test.world.reopen();
  test.start_all();

  test.check->start();
  test.pass(1min);
  CHECK(test.damaged().empty());
  CHECK(test.log.contains("record 60 can be read again"));
  test.retry(60);
  CHECK(test.drain());

  CHECK(test.state(60) == DeliveryState::kDelivered);
}

TEST_CASE("damaged page: a person's retry tries to read it, and it is set aside again",
          "[forwarding][damage]") {
  RottenStore test;
  test.rot_page_of(60);
  test.start_all();
  CHECK(test.drain());
  const auto damaged = test.damaged();

  test.retry(60);
  CHECK(test.drain());

  CHECK(test.damaged() == damaged);
  CHECK(test.state(60) == DeliveryState::kQuarantined);
  CHECK(test.applied.size() + damaged.size() == kRecords);
}

}  // namespace handover::test
