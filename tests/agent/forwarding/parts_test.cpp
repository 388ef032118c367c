// The retry policy, the frozen request and the schedule's clock.
#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <array>

#include "agent/forwarding/frozen_request.hpp"
#include "agent/forwarding/retry_policy.hpp"
#include "agent/forwarding/schedule_clock.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/support/seeded_entropy.hpp"

namespace handover::test {

using forwarding::freeze;
using forwarding::RetryPolicy;
using forwarding::ScheduleClock;
using forwarding::thaw;

TEST_CASE("retry policy: a wait is between nothing and the doubled first one, up to the cap",
          "[forwarding][retry]") {
  SeededEntropy entropy;
  const RetryPolicy policy{milliseconds(2000), milliseconds(300'000)};
  const auto longest = [&](std::int64_t failures) {
    milliseconds most{0};
    for (int i = 0; i < 500; ++i) most = std::max(most, policy.wait_after(failures, entropy));
    return most.count();
  };

  for (const auto& [failures, bound] : {std::pair<std::int64_t, std::int64_t>{1, 2000},
                                        {2, 4000},
                                        {3, 8000},
                                        {8, 256'000},
                                        {9, 300'000},
                                        {10, 300'000},
                                        {1'000'000'000, 300'000}}) {
    CAPTURE(failures);
    CHECK(longest(failures) <= bound);
    CHECK(longest(failures) > bound * 9 / 10);
  }
}

TEST_CASE("retry policy: the jitter is uniform after the cap", "[forwarding][retry]") {
  SeededEntropy entropy;
  const RetryPolicy policy{milliseconds(2000), milliseconds(300'000)};
  std::array<int, 10> tenths{};
  for (int i = 0; i < 10'000; ++i) {
    ++tenths[static_cast<std::size_t>(
        std::min<std::int64_t>(policy.wait_after(20, entropy).count() / 30'000, 9))];
  }

  for (const int count : tenths) CHECK((count > 850 && count < 1150));
}

TEST_CASE("retry policy: a cap below the first wait is the bound", "[forwarding][retry]") {
  SeededEntropy entropy;
  const RetryPolicy policy{milliseconds(2000), milliseconds(5)};
  for (int i = 0; i < 100; ++i) CHECK(policy.wait_after(1, entropy) <= milliseconds(5));
}

TEST_CASE("frozen request: any request reads back the same", "[forwarding][frozen]") {
  CHECK(rc::check("round trip", [] {
    const auto line =
        rc::gen::container<std::string>(rc::gen::distinctFrom(rc::gen::arbitrary<char>(), '\n'));
    const auto word = rc::gen::container<std::string>(rc::gen::inRange('!', '9'));
    HttpRequest request(*rc::gen::elementOf(std::vector<std::string>{"GET", "POST", "PUT"}),
                        "/" + *line);
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i)
      request.headers.push_back({"X-" + *word, *line});
    request.body = *rc::gen::string<std::string>();

    const auto read = thaw(freeze(request));

    RC_ASSERT(read.has_value());
    RC_ASSERT(read->method == request.method);
    RC_ASSERT(read->target == request.target);
    RC_ASSERT((read->headers == request.headers));
    RC_ASSERT(read->body == request.body);
    RC_ASSERT(freeze(*read) == freeze(request));
  }));
}

TEST_CASE("frozen request: other bytes are refused as damaged", "[forwarding][frozen]") {
  for (const char* bytes : {"", "POST", "POST /", "POST /\n", "POST /\nName: value\n",
                            "POST /\nName\n\nbody", "POST\n\n"}) {
    CAPTURE(bytes);
    const auto read = thaw(bytes);
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().code == Errc::kCorrupt);
  }
}

TEST_CASE("schedule clock: no jump of the device's clock moves it", "[forwarding][clock]") {
  ManualClock clock;
  const ScheduleClock schedule(clock);
  const auto start = schedule.now();
  CHECK(start == clock.wall_now().time_since_epoch().count());

  clock.set_wall(clock.wall_now() - std::chrono::hours(24 * 400));
  clock.advance(milliseconds(1500));

  CHECK(schedule.now() == start + 1500);
  CHECK(schedule.to_wall(start + 2500) == clock.wall_now() + milliseconds(1000));
}

TEST_CASE("schedule clock: a timer for a moment never fires before it", "[forwarding][clock]") {
  ManualClock clock;
  clock.advance(std::chrono::nanoseconds(999'999));
  const ScheduleClock schedule(clock);
  for (const std::int64_t later : {0, 1, 1000, 86'400'000}) {
    const auto when = schedule.now() + later;
    ManualClock then = clock;
    const ScheduleClock& anchored = schedule;
    then.advance(anchored.to_monotonic(when) - clock.monotonic_now());
    const auto reached =
        std::chrono::duration_cast<milliseconds>(then.monotonic_now() - clock.monotonic_now())
            .count();
    CHECK(reached >= later);
    CHECK(reached <= later + 1);
  }
}

}  // namespace handover::test
