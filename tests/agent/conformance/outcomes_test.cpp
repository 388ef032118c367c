// What each outcome of a request means for the delivery and for the lane.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "tests/agent/conformance/model_world.hpp"

namespace handover::test {
namespace {

using Names = std::vector<std::string>;

const LaneKind& each_kind() {
  static LaneKind kind;
  kind = GENERATE(from_range(lane_kinds()));
  return kind;
}

/// The same bytes, and the same key where the kind has keys.
bool are_same_upload(const LaneKind& kind, const HttpRequest& a, const HttpRequest& b) {
  return a.target == b.target && kind.frozen_body(a) == kind.frozen_body(b) &&
         find_header(a.headers, "Idempotency-Key") == find_header(b.headers, "Idempotency-Key");
}

TEST_CASE("conformance: accepted: delivered once, with a receipt", "[conformance]") {
  ModelWorld lane(each_kind());
  CAPTURE(lane.kind.name);

  const auto seq = lane.add(1);
  REQUIRE(lane.drain());

  const Delivery delivery = lane.delivery(seq);
  CHECK(delivery.state == DeliveryState::kDelivered);
  CHECK(delivery.delivered_at.has_value());
  CHECK_FALSE(delivery.receipt.empty());
  CHECK(delivery.attempts == 1);
  CHECK(lane.applied() == Names{effect_name(1, 1)});
  CHECK(lane.uploads().size() == 1);
  CHECK(lane.mode() == LaneMode::kRunning);
}

TEST_CASE("conformance: refused: a person gets the back-end's words, the others go on",
          "[conformance]") {
  ModelWorld lane(each_kind());
  CAPTURE(lane.kind.name);
  lane.add_fault("result_error:1");

  const auto refused = lane.add(1);
  const auto other = lane.add(2);
  const auto behind = lane.add(1, 2);
  REQUIRE(lane.world.scheduler.run_until(
      [&] { return lane.state(other) == DeliveryState::kDelivered; }, std::chrono::hours(1)));

  CHECK(lane.state(refused) == DeliveryState::kQuarantined);
  CHECK_FALSE(lane.delivery(refused).why.empty());
  CHECK(lane.delivery(refused).who == static_cast<int>(forwarding::Who::kDispatcher));
  CHECK(lane.state(behind) == DeliveryState::kPending);
  CHECK(lane.applied() == Names{effect_name(2, 1)});

  lane.retry(refused);
  REQUIRE(lane.drain());
  CHECK(lane.state(refused) == DeliveryState::kDelivered);
  CHECK(lane.applied() == Names{effect_name(2, 1), effect_name(1, 1), effect_name(1, 2)});
}

TEST_CASE("conformance: retry later: it waits, comes back by itself, and is applied once",
          "[conformance]") {
  ModelWorld lane(each_kind());
  CAPTURE(lane.kind.name);
  lane.add_fault("status_503:4");

  const auto seq = lane.add(1);
  lane.pass(milliseconds(100));
  CHECK(lane.state(seq) != DeliveryState::kDelivered);
  CHECK(lane.state(seq) != DeliveryState::kQuarantined);
  CHECK_FALSE(lane.delivery(seq).why.empty());
  REQUIRE(lane.drain());

  CHECK(lane.state(seq) == DeliveryState::kDelivered);
  CHECK(lane.applied() == Names{effect_name(1, 1)});
}

TEST_CASE("conformance: too many requests: nothing leaves before the server's own time",
          "[conformance]") {
  const auto* hint = GENERATE("status_429_retry_after=600:1", "status_429_reset=600:1");
  ModelWorld lane(each_kind());
  CAPTURE(lane.kind.name, hint);
  lane.add_fault(hint);

  const auto seq = lane.add(1);
  lane.pass(std::chrono::seconds(1));
  const auto left = lane.transport.requests.size();
  lane.add(2);
  lane.pass(std::chrono::seconds(597));
  CHECK(lane.transport.requests.size() == left);
  CHECK(lane.mode() == LaneMode::kPaused);
  REQUIRE(lane.drain());

  CHECK(lane.state(seq) == DeliveryState::kDelivered);
  CHECK(lane.applied().size() == 2);
}

TEST_CASE("conformance: unknown, and it had arrived: asked for or repeated, and applied once",
          "[conformance]") {
  ModelWorld lane(each_kind());
  CAPTURE(lane.kind.name);
  lane.add_fault("lost_reply:1");

  const auto seq = lane.add(1);
  lane.pass(milliseconds(100));
  CHECK(lane.state(seq) == DeliveryState::kUnknown);
  CHECK(lane.delivery(seq).repeat);
  REQUIRE(lane.drain());

  CHECK(lane.state(seq) == DeliveryState::kDelivered);
  CHECK(lane.applied() == Names{effect_name(1, 1)});
  const auto uploads = lane.uploads();
  REQUIRE(uploads.size() == (lane.kind.looks_up ? 1 : 2));
  CHECK(are_same_upload(lane.kind, uploads.front(), uploads.back()));
}

TEST_CASE("conformance: unknown, and it had not arrived: repeated with the same key and bytes",
          "[conformance]") {
  ModelWorld lane(each_kind());
  CAPTURE(lane.kind.name);
  lane.add_fault("reset_before:3");

  const auto seq = lane.add(1);
  REQUIRE(lane.drain());

  CHECK(lane.state(seq) == DeliveryState::kDelivered);
  CHECK(lane.applied() == Names{effect_name(1, 1)});
  const auto uploads = lane.uploads();
  REQUIRE(uploads.size() == 4);
  for (const auto& upload : uploads) CHECK(are_same_upload(lane.kind, upload, uploads.front()));
}

TEST_CASE("conformance: answers that say too little never end in a doubled or a lost record",
          "[conformance]") {
  const auto* fault = GENERATE("status_500:1", "status_502:1", "status_504:1", "status_408:1",
                               "error200:1", "truncated:2", "slow=90000:1");
  ModelWorld lane(each_kind());
  CAPTURE(lane.kind.name, fault);
  lane.add_fault(fault);

  const auto seq = lane.add(1);
  REQUIRE(lane.drain());
  if (lane.state(seq) == DeliveryState::kQuarantined) {
    CHECK_FALSE(lane.delivery(seq).why.empty());
    lane.retry(seq);
    REQUIRE(lane.drain());
  }

  CHECK(lane.state(seq) == DeliveryState::kDelivered);
  CHECK(lane.applied() == Names{effect_name(1, 1)});
}

TEST_CASE("conformance: a captive portal's page with status 200 is no delivery", "[conformance]") {
  ModelWorld lane(each_kind());
  CAPTURE(lane.kind.name);
  lane.add_fault("html200:3");

  const auto seq = lane.add(1);
  lane.pass(milliseconds(100));
  CHECK(lane.state(seq) == DeliveryState::kPending);
  CHECK(lane.delivery(seq).attempts == 0);
  CHECK(lane.mode() == LaneMode::kPaused);
  CHECK(lane.applied().empty());
  REQUIRE(lane.drain());

  CHECK(lane.state(seq) == DeliveryState::kDelivered);
  CHECK(lane.applied() == Names{effect_name(1, 1)});
}

TEST_CASE("conformance: wrong credentials stop the lane, cost no try, and lock no account",
          "[conformance]") {
  LaneSetup setup;
  *setup.password = "wrong password";
  ModelWorld lane(each_kind(), setup);
  CAPTURE(lane.kind.name);

  const auto seq = lane.add(1);
  lane.pass(std::chrono::minutes(10));
  CHECK(lane.mode() == LaneMode::kStopped);
  CHECK_FALSE(lane.loop->status().last_error.empty());
  CHECK(lane.state(seq) == DeliveryState::kPending);
  CHECK(lane.delivery(seq).attempts == 0);
  CHECK(lane.transport.requests.size() <= 2);

  *setup.password = kRightPassword;
  good(lane.loop->sync_now());
  REQUIRE(lane.drain());
  CHECK(lane.state(seq) == DeliveryState::kDelivered);
  CHECK(lane.mode() == LaneMode::kRunning);
}

TEST_CASE("conformance: a login that expires is renewed once for the whole lane", "[conformance]") {
  ModelWorld lane(each_kind());
  CAPTURE(lane.kind.name);
  lane.add(1);
  REQUIRE(lane.drain());
  lane.model->expire_tokens();

  for (int thing = 2; thing <= 9; ++thing) lane.add(thing);
  REQUIRE(lane.drain());

  CHECK(lane.applied().size() == 9);
  CHECK(good(lane.world->deliveries.counts(lane.lane)).quarantined == 0);
}

TEST_CASE("conformance: a wrong address stops the lane and keeps the record", "[conformance]") {
  ModelWorld lane(each_kind());
  CAPTURE(lane.kind.name);
  lane.add_fault("status_404:1");

  const auto seq = lane.add(1);
  lane.pass(std::chrono::minutes(1));
  CHECK(lane.mode() == LaneMode::kStopped);
  CHECK(lane.state(seq) == DeliveryState::kPending);
  CHECK(lane.applied().empty());

  good(lane.loop->sync_now());
  REQUIRE(lane.drain());
  CHECK(lane.applied() == Names{effect_name(1, 1)});
}

TEST_CASE("conformance: without a network nothing is lost, and no try is counted",
          "[conformance]") {
  ModelWorld lane(each_kind());
  CAPTURE(lane.kind.name);
  const auto honest =
      std::exchange(lane.transport.answer, [](const HttpRequest&) { return no_network(); });

  const auto seq = lane.add(1);
  lane.pass(std::chrono::hours(48));
  CHECK(lane.state(seq) == DeliveryState::kPending);
  CHECK(lane.delivery(seq).attempts == 0);

  lane.transport.answer = honest;
  lane.loop->on_network_restored();
  REQUIRE(lane.drain());
  CHECK(lane.applied() == Names{effect_name(1, 1)});
}

TEST_CASE("conformance: no secret stands in a frozen request, a receipt, or the log",
          "[conformance]") {
  ModelWorld lane(each_kind());
  CAPTURE(lane.kind.name);
  lane.add_fault("reset_before:1");

  const auto seq = lane.add(1);
  lane.pass(milliseconds(100));
  const Delivery unknown = lane.delivery(seq);
  REQUIRE(lane.drain());

  const Delivery delivered = lane.delivery(seq);
  for (const std::string& text : {unknown.request, unknown.why, delivered.receipt, delivered.why}) {
    CHECK(text.find(kRightPassword) == std::string::npos);
    CHECK(text.find("Authorization") == std::string::npos);
    CHECK(text.find("x-access-token") == std::string::npos);
  }
  CHECK_FALSE(lane.log.contains(kRightPassword));
}

}  // namespace
}  // namespace handover::test
