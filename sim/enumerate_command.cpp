#include "sim/enumerate_command.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <memory>
#include <string>

#include "sim/enumerate/cases.hpp"
#include "sim/run_guard.hpp"

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
    "  handover-sim enumerate --only net/                           those of one kind\n"
    "  handover-sim enumerate --case disk/cut/van-17/17/seed2       one of them\n"
    "Exit code: 0 all held, 1 an invariant was broken, 2 wrong usage or no trace where one was "
    "wanted; stopped by a signal: 128 and its number\n";

struct Arguments {
  std::string case_name;
  std::string only;
  std::string trace_file;
  std::string program;  ///< As it was called.
};

std::string program_name = "handover-sim";
RunControl run_control;

/// One line to paste.
std::string line_of(const Case& what) { return program_name + " enumerate --case " + what.name; }

CaseResult run(const Case& what, const std::string& trace_file) {
  set_running_line(line_of(what));
  ++run_control.tasks;
  CaseResult result = run_case(what, trace_file);
  if (!result.trace_error.empty()) {
    std::fprintf(stderr, "handover-sim: %s\n", result.trace_error.c_str());
  }
  return result;
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
  if (result.breach) return kBroken;
  if (!result.trace_error.empty()) return kWrongUsage;
  std::printf("%s: all held\nhash 0x%016llx\n", found->name.c_str(),
              static_cast<unsigned long long>(result.hash));
  return 0;
}

/// "disk/cut/van-17/17/seed2" -> "disk/cut".
std::string kind_of(const std::string& name) {
  return name.substr(0, name.find('/', name.find('/') + 1));
}

void print_sum(const CaseList& list, const std::map<std::string, std::uint64_t>& run_of_kind,
               std::size_t done, double seconds) {
  std::printf("What was enumerated\n");
  for (const auto& [what, count] : list.counted) {
    std::printf("  %-44s %10llu\n", what.c_str(), static_cast<unsigned long long>(count));
  }
  std::printf("\nCases, each of which held\n");
  for (const auto& [kind, count] : run_of_kind) {
    std::printf("  %-44s %10llu\n", kind.c_str(), static_cast<unsigned long long>(count));
  }
  std::printf("\n%zu of %zu cases in %.1f s\n", done, list.cases.size(), seconds);
}

int run_all(const CaseList& list) {
  const auto started = std::chrono::steady_clock::now();
  const bool on_terminal = ::isatty(STDERR_FILENO) == 1;
  std::map<std::string, std::uint64_t> run_of_kind;
  std::size_t done = 0;
  int code = 0;
  for (const Case& what : list.cases) {
    const CaseResult result = run(what, "");
    if (result.breach) {
      print_breach(what, result);
      code = kBroken;
    } else if (run_control.stop) {
      code = exit_code_when_stopped();
    }
    if (code != 0) break;
    ++run_of_kind[kind_of(what.name)];
    ++done;
    if (on_terminal && done % 50 == 0) {
      std::fprintf(stderr, "\r%zu of %zu cases", done, list.cases.size());
    }
  }
  if (on_terminal) std::fprintf(stderr, "\r");
  const std::chrono::duration<double> time = std::chrono::steady_clock::now() - started;
  print_sum(list, run_of_kind, done, time.count());
  return code;
}

int run_command(const Arguments& arguments) {
  program_name = arguments.program;
  const RunGuard guard(run_control);
  CaseList list = list_cases();
  std::erase_if(list.cases,
                [&](const Case& what) { return !what.name.starts_with(arguments.only); });
  if (list.cases.empty()) {
    std::fprintf(stderr, "handover-sim: no case begins with %s\n", arguments.only.c_str());
    return kWrongUsage;
  }
  return arguments.case_name.empty() ? run_all(list) : run_one(list, arguments);
}

}  // namespace

void add_enumerate_command(CLI::App& program, int& exit_code) {
  auto* command = program.add_subcommand("enumerate", kHelp);
  auto arguments = std::make_shared<Arguments>();
  auto* name = command->add_option("--case", arguments->case_name, "This one alone");
  command->add_option("--only", arguments->only, "Those whose names begin so")->excludes(name);
  command->add_option("--trace", arguments->trace_file, "Every event as a line into this file")
      ->needs(name);
  command->footer(kFooter);
  command->callback([arguments, command, &exit_code] {
    arguments->program = program_of(*command);
    exit_code = run_command(*arguments);
  });
}

}  // namespace handover::sim
