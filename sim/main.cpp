// handover-sim: what stands in for the world. One line here for each sub-command, one file for each
// of them.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <array>
#include <csignal>

#include "sim/back_ends_command.hpp"
#include "sim/demo/demo_command.hpp"
#include "sim/enumerate_command.hpp"
#include "sim/world_command.hpp"

namespace {

using AddCommand = void (*)(CLI::App& program, int& exit_code);
constexpr std::array<AddCommand, 4> kCommands = {
    &handover::sim::add_back_ends_command, &handover::sim::add_demo_command,
    &handover::sim::add_enumerate_command, &handover::sim::add_world_command};

constexpr int kWrongUsage = 2;

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  CLI::App program("Simulated back-ends, devices and worlds for handover");
  program.require_subcommand(1);
  int exit_code = 0;
  for (const AddCommand add : kCommands) add(program, exit_code);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : kWrongUsage;
  }
  return exit_code;
}
