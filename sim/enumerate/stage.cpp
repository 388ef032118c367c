#include "sim/enumerate/stage.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <utility>

#include "sim/disk/disk_vfs.hpp"
#include "sim/disk/stand_in_cipher.hpp"
#include "sim/world/app_calls.hpp"
#include "sim/world/bounds.hpp"
#include "sim/world/sleep_in.hpp"

namespace handover::sim {
namespace {

using boost::asio::awaitable;
using std::chrono::hours;
using std::chrono::minutes;

constexpr std::array kNames = {"van-17", "van-22"};
constexpr std::array kUsers = {"tech.17", "tech.22"};
constexpr std::array kLocations = {"VAN-17", "VAN-22"};
constexpr const char* kKey = "1111111111111111111111111111111111111111111111111111111111111111";
/// Trouble lasts minutes, and the longest back-off five.
constexpr VirtualTime kEndTime = hours(24);
/// How long people wait for trouble that is planned and has not come.
constexpr int kTroubleMinutes = 10;

WallTime true_time(const Loop& loop) {
  return DeviceClock::kWorldStart + std::chrono::floor<milliseconds>(loop.now());
}

BackEndsOptions back_ends_for(const StageOptions& stage) {
  BackEndsOptions options;
  options.users = {kUsers.begin(), kUsers.end()};
  options.cmdb_reads = stage.seed % 2 == 1;  // Every other seed has a CMDB that cannot be asked,
  options.cmdb_oauth = stage.seed % 2 == 0;  // and that wants tokens.
  options.cisco = stage.cisco;
  options.seed = stage.seed;
  return options;
}

}  // namespace

Stage::Stage(const StageOptions& options)
    : loop_(seed_for(options.seed, "loop"), trace_),
      auditor_(ledger_, findings_),
      back_ends_(back_ends_for(options)),
      people_(loop_, Loop::Owner::kWorld),
      options_(options) {
  install_sim_vfs();
  use_stand_in_cipher(options.seed);
  set_vfs_world({seed_for(options.seed, "vfs"), [this] { return true_time(loop_); }, nullptr});
  if (!options.trace_file.empty()) {
    const auto opened = trace_.write_to(options.trace_file);
    if (!opened) trace_error_ = opened.error().detail;
  }
  auditor_.watch_for(kCanary);
  for (const auto& secret : back_ends_.secrets()) auditor_.watch_for(secret);
  for (std::size_t number = 0; number < kDevices; ++number) make_device(number);
  set_coverage(false);
}

Stage::~Stage() {
  devices_.clear();
  loop_.retire(Loop::Owner::kWorld);
  set_vfs_world({});
}

void Stage::make_device(std::size_t number) {
  const auto serve = [this, number](std::size_t back_end, const HttpRequest& request) {
    const Arrival arrival{number, back_end, ++arrivals_[number][back_end], request};
    return on_arrival ? on_arrival(arrival) : deliver(back_end, request);
  };
  destinations_[number] = back_ends_.destinations(serve);
  const Device::World surroundings{
      loop_,
      trace_,
      faults_,
      destinations_[number],
      [this](const Device& device, std::string_view line) {
        auditor_.judge_log(device.name(), line);
        note(device.name(), "logs: " + std::string(line));
      },
      [this](const Device& device, const Sent& sent) { judge_sent(findings_, device, sent); },
      [this](const Device& device, const HttpResponse& answer) {
        judge_local_answer(findings_, device, answer);
      }};
  HandheldSettings settings;
  settings.name = kNames[number];
  settings.user = kUsers[number];
  settings.location = kLocations[number];
  settings.byte_streams = options_.byte_streams;
  settings.orders = back_ends_.order_settings();
  settings.keys = {kKey};
  devices_.push_back(std::make_unique<Device>(surroundings, std::move(settings),
                                              seed_for(options_.seed, kNames[number])));
  Device& device = *devices_.back();
  for (const auto& secret : device.secrets()) auditor_.watch_for(secret);
  for (const char* word : {kCanary, kFoldedCanary}) device.disk().watch_for(word);
  device.disk().watch_for(back_ends_.secrets().front());
  const auto made = device.set_up();
  INVARIANT(made.has_value());
  set_up_calls_[number] = device.disk().calls();
  const auto traced = device.disk().on_call;
  device.disk().on_call = [this, number, traced](const DiskEvent& event) {
    traced(event);
    const std::uint64_t calls = devices_[number]->disk().calls();
    if (on_disk_call) on_disk_call(number, calls - set_up_calls_[number], event.call);
  };
}

Outcome Stage::deliver(std::size_t back_end, const HttpRequest& request) {
  Outcome outcome = back_ends_[back_end].handle(request, true_time(loop_));
  note(BackEnds::kLanes[back_end], in_words(request, outcome));
  mix_exchange(trace_, request, outcome);
  return outcome;
}

void Stage::note(std::string_view who, std::string words) {
  trace_.note(loop_.now(), who, std::move(words));
}

void Stage::remark(std::string_view who, std::string words) {
  trace_.remark(loop_.now(), who, std::move(words));
}

void Stage::after(VirtualTime time, std::function<void()> task) {
  loop_.call_at(Loop::Owner::kWorld, loop_.now() + time, std::move(task));
}

void Stage::set_coverage(bool up) {
  for (auto& device : devices_) {
    for (std::size_t i = 0; i < back_ends_.count(); ++i) device->set_coverage(i, up);
    if (up) device->hint_network();
  }
}

void Stage::begin_update(std::size_t number) {
  Device& device = *devices_[number];
  note(device.name(), "its program is updated");
  if (device.is_up()) device.kill();
  const auto put_back = device.put_back(storage::SchemaVersion::kMainJob);
  INVARIANT(put_back.has_value());
  update_ = Update{number, device.disk().calls() - set_up_calls_[number] + 1, 0};
}

void Stage::end_update() {
  const std::size_t number = update_->device;
  update_->last = devices_[number]->disk().calls() - set_up_calls_[number];
}

void Stage::spawn(awaitable<void> life) {
  boost::asio::co_spawn(LoopExecutor(people_), std::move(life),
                        [](const std::exception_ptr& error) {
                          if (error) std::rethrow_exception(error);
                        });
}

awaitable<HttpResponse> Stage::submit(std::size_t device, HttpRequest request) {
  while (true) {
    HttpRequest copy = request;
    auto calling = devices_[device]->call(std::move(copy));
    Device::Answer answer = co_await std::move(calling);
    note(kNames[device],
         request.method + " " + request.target +
             (answer ? " answered " + std::to_string(answer->status) : " has no answer"));
    if (answer && answer->status < 500) co_return std::move(*answer);
    co_await sleep_in(loop_, minutes(1));
  }
}

awaitable<void> Stage::wait_until_up(std::size_t device) {
  while (!devices_[device]->is_up()) co_await sleep_in(loop_, minutes(1));
}

awaitable<void> Stage::wait_until_delivered() {
  do {
    co_await sleep_in(loop_, minutes(1));
    waiting_.clear();
    for (auto& device : devices_) {
      std::vector<Json> records;
      auto reading = read_list(*device, "/v1/records", records);
      const bool whole = co_await std::move(reading);
      if (!whole) waiting_ += "\n  " + device->name() + " does not show its records";
      for (const Json& record : records) note_waiting(*device, record);
      auto dispatching = dispatch(*device, std::move(records));
      co_await std::move(dispatching);
    }
  } while (!waiting_.empty());
}

void Stage::note_waiting(const Device& device, const Json& record) {
  for (const Json& delivery : record.find("deliveries")->items()) {
    if (!waits(delivery)) continue;
    waiting_ += "\n  " + device.name() + ": record " + record.text_of("seq") + " on lane " +
                delivery.dump();
  }
}

/// A dispatcher looks after what was refused: the reason is gone, so it is tried again.
awaitable<void> Stage::dispatch(Device& device, std::vector<Json> records) {
  if (!has_dispatcher_) co_return;
  for (const Json& record : records) {
    for (const Json& delivery : record.find("deliveries")->items()) {
      if (delivery.text_of("state") != "quarantined") continue;
      HttpRequest retry("POST", "/v1/records/" + record.text_of("id") + "/deliveries/" +
                                    delivery.text_of("lane") + "/retry");
      auto asking = device.call(std::move(retry));
      co_await std::move(asking);
    }
  }
}

/// Somebody starts it again whenever it is off.
awaitable<void> Stage::keep_running(std::size_t number) {
  Device& device = *devices_[number];
  while (true) {
    co_await sleep_in(loop_, minutes(1));
    if (device.is_up()) continue;
    if (before_start) before_start(number);
    const auto struck_before = device.disk().struck();
    const auto started = device.start();
    note(device.name(), started ? "starts" : "does not start: " + started.error().detail);
    findings_.check(
        Invariant::kRecovery, started || device.disk().struck() != struck_before,
        [&] { return device.name() + " does not start: " + started.error().detail; },
        device.name());
  }
}

void Stage::heal() {
  note("world", "the world heals");
  for (auto& device : devices_) device->disk().heal();
  back_ends_.clear_faults();
  set_coverage(true);
}

awaitable<void> Stage::judge() {
  std::vector<DeviceListing> listings;
  for (std::size_t number = 0; number < kDevices; ++number) {
    Device& device = *devices_[number];
    auto listing_all = list(device, number);
    std::optional<DeviceListing> listing = co_await std::move(listing_all);
    findings_.check(
        Invariant::kRecovery, listing.has_value(),
        [&] { return device.name() + " does not show what it holds"; }, device.name());
    if (!listing) co_return;
    effects_.records += listing->records.size();
    listings.push_back(std::move(*listing));
  }
  auditor_.judge_end(listings, back_ends_);
  effects_.uploads = back_ends_.servicemobility().uploads().size();
  effects_.pairs = back_ends_.servicemobility().transfers().pair_count();
  effects_.assets = back_ends_.cmdb().assets().assets().size();
  effects_.told = auditor_.units_told();
  effects_.orders = back_ends_.cisco().orders().size();
}

awaitable<void> Stage::play(awaitable<void> script) {
  co_await std::move(script);
  // What is planned for a start of the program, or for what it writes at the end, has its time.
  for (int minute = 0; minute < kTroubleMinutes && !has_struck(); ++minute) {
    co_await sleep_in(loop_, minutes(1));
  }
  heal();
  auto waiting = wait_until_delivered();
  co_await std::move(waiting);
  auto judging = judge();
  co_await std::move(judging);
  ended_ = true;
}

void Stage::check_end() {
  findings_.check(
      Invariant::kDelivery, ended_,
      [&] { return "a day has passed, and something still waits:" + waiting_; }, "world");
  for (const auto& device : devices_) {
    findings_.check(
        Invariant::kConfidentiality, device->disk().canaries_seen() == 0,
        [&] { return device->name() + " wrote clear text to its disk"; }, device->name());
  }
  findings_.check(
      Invariant::kBounds, has_struck(),
      [] { return "what this case plans never happened: the case proves nothing"; }, "world");
}

void Stage::run(awaitable<void> script) {
  for (std::size_t number = 0; number < kDevices; ++number) spawn(keep_running(number));
  spawn(play(std::move(script)));
  const bool moves = loop_.run_until(loop_.now() + kEndTime, [this] {
    for (auto& device : devices_) device->notice_death();
    return findings_.breach() || ended_;
  });
  findings_.check(
      Invariant::kBounds, moves, [] { return "time stands still: somebody never comes to an end"; },
      "world");
  check_end();
  for (auto& device : devices_) device->mix_bytes();
  if (const auto closed = trace_.close(); !closed) trace_error_ = closed.error().detail;
}

}  // namespace handover::sim
