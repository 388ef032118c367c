// The simulated world's loop: order, time, cancelled timers, busy and retired owners.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <string>
#include <vector>

#include "sim/world/loop.hpp"
#include "sim/world/loop_scheduler.hpp"

namespace handover::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Fixture {
  Trace trace;
  Loop loop{7, trace};
  std::vector<std::string> log;

  void run(VirtualTime until) {
    CHECK(loop.run_until(until, [] { return false; }));
  }
  Loop::Task say(const std::string& word) {
    return [this, word] { log.push_back(word); };
  }
};

boost::asio::awaitable<void> wait_forever(std::shared_ptr<int> held, Scheduler& scheduler,
                                          const DeviceClock& clock) {
  const auto initiate = [&scheduler, &clock](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    scheduler.call_at(clock.monotonic_now() + std::chrono::hours(1000),
                      [shared] { std::move (*shared)(); });
  };
  auto waiting = boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(
      initiate, boost::asio::use_awaitable);
  co_await std::move(waiting);
  *held = 1;
}

}  // namespace

TEST_CASE("loop: an owner's tasks run in their order, timers at their time") {
  Fixture world;
  world.loop.call_at(Loop::Owner::kWorld, seconds(2), world.say("late"));
  world.loop.call_at(Loop::Owner::kWorld, seconds(1), world.say("early"));
  world.loop.post(Loop::Owner::kWorld, world.say("first"));
  world.loop.post(Loop::Owner::kWorld, world.say("second"));
  world.run(seconds(1));
  CHECK(world.log == std::vector<std::string>{"first", "second", "early"});
  CHECK(world.loop.now() == seconds(1));
  world.run(seconds(5));
  CHECK(world.log.back() == "late");
  CHECK(world.loop.now() == seconds(5));
}

TEST_CASE("loop: a cancelled timer does not run, also when its time has come already") {
  Fixture world;
  const auto gone = world.loop.call_at(Loop::Owner::kWorld, seconds(1), world.say("cancelled"));
  // Due at the same moment, and first in the queue: the other is ready when it is cancelled.
  world.loop.cancel(gone);
  Loop::Timer second{};
  world.loop.call_at(Loop::Owner::kWorld, seconds(2), [&] { world.loop.cancel(second); });
  second = world.loop.call_at(Loop::Owner::kWorld, seconds(2), world.say("cancelled when due"));
  world.run(seconds(3));
  CHECK(world.log.empty());
}

TEST_CASE("loop: nothing of a busy owner runs, and others go on") {
  Fixture world;
  const auto device = world.loop.add_owner();
  world.loop.make_busy(device, seconds(10));
  world.loop.post(device, world.say("device"));
  world.loop.call_at(Loop::Owner::kWorld, seconds(5), world.say("world"));
  world.run(seconds(9));
  CHECK(world.log == std::vector<std::string>{"world"});
  world.run(seconds(10));
  CHECK(world.log.back() == "device");
}

TEST_CASE("loop: a retired owner's tasks are dropped, and its coroutines are destroyed") {
  Fixture world;
  const auto device = world.loop.add_owner();
  const DeviceClock clock(world.loop, 0);
  auto held = std::make_shared<int>(0);
  {
    LoopScheduler scheduler(world.loop, device, clock);
    boost::asio::co_spawn(scheduler.executor(), wait_forever(held, scheduler, clock),
                          boost::asio::detached);
    world.run(seconds(1));
    CHECK(held.use_count() > 1);
    scheduler.post(world.say("never"));
    world.loop.retire(device);
  }
  CHECK(held.use_count() == 1);
  CHECK(*held == 0);
  world.loop.post(device, world.say("never"));
  world.run(std::chrono::hours(2000));
  CHECK(world.log.empty());
}

TEST_CASE("loop: who goes first of several comes from the seed") {
  const auto order = [](std::uint64_t seed) {
    Trace trace;
    Loop loop(seed, trace);
    std::string names;
    for (char name = 'a'; name < 'h'; ++name) {
      const auto owner = loop.add_owner();
      loop.post(owner, [&names, name] { names += name; });
    }
    CHECK(loop.run_until(seconds(1), [] { return false; }));
    return names + " " + std::to_string(trace.hash());
  };
  CHECK(order(1) == order(1));
  CHECK(order(1) != order(2));
}

TEST_CASE("device clock: a drifting clock reaches a time never before it") {
  Trace trace;
  Loop loop(1, trace);
  for (const std::int64_t drift : {-200, -1, 0, 1, 200}) {
    const DeviceClock clock(loop, drift);
    const DeviceClock straight(loop, 0);
    for (const std::int64_t at :
         {std::int64_t{0}, std::int64_t{999}, std::int64_t{86'400'000'000'123}}) {
      const MonotonicTime when{VirtualTime(at)};
      const VirtualTime reached = clock.true_time_of(when);
      const VirtualTime reading = reached + VirtualTime(reached.count() / 1'000'000 * drift);
      CHECK(reading >= when.time_since_epoch());
      CHECK(reading <= when.time_since_epoch() + milliseconds(1));
    }
  }
}

TEST_CASE("loop: a moment that never ends is noticed") {
  Trace trace;
  Loop loop(1, trace);
  std::function<void()> again = [&] { loop.post(Loop::Owner::kWorld, again); };
  again();
  CHECK_FALSE(loop.run_until(seconds(1), [] { return false; }));
  CHECK(loop.now() == VirtualTime(0));
  loop.retire(Loop::Owner::kWorld);
}

}  // namespace handover::sim
