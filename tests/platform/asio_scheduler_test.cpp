#include "platform/asio/asio_scheduler.hpp"

#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <vector>

#include "platform/posix/system_clock.hpp"

using namespace handover;
using namespace std::chrono_literals;

namespace {

/// A clock that a test moves.
class ManualClock final : public Clock {
 public:
  [[nodiscard]] MonotonicTime monotonic_now() const override { return now; }
  [[nodiscard]] WallTime wall_now() const override { return {}; }
  MonotonicTime now{1h};
};

struct Fixture {
  boost::asio::io_context context;
  ManualClock clock;
  net::AsioScheduler scheduler{context, clock};
  std::vector<int> ran;

  std::function<void()> note(int number) {
    return [this, number] { ran.push_back(number); };
  }
};

}  // namespace

TEST_CASE("scheduler: posted tasks run later, in their order", "[platform][scheduler]") {
  Fixture f;
  f.scheduler.post(f.note(1));
  f.scheduler.post(f.note(2));
  CHECK(f.ran.empty());
  f.context.run();
  CHECK(f.ran == std::vector{1, 2});
}

TEST_CASE("scheduler: a time that has passed runs soon, but never inside the call",
          "[platform][scheduler]") {
  Fixture f;
  f.scheduler.call_at(f.clock.now - 10s, f.note(1));
  f.scheduler.call_at(MonotonicTime::min(), f.note(0));
  f.scheduler.call_at(f.clock.now, f.note(2));
  CHECK(f.ran.empty());
  f.context.run();
  CHECK(f.ran == std::vector{0, 1, 2});
}

TEST_CASE("scheduler: tasks run in the order of their times, equal times in the order of the calls",
          "[platform][scheduler]") {
  Fixture f;
  f.clock.now += 1h;
  f.scheduler.call_at(f.clock.now - 1s, f.note(3));
  f.scheduler.call_at(f.clock.now - 2s, f.note(1));
  f.scheduler.call_at(f.clock.now - 2s, f.note(2));
  f.context.run();
  CHECK(f.ran == std::vector{1, 2, 3});
}

TEST_CASE("scheduler: a task waits for the clock, not for the timer", "[platform][scheduler]") {
  Fixture f;
  f.scheduler.call_at(f.clock.now + 5ms, f.note(1));

  f.context.run_for(50ms);  // The timer has fired some times; the clock stood still.
  CHECK(f.ran.empty());
  f.clock.now += 5ms;
  f.context.restart();
  f.context.run();

  CHECK(f.ran == std::vector{1});
}

TEST_CASE("scheduler: with the device's clock a task does not run before its time",
          "[platform][scheduler]") {
  boost::asio::io_context context;
  const posix::SystemClock clock;
  net::AsioScheduler scheduler(context, clock);
  const auto when = clock.monotonic_now() + 20ms;
  std::optional<MonotonicTime> ran_at;
  scheduler.call_at(when, [&] { ran_at = clock.monotonic_now(); });
  context.run();
  REQUIRE(ran_at.has_value());
  CHECK(*ran_at >= when);
}

TEST_CASE("scheduler: a cancelled task does not run, and nothing waits for it",
          "[platform][scheduler]") {
  Fixture f;
  const auto far = f.scheduler.call_at(MonotonicTime::max(), f.note(1));
  const auto soon = f.scheduler.call_at(f.clock.now, f.note(2));
  f.scheduler.call_at(f.clock.now, f.note(3));

  f.scheduler.cancel(soon);
  f.scheduler.cancel(far);
  f.scheduler.cancel(far);
  f.context.run();

  CHECK(f.ran == std::vector{3});
}

TEST_CASE("scheduler: a task may cancel one that is due at the same time",
          "[platform][scheduler]") {
  Fixture f;
  net::AsioScheduler::TimerId second{};
  f.scheduler.call_at(f.clock.now - 2s, [&] { f.scheduler.cancel(second); });
  second = f.scheduler.call_at(f.clock.now - 1s, f.note(2));
  f.scheduler.call_at(f.clock.now, f.note(3));
  f.context.run();
  CHECK(f.ran == std::vector{3});
}

TEST_CASE("scheduler: a task that is due again at once lets other work through",
          "[platform][scheduler]") {
  Fixture f;
  int rounds = 0;
  bool other_ran = false;
  std::function<void()> again = [&] {
    if (++rounds == 1) f.scheduler.post([&] { other_ran = true; });
    if (!other_ran && rounds < 1000) f.scheduler.call_at(f.clock.now, again);
  };
  f.scheduler.call_at(f.clock.now, again);
  f.context.run();
  CHECK(other_ran);
  CHECK(rounds < 1000);
}

TEST_CASE("scheduler: what still waits when it goes never runs", "[platform][scheduler]") {
  boost::asio::io_context context;
  ManualClock clock;
  bool ran = false;
  {
    net::AsioScheduler scheduler(context, clock);
    scheduler.call_at(clock.now, [&] { ran = true; });
  }
  context.run();
  CHECK_FALSE(ran);
}

TEST_CASE("scheduler: a task may end the scheduler", "[platform][scheduler]") {
  boost::asio::io_context context;
  ManualClock clock;
  auto scheduler = std::make_unique<net::AsioScheduler>(context, clock);
  bool second_ran = false;
  scheduler->call_at(clock.now, [&] { scheduler.reset(); });
  scheduler->call_at(clock.now, [&] { second_ran = true; });
  context.run();
  CHECK_FALSE(second_ran);
}
