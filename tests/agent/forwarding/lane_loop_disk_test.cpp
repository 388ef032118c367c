// The disk refuses to write: nothing leaves that was not written down, and nothing is lost or
// stuck.
#include <sqlite3.h>

#include <catch2/catch_test_macros.hpp>

#include "tests/agent/forwarding/lane_world.hpp"
#include "tests/support/fault_vfs.hpp"

namespace handover::test {

using namespace std::chrono_literals;

TEST_CASE("full disk: nothing leaves before it can be written down", "[forwarding][disk]") {
  FaultVfs faults;
  LaneFixture test(FaultVfs::name());
  const auto seq = test.add();
  test.start();
  good(test.world->committer.flush());
  faults.fail_writes_with = SQLITE_FULL;

  test.pass(1h);
  CHECK(test.sent() == 0);
  CHECK(test.mode() == LaneMode::kPaused);
  CHECK(faults.writes < 1000);
  faults.fail_writes_with = 0;
  CHECK(test.drain());

  CHECK(test.state(seq) == DeliveryState::kDelivered);
  CHECK(test.sent() == 1);
}

TEST_CASE(
    "full disk: an outcome that cannot be written is asked for again, and the key is applied once",
    "[forwarding][disk]") {
  for (const int good_writes : {0, 1, 2, 3}) {
    CAPTURE(good_writes);
    FaultVfs faults;
    LaneFixture test(FaultVfs::name());
    for (int i = 0; i < 20; ++i) test.add();
    bool fill = true;
    test.transport.answer = [&](const HttpRequest& request) {
      if (std::exchange(fill, false)) {
        faults.fail_writes_with = SQLITE_FULL;
        faults.good_writes_left = good_writes;
      }
      return test.apply(request);
    };
    test.start();

    test.pass(30min);
    faults.fail_writes_with = 0;
    CHECK(test.drain());

    CHECK(test.count(DeliveryState::kDelivered) == 20);
    CHECK(test.applied.size() == 20);
    CHECK_FALSE(test.other_bytes);
  }
}

TEST_CASE("full disk: what a lane must remember is written again when there is room",
          "[forwarding][disk]") {
  for (const int good_writes : {0, 1, 2, 3}) {
    CAPTURE(good_writes);
    FaultVfs faults;
    LaneFixture test(FaultVfs::name());
    test.add();
    test.transport.answer = [&](const HttpRequest&) -> HttpOutcome {
      faults.fail_writes_with = SQLITE_FULL;
      faults.good_writes_left = good_writes;
      return HttpResponse(403);
    };
    test.start();
    test.pass(1s);
    REQUIRE(test.mode() == LaneMode::kStopped);

    test.pass(20min);
    faults.fail_writes_with = 0;
    test.transport.answer = [](const HttpRequest&) -> HttpOutcome { return HttpResponse(403); };
    test.pass(20min);

    const auto memory = good(test.world->lane_memories.read(test.lane));
    CHECK(memory.mode == static_cast<int>(LaneMode::kStopped));
    CHECK(memory.until == test.loop->status().until);
    CHECK(memory.last_error == test.loop->status().last_error);
    CHECK(faults.writes < 1000);
  }
}

TEST_CASE("full disk: comes and goes, and every record still arrives once", "[forwarding][disk]") {
  FaultVfs faults;
  LaneFixture test(FaultVfs::name());
  for (int i = 0; i < 60; ++i) test.add({i % 5});
  SeededEntropy dice(11);
  test.transport.answer = [&](const HttpRequest& request) -> HttpOutcome {
    const auto fate = uniform_below(dice, 6);
    if (fate == 0) faults.fail_writes_with = SQLITE_FULL;
    if (fate == 1) return no_network();
    if (fate == 2) return lost_answer();
    return test.apply(request);
  };
  test.start();
  for (int i = 0; i < 400; ++i) {
    test.pass(10s);
    faults.fail_writes_with = 0;
    if (i % 50 == 49) test.restart();
  }
  test.transport.answer = [&](const HttpRequest& request) { return test.apply(request); };
  CHECK(test.drain());

  CHECK(test.count(DeliveryState::kDelivered) == 60);
  CHECK(test.applied.size() == 60);
  CHECK_FALSE(test.other_bytes);
}

}  // namespace handover::test
