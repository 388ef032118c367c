#include "sim/demo/demo_command.hpp"

#include <chrono>
#include <cstdio>
#include <filesystem>

#include "sim/demo/demo.hpp"

namespace handover::sim {
namespace {

constexpr const char* kFooter =
    "Example:\n  handover-sim demo\n  handover-sim demo --stay --dir /tmp/my-demo\n";

int run_demo(DemoSettings settings, bool keep) {
  const bool own_folder = settings.directory.empty();
  if (own_folder) {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "handover-demo-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
      std::fprintf(stderr, "handover-sim: no folder can be made in %s\n", pattern.c_str());
      return 4;
    }
    settings.directory = pattern;
  } else if (!std::filesystem::create_directory(settings.directory)) {
    std::fprintf(stderr, "handover-sim: %s is there already; choose another --dir\n",
                 settings.directory.c_str());
    return 2;
  }
  const std::string directory = settings.directory;
  const auto started = std::chrono::steady_clock::now();
  const auto outcome = Demo(std::move(settings)).run();
  const auto seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  if (!outcome) {
    std::printf("\nNOT as it should be: %s\nThe devices' folders are left in %s\n",
                outcome.error().detail.c_str(), directory.c_str());
    return outcome.error().code == Errc::kConfig ? 4 : 1;
  }
  std::printf("\nEverything arrived, once. %.1f seconds.\n", seconds);
  if (own_folder && !keep) std::filesystem::remove_all(directory);
  return 0;
}

}  // namespace

void add_demo_command(CLI::App& program, int& exit_code) {
  auto* command = program.add_subcommand(
      "demo", "Two handhelds offline hand parts over; then everything arrives, once");
  auto settings = std::make_shared<DemoSettings>();
  command->add_option("--dir", settings->directory,
                      "Folder for the two devices; must not be there yet");
  command->add_flag("--stay", settings->stay,
                    "Leave everything running at the end, and say what to try");
  command->add_option("--seed", settings->seed, "Seed of what gets lost on the way")
      ->capture_default_str();
  command->footer(kFooter);
  command->callback([settings, &exit_code] { exit_code = run_demo(*settings, settings->stay); });
}

}  // namespace handover::sim
