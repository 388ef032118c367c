// Proof of the alarm: mistakes that a programmer could make are noticed, each by a seed that runs
// clean without it; and the smoke profile comes to every rare branch that is marked.
#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <set>
#include <string>
#include <utility>

#include "platform/deliberate_bug.hpp"
#include "platform/mark.hpp"
#include "sim/world/world.hpp"

namespace handover::sim {
namespace {

constexpr std::uint64_t kSmokeSeeds = 200;

/// The lowest seed whose run notices the bug, and as what. To find it again:
/// handover-sim world --seeds 200 --bug NAME
struct Alarm {
  const char* bug;
  std::uint64_t seed;
  Invariant broken;
  Profile profile = Profile::kSmoke;
};
const std::array kAlarms = {
    Alarm{"acknowledge-before-commit", 1, Invariant::kDurability},
    Alarm{"commit-error-swallowed", 2, Invariant::kDurability},
    Alarm{"synchronous-normal", 1, Invariant::kDurability},
    Alarm{"store-without-key", 1, Invariant::kConfidentiality},
    Alarm{"serial-in-log", 1, Invariant::kConfidentiality},
    Alarm{"code-in-log", 2, Invariant::kConfidentiality},
    Alarm{"new-key-on-retry", 3, Invariant::kOneEffect},
    Alarm{"call-done-twice", 18, Invariant::kNothingInvented},
    Alarm{"nonce-reused", 3, Invariant::kAgreement},
    Alarm{"any-terms-accepted", 3, Invariant::kAgreement},
    Alarm{"code-opens-twice", 2, Invariant::kAgreement},
    Alarm{"wrong-tries-forgotten", 3, Invariant::kAgreement},
    Alarm{"own-code-in-half", 2, Invariant::kAgreement},
    Alarm{"newest-key-only", 8, Invariant::kRightCodeAccepted},
    Alarm{"stock-in-another-commit", 28, Invariant::kConservation},
    Alarm{"usage-left-out", 2, Invariant::kHonesty},
    Alarm{"movement-reversed", 2, Invariant::kConservation},
    Alarm{"order-ignored", 2, Invariant::kOrder},
    Alarm{"cmdb-order-ignored", 3, Invariant::kOrder},
    Alarm{"cmdb-not-told", 2, Invariant::kOneEffect},
    Alarm{"waiters-forgotten", 1, Invariant::kDelivery},
    Alarm{"in-flight-forgotten", 1, Invariant::kNextTry},
    Alarm{"in-flight-taken-as-delivered", 1, Invariant::kOneEffect},
    Alarm{"undone-result-forgotten", 2, Invariant::kDelivery},
    Alarm{"wake-forgotten", 6, Invariant::kDelivery},
    Alarm{"pause-without-end", 1, Invariant::kNextTry},
    Alarm{"next-try-of-before", 1, Invariant::kNextTry},
    Alarm{"in-flight-max-ignored", 1, Invariant::kBounds},
    Alarm{"in-flight-max-ignored", 35, Invariant::kBounds},  // On byte streams, too.
    Alarm{"refused-dropped", 13, Invariant::kOneEffect},
    Alarm{"page-taken-as-success", 2, Invariant::kHonesty},
    Alarm{"newer-store-opened", 10, Invariant::kRecovery},
    // A disk that lies excuses what it lost, and nothing else.
    Alarm{"movement-reversed", 2, Invariant::kConservation, Profile::kLyingDisk},
    Alarm{"any-terms-accepted", 3, Invariant::kAgreement, Profile::kLyingDisk},
};

Bug bug_named(std::string_view name) {
  const auto found = std::find_if(kBugs.begin(), kBugs.end(),
                                  [&](const NamedBug& named) { return named.name == name; });
  return found == kBugs.end() ? Bug::kNone : found->bug;
}

WorldReport run(std::uint64_t seed, Profile profile = Profile::kSmoke) {
  WorldOptions options;
  options.seed = seed;
  options.profile = profile;
  World world(options);
  return world.run();
}

WorldReport run_with(Bug bug, const Alarm& alarm) {
  chosen_bug() = bug;
  WorldReport report = run(alarm.seed, alarm.profile);
  chosen_bug() = Bug::kNone;
  return report;
}

std::set<std::string> missed_marks() {
  std::set<std::string> missed;
  for (const Mark* mark : Mark::all()) {
    if (mark->hits() == 0) missed.emplace(mark->name());
  }
  return missed;
}

}  // namespace

TEST_CASE("alarm: each deliberate bug is noticed", "[sim][alarm]") {
  const Alarm& alarm = GENERATE(from_range(kAlarms.begin(), kAlarms.end()));
  CAPTURE(alarm.bug, alarm.seed);
  const Bug bug = bug_named(alarm.bug);
  REQUIRE(bug != Bug::kNone);
  const WorldReport report = run_with(bug, alarm);
  REQUIRE(report.breach.has_value());
  CAPTURE(report.breach->words);
  CHECK(to_string(report.breach->invariant) == to_string(alarm.broken));
}

TEST_CASE("alarm: the same seeds are clean without a bug", "[sim][alarm]") {
  std::set<std::pair<Profile, std::uint64_t>> seeds;
  for (const Alarm& alarm : kAlarms) seeds.emplace(alarm.profile, alarm.seed);
  for (const auto& [profile, seed] : seeds) {
    CAPTURE(to_string(profile), seed);
    const WorldReport report = run(seed, profile);
    CHECK((report.breach ? report.breach->words : "") == "");
  }
}

TEST_CASE("alarm: every deliberate bug has its seed", "[sim][alarm]") {
  std::set<std::string_view> proven;
  for (const Alarm& alarm : kAlarms) proven.insert(alarm.bug);
  for (const NamedBug& named : kBugs) {
    CAPTURE(named.name);
    CHECK(proven.contains(named.name));
  }
}

TEST_CASE("marks: the smoke seeds come to every rare branch", "[sim][alarm]") {
  REQUIRE(Mark::all().size() > 30);
  for (std::uint64_t seed = 1; seed <= kSmokeSeeds && !missed_marks().empty(); ++seed) {
    CAPTURE(seed);
    const WorldReport report = run(seed);
    CHECK((report.breach ? report.breach->words : "") == "");
  }
  CHECK(missed_marks() == std::set<std::string>());
}

}  // namespace handover::sim
