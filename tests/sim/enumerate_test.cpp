// A thin sample of the enumeration; scripts/test runs all of it in the program itself.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Error.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>
#include <string>
#include <string_view>

#include "sim/enumerate/cases.hpp"
#include "sim/enumerate_command.hpp"

namespace handover::sim {
namespace {

constexpr std::size_t kSampleStep = 20;

int run_program(const std::string& arguments) {
  CLI::App program;
  int exit_code = -1;
  add_enumerate_command(program, exit_code);
  program.parse(arguments);
  return exit_code;
}

/// What `CaseResult` says, for the output of a test.
std::string words_of(const CaseResult& result) {
  return result.breach ? result.breach->words : std::string();
}

bool begins_with_one_of(std::string_view name, std::initializer_list<std::string_view> kinds) {
  return std::any_of(kinds.begin(), kinds.end(),
                     [name](std::string_view kind) { return name.starts_with(kind); });
}

}  // namespace

TEST_CASE("enumerate: each twentieth case holds", "[sim][enumerate]") {
  const CaseList list = list_cases();
  REQUIRE(list.cases.size() > 5000);

  for (std::size_t i = 0; i < list.cases.size(); i += kSampleStep) {
    INFO(list.cases[i].name);
    CHECK(words_of(run_case(list.cases[i], "")).empty());
  }
}

TEST_CASE("enumerate: every case has its own name, and the list is the same each time",
          "[sim][enumerate]") {
  const CaseList first = list_cases();
  const CaseList second = list_cases();

  std::set<std::string> names;
  for (const Case& what : first.cases) names.insert(what.name);
  CHECK(names.size() == first.cases.size());
  CHECK(std::equal(first.cases.begin(), first.cases.end(), second.cases.begin(), second.cases.end(),
                   [](const Case& one, const Case& other) { return one.name == other.name; }));
  CHECK(first.counted == second.counted);
}

TEST_CASE("enumerate: a case is the same run each time, and trouble makes another one",
          "[sim][enumerate]") {
  const CaseList list = list_cases();
  std::set<std::uint64_t> hashes;
  std::size_t runs = 0;
  for (const Case& what : list.cases) {
    const bool wanted = begins_with_one_of(
        what.name, {"undisturbed/script/seed1", "disk/cut/van-17/100/", "disk/fail-on/van-22/50/",
                    "net/reply-lost/van-17/servicemobility/2/seed1"});
    if (!wanted) continue;
    INFO(what.name);
    const CaseResult result = run_case(what, "");
    CHECK(run_case(what, "").hash == result.hash);
    hashes.insert(result.hash);
    ++runs;
  }

  CHECK(runs == 6);  // The power cut has three seeds.
  CHECK(hashes.size() == runs);
}

TEST_CASE("enumerate: a case that misses its moment proves nothing, and says so",
          "[sim][enumerate]") {
  CaseList list = list_cases();
  Case& never = list.cases.front();
  never.plan = [](Stage& stage) { stage.device(0).disk().cut_power_at(1'000'000); };

  const CaseResult result = run_case(never, "");

  REQUIRE(result.breach);
  CHECK(result.breach->words == "what this case plans never happened: the case proves nothing");
}

TEST_CASE("enumerate: a case that changes nothing proves nothing, and says so",
          "[sim][enumerate]") {
  CaseList list = list_cases();
  const auto found = std::find_if(list.cases.begin(), list.cases.end(), [](const Case& what) {
    return what.name.starts_with("net/coverage-ends/van-22/servicemobility/4/");
  });
  REQUIRE(found != list.cases.end());
  CHECK(words_of(run_case(*found, "")).empty());
  // As a fault would that its back-end does not know.
  found->plan = [](Stage& stage) { stage.note_struck(); };

  const CaseResult result = run_case(*found, "");

  REQUIRE(result.breach);
  CHECK(result.breach->words == "what this case plans changed nothing: the case proves nothing");
}

TEST_CASE("enumerate: what cannot change anything is no case", "[sim][enumerate]") {
  std::size_t expired = 0;
  for (const Case& what : list_cases().cases) {
    if (!begins_with_one_of(what.name, {"net/expired_tokens/", "order/expired_tokens/"})) continue;
    INFO(what.name);
    ++expired;
    // Seed 1 has a CMDB without tokens, and Cisco never has any.
    CHECK((what.name.find("/cmdb/") == std::string::npos || what.name.ends_with("/seed2")));
    CHECK(what.name.find("/cisco/") == std::string::npos);
  }
  CHECK(expired > 5);
}

TEST_CASE("enumerate: an effect that is missing is found", "[sim][enumerate]") {
  CaseList list = list_cases();
  Case& first = list.cases.front();
  ++first.wanted.uploads;

  const CaseResult result = run_case(first, "");

  REQUIRE(result.breach);
  CHECK(result.breach->invariant == Invariant::kOneEffect);
}

TEST_CASE("enumerate: --case runs one case by its name, and refuses a name that is none",
          "[sim][enumerate]") {
  CHECK(run_program("enumerate --case disk/cut/van-17/17/seed2") == 0);
  CHECK(run_program("enumerate --case disk/cut/van-17/100000/seed2") == 2);
  CHECK_THROWS_AS(run_program("enumerate --trace events.txt"), CLI::ParseError);
}

}  // namespace handover::sim
