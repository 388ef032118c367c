// The command line of `handover-sim world`: what it refuses, and what it still says when it ends
// before its time.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Error.hpp>
#include <CLI/Formatter.hpp>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <string>

#include "sim/run_guard.hpp"
#include "sim/world/world.hpp"
#include "sim/world_command.hpp"

namespace handover::sim {
namespace {

int run_program(const std::string& arguments) {
  CLI::App program;
  int exit_code = -1;
  add_world_command(program, exit_code);
  program.parse(arguments);
  return exit_code;
}

}  // namespace

TEST_CASE("world command: numbers out of range are refused, and so is what would be ignored") {
  for (const char* arguments :
       {"--seeds -5", "--seeds 0", "--minutes -1", "--minutes 0", "--replay --seeds 2",
        "--replay --minutes 1", "--replay --shrink", "--shrink --seeds 2", "--seeds 2 --minutes 1",
        "--trace events.txt --seeds 2", "--trace events.txt --minutes 1",
        "--trace events.txt --replay", "--devices 1", "--days 0", "--without everything"}) {
    CAPTURE(arguments);
    CHECK_THROWS_AS(run_program("world " + std::string(arguments)), CLI::ParseError);
  }
  CHECK(run_program("world --seed seven") == 2);
  CHECK(run_program("world --profile huge") == 2);
}

TEST_CASE("world command: a trace that cannot be written whole is no success") {
  CHECK(run_program("world --seed 3 --days 1 --trace /dev/full") == 2);
  CHECK(run_program("world --seed 3 --days 1 --trace /no/such/folder/events.txt") == 2);
}

#ifdef HANDOVER_SIMULATION
TEST_CASE("world command: the list of deliberate bugs is an answer") {
  CHECK(run_program("world --bug list") == 0);
  CHECK(run_program("world --bug no-such-bug") == 2);
}
#endif

TEST_CASE("world command: a world ends where it is stopped, and nothing of it counts as broken") {
  RunControl control;
  const RunGuard guard(control);
  set_running_line("handover-sim world --seed 0x1 --profile smoke");
  REQUIRE(std::raise(SIGTERM) == 0);
  CHECK(control.stop);
  CHECK(exit_code_when_stopped() == 128 + SIGTERM);

  WorldOptions options;
  options.control = &control;
  World world(options);
  const WorldReport report = world.run();
  CHECK(report.stopped);
  CHECK_FALSE(report.breach);
  CHECK(report.deeds == 0);
}

}  // namespace handover::sim
