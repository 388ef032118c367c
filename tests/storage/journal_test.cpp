#include <catch2/catch_test_macros.hpp>

#include "storage/numbered_id.hpp"
#include "tests/support/test_store.hpp"

namespace handover::test {
namespace {

using storage::DamagedEntry;
using storage::JournalEntry;

JournalEntry append(TestStore& world, std::string body) {
  return good(world.write([&] { return world->journal.append(1, world.clock.wall_now(), body); }));
}

void tamper(TestStore& world, const char* sql) { good(world->database().execute_script(sql)); }

std::vector<std::int64_t> damaged_numbers(TestStore& world, std::int64_t step = 1000) {
  std::vector<DamagedEntry> damaged;
  std::optional<std::int64_t> from = 1;
  while (from) from = good(world->journal.verify(*from, step, damaged));
  std::vector<std::int64_t> numbers;
  for (const auto& entry : damaged) numbers.push_back(entry.seq);
  return numbers;
}

struct TenRecords : TestStore {
  TenRecords() {
    for (int i = 1; i <= 10; ++i) append(*this, "{\"n\":" + std::to_string(i) + "}");
  }
};

}  // namespace

TEST_CASE("journal: records are numbered from one, without a gap, over a restart",
          "[storage][journal]") {
  TestStore world;

  CHECK(append(world, "a").seq == 1);
  CHECK(append(world, "b").seq == 2);
  world.reopen();
  CHECK(append(world, "c").seq == 3);

  CHECK(good(world->journal.list(0, 10)) == std::vector<std::int64_t>{1, 2, 3});
  CHECK(good(world->journal.list(1, 1)) == std::vector<std::int64_t>{2});
  CHECK(damaged_numbers(world).empty());
}

TEST_CASE("journal: a record reads back as it was written, by number and by id",
          "[storage][journal]") {
  TestStore world;
  const JournalEntry written = append(world, std::string("quotes \" and a zero \0 byte", 26));

  const JournalEntry read = good(world->journal.read(written.seq));

  CHECK(read.body == written.body);
  CHECK(read.id == written.id);
  CHECK(read.kind == 1);
  CHECK(read.captured_at == world.clock.wall_now());
  CHECK(good(world->journal.read_by_id(written.id)).seq == written.seq);
}

TEST_CASE("journal: unknown numbers and ids are not found", "[storage][journal]") {
  TestStore world;
  const JournalEntry written = append(world, "a");
  std::string other = written.id;
  other.back() = other.back() == '0' ? '1' : '0';

  CHECK(world->journal.read(99).error().code == Errc::kNotFound);
  CHECK(world->journal.read_by_id("").error().code == Errc::kNotFound);
  CHECK(world->journal.read_by_id("../../etc/passwd").error().code == Errc::kNotFound);
  CHECK(world->journal.read_by_id(other).error().code == Errc::kNotFound);
}

TEST_CASE("journal: an altered record is found, and the others still read", "[storage][journal]") {
  for (const char* sql :
       {"UPDATE records SET body = '{\"n\":44}' WHERE seq = 4",
        "UPDATE records SET kind = 2 WHERE seq = 4",
        "UPDATE records SET captured_at = captured_at + 1 WHERE seq = 4",
        "UPDATE records SET id = (SELECT id FROM records WHERE seq = 5) WHERE seq = 4"}) {
    CAPTURE(sql);
    TenRecords world;

    tamper(world, sql);

    CHECK(damaged_numbers(world) == std::vector<std::int64_t>{4});
    CHECK(world->journal.read(4).error().code == Errc::kCorrupt);
    CHECK(world->journal.read(3).has_value());
    CHECK(world->journal.read(5).has_value());
  }
}

TEST_CASE("journal: a missing record is found", "[storage][journal]") {
  TenRecords world;

  tamper(world, "DELETE FROM records WHERE seq IN (4, 5)");

  // The one after the gap cannot be proven any more.
  CHECK(damaged_numbers(world) == std::vector<std::int64_t>{4, 5, 6});
  CHECK(world->journal.read(4).error().code == Errc::kNotFound);
}

TEST_CASE("journal: two records that changed places are found", "[storage][journal]") {
  TenRecords world;

  tamper(world,
         "UPDATE records SET seq = 100 WHERE seq = 4; UPDATE records SET seq = 4 WHERE seq = 7;"
         "UPDATE records SET seq = 7 WHERE seq = 100");

  const auto damaged = damaged_numbers(world);
  CHECK(std::count(damaged.begin(), damaged.end(), 4) == 1);
  CHECK(std::count(damaged.begin(), damaged.end(), 7) == 1);
}

TEST_CASE("journal: verifying in small steps finds the same as in one", "[storage][journal]") {
  TenRecords world;
  tamper(world,
         "UPDATE records SET body = '' WHERE seq IN (3, 6); DELETE FROM records WHERE seq = 8");

  const auto at_once = damaged_numbers(world);

  CHECK(at_once == std::vector<std::int64_t>{3, 6, 8, 9});
  for (const std::int64_t step : {1, 2, 3, 7}) CHECK(damaged_numbers(world, step) == at_once);
}

TEST_CASE("journal: what is set aside is remembered once", "[storage][journal]") {
  TenRecords world;

  for (int i = 0; i < 2; ++i) {
    good(world.write([&] {
      return world->journal.set_aside({4, "its checksum does not fit"}, world.clock.wall_now());
    }));
  }
  world.reopen();

  const auto damaged = good(world->journal.damaged());
  REQUIRE(damaged.size() == 1);
  CHECK(damaged[0].seq == 4);
  CHECK(damaged[0].reason == "its checksum does not fit");
}

TEST_CASE("numbered id: carries its number in a UUID of version 8", "[storage][id]") {
  SeededEntropy entropy;
  for (const std::int64_t number :
       {std::int64_t{1}, std::int64_t{255}, std::int64_t{65536}, (std::int64_t{1} << 48) - 1}) {
    const std::string id = storage::make_numbered_id(number, entropy);

    CHECK(id.size() == 36);
    CHECK(id[14] == '8');
    CHECK(std::string_view("89ab").find(id[19]) != std::string_view::npos);
    CHECK(storage::number_of(id) == number);
    CHECK(id != storage::make_numbered_id(number, entropy));
  }
}

TEST_CASE("numbered id: anything else holds no number", "[storage][id]") {
  SeededEntropy entropy;
  const std::string id = storage::make_numbered_id(7, entropy);

  CHECK_FALSE(storage::number_of(""));
  CHECK_FALSE(storage::number_of(id.substr(1)));
  CHECK_FALSE(storage::number_of(id + "0"));
  CHECK_FALSE(storage::number_of(make_uuid(entropy)));
  CHECK_FALSE(storage::number_of("00000000-0000-8000-8000-000000000000"));
  CHECK_FALSE(storage::number_of("-0000000-0001-8000-8000-000000000000"));
  CHECK_FALSE(storage::number_of("0000000g-0001-8000-8000-000000000000"));
}

}  // namespace handover::test
