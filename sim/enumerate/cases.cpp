#include "sim/enumerate/cases.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "sim/back-ends/answer_text.hpp"
#include "sim/enumerate/script.hpp"

namespace handover::sim {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<std::uint64_t, 3> kSeeds = {1, 2, 3};
/// How long trouble lasts that lasts.
constexpr VirtualTime kWhile = minutes(20);
/// Longer than anybody waits for an answer.
constexpr milliseconds kForEver = minutes(5);

/// About as many disk calls as a start of the agent makes: the second power cut strikes in one.
constexpr std::uint64_t kStartCalls = 40;

/// One step of the undisturbed script at a back-end.
struct Step {
  std::size_t device = 0;
  std::size_t back_end = 0;
  std::size_t number = 0;
  std::size_t request_bytes = 0;
  std::size_t answer_bytes = 0;
  bool is_upload = false;
  bool bears_token = false;
};

struct CountedCall {
  DiskCall what = DiskCall::kRead;
  bool grows = false;  ///< The disk holds more after it.
};

/// The undisturbed script, counted.
struct Survey {
  std::array<std::vector<CountedCall>, Stage::kDevices> disk_calls;
  std::array<std::string, Stage::kDevices> names;
  std::vector<Step> steps;
  std::optional<Stage::Update> update;
  Effects effects;
  std::uint64_t hash = 0;
};

/// As it was on the wire.
std::size_t bytes_of(const HttpRequest& request) {
  std::size_t bytes = request.method.size() + 1 + request.target.size() + 11;
  for (const auto& header : request.headers) bytes += header.name.size() + header.value.size() + 4;
  return bytes + 2 + request.body.size();
}

bool is_upload(std::size_t back_end, const HttpRequest& request) {
  return request.method == "POST" &&
         (back_end == BackEnds::kCisco || request.target.starts_with("/seiapi/v3/mobile/") ||
          request.target.starts_with("/api/now/import/"));
}

/// One that can have expired.
bool bears_token(const HttpRequest& request) {
  return !find_header(request.headers, "x-access-token").empty() ||
         find_header(request.headers, "Authorization").starts_with("Bearer ");
}

boost::asio::awaitable<void> play_and_tell(Stage& stage, Script script, bool& playing) {
  auto all = script(stage);
  co_await std::move(all);
  playing = false;
}

Effects effects_of(Script script) {
  if (script == &play_two_deliveries) return kTwoDeliveries;
  return script == &play_order ? kOneOrder : kWholeJob;
}

Survey survey(const StageOptions& options, Script script) {
  Survey counted;
  Stage stage(options);
  bool playing = true;
  std::array<std::int64_t, Stage::kDevices> used{};
  for (std::size_t i = 0; i < Stage::kDevices; ++i) used[i] = stage.device(i).disk().used();
  stage.on_disk_call = [&](std::size_t device, std::uint64_t call, DiskCall what) {
    const std::int64_t before = std::exchange(used[device], stage.device(device).disk().used());
    auto& calls = counted.disk_calls[device];
    // What a program that has ended still asks of its disk is no call.
    if (playing && call > calls.size()) calls.push_back({what, used[device] > before});
  };
  stage.on_arrival = [&](const Arrival& arrival) {
    Outcome outcome = stage.deliver(arrival.back_end, arrival.request);
    INVARIANT(outcome.response.has_value());
    counted.steps.push_back({arrival.device, arrival.back_end, arrival.number,
                             bytes_of(arrival.request), answer_text(outcome, true).size(),
                             is_upload(arrival.back_end, arrival.request),
                             bears_token(arrival.request)});
    return outcome;
  };
  for (std::size_t i = 0; i < Stage::kDevices; ++i) counted.names[i] = stage.device(i).name();
  stage.note_struck();
  stage.run(play_and_tell(stage, script, playing));
  counted.effects = effects_of(script);
  counted.update = stage.update();
  counted.hash = stage.trace().hash();
  return counted;
}

std::string in_words(const Effects& effects) {
  return std::to_string(effects.records) + " records, " + std::to_string(effects.uploads) +
         " uploads, " + std::to_string(effects.pairs) + " pairs of halves, " +
         std::to_string(effects.assets) + " assets, " + std::to_string(effects.told) +
         " units told of to the CMDB, " + std::to_string(effects.orders) + " orders";
}

// --- The disk.

enum class DiskTrouble { kCut, kCutTwice, kKill, kFailOnce, kFailOn, kFull };
struct NamedDiskTrouble {
  const char* name;
  DiskTrouble trouble;
};
constexpr std::array kDiskTroubles = {NamedDiskTrouble{"cut", DiskTrouble::kCut},
                                      NamedDiskTrouble{"cut-twice", DiskTrouble::kCutTwice},
                                      NamedDiskTrouble{"kill", DiskTrouble::kKill},
                                      NamedDiskTrouble{"fail-once", DiskTrouble::kFailOnce},
                                      NamedDiskTrouble{"fail-on", DiskTrouble::kFailOn},
                                      NamedDiskTrouble{"full", DiskTrouble::kFull}};

void heal_later(Stage& stage, std::size_t device) {
  stage.after(kWhile, [&stage, device] {
    stage.remark(stage.device(device).name(), "its disk is good again");
    stage.device(device).disk().heal();
  });
}

std::uint64_t times_struck(Stage& stage, std::size_t device, const std::string& kind) {
  const auto& struck = stage.device(device).disk().struck();
  const auto found = struck.find(kind);
  return found == struck.end() ? 0 : found->second;
}

bool has_struck(Stage& stage, std::size_t device, DiskTrouble trouble) {
  switch (trouble) {
    case DiskTrouble::kCut:
      return times_struck(stage, device, "power cut in a call") == 1;
    case DiskTrouble::kCutTwice:
      return times_struck(stage, device, "power cut in a call") == 2;
    case DiskTrouble::kKill:
      return times_struck(stage, device, "process killed in a call") == 1;
    case DiskTrouble::kFailOnce:
    case DiskTrouble::kFailOn: {
      const auto& struck = stage.device(device).disk().struck();
      return std::any_of(struck.begin(), struck.end(),
                         [](const auto& kind) { return kind.first.starts_with("failed: "); });
    }
    case DiskTrouble::kFull:
      return times_struck(stage, device, "disk full") > 0;
  }
  INVARIANT(false);
}

void plan_disk_trouble(Stage& stage, std::size_t device, std::uint64_t call, DiskTrouble trouble) {
  SimDisk& disk = stage.device(device).disk();
  const std::uint64_t number = stage.disk_number(device, call);
  // A program that ends takes with it what was planned for its disk, so that is planned anew.
  const auto next = std::make_shared<std::uint64_t>(number);
  const auto begun = std::make_shared<bool>(false);
  const auto arm = [&disk, next, trouble] {
    if (trouble == DiskTrouble::kCut || trouble == DiskTrouble::kCutTwice) disk.cut_power_at(*next);
    if (trouble == DiskTrouble::kKill) disk.kill_at(*next);
  };
  arm();
  stage.before_start = [device, arm](std::size_t which) {
    if (which == device) arm();
  };
  if (trouble == DiskTrouble::kFailOnce) disk.fail_at(number, 0, false);
  if (trouble == DiskTrouble::kFailOn) disk.fail_at(number, 0, true);
  const bool full = trouble == DiskTrouble::kFull;
  if (full && call == 1) disk.set_capacity(disk.used());
  stage.on_disk_call = [&stage, device, call, full, trouble, next, begun, arm](
                           std::size_t which, std::uint64_t now, DiskCall) {
    if (which != device) return;
    SimDisk& its_disk = stage.device(device).disk();
    if (full && now + 1 == call) its_disk.set_capacity(its_disk.used());
    // What a dead program still asks of its disk has the number of the call at which it died.
    if (now != call || *begun) return;
    *begun = true;
    stage.remark(stage.device(device).name(), "the trouble with its disk begins");
    if (trouble == DiskTrouble::kCutTwice) {
      *next += 1 + call * 7 % kStartCalls;
      arm();
    }
    if (full || trouble == DiskTrouble::kFailOn) heal_later(stage, device);
  };
  stage.has_struck = [&stage, device, trouble] { return has_struck(stage, device, trouble); };
}

/// A full disk refuses what needs more of it.
bool concerns(DiskTrouble trouble, const CountedCall& call) {
  return trouble != DiskTrouble::kFull || (call.what == DiskCall::kWrite && call.grows);
}

/// If the script goes wrong by itself, this case says so.
void add_undisturbed(CaseList& list, const Survey& counted, const StageOptions& options,
                     Script script) {
  const char* name = options.byte_streams ? "undisturbed/bytes/seed" : "undisturbed/script/seed";
  if (options.cisco) name = "undisturbed/order/seed";
  list.cases.push_back({name + std::to_string(options.seed), options, script,
                        [](Stage& stage) { stage.note_struck(); }, counted.effects, std::nullopt});
}

void add_disk_cases(CaseList& list, const Survey& counted, const StageOptions& options) {
  const std::string seed = "/seed" + std::to_string(options.seed);
  for (std::size_t device = 0; device < Stage::kDevices; ++device) {
    const auto& calls = counted.disk_calls[device];
    list.counted["disk calls of " + counted.names[device] + seed] = calls.size();
    for (const auto& [name, trouble] : kDiskTroubles) {
      // Only a power cut has a choice that the seed makes.
      if (trouble != DiskTrouble::kCut && options.seed != kSeeds.front()) continue;
      for (std::uint64_t call = 1; call <= calls.size(); ++call) {
        if (!concerns(trouble, calls[call - 1])) continue;
        list.cases.push_back({std::string("disk/") + name + "/" + counted.names[device] + "/" +
                                  std::to_string(call) + seed,
                              options, &play_whole_job,
                              [device, call, what = trouble](Stage& stage) {
                                plan_disk_trouble(stage, device, call, what);
                              },
                              counted.effects, counted.hash});
      }
    }
  }
}

/// The calls of the start that brings the store forward, each broken in each way.
void add_update_cases(CaseList& list, const StageOptions& options) {
  const Survey counted = survey(options, &play_update);
  INVARIANT(counted.update.has_value());
  const Stage::Update update = *counted.update;
  const std::string& device = counted.names[update.device];
  const std::string seed = "/seed" + std::to_string(options.seed);
  list.counted["disk calls of an update" + seed] = update.last - update.first + 1;
  list.cases.push_back({"undisturbed/update" + seed, options, &play_update,
                        [](Stage& stage) { stage.note_struck(); }, counted.effects, std::nullopt});
  for (const auto& [name, trouble] : kDiskTroubles) {
    if (trouble != DiskTrouble::kCut && options.seed != kSeeds.front()) continue;
    for (std::uint64_t call = update.first; call <= update.last; ++call) {
      if (!concerns(trouble, counted.disk_calls[update.device][call - 1])) continue;
      list.cases.push_back(
          {std::string("update/") + name + "/" + device + "/" + std::to_string(call) + seed,
           options, &play_update,
           [number = update.device, call, what = trouble](Stage& stage) {
             plan_disk_trouble(stage, number, call, what);
           },
           counted.effects, counted.hash});
    }
  }
}

// --- The network, in whole messages.

/// What a simulated back-end can do wrong by itself.
constexpr std::array kBackEndFaults = {
    "reset_before", "lost_reply",     "truncated",  "slow=20000",      "slow=90000", "html200",
    "error200",     "expired_tokens", "status_401", "status_404",      "status_408", "status_429",
    "status_500",   "status_502",     "status_503", "unknown_product",
};
/// A refusal, an error that calls itself a success, and an address that is not there are for a
/// person to judge.
constexpr std::array kForPeople = {"unknown_product", "error200", "status_404"};

Outcome silence() {
  Outcome outcome{HttpResponse(200)};
  outcome.delay = kForEver;
  return outcome;
}

Outcome captive_page() {
  Outcome outcome{HttpResponse(200)};
  outcome.response->headers = {{"Content-Type", "text/html"}};
  outcome.response->body = "<html><body>Welcome to the hotel's network</body></html>";
  return outcome;
}

/// The network does it, and the back-end knows nothing of it.
struct NetworkFault {
  const char* name;
  Outcome (*happen)(Stage& stage, const Arrival& arrival);
};

Outcome lose_request(Stage&, const Arrival&) { return silence(); }
Outcome lose_reply(Stage& stage, const Arrival& arrival) {
  static_cast<void>(stage.deliver(arrival.back_end, arrival.request));
  return silence();
}
Outcome deliver_twice(Stage& stage, const Arrival& arrival) {
  static_cast<void>(stage.deliver(arrival.back_end, arrival.request));
  return stage.deliver(arrival.back_end, arrival.request);
}
Outcome show_captive_page(Stage&, const Arrival&) { return captive_page(); }
Outcome end_coverage(Stage& stage, const Arrival& arrival) {
  stage.set_coverage(false);
  stage.after(kWhile, [&stage] { stage.set_coverage(true); });
  stage.has_struck = [&stage] {
    return stage.faults().contains("net: went down before the answer");
  };
  return stage.deliver(arrival.back_end, arrival.request);
}
constexpr std::array kNetworkFaults = {
    NetworkFault{"request-lost", &lose_request}, NetworkFault{"reply-lost", &lose_reply},
    NetworkFault{"duplicate", &deliver_twice}, NetworkFault{"captive-page", &show_captive_page},
    NetworkFault{"coverage-ends", &end_coverage}};

using Misbehave = std::function<Outcome(Stage& stage, const Arrival& arrival)>;

/// `misbehave` decides over this one request. That it changed anything, the run's hash shows.
void plan_network_trouble(Stage& stage, const Step& step, const Misbehave& misbehave) {
  stage.on_arrival = [&stage, step, misbehave](const Arrival& arrival) {
    const bool it = arrival.device == step.device && arrival.back_end == step.back_end &&
                    arrival.number == step.number;
    if (!it) return stage.deliver(arrival.back_end, arrival.request);
    stage.note_struck();
    stage.remark("network", "the trouble comes");
    return misbehave(stage, arrival);
  };
}

Misbehave back_end_fault(const std::string& name) {
  return [name](Stage& stage, const Arrival& arrival) {
    if (std::find(kForPeople.begin(), kForPeople.end(), name) != kForPeople.end()) {
      stage.add_dispatcher();
    }
    auto rule = parse_short_fault_rule(name + ":1");
    INVARIANT(rule.has_value());
    stage.back_ends()[arrival.back_end].add_fault(std::move(*rule));
    return stage.deliver(arrival.back_end, arrival.request);
  };
}

void add_network_cases(CaseList& list, const Survey& counted, const StageOptions& options,
                       Script script) {
  std::vector<std::pair<std::string, Misbehave>> ways;
  for (const auto& fault : kNetworkFaults) ways.emplace_back(fault.name, fault.happen);
  for (const char* name : kBackEndFaults) ways.emplace_back(name, back_end_fault(name));
  const std::string seed = "/seed" + std::to_string(options.seed);
  list.counted[(options.cisco ? "requests with an order" : "requests") + seed] =
      counted.steps.size();
  for (const Step& step : counted.steps) {
    for (const auto& [name, misbehave] : ways) {
      if (name == "unknown_product" && !step.is_upload) continue;
      if (name == "expired_tokens" && !step.bears_token) continue;
      list.cases.push_back(
          {(options.cisco ? "order/" : "net/") + name + "/" + counted.names[step.device] + "/" +
               BackEnds::kLanes.at(step.back_end) + "/" + std::to_string(step.number) + seed,
           options, script,
           [step, what = misbehave](Stage& stage) { plan_network_trouble(stage, step, what); },
           counted.effects, counted.hash});
    }
  }
}

/// Each request while a service is ordered, to Cisco and to the others.
void add_order_cases(CaseList& list) {
  StageOptions options;
  options.cisco = true;
  const Survey counted = survey(options, &play_order);
  add_undisturbed(list, counted, options, &play_order);
  add_network_cases(list, counted, options, &play_order);
}

// --- The network, in bytes.

struct CutEnd {
  const char* name;
  std::optional<CloseMode> end;
};
constexpr std::array kCutEnds = {CutEnd{"end", CloseMode::kEnd}, CutEnd{"reset", CloseMode::kReset},
                                 CutEnd{"silence", std::nullopt}};

/// `heard`: the device must notice, and make a new connection.
void plan_cut(Stage& stage, const Step& step, const Fate& fate, bool heard) {
  StreamLink& link = stage.device(step.device).bytes(step.back_end);
  for (std::size_t before = 1; before < step.number; ++before) link.plan(Fate());
  link.plan(fate);
  stage.has_struck = [&link, heard] { return !heard || link.connections() > 1; };
}

void add_byte_cases_of(CaseList& list, const Survey& counted, const StageOptions& options,
                       const Step& step, bool in_request) {
  const std::string lane = BackEnds::kLanes.at(step.back_end);
  const std::string message = in_request ? "request" : "answer";
  const std::size_t bytes = in_request ? step.request_bytes : step.answer_bytes;
  list.counted["bytes of the " + message + ", " + lane] = bytes;
  for (const auto& [name, end] : kCutEnds) {
    // What falls silent loses one byte at least.
    for (std::size_t place = 0; place < bytes + (end ? 1 : 0); ++place) {
      Fate fate;
      (in_request ? fate.request : fate.answer) = Cut{place, end};
      const bool heard = in_request || place < bytes;
      list.cases.push_back(
          {"bytes/" + lane + "/" + message + "/" + std::to_string(place) + "/" + name, options,
           &play_two_deliveries,
           [step, fate, heard](Stage& stage) { plan_cut(stage, step, fate, heard); },
           counted.effects, counted.hash});
    }
  }
}

void add_byte_cases(CaseList& list) {
  StageOptions options;
  options.byte_streams = true;
  const Survey counted = survey(options, &play_two_deliveries);
  add_undisturbed(list, counted, options, &play_two_deliveries);
  for (const Step& step : counted.steps) {
    if (!step.is_upload) continue;
    add_byte_cases_of(list, counted, options, step, true);
    add_byte_cases_of(list, counted, options, step, false);
  }
}

}  // namespace

CaseList list_cases() {
  CaseList list;
  for (const std::uint64_t seed : kSeeds) {
    StageOptions options;
    options.seed = seed;
    const Survey counted = survey(options, &play_whole_job);
    add_undisturbed(list, counted, options, &play_whole_job);
    add_disk_cases(list, counted, options);
    add_update_cases(list, options);
    // Two seeds: with a CMDB that answers look-ups, and without.
    if (seed <= 2) add_network_cases(list, counted, options, &play_whole_job);
  }
  add_order_cases(list);
  add_byte_cases(list);
  return list;
}

CaseResult run_case(const Case& what, const std::string& trace_file) {
  StageOptions options = what.stage;
  options.trace_file = trace_file;
  Stage stage(options);
  what.plan(stage);
  stage.run(what.script(stage));
  stage.findings().check(
      Invariant::kOneEffect, stage.findings().breach() || stage.effects() == what.wanted,
      [&] { return in_words(stage.effects()) + ", it must be " + in_words(what.wanted); }, "world");
  const std::uint64_t hash = stage.trace().hash();
  stage.findings().check(
      Invariant::kBounds, hash != what.undisturbed_hash,
      [] { return "what this case plans changed nothing: the case proves nothing"; }, "world");
  CaseResult result;
  result.trace_error = stage.trace_error();
  result.breach = stage.findings().breach();
  if (result.breach) result.last_events = stage.trace().last(50, {});
  result.hash = hash;
  return result;
}

}  // namespace handover::sim
