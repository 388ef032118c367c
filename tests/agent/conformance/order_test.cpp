// Order per key: what concerns one thing keeps its order, whatever goes wrong; all else overtakes.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "tests/agent/conformance/model_world.hpp"

namespace handover::test {
namespace {

using Names = std::vector<std::string>;

Names of_thing(const Names& all, int thing) {
  const std::string prefix = effect_name(thing, 0);
  Names found;
  for (const auto& name : all) {
    if (name.starts_with(prefix.substr(0, prefix.size() - 1))) found.push_back(name);
  }
  return found;
}

TEST_CASE("conformance: steps of one thing arrive in order and once, whatever gets lost",
          "[conformance]") {
  constexpr int kThings = 6;
  constexpr int kSteps = 5;
  const auto* faults =
      GENERATE("lost_reply:1/3", "reset_before:1/3", "status_503:1/3", "truncated:1/4");
  ModelWorld lane(GENERATE(from_range(lane_kinds())));
  CAPTURE(lane.kind.name, faults);
  lane.add_fault(faults);

  for (int step = 1; step <= kSteps; ++step) {
    for (int thing = 1; thing <= kThings; ++thing) lane.add(thing, step);
  }
  REQUIRE(lane.drain());

  CHECK(good(lane.world->deliveries.counts(lane.lane)).quarantined == 0);
  for (int thing = 1; thing <= kThings; ++thing) {
    Names expected;
    for (int step = 1; step <= kSteps; ++step) expected.push_back(effect_name(thing, step));
    CHECK(of_thing(lane.applied(), thing) == expected);
  }
}

TEST_CASE("conformance: one thing that waits holds back no other", "[conformance]") {
  ModelWorld lane(GENERATE(from_range(lane_kinds())));
  CAPTURE(lane.kind.name);
  lane.add_fault("reset_before:1");

  const auto slow = lane.add(1);
  lane.pass(milliseconds(100));
  REQUIRE(lane.state(slow) == DeliveryState::kUnknown);
  const auto behind = lane.add(1, 2);
  const auto other = lane.add(2);
  lane.run();
  CHECK(lane.delivery(behind).blocked_by == slow * 65536);
  CHECK(lane.delivery(other).blocked_by == 0);
  REQUIRE(lane.drain());

  CHECK(of_thing(lane.applied(), 1) == Names{effect_name(1, 1), effect_name(1, 2)});
}

TEST_CASE("conformance: what waits goes out side by side, within the limit", "[conformance]") {
  ModelWorld lane(GENERATE(from_range(lane_kinds())));
  CAPTURE(lane.kind.name);
  for (int thing = 1; thing <= 40; ++thing) lane.add(thing);
  REQUIRE(lane.drain());

  CHECK(lane.applied().size() == 40);
  CHECK(lane.transport.in_flight_most > 1);
  CHECK(lane.transport.in_flight_most <= lane.settings.in_flight_max);
}

}  // namespace
}  // namespace handover::test
