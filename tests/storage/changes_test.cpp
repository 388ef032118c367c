#include "storage/changes.hpp"

#include <catch2/catch_test_macros.hpp>

#include "storage/page_tokens.hpp"
#include "tests/storage/layouts.hpp"
#include "tests/storage/one_delivery.hpp"

namespace handover::test {
namespace {

using storage::Change;
using storage::ChangeKind;
using storage::DeliveryState;

std::vector<std::pair<ChangeKind, std::int64_t>> told(TestStore& world, std::int64_t after = 0) {
  std::vector<std::pair<ChangeKind, std::int64_t>> all;
  std::int64_t expected = after;
  for (const Change& change : good(world->changes.list(after, 1000))) {
    CHECK(change.number == ++expected);
    all.emplace_back(change.kind, change.subject);
  }
  return all;
}

}  // namespace

TEST_CASE("changes: records, deliveries, transfers and lanes are told in their order",
          "[storage][changes]") {
  TestStore world;
  const auto delivery = add_delivery(world);
  set_state(world, delivery, DeliveryState::kQuarantined);
  set_state(world, delivery, DeliveryState::kQuarantined);  // As it was: no change.
  storage::TransferRow row;
  row = good(world.write([&] { return world->transfers.add(row); }));
  row.state = storage::TransferState::kCancelled;
  good(world.write([&] { return world->transfers.update(row); }));
  storage::LaneMemory memory;
  memory.mode = 1;
  good(world.write([&] { return world->lane_memories.write(1, memory); }));
  world.reopen();

  const std::vector<std::pair<ChangeKind, std::int64_t>> expected = {
      {ChangeKind::kRecord, 1},
      {ChangeKind::kDelivery, delivery},
      {ChangeKind::kTransfer, row.number},
      {ChangeKind::kTransfer, row.number},
      {ChangeKind::kLane, 1}};
  CHECK(told(world) == expected);
  CHECK(told(world, 4).size() == 1);
  CHECK(good(world->changes.span()).oldest == 1);
  CHECK(good(world->changes.span()).newest == 5);
}

TEST_CASE("changes: what was undone was never told, and its number is used again",
          "[storage][changes]") {
  TestStore world;
  add_delivery(world);
  const auto undone = world->committer.write([&]() -> Result<void> {
    RETURN_IF_ERROR(world->journal.append(2, {}, "{}").map([](const auto&) {}));
    return fail(Errc::kIo, "undone");
  });
  CHECK_FALSE(undone);
  good(world->committer.flush());
  CHECK(told(world).size() == 1);
  add_delivery(world);
  CHECK(told(world).size() == 2);
}

TEST_CASE("changes: the oldest go, the newest 20,000 stay, and no number comes twice",
          "[storage][changes]") {
  TestStore world;
  good(world->database().execute_script(
      "INSERT INTO changes (number, kind, subject) VALUES (1, 1, 1), (20999, 1, 1)"));
  add_delivery(world);

  const auto span = good(world->changes.span());
  CHECK(span.oldest == 20999);
  CHECK(span.newest == 21000);
}

TEST_CASE("changes: a store of layout 6 is brought forward, and tells what comes from then on",
          "[storage][changes]") {
  TestStore world;
  const auto delivery = add_delivery(world);
  take_back_to(world, storage::SchemaVersion::kSignedMessages);
  world.reopen();
  CHECK(told(world).empty());
  CHECK(good(world->changes.span()).newest == 0);
  set_state(world, delivery, DeliveryState::kDelivered);
  CHECK(told(world).size() == 1);
}

TEST_CASE("page tokens: the newest are known, over a restart, and only whole", "[storage][page]") {
  TestStore world;
  for (int i = 0; i <= storage::PageTokens::kKept; ++i) {
    good(world.write([&] { return world->page_tokens.add("token " + std::to_string(i)); }));
  }
  world.reopen();

  CHECK_FALSE(good(world->page_tokens.contains("token 0")));
  CHECK(good(world->page_tokens.contains("token 1")));
  CHECK(good(world->page_tokens.contains("token 16")));
  CHECK_FALSE(good(world->page_tokens.contains("token")));
  CHECK_FALSE(good(world->page_tokens.contains("")));
}

}  // namespace handover::test
