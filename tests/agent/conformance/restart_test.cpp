// What survives the end of the program: the request's bytes, its key, and the truth about it.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "tests/agent/conformance/model_world.hpp"

namespace handover::test {
namespace {

using Names = std::vector<std::string>;

TEST_CASE(
    "conformance: a frozen request is the same after a restart with other settings, and goes where "
    "they say",
    "[conformance]") {
  ModelWorld lane(GENERATE(from_range(lane_kinds())));
  CAPTURE(lane.kind.name);
  lane.add_fault("reset_before:1");
  const auto seq = lane.add(1);
  lane.pass(milliseconds(100));
  REQUIRE(lane.state(seq) == DeliveryState::kUnknown);
  const std::string frozen = lane.delivery(seq).request;
  REQUIRE_FALSE(frozen.empty());

  lane.setup.other_settings = true;
  lane.restart();
  CHECK(lane.delivery(seq).request == frozen);
  REQUIRE(lane.drain());

  const auto uploads = lane.uploads();
  REQUIRE(uploads.size() == 2);
  CHECK(lane.kind.frozen_body(uploads[0]) == lane.kind.frozen_body(uploads[1]));
  CHECK(find_header(uploads[0].headers, "Idempotency-Key") ==
        find_header(uploads[1].headers, "Idempotency-Key"));
  // What is built now has the new settings: the test would see a request that was built anew.
  lane.add(1);
  REQUIRE(lane.drain());
  const HttpRequest newest = lane.uploads().back();
  CHECK(uploads[1].target == newest.target);
  CHECK(newest.target + lane.kind.frozen_body(newest) !=
        uploads[0].target + lane.kind.frozen_body(uploads[0]));
}

TEST_CASE("conformance: a program that ends while requests are under way doubles and loses none",
          "[conformance]") {
  constexpr int kThings = 20;
  ModelWorld lane(GENERATE(from_range(lane_kinds())));
  CAPTURE(lane.kind.name);
  lane.transport.delay = milliseconds(500);
  for (int thing = 1; thing <= kThings; ++thing) lane.add(thing);
  for (int i = 0; i < 4; ++i) {
    // The server has them; their answers are still on their way.
    lane.pass(milliseconds(300));
    lane.restart();
  }
  REQUIRE(lane.drain());

  Names applied = lane.applied();
  std::sort(applied.begin(), applied.end());
  CHECK(std::adjacent_find(applied.begin(), applied.end()) == applied.end());
  CHECK(applied.size() == kThings);
  CHECK(good(lane.world->deliveries.counts(lane.lane)).quarantined == 0);
}

TEST_CASE("conformance: a stopped lane stays stopped over a restart until its reason is gone",
          "[conformance]") {
  LaneSetup setup;
  *setup.password = "wrong password";
  ModelWorld lane(GENERATE(from_range(lane_kinds())), setup);
  CAPTURE(lane.kind.name);
  const auto seq = lane.add(1);
  lane.pass(std::chrono::minutes(1));
  REQUIRE(lane.mode() == LaneMode::kStopped);

  lane.restart();
  lane.pass(std::chrono::minutes(1));
  CHECK(lane.mode() == LaneMode::kStopped);
  CHECK(lane.applied().empty());

  *setup.password = kRightPassword;
  lane.restart();
  REQUIRE(lane.drain());
  CHECK(lane.state(seq) == DeliveryState::kDelivered);
  CHECK(lane.applied() == Names{effect_name(1, 1)});
}

}  // namespace
}  // namespace handover::test
