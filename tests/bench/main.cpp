// The program `handover-bench`.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>

#include "tests/bench/bench.hpp"
#include "tests/bench/report.hpp"

namespace {

namespace fs = std::filesystem;
using handover::bench::BenchSettings;

constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;

struct Arguments {
  std::string folder;
  std::string json_file;
  bool quick = false;
  bool keep = false;
  std::size_t waiting = BenchSettings().waiting;
  std::size_t rounds = BenchSettings().rounds;
  std::size_t calls = BenchSettings().calls;
};

void add_options(CLI::App& program, Arguments& arguments) {
  program.footer(
      "Floor and agent take turns on the same disk and the same loopback; every figure wanted is a "
      "ratio to that floor.\n"
      "Build with the release preset. Example, on the disk of the present folder:\n"
      "  build/release/handover-bench --dir bench-run --json bench.json\n"
      "Where other work keeps every core busy, Linux may wake a process only at its next tick (4 "
      "ms), and then that is what\n"
      "is measured. Ahead of the others: sudo chrt --rr 1 build/release/handover-bench …");
  program.add_option(
      "--dir", arguments.folder,
      "Folder to make for the stores, on the disk to measure; else one under the system's");
  program.add_option("--json", arguments.json_file, "Write the figures to this file");
  program.add_option("--waiting", arguments.waiting, "Records that wait before the drain")
      ->capture_default_str();
  program.add_option("--rounds", arguments.rounds, "Rounds of recording")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  program.add_option("--calls", arguments.calls, "Calls in a round")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  program.add_flag("--quick", arguments.quick,
                   "Small counts: shows that everything works, measures nothing worth reading");
  program.add_flag("--keep", arguments.keep, "Leave the folder behind");
}

BenchSettings settings_of(const Arguments& arguments) {
  BenchSettings settings;
  settings.rounds = arguments.rounds;
  settings.calls = arguments.calls;
  settings.waiting = arguments.waiting;
  if (arguments.quick) {
    settings.rounds = 1;
    settings.calls = 20;
    settings.waiting = 300;
    settings.starts = 1;
  }
  settings.folder = arguments.folder;
  if (settings.folder.empty()) {
    settings.folder =
        (fs::temp_directory_path() / ("handover-bench-" + std::to_string(std::random_device()())))
            .string();
  }
  settings.folder = fs::absolute(settings.folder).string();
  settings.progress = [](const std::string& line) {
    std::cerr << "handover-bench: " << line << std::endl;
  };
  return settings;
}

int run(const Arguments& arguments) {
  const BenchSettings settings = settings_of(arguments);
  const bool was_there = fs::exists(settings.folder);
  const auto outcome = handover::bench::run_bench(settings);
  std::error_code ignored;
  if (!arguments.keep && !was_there) fs::remove_all(settings.folder, ignored);
  if (!outcome) {
    std::cerr << "handover-bench: " << outcome.error().detail << "\n";
    return kFailed;
  }
  std::cout << handover::bench::table_of(*outcome) << std::flush;
  if (arguments.json_file.empty()) return 0;
  std::ofstream file(arguments.json_file, std::ios::trunc);
  file << handover::bench::json_of(*outcome).dump() << "\n";
  file.close();
  if (file) return 0;
  std::cerr << "handover-bench: " << arguments.json_file << ": cannot be written\n";
  return kFailed;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App program("Measures the agent against what its disk and network give without it.",
                   "handover-bench");
  Arguments arguments;
  add_options(program, arguments);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : kWrongUsage;
  }
  return run(arguments);
}
