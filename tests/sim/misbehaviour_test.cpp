#include "sim/back-ends/misbehaviour.hpp"

#include <vector>

#include "tests/sim/support.hpp"

namespace handover::sim {
namespace {

using testing::json;

FaultRule rule(std::string_view text) {
  auto parsed = parse_short_fault_rule(text);
  REQUIRE(parsed);
  return *parsed;
}

const HttpRequest kRequest("POST", "/seiapi/v3/mobile/InventoryTransfer");

std::vector<bool> decisions(Misbehaviour& misbehaviour, int count) {
  std::vector<bool> struck;
  for (int i = 0; i < count; ++i) struck.push_back(misbehaviour.next(kRequest).has_value());
  return struck;
}

}  // namespace

TEST_CASE("misbehaviour: a rule for the next requests strikes exactly them",
          "[sim][misbehaviour]") {
  Misbehaviour misbehaviour(1);
  misbehaviour.add(rule("status_503:3"));

  CHECK(decisions(misbehaviour, 5) == std::vector<bool>{true, true, true, false, false});
  CHECK(misbehaviour.struck().at("status_503") == 3);
}

TEST_CASE("misbehaviour: a rule by chance strikes about one in N, the same ones for the same seed",
          "[sim][misbehaviour]") {
  std::vector<std::vector<bool>> runs;
  for (const std::uint64_t seed : {7U, 7U, 8U}) {
    Misbehaviour misbehaviour(seed);
    misbehaviour.add(rule("lost_reply:1/10"));
    runs.push_back(decisions(misbehaviour, 10'000));
    CHECK(misbehaviour.struck().at("lost_reply") > 800);
    CHECK(misbehaviour.struck().at("lost_reply") < 1200);
  }
  CHECK(runs[0] == runs[1]);
  CHECK(runs[0] != runs[2]);
}

TEST_CASE("misbehaviour: a path filter leaves other requests alone and uncounted",
          "[sim][misbehaviour]") {
  Misbehaviour misbehaviour(1);
  misbehaviour.add(rule("reset_before:1:/seiapi"));

  CHECK(!misbehaviour.next(HttpRequest("POST", "/createjwt")));
  CHECK(misbehaviour.next(kRequest));
  CHECK(!misbehaviour.next(kRequest));
}

TEST_CASE("misbehaviour: one rule more does not change what the others decide",
          "[sim][misbehaviour]") {
  Misbehaviour one(7);
  one.add(rule("lost_reply:1/4"));
  Misbehaviour two(7);
  two.add(rule("lost_reply:1/4"));
  two.add(rule("slow=5:1/3"));

  for (int i = 0; i < 1000; ++i) {
    const auto alone = one.next(kRequest);
    const auto together = two.next(kRequest);
    CHECK(alone.has_value() == (together && together->kind == FaultKind::kLostReply));
  }
}

TEST_CASE("misbehaviour: cleared rules strike no more, a reset begins anew",
          "[sim][misbehaviour]") {
  Misbehaviour misbehaviour(7);
  misbehaviour.add(rule("lost_reply:1/2"));
  const auto first = decisions(misbehaviour, 50);
  misbehaviour.clear();
  CHECK(!misbehaviour.next(kRequest));
  CHECK(misbehaviour.struck().contains("lost_reply"));

  misbehaviour.reset();
  CHECK(misbehaviour.struck().empty());
  misbehaviour.add(rule("lost_reply:1/2"));
  CHECK(decisions(misbehaviour, 50) == first);
}

TEST_CASE("misbehaviour: the short form is read whole", "[sim][misbehaviour]") {
  const FaultRule slow = rule("slow=250:3:/createjwt");
  CHECK(slow.fault.kind == FaultKind::kSlow);
  CHECK(slow.fault.delay == milliseconds(250));
  CHECK(slow.next == 3);
  CHECK(slow.path_prefix == "/createjwt");

  const FaultRule limited = rule("status_429_reset=30:1/5");
  CHECK(limited.fault.status == 429);
  CHECK(limited.fault.wait == std::chrono::seconds(30));
  CHECK_FALSE(limited.fault.retry_after_hint);
  CHECK(limited.fault.reset_hint);
  CHECK(limited.one_in == 5);
}

TEST_CASE("misbehaviour: the JSON form is read whole", "[sim][misbehaviour]") {
  const auto parsed = parse_fault_rule(
      json(R"({"kind":"lost_reply","one_in":10,"path":"/seiapi","close":"reset"})"));
  REQUIRE(parsed);
  CHECK(parsed->fault.kind == FaultKind::kLostReply);
  CHECK(parsed->fault.close == CloseMode::kReset);
  CHECK(parsed->one_in == 10);
  CHECK(parsed->path_prefix == "/seiapi");
  CHECK(parse_fault_rule(json(R"({"kind":"html200"})"))->next == 1);
  CHECK(parse_fault_rule(json(R"({"kind":"slow","ms":20})"))->fault.delay == milliseconds(20));
  CHECK(parse_fault_rule(json(R"({"kind":"status_429","wait_s":9})"))->fault.wait ==
        std::chrono::seconds(9));
}

TEST_CASE("misbehaviour: rules that make no sense are refused", "[sim][misbehaviour]") {
  for (const auto* text :
       {"", "lost_reply", "lost_reply:", "lost_reply:0", "lost_reply:1/0", "lost_reply:x",
        "nonsense:1", "status_:1", "status_200:1", "status_600:1", "status_503_bare:1",
        "status_4290:1", "slow=x:1", "slow=9999999:1"}) {
    INFO(text);
    CHECK(!parse_short_fault_rule(text));
  }
  for (const auto* text : {R"({})", R"([])", R"({"kind":"slow","ms":-1})",
                           R"({"kind":"slow","ms":"5"})", R"({"kind":"slow","one_in":2,"next":2})",
                           R"({"kind":"slow","next":0})", R"({"kind":"slow","close":"gently"})"}) {
    INFO(text);
    CHECK(!parse_fault_rule(json(text)));
  }
}

}  // namespace handover::sim
