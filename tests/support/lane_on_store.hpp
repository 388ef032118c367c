// One lane on a real store; time and network belong to the test.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "agent/forwarding/lane_loop.hpp"
#include "tests/support/recording_log.hpp"
#include "tests/support/scripted_transport.hpp"
#include "tests/support/test_store.hpp"

namespace handover::test {

using forwarding::LaneLoop;
using forwarding::LaneMode;
using storage::Delivery;
using storage::DeliveryState;

class LaneOnStore {
 public:
  explicit LaneOnStore(std::string lane_name, std::string vfs = {})
      : world(std::move(vfs)),
        transport(world.clock, world.scheduler),
        name(std::move(lane_name)),
        // Of no kind yet: the back-end that starts on it gives it one.
        lane(good(world.write([&] { return world->deliveries.lane_id(name, ""); }))) {}

  /// The program starts. Lifetime: `backend` outlives the loop.
  void start(const forwarding::Backend& backend) {
    schedule = std::make_unique<forwarding::ScheduleClock>(world.clock);
    const forwarding::LaneWorld seams{
        *world, world.scheduler, world.clock, *schedule, world.entropy, log, on_damage};
    loop = good(LaneLoop::make(seams, name, backend, transport, settings));
    loop->wake();
  }
  /// The program dies where it stands.
  void die() {
    loop.reset();
    world.reopen();
  }

  Delivery delivery(std::int64_t seq) { return good(world->deliveries.read(seq * 65536)); }
  DeliveryState state(std::int64_t seq) { return delivery(seq).state; }
  LaneMode mode() { return loop->status().mode; }
  void run() { world.scheduler.run(); }
  void pass(MonotonicClock::duration time) { world.scheduler.advance(time); }

  TestStore world;
  RecordingLog log;
  ScriptedTransport transport;
  forwarding::LaneSettings settings;
  std::function<void()> on_damage = [] {};
  std::string name;
  std::int64_t lane = 0;
  std::unique_ptr<forwarding::ScheduleClock> schedule;
  std::unique_ptr<LaneLoop> loop;
};

}  // namespace handover::test
