// The program `handover`, put together.
#include <iostream>

#include "agent/cli/agent_command.hpp"
#include "agent/cli/program.hpp"
#include "platform/posix/console.hpp"
#include "platform/posix/os_entropy.hpp"
#include "platform/posix/process.hpp"
#include "platform/posix/system_clock.hpp"

int main(int argc, char** argv) {
  constexpr int kStandardError = 2;
  handover::posix::harden_process();
  const handover::posix::SystemClock clock;
  handover::posix::OsEntropy entropy;
  const handover::cli::World world{
      .in = std::cin,
      .out = std::cout,
      .messages = std::cerr,
      .messages_on_terminal = handover::posix::is_terminal(kStandardError),
      .clock = clock,
      .entropy = entropy,
      .environment = handover::posix::environment_variable,
      .pause = handover::posix::pause_for,
      .run_agent = handover::cli::run_agent};
  return handover::cli::run_program(argc, argv, world);
}
