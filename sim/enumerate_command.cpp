#include "sim/enumerate_command.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <string>

#include "sim/enumerate/cases.hpp"

namespace handover::sim {
namespace {

constexpr int kBroken = 1;
constexpr int kWrongUsage = 2;
constexpr const char* kHelp =
    "Plays one short script again and again, and each time one single thing goes wrong: a power "
    "cut, "
    "a kill or an error at each disk call of each device, each way to fail at each request, a cut "
    "at "
    "each byte.\n"
    "Each time the world heals afterwards, and everything must have arrived, once.";
constexpr const char* kFooter =
    "Example:\n"
    "  handover-sim enumerate                                       all cases\n"
    "  handover-sim enumerate --case disk/cut/van-17/17/seed2       one of them\n"
    "Exit code: 0 all held, 1 an invariant was broken, 2 wrong usage\n";

struct Arguments {
  std::string case_name;
  std::string trace_file;
};

// For the handler of SIGABRT: an invariant inside the product ends the process.
std::array<char, 256> running_line{};

void say_what_ran(int /*signal*/) {
  constexpr std::string_view kWords = "\nThe program aborted. To see it again:\n  ";
  (void)!::write(STDERR_FILENO, kWords.data(), kWords.size());
  (void)!::write(STDERR_FILENO, running_line.data(), std::strlen(running_line.data()));
  (void)!::write(STDERR_FILENO, "\n", 1);
}

/// One line to paste.
std::string line_of(const Case& what) { return "handover-sim enumerate --case " + what.name; }

CaseResult run(const Case& what, const std::string& trace_file) {
  std::snprintf(running_line.data(), running_line.size(), "%s", line_of(what).c_str());
  return run_case(what, trace_file);
}

void print_breach(const Case& what, const CaseResult& result) {
  std::printf("\nBROKEN: %s\n  %s\n", std::string(to_string(result.breach->invariant)).c_str(),
              result.breach->words.c_str());
  std::printf("The last events:\n");
  for (const TraceEvent& event : result.last_events) {
    std::printf("  %s %s: %s\n", format_virtual_time(event.at).c_str(), event.who.c_str(),
                event.words.c_str());
  }
  std::printf("To see it again:\n  %s\n", line_of(what).c_str());
}

int run_one(const CaseList& list, const Arguments& arguments) {
  const auto found = std::find_if(list.cases.begin(), list.cases.end(), [&](const Case& what) {
    return what.name == arguments.case_name;
  });
  if (found == list.cases.end()) {
    std::fprintf(
        stderr,
        "handover-sim: there is no case %s; the first is %s, the last %s. A case that once "
        "failed may be gone because the program now makes fewer disk calls.\n",
        arguments.case_name.c_str(), list.cases.front().name.c_str(),
        list.cases.back().name.c_str());
    return kWrongUsage;
  }
  const CaseResult result = run(*found, arguments.trace_file);
  if (result.breach) print_breach(*found, result);
  if (!result.breach) std::printf("%s: all held\n", found->name.c_str());
  return result.breach ? kBroken : 0;
}

/// "disk/cut/van-17/17/seed2" -> "disk/cut".
std::string kind_of(const std::string& name) {
  return name.substr(0, name.find('/', name.find('/') + 1));
}

void print_sum(const CaseList& list, const std::map<std::string, std::uint64_t>& run_of_kind,
               double seconds) {
  std::printf("What was enumerated\n");
  for (const auto& [what, count] : list.counted) {
    std::printf("  %-44s %10llu\n", what.c_str(), static_cast<unsigned long long>(count));
  }
  std::printf("\nCases, each of which held\n");
  for (const auto& [kind, count] : run_of_kind) {
    std::printf("  %-44s %10llu\n", kind.c_str(), static_cast<unsigned long long>(count));
  }
  std::printf("\n%zu cases in %.1f s\n", list.cases.size(), seconds);
}

int run_all(const CaseList& list) {
  const auto started = std::chrono::steady_clock::now();
  const bool on_terminal = ::isatty(STDERR_FILENO) == 1;
  std::map<std::string, std::uint64_t> run_of_kind;
  std::size_t done = 0;
  for (const Case& what : list.cases) {
    const CaseResult result = run(what, "");
    if (result.breach) {
      print_breach(what, result);
      return kBroken;
    }
    ++run_of_kind[kind_of(what.name)];
    if (on_terminal && ++done % 50 == 0) {
      std::fprintf(stderr, "\r%zu of %zu cases", done, list.cases.size());
    }
  }
  if (on_terminal) std::fprintf(stderr, "\r");
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - started;
  print_sum(list, run_of_kind, time.count());
  return 0;
}

int run_command(const Arguments& arguments) {
  std::signal(SIGABRT, &say_what_ran);
  const CaseList list = list_cases();
  return arguments.case_name.empty() ? run_all(list) : run_one(list, arguments);
}

}  // namespace

void add_enumerate_command(CLI::App& program, int& exit_code) {
  auto* command = program.add_subcommand("enumerate", kHelp);
  auto arguments = std::make_shared<Arguments>();
  auto* name = command->add_option("--case", arguments->case_name, "This one alone");
  command->add_option("--trace", arguments->trace_file, "Every event as a line into this file")
      ->needs(name);
  command->footer(kFooter);
  command->callback([arguments, &exit_code] { exit_code = run_command(*arguments); });
}

}  // namespace handover::sim
