#include "sim/world_command.hpp"

#include <unistd.h>
#include <CLI/Error.hpp>
#include <CLI/Option.hpp>
#include <CLI/Validators.hpp>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "platform/deliberate_bug.hpp"
#include "platform/mark.hpp"
#include "sim/random.hpp"
#include "sim/run_guard.hpp"
#include "sim/world/world.hpp"

namespace handover::sim {
namespace {

constexpr int kBroken = 1;
constexpr int kWrongUsage = 2;
constexpr const char* kHelp =
    "Many devices, people, networks, disks and back-ends in one process, with trouble of all "
    "kinds, "
    "in no real time.\n"
    "A seed is a run: the same seed makes the same run again. docs/simulation.md says what is "
    "checked.";
constexpr const char* kFooter =
    "Example:\n"
    "  handover-sim world --seed 7                        one run\n"
    "  handover-sim world --seed 1 --seeds 100            a hundred runs\n"
    "  handover-sim world --profile soak --minutes 30     fresh seeds until the time is up\n"
    "  handover-sim world --seed 7 --replay               twice, and compares\n"
    "  handover-sim world --seed 7 --shrink               the same failure with less trouble\n"
    "Exit code: 0 all held, 1 an invariant was broken, 2 wrong usage or no trace where one was "
    "wanted; stopped by a signal: 128 and its number\n";

struct Arguments {
  std::string seed_text = "1";
  std::uint64_t seeds = 1;
  std::string profile = "smoke";
  std::size_t devices = 0;
  std::uint32_t days = 0;
  std::vector<std::string> without;
  std::string trace_file;
  std::string bug;
  double minutes = 0;
  bool real_cipher = false;
  bool replay = false;
  bool shrink = false;
  std::string program;  ///< As it was called.
};

std::string program_name = "handover-sim";
RunControl run_control;

std::string in_hex(std::uint64_t number) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "0x%016llx", static_cast<unsigned long long>(number));
  return text.data();
}

/// One line to paste.
std::string line_of(const WorldOptions& options) {
  std::string line = program_name + " world --seed " + in_hex(options.seed) + " --profile " +
                     std::string(to_string(options.profile));
  if (options.devices) line += " --devices " + std::to_string(*options.devices);
  if (options.days) line += " --days " + std::to_string(*options.days);
  for (const auto& trouble : options.without) line += " --without " + trouble;
  for (const NamedBug& named : kBugs) {
    if (deliberate_bug(named.bug)) line += " --bug " + std::string(named.name);
  }
  return line;
}

WorldReport run_world(const WorldOptions& options) {
  set_running_line(line_of(options));
  World world(options);
  WorldReport report = world.run();
  if (!report.trace_error.empty()) {
    std::fprintf(stderr, "handover-sim: %s\n", report.trace_error.c_str());
  }
  return report;
}

/// The exit code that one run asks for.
int code_of(const WorldReport& report) {
  if (report.breach) return kBroken;
  if (report.stopped) return exit_code_when_stopped();
  return report.trace_error.empty() ? 0 : kWrongUsage;
}

void print_breach(const WorldReport& report) {
  std::printf("\nBROKEN: %s\n  %s\n", std::string(to_string(report.breach->invariant)).c_str(),
              report.breach->words.c_str());
  std::printf("The last events of those concerned:\n");
  for (const TraceEvent& event : report.last_events) {
    std::printf("  %s %s: %s\n", format_virtual_time(event.at).c_str(), event.who.c_str(),
                event.words.c_str());
  }
  std::printf("To see it again:\n  %s\n", line_of(report.options).c_str());
}

/// What many runs add up to.
struct Sum {
  std::uint64_t runs = 0;
  std::uint64_t device_days = 0;
  std::uint64_t deeds = 0;
  std::uint64_t events = 0;
  std::uint64_t lost_to_lies = 0;
  FaultCounts faults;
  std::map<Invariant, std::uint64_t> checked;
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();

  void add(const WorldReport& report) {
    ++runs;
    device_days += report.swarm.devices * report.swarm.days;
    deeds += report.deeds;
    events += report.events;
    lost_to_lies += report.lost_to_lies ? 1 : 0;
    for (const auto& [kind, times] : report.faults) faults[kind] += times;
    for (const auto& [invariant, times] : report.checked) checked[invariant] += times;
  }
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  }
};

void print_sum(const Sum& sum) {
  std::printf(
      "%llu runs: %llu device-days, %llu deeds of people, %llu events\n",
      static_cast<unsigned long long>(sum.runs), static_cast<unsigned long long>(sum.device_days),
      static_cast<unsigned long long>(sum.deeds), static_cast<unsigned long long>(sum.events));
  std::printf("%.1f s, %.0f device-days a second\n", sum.seconds(),
              double(sum.device_days) / sum.seconds());
  if (sum.lost_to_lies > 0) {
    std::printf("%llu runs lost something because a disk said that it had synced and had not\n",
                static_cast<unsigned long long>(sum.lost_to_lies));
  }
  std::printf("\nFaults that struck\n");
  for (const auto& [kind, times] : sum.faults) {
    std::printf("  %-44s %10llu\n", kind.c_str(), static_cast<unsigned long long>(times));
  }
  std::printf("\nInvariants, and how often each was checked\n");
  for (const auto& [invariant, times] : sum.checked) {
    std::printf("  %-44s %10llu\n", std::string(to_string(invariant)).c_str(),
                static_cast<unsigned long long>(times));
  }
}

#ifdef HANDOVER_SIMULATION

void print_marks() {
  std::printf("\nRare branches, and how often each was taken\n");
  for (const Mark* mark : Mark::all()) {
    std::printf("  %-44s %10s\n", std::string(mark->name()).c_str(),
                mark->hits() == 0 ? "missed" : std::to_string(mark->hits()).c_str());
  }
}

constexpr const char* kListBugs = "list";

/// True: that was all that was wanted.
bool list_bugs(const std::string& name) {
  if (name != kListBugs) return false;
  for (const NamedBug& named : kBugs) {
    std::printf("%.*s\n", int(named.name.size()), named.name.data());
  }
  return true;
}

/// Errors: the words for the user.
Result<void> choose_bug(const std::string& name) {
  std::string names;
  for (const NamedBug& named : kBugs) {
    if (named.name == name) chosen_bug() = named.bug;
    names += "\n  " + std::string(named.name);
  }
  if (name.empty() || chosen_bug() != Bug::kNone) return {};
  return fail(Errc::kInvalid, "--bug takes one of these mistakes:" + names);
}

#else

void print_marks() {}
bool list_bugs(const std::string& /*name*/) { return false; }
Result<void> choose_bug(const std::string& /*name*/) { return {}; }

#endif

int replay(const WorldOptions& options) {
  const WorldReport first = run_world(options);
  if (first.stopped) return code_of(first);
  const WorldReport second = run_world(options);
  if (second.stopped) return code_of(second);
  std::printf("%s\n%s\n", in_hex(first.hash).c_str(), in_hex(second.hash).c_str());
  if (first.breach) print_breach(first);
  if (first.hash != second.hash) {
    std::printf("The two runs differ: something in them does not come from the seed.\n");
    return kBroken;
  }
  return first.breach ? kBroken : 0;
}

/// Leaves out whatever the failure does not need.
int shrink(WorldOptions options) {
  const WorldReport whole = run_world(options);
  if (whole.stopped) return code_of(whole);
  if (!whole.breach) {
    std::printf("Nothing is broken; nothing to shrink.\n");
    return 0;
  }
  WorldReport smallest = whole;
  const auto try_with = [&](const WorldOptions& less, const std::string& what) {
    const WorldReport report = run_world(less);
    if (report.stopped) return false;
    const bool same = report.breach && report.breach->invariant == whole.breach->invariant;
    std::printf("  %-28s %s\n", what.c_str(), same ? "still broken" : "needed");
    std::fflush(stdout);
    if (same) options = less, smallest = report;
    return same;
  };
  // Stopped from outside, it says what it has found so far.
  for (const auto& trouble : trouble_names()) {
    WorldOptions less = options;
    less.without.insert(trouble);
    try_with(less, "without " + trouble);
  }
  for (std::uint32_t days = 1; days < whole.swarm.days; ++days) {
    WorldOptions less = options;
    less.days = days;
    if (try_with(less, std::to_string(days) + " days")) break;
  }
  for (std::size_t devices = 2; devices < whole.swarm.devices; ++devices) {
    WorldOptions less = options;
    less.devices = devices;
    if (try_with(less, std::to_string(devices) + " devices")) break;
  }
  print_breach(smallest);
  return kBroken;
}

int run_many(WorldOptions options, const Arguments& arguments) {
  Sum sum;
  Random fresh(options.seed);
  const bool timed = arguments.minutes > 0;
  const bool on_terminal = ::isatty(STDERR_FILENO) == 1;
  int code = 0;
  while (timed ? sum.seconds() < arguments.minutes * 60 : sum.runs < arguments.seeds) {
    const WorldReport report = run_world(options);
    if (!report.stopped) sum.add(report);
    if (report.breach) print_breach(report);
    code = code_of(report);
    if (code == kWrongUsage) return code;
    if (code != 0) break;
    if (arguments.seeds == 1 && !timed) std::printf("hash %s\n", in_hex(report.hash).c_str());
    if (on_terminal) std::fprintf(stderr, "\r%llu runs", static_cast<unsigned long long>(sum.runs));
    options.seed = timed ? fresh.next() : options.seed + 1;
  }
  if (on_terminal) std::fprintf(stderr, "\r");
  if (code != 0) std::printf("\nUntil then, ");
  print_sum(sum);
  print_marks();
  return code;
}

bool parse_seed(std::string_view text, std::uint64_t& seed) {
  int base = 10;
  if (text.starts_with("0x")) {
    text.remove_prefix(2);
    base = 16;
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed, base);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

int run_command(const Arguments& arguments) {
  WorldOptions options;
  const auto profile = parse_profile(arguments.profile);
  if (!profile) {
    std::fprintf(stderr, "handover-sim: %s\n", profile.error().fields.front().detail.c_str());
    return kWrongUsage;
  }
  options.profile = *profile;
  if (!parse_seed(arguments.seed_text, options.seed)) {
    std::fprintf(stderr, "handover-sim: --seed %s is no number; expected 7 or 0x7\n",
                 arguments.seed_text.c_str());
    return kWrongUsage;
  }
  if (arguments.devices > 0) options.devices = arguments.devices;
  if (arguments.days > 0) options.days = arguments.days;
  options.without.insert(arguments.without.begin(), arguments.without.end());
  options.trace_file = arguments.trace_file;
  options.real_cipher = arguments.real_cipher;
  options.control = &run_control;
  if (list_bugs(arguments.bug)) return 0;
  if (const auto chosen = choose_bug(arguments.bug); !chosen) {
    std::fprintf(stderr, "handover-sim: %s\n", chosen.error().detail.c_str());
    return kWrongUsage;
  }
  program_name = arguments.program;
  const RunGuard guard(run_control);
  if (arguments.replay) return replay(options);
  if (arguments.shrink) return shrink(options);
  return run_many(options, arguments);
}

}  // namespace

void add_world_command(CLI::App& program, int& exit_code) {
  auto* command = program.add_subcommand("world", kHelp);
  auto arguments = std::make_shared<Arguments>();
  command->add_option("--seed", arguments->seed_text, "The run, or the first one; 7 or 0x7")
      ->capture_default_str();
  auto* seeds =
      command->add_option("--seeds", arguments->seeds, "So many runs, counting up from --seed")
          ->check(CLI::Range(std::int64_t{1}, std::int64_t{1'000'000'000}))
          ->capture_default_str();
  auto* minutes =
      command->add_option("--minutes", arguments->minutes, "Fresh seeds until the time is up")
          ->check(CLI::Range(0.001, 1'000'000.0))
          ->excludes(seeds);
  command->add_option("--profile", arguments->profile, "smoke, lying-disk, fleet or soak")
      ->capture_default_str();
  command->add_option("--devices", arguments->devices, "Instead of what the seed draws")
      ->check(CLI::Range(2, 1000));
  command->add_option("--days", arguments->days, "Instead of what the seed draws")
      ->check(CLI::Range(1, 1000));
  command->add_option("--without", arguments->without, "A kind of trouble to leave out")
      ->check(CLI::IsMember(trouble_names()));
  auto* trace =
      command->add_option("--trace", arguments->trace_file, "Every event as a line into this file")
          ->excludes(seeds)
          ->excludes(minutes);
  command->add_flag("--real-cipher", arguments->real_cipher,
                    "OpenSSL's ciphers under the stores: the same run, and slower");
  auto* replay =
      command->add_flag("--replay", arguments->replay, "Runs the seed twice and compares");
  auto* shrink = command->add_flag("--shrink", arguments->shrink,
                                   "Finds the same failure with as little trouble as possible");
  // Both are about one seed, and run it more than once.
  for (CLI::Option* repeats : {replay, shrink}) {
    repeats->excludes(seeds)->excludes(minutes)->excludes(trace);
  }
  replay->excludes(shrink);
#ifdef HANDOVER_SIMULATION
  command->add_option("--bug", arguments->bug,
                      "A mistake in the agent that the run must notice; list: all of them");
#endif
  command->footer(kFooter);
  command->callback([arguments, command, &exit_code] {
    arguments->program = program_of(*command);
    exit_code = run_command(*arguments);
  });
}

}  // namespace handover::sim
