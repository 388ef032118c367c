// The lane's state machine alone: each verdict in each mode.
#include "agent/forwarding/lane.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/seeded_entropy.hpp"

namespace handover::test {
namespace {

using forwarding::Lane;
using forwarding::LaneMode;
using forwarding::LaneSettings;
using forwarding::LaneStep;
using forwarding::Verdict;
using forwarding::Who;
using storage::Delivery;
using storage::DeliveryChange;
using storage::DeliveryState;
using storage::LaneMemory;
using Kind = Verdict::Kind;

constexpr std::int64_t kNow = 1'000'000;
constexpr std::int64_t kHour = 3'600'000;

Verdict verdict(Kind kind, std::optional<std::int64_t> wait_ms = {}, bool whole_lane = false) {
  Verdict made;
  made.kind = kind;
  made.why = "because";
  made.who = Who::kServer;
  if (wait_ms) made.wait = milliseconds(*wait_ms);
  made.whole_lane = whole_lane;
  return made;
}

struct TestLane {
  explicit TestLane(LaneMemory memory = {}, std::int64_t now = kNow)
      : lane(LaneSettings{}, memory, now) {}

  void log_in(std::int64_t now = kNow) {
    lane.on_login_started();
    lane.on_login_done(now);
  }
  DeliveryChange judge(const Verdict& said, std::int64_t now = kNow) {
    return judge(lane.on_sent(), said, now);
  }
  DeliveryChange judge(const Lane::Ticket& ticket, const Verdict& said, std::int64_t now = kNow) {
    return lane.on_verdict(ticket, said, delivery, now, WallTime(milliseconds(now)), entropy);
  }
  [[nodiscard]] LaneMode mode() const { return static_cast<LaneMode>(lane.peek().mode); }
  /// A lane whose credential has worked.
  static TestLane proven() {
    TestLane made;
    made.log_in();
    made.judge(verdict(Kind::kAccepted));
    return made;
  }
  static TestLane paused(std::optional<std::int64_t> hint) {
    TestLane made = proven();
    made.judge(verdict(Kind::kRetryLater, hint, true));
    return made;
  }
  static TestLane stopped() {
    TestLane made = proven();
    made.judge(verdict(Kind::kStopLane));
    return made;
  }

  Lane lane;
  Delivery delivery = [] {
    Delivery made;
    made.attempts = 3;
    return made;
  }();
  SeededEntropy entropy;
};

}  // namespace

TEST_CASE("lane: starts with a login, then sends up to the limit", "[forwarding][lane]") {
  TestLane test;

  CHECK(test.lane.next(kNow).kind == LaneStep::Kind::kLogIn);
  test.lane.on_login_started();
  CHECK(test.lane.next(kNow).kind == LaneStep::Kind::kWait);
  CHECK_FALSE(test.lane.next(kNow).until.has_value());
  test.lane.on_login_done(kNow);
  CHECK(test.lane.next(kNow).send == 8);
  for (int i = 0; i < 7; ++i) (void)test.lane.on_sent();
  CHECK(test.lane.next(kNow).send == 1);
  (void)test.lane.on_sent();
  CHECK(test.lane.next(kNow).kind == LaneStep::Kind::kWait);
}

TEST_CASE("lane: what each verdict makes of a delivery", "[forwarding][lane]") {
  struct Row {
    Kind kind;
    bool repeat_before;
    DeliveryState state;
    std::int64_t attempts;
    bool repeat;
  };
  const std::vector<Row> table = {
      {Kind::kAccepted, false, DeliveryState::kDelivered, 3, false},
      {Kind::kRefused, false, DeliveryState::kQuarantined, 3, false},
      {Kind::kSuperseded, false, DeliveryState::kSuperseded, 3, false},
      {Kind::kRetryLater, false, DeliveryState::kPending, 3, false},
      {Kind::kRetryLater, true, DeliveryState::kUnknown, 3, true},
      {Kind::kUnknown, false, DeliveryState::kUnknown, 3, true},
      {Kind::kUnknown, true, DeliveryState::kUnknown, 3, true},
      {Kind::kLoginNeeded, false, DeliveryState::kPending, 2, false},
      {Kind::kLoginNeeded, true, DeliveryState::kUnknown, 2, true},
      {Kind::kStopLane, false, DeliveryState::kPending, 2, false},
      {Kind::kStopLane, true, DeliveryState::kUnknown, 2, true},
  };
  for (const auto& row : table) {
    CAPTURE(static_cast<int>(row.kind), row.repeat_before);
    TestLane test = TestLane::proven();
    test.delivery.repeat = row.repeat_before;

    const DeliveryChange change = test.judge(verdict(row.kind));

    CHECK(change.state == row.state);
    CHECK(change.attempts == row.attempts);
    CHECK(change.repeat == row.repeat);
    CHECK(change.why == "because");
    CHECK(change.who == static_cast<int>(Who::kServer));
    CHECK(change.delivered_at.has_value() == (row.kind == Kind::kAccepted));
    CHECK(change.next_try_at >= kNow);
  }
}

TEST_CASE("lane: what each verdict makes of the lane, in each mode", "[forwarding][lane]") {
  struct Row {
    Kind kind;
    bool whole_lane;
    LaneMode running, paused, hinted, stopped;
  };
  constexpr auto kRun = LaneMode::kRunning;
  constexpr auto kPause = LaneMode::kPaused;
  constexpr auto kStop = LaneMode::kStopped;
  const std::vector<Row> table = {
      {Kind::kAccepted, false, kRun, kRun, kPause, kRun},
      {Kind::kRefused, false, kRun, kRun, kPause, kRun},
      {Kind::kSuperseded, false, kRun, kRun, kPause, kRun},
      {Kind::kRetryLater, false, kRun, kPause, kPause, kStop},
      {Kind::kRetryLater, true, kPause, kPause, kPause, kStop},
      {Kind::kUnknown, false, kRun, kPause, kPause, kStop},
      {Kind::kLoginNeeded, false, kPause, kPause, kPause, kStop},
      {Kind::kStopLane, false, kStop, kStop, kStop, kStop},
  };
  for (const auto& row : table) {
    CAPTURE(static_cast<int>(row.kind), row.whole_lane);
    const auto after = [&](TestLane test) {
      test.judge(verdict(row.kind, {}, row.whole_lane));
      return test.mode();
    };
    CHECK(after(TestLane::proven()) == row.running);
    CHECK(after(TestLane::paused({})) == row.paused);
    CHECK(after(TestLane::paused(60'000)) == row.hinted);
    CHECK(after(TestLane::stopped()) == row.stopped);
  }
}

TEST_CASE("lane: after a pause one request goes first, the rest when it was answered",
          "[forwarding][lane]") {
  TestLane test = TestLane::paused(60'000);

  CHECK(test.lane.next(kNow).until == kNow + 60'000);
  CHECK(test.lane.next(kNow + 60'000).send == 1);
  const auto probe = test.lane.on_sent();
  CHECK(test.lane.next(kNow + 60'000).kind == LaneStep::Kind::kWait);
  test.judge(probe, verdict(Kind::kRefused), kNow + 60'001);
  CHECK(test.lane.next(kNow + 60'001).send == 8);
}

TEST_CASE("lane: eight requests that fail together are one failure", "[forwarding][lane]") {
  TestLane test = TestLane::proven();
  std::vector<Lane::Ticket> tickets;
  for (int i = 0; i < 8; ++i) tickets.push_back(test.lane.on_sent());

  for (const auto& ticket : tickets) test.judge(ticket, verdict(Kind::kRetryLater, {}, true));

  CHECK(test.lane.peek().failures == 1);
  CHECK(test.lane.peek().until <= kNow + 2000);
}

TEST_CASE(
    "lane: three failures in a row, each of one delivery, pause the lane; a success between does "
    "not",
    "[forwarding][lane]") {
  for (const Kind kind : {Kind::kRetryLater, Kind::kUnknown}) {
    TestLane test = TestLane::proven();
    for (int i = 0; i < 10; ++i) {
      test.judge(verdict(kind));
      test.judge(verdict(kind));
      test.judge(verdict(Kind::kAccepted));
    }
    CHECK(test.mode() == LaneMode::kRunning);
    for (int i = 0; i < 3; ++i) test.judge(verdict(kind));
    CHECK(test.mode() == LaneMode::kPaused);
  }
}

TEST_CASE("lane: one success resets the back-off", "[forwarding][lane]") {
  TestLane test = TestLane::proven();
  auto now = kNow;
  for (int i = 0; i < 12; ++i) {
    test.judge(verdict(Kind::kRetryLater, {}, true), now);
    now = std::max(now, test.lane.peek().until);
  }
  CHECK(test.lane.peek().failures == 12);

  test.judge(verdict(Kind::kAccepted), now);

  CHECK(test.lane.peek().failures == 0);
  CHECK(test.lane.peek().last_error.empty());
  test.judge(verdict(Kind::kRetryLater, {}, true), now);
  CHECK(test.lane.peek().until <= now + 2000);
}

TEST_CASE("lane: the server's own wait is kept, up to two hours, and no success cuts it",
          "[forwarding][lane]") {
  TestLane test = TestLane::proven();
  const auto other = test.lane.on_sent();

  test.judge(verdict(Kind::kRetryLater, 60'000, true));
  test.judge(other, verdict(Kind::kAccepted));

  CHECK(test.mode() == LaneMode::kPaused);
  CHECK(test.lane.next(kNow + 59'999).kind == LaneStep::Kind::kWait);
  CHECK(TestLane::paused(100 * kHour).lane.next(kNow).until == kNow + 2 * kHour);
}

// Found by the simulation: the reason went, and the mode stayed "paused" for ever.
TEST_CASE("lane: a pause that the server asked for keeps its reason to its end, and then ends",
          "[forwarding][lane]") {
  TestLane world = TestLane::proven();
  const auto earlier = world.lane.on_sent();
  world.judge(verdict(Kind::kRetryLater, 60'000, true));
  REQUIRE(world.mode() == LaneMode::kPaused);

  world.judge(earlier, verdict(Kind::kAccepted), kNow + 10);

  CHECK(world.mode() == LaneMode::kPaused);
  CHECK(world.lane.peek().last_error == "because");
  CHECK(world.lane.is_probing());

  world.judge(verdict(Kind::kAccepted), kNow + 60'000);

  CHECK(world.mode() == LaneMode::kRunning);
  CHECK(world.lane.peek().last_error.empty());
}

TEST_CASE("lane: a hint of one delivery is that delivery's wait", "[forwarding][lane]") {
  TestLane test = TestLane::proven();

  const auto change = test.judge(verdict(Kind::kRetryLater, 60'000));

  CHECK(change.next_try_at == kNow + 60'000);
  CHECK(test.mode() == LaneMode::kRunning);
  CHECK(test.judge(verdict(Kind::kRetryLater, 100 * kHour)).next_try_at == kNow + 2 * kHour);
}

TEST_CASE("lane: an accepted delivery whose answer asks to wait pauses the lane",
          "[forwarding][lane]") {
  TestLane test = TestLane::proven();

  CHECK(test.judge(verdict(Kind::kAccepted, 30'000)).state == DeliveryState::kDelivered);

  CHECK(test.lane.next(kNow).until == kNow + 30'000);
}

TEST_CASE("lane: a failure of the whole lane costs no delivery a try", "[forwarding][lane]") {
  TestLane test = TestLane::proven();

  const auto change = test.judge(verdict(Kind::kRetryLater, 60'000, true));

  CHECK(change.attempts == 2);
  CHECK(change.next_try_at == kNow + 60'000);
}

TEST_CASE("lane: a proven credential that expires asks for one login, whoever says it",
          "[forwarding][lane]") {
  TestLane test = TestLane::proven();
  std::vector<Lane::Ticket> tickets;
  for (int i = 0; i < 8; ++i) tickets.push_back(test.lane.on_sent());
  const auto later = kNow + kHour;

  for (int i = 0; i < 4; ++i)
    test.judge(tickets[static_cast<std::size_t>(i)], verdict(Kind::kLoginNeeded), later);
  CHECK(test.lane.next(later).kind == LaneStep::Kind::kLogIn);
  test.log_in(later);
  for (int i = 4; i < 8; ++i)
    test.judge(tickets[static_cast<std::size_t>(i)], verdict(Kind::kLoginNeeded), later);

  CHECK(test.mode() == LaneMode::kRunning);
  CHECK(test.lane.next(later).kind == LaneStep::Kind::kSend);
}

TEST_CASE("lane: a credential that never worked stops the lane", "[forwarding][lane]") {
  TestLane test;
  test.log_in();

  test.judge(verdict(Kind::kLoginNeeded));

  CHECK(test.mode() == LaneMode::kStopped);
  CHECK(test.lane.peek().last_error == "because");
  CHECK(test.lane.next(kNow + 15 * 60'000 - 1).kind == LaneStep::Kind::kWait);
  CHECK(test.lane.next(kNow + 15 * 60'000).kind == LaneStep::Kind::kLogIn);
}

TEST_CASE("lane: a 401 that follows one delivery through every login is that delivery's trouble",
          "[forwarding][lane]") {
  TestLane test = TestLane::proven();
  test.delivery.id = 7;
  auto now = kNow + kHour;
  test.judge(verdict(Kind::kLoginNeeded), now);
  CHECK(test.lane.next(now).kind == LaneStep::Kind::kLogIn);
  test.log_in(now);

  std::int64_t most = 0;
  for (int i = 0; i < 12; ++i) {
    const DeliveryChange change = test.judge(verdict(Kind::kLoginNeeded), now);
    CHECK(change.state == DeliveryState::kPending);
    CHECK(change.why.find("this record alone") != std::string::npos);
    most = std::max(most, change.next_try_at - now);
    CHECK(test.mode() == LaneMode::kRunning);
    CHECK(test.lane.next(now).kind == LaneStep::Kind::kSend);
  }

  CHECK(most > 30'000);
  CHECK(most <= 300'000);
}

TEST_CASE("lane: a second delivery's 401 on an unproven credential stops the lane all the same",
          "[forwarding][lane]") {
  TestLane test = TestLane::proven();
  test.delivery.id = 7;
  test.judge(verdict(Kind::kLoginNeeded), kNow + kHour);
  test.log_in(kNow + kHour);
  test.judge(verdict(Kind::kLoginNeeded), kNow + kHour);
  CHECK(test.mode() == LaneMode::kRunning);

  test.delivery.id = 8;
  test.judge(verdict(Kind::kLoginNeeded), kNow + kHour);

  CHECK(test.mode() == LaneMode::kStopped);
}

TEST_CASE("lane: a failed login pauses or stops the lane, as it says", "[forwarding][lane]") {
  TestLane test;
  test.lane.on_login_started();
  test.lane.on_login_failed(verdict(Kind::kRetryLater), kNow, test.entropy);
  CHECK(test.mode() == LaneMode::kPaused);
  CHECK(test.lane.next(test.lane.peek().until).kind == LaneStep::Kind::kLogIn);
  test.lane.on_login_started();
  test.lane.on_login_failed(verdict(Kind::kStopLane), kNow, test.entropy);
  CHECK(test.mode() == LaneMode::kStopped);
}

TEST_CASE("lane: a restored network ends the waits that we chose, not the server's",
          "[forwarding][lane]") {
  TestLane ours = TestLane::paused({});
  TestLane theirs = TestLane::paused(60'000);
  TestLane stopped = TestLane::stopped();

  for (TestLane* test : {&ours, &theirs, &stopped}) test->lane.on_network_restored(kNow);

  CHECK(ours.lane.next(kNow).kind == LaneStep::Kind::kSend);
  CHECK(theirs.lane.next(kNow).until == kNow + 60'000);
  CHECK(stopped.lane.next(kNow).kind == LaneStep::Kind::kWait);
}

TEST_CASE("lane: a person's sync ends every wait", "[forwarding][lane]") {
  for (TestLane test : {TestLane::paused({}), TestLane::paused(60'000)}) {
    test.lane.on_sync(kNow);
    CHECK(test.lane.next(kNow).kind == LaneStep::Kind::kSend);
  }
  TestLane stopped = TestLane::stopped();
  stopped.lane.on_sync(kNow);
  CHECK(stopped.lane.next(kNow).kind == LaneStep::Kind::kLogIn);
}

TEST_CASE("lane: what it remembers survives, and is bounded on another time line",
          "[forwarding][lane]") {
  TestLane before = TestLane::paused(60'000);
  CHECK(before.lane.changed());
  const LaneMemory memory = before.lane.memory();
  CHECK_FALSE(before.lane.changed());

  CHECK(TestLane(memory).lane.next(kNow).until == kNow + 60'000);
  CHECK(TestLane(memory, kNow - 1000 * kHour).lane.next(kNow - 1000 * kHour).until ==
        kNow - 998 * kHour);
  CHECK(TestLane(memory, kNow + kHour).lane.next(kNow + kHour).kind == LaneStep::Kind::kLogIn);
  LaneMemory own = TestLane::paused({}).lane.memory();
  own.until = kNow + 100 * kHour;
  CHECK(TestLane(own).lane.next(kNow).until == kNow + 300'000);
}

TEST_CASE("lane: a stopped one tries at once after a restart", "[forwarding][lane]") {
  TestLane before = TestLane::stopped();

  TestLane after(before.lane.memory());

  CHECK(after.mode() == LaneMode::kStopped);
  CHECK(after.lane.next(kNow).kind == LaneStep::Kind::kLogIn);
}

TEST_CASE("lane: store trouble pauses it, once for all that it undid together",
          "[forwarding][lane]") {
  TestLane test = TestLane::proven();

  for (int i = 0; i < 20; ++i) test.lane.on_store_trouble("the disk is full", kNow, test.entropy);

  CHECK(test.mode() == LaneMode::kPaused);
  CHECK(test.lane.peek().failures == 1);
  CHECK(test.lane.peek().last_error == "the disk is full");
}

TEST_CASE("lane: its modes are named for people", "[forwarding][lane]") {
  CHECK(to_string(LaneMode::kRunning) == "running");
  CHECK(to_string(LaneMode::kPaused) == "paused");
  CHECK(to_string(LaneMode::kStopped) == "stopped");
}

TEST_CASE("lane: a server's hint counts for an answer of unknown outcome too",
          "[forwarding][lane]") {
  TestLane lane = TestLane::proven();

  const DeliveryChange change = lane.judge(verdict(Kind::kUnknown, 60'000));

  CHECK(change.state == DeliveryState::kUnknown);
  CHECK(change.repeat);
  CHECK(change.next_try_at == kNow + 60'000);
}

TEST_CASE("lane: an outdated credential is renewed, at most once a minute", "[forwarding]") {
  TestLane test = TestLane::proven();
  test.lane.on_credential_outdated();

  CHECK(test.lane.next(kNow + 59'999).kind == LaneStep::Kind::kSend);
  CHECK(test.lane.next(kNow + 60'000).kind == LaneStep::Kind::kLogIn);
  test.log_in(kNow + 60'000);
  CHECK(test.lane.next(kNow + kHour).kind == LaneStep::Kind::kSend);
}

}  // namespace handover::test
