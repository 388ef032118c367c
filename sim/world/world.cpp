#include "sim/world/world.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <cctype>
#include <exception>
#include <utility>

#include "sim/disk/disk_vfs.hpp"
#include "sim/disk/stand_in_cipher.hpp"
#include "sim/world/app_calls.hpp"
#include "sim/world/bounds.hpp"
#include "sim/world/people.hpp"
#include "sim/world/sleep_in.hpp"
#include "sim/world/trouble.hpp"

namespace handover::sim {
namespace {

using boost::asio::awaitable;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// The longest wait of the agent is two hours, where a server asked for it.
constexpr VirtualTime kDeliveryTime = hours(72);
constexpr std::array kKeys = {
    "1111111111111111111111111111111111111111111111111111111111111111",
    "2222222222222222222222222222222222222222222222222222222222222222",
};

std::string user_of(std::size_t device) { return "tech." + std::to_string(10 + device); }

}  // namespace

World::World(const WorldOptions& options)
    : options_(options),
      swarm_(draw_swarm(options.seed, options.profile, options.without)),
      loop_(seed_for(options.seed, "loop"), trace_),
      auditor_(ledger_, findings_),
      people_(loop_, Loop::Owner::kWorld) {
  if (options_.devices) swarm_.devices = *options_.devices;
  if (options_.days) swarm_.days = *options_.days;
  install_sim_vfs();
  if (options.real_cipher) {
    use_real_cipher();
  } else {
    use_stand_in_cipher(options.seed);
  }
  set_vfs_world(
      {seed_for(options.seed, "vfs"),
       [this] { return DeviceClock::kWorldStart + std::chrono::floor<milliseconds>(loop_.now()); },
       nullptr});
  make_back_ends();
  make_devices();
  make_units();
}

World::~World() {
  devices_.clear();
  loop_.retire(Loop::Owner::kWorld);
  set_vfs_world({});
}

SimulatedBackEnd& World::back_end(std::size_t destination) { return (*back_ends_)[destination]; }

void World::make_back_ends() {
  BackEndsOptions options;
  for (std::size_t i = 0; i < swarm_.devices; ++i) options.users.push_back(user_of(i));
  options.cmdb_reads = swarm_.cmdb_reads;
  options.cmdb_oauth = swarm_.cmdb_oauth;
  options.warehouse = swarm_.warehouse;
  options.prefix_is_unknown = swarm_.warehouse && swarm_.prefix_is_unknown;
  options.cisco = swarm_.cisco;
  options.cisco_acknowledges_after = swarm_.cisco_acknowledges_after;
  options.cisco_confirms_after = swarm_.cisco_confirms_after;
  options.seed = options_.seed;
  back_ends_ = std::make_unique<BackEnds>(options);
  destinations_ = back_ends_->destinations([this](std::size_t which, const HttpRequest& request) {
    const WallTime now = DeviceClock::kWorldStart + std::chrono::floor<milliseconds>(loop_.now());
    Outcome outcome = (*back_ends_)[which].handle(request, now);
    note(BackEnds::kLanes[which], in_words(request, outcome));
    mix_exchange(trace_, request, outcome);
    return outcome;
  });
}

void World::make_devices() {
  hands_.resize(swarm_.devices);
  auditor_.watch_for(kCanary);
  for (const auto& secret : back_ends_->secrets()) auditor_.watch_for(secret);
  key_steps_.resize(swarm_.devices);
  const Device::World surroundings{
      loop_,
      trace_,
      faults_,
      destinations_,
      [this](const Device& device, std::string_view line) {
        auditor_.judge_log(device.name(), line);
        note(device.name(), "logs: " + std::string(line));
      },
      [this](const Device& device, const Sent& sent) { judge_sent(findings_, device, sent); },
      [this](const Device& device, const HttpResponse& answer) {
        judge_local_answer(findings_, device, answer);
      }};
  Random random(seed_for(options_.seed, "drift"));
  for (std::size_t i = 0; i < swarm_.devices; ++i) {
    HandheldSettings settings;
    settings.name = "van-" + std::to_string(10 + i);
    settings.user = user_of(i);
    settings.location = "VAN-" + std::to_string(10 + i);
    settings.stock_policy =
        swarm_.enforce_stock ? recording::StockPolicy::kEnforce : recording::StockPolicy::kWarn;
    settings.lane = {{swarm_.retry_first, swarm_.retry_cap}, swarm_.in_flight_max};
    settings.cache_kib = swarm_.cache_kib;
    settings.drift_ppm = swarm_.drift_ppm_max == 0
                             ? 0
                             : std::int64_t(random.below(std::uint64_t(2 * swarm_.drift_ppm_max))) -
                                   swarm_.drift_ppm_max;
    settings.byte_streams = swarm_.byte_streams;
    settings.orders = back_ends_->order_settings();
    settings.keys = keys_at(0);
    devices_.push_back(std::make_unique<Device>(
        surroundings, std::move(settings), seed_for(options_.seed, "device " + std::to_string(i))));
    for (const auto& secret : devices_.back()->secrets()) auditor_.watch_for(secret);
    for (const char* word : {kCanary, kFoldedCanary}) devices_.back()->disk().watch_for(word);
    // The password alone: each word more is searched in every write.
    devices_.back()->disk().watch_for(back_ends_->secrets().front());
    // What kind of disk it is never changes; SQLite asks once, when it opens a file.
    DiskChances kind;
    kind.power_safe_overwrite = swarm_.disk.power_safe_overwrite;
    kind.sector_size = swarm_.disk.sector_size;
    devices_.back()->disk().set_chances(kind);
  }
}

void World::make_units() {
  for (std::size_t i = 0; i < 6 * swarm_.devices; ++i) {
    units_.push_back(
        {kUnitProduct, "SN" + std::string(kCanary) + std::to_string(1000 + i), i % swarm_.devices});
  }
}

/// The company's rotation: the new key is handed out, then used, then the old one is taken away.
/// Neighbouring steps understand each other.
std::vector<std::string> World::keys_at(int step) const {
  if (step == 0) return {kKeys[0]};
  if (step == 1) return {kKeys[0], kKeys[1]};
  return {kKeys[1], kKeys[0]};
}

void World::rotate_keys_of(std::size_t device) {
  if (!swarm_.rotate_keys || key_steps_[device] == 2) return;
  // The second step begins when the first has reached everybody.
  const int slowest = *std::min_element(key_steps_.begin(), key_steps_.end());
  if (key_steps_[device] > slowest) return;
  ++key_steps_[device];
  devices_[device]->settings().keys = keys_at(key_steps_[device]);
  ++faults_["life: key ring rotated"];
  note(devices_[device]->name(), "gets key ring " + std::to_string(key_steps_[device]));
}

bool World::keys_fit(std::size_t one, std::size_t other) const {
  return std::abs(key_steps_[one] - key_steps_[other]) <= 1;
}

void World::back_up() {
  backup_ = std::make_unique<BackEnds::Models>(back_ends_->models());
  note("world", "the back-ends are backed up");
}

void World::restore_back_ends() {
  if (!backup_) return;
  auditor_.judge_back_ends(*back_ends_);
  back_ends_->models() = *backup_;
  auditor_.note_restore(*back_ends_);
  ++faults_["back-end: restored from an old backup"];
  note("world", "the back-ends are restored from backup");
}

awaitable<void> World::sleep(VirtualTime time) { return sleep_in(loop_, time); }

awaitable<std::optional<HttpResponse>> World::submit(std::size_t device, HttpRequest request,
                                                     bool patient) {
  while (true) {
    Hands& hands = hands_[device];
    if (hands.inspected) {
      co_await sleep(seconds(1));
      continue;
    }
    HttpRequest copy = request;
    ++hands.busy;
    auto calling = devices_[device]->call(std::move(copy));
    Device::Answer answer = co_await std::move(calling);
    --hands.busy;
    if (answer && answer->status < 500) co_return answer;
    if (!patient) co_return std::nullopt;
    co_await sleep(minutes(2));
  }
}

awaitable<void> World::inspect(std::size_t device) {
  Hands& hands = hands_[device];
  if (hands.busy > 0 || hands.inspected || !devices_[device]->is_up()) co_return;
  // What it reads from a rotten disk it may refuse to show; that is no lie.
  if (hands.rotten) co_return;
  hands.inspected = true;
  auto listing = list(*devices_[device], device);
  const std::optional<DeviceListing> shown = co_await std::move(listing);
  hands.inspected = false;
  if (!shown || hands.rotten) co_return;
  auditor_.judge_back_ends(*back_ends_);
  auditor_.judge_device(*shown);
}

void World::spawn(awaitable<void> life) {
  boost::asio::co_spawn(LoopExecutor(people_), std::move(life),
                        [](const std::exception_ptr& error) {
                          if (error) std::rethrow_exception(error);
                        });
}

void World::set_trouble() {
  for (auto& device : devices_) {
    device->disk().set_chances(swarm_.disk);
    device->set_network(swarm_.network);
  }
  const auto add = [&](std::size_t which, const std::vector<std::string>& rules) {
    for (const auto& text : rules) {
      auto rule = parse_short_fault_rule(text);
      INVARIANT(rule.has_value());
      (*back_ends_)[which].add_fault(std::move(*rule));
    }
  };
  add(BackEnds::kServiceMobility, swarm_.servicemobility_faults);
  add(BackEnds::kCmdb, swarm_.cmdb_faults);
  add(BackEnds::kCisco, swarm_.cisco_faults);
}

void World::heal() {
  working_ = false;
  note("world", "the world heals");
  for (auto& device : devices_) {
    device->disk().heal();
    for (std::size_t i = 0; i < destinations_.size(); ++i) device->set_coverage(i, true);
    NetworkChances calm;
    calm.delay_min = calm.delay_max = swarm_.network.delay_min;
    device->set_network(calm);
  }
  back_ends_->clear_faults();
}

void World::after_each_task() {
  for (auto& device : devices_) {
    device->notice_death();
    if (device->disk().canaries_seen() > 0) judge_disk(*device);
  }
}

void World::judge_disk(Device& device) {
  findings_.check(
      Invariant::kConfidentiality, device.disk().canaries_seen() == 0,
      [&] { return device.name() + " wrote clear text to its disk"; }, device.name());
}

void World::step_until(VirtualTime until) {
  run_until(until, [] { return false; });
}

void World::run_until(VirtualTime until, const std::function<bool()>& done) {
  RunControl* control = options_.control;
  const bool moves = loop_.run_until(until, [&] {
    after_each_task();
    if (control != nullptr) ++control->tasks;
    return findings_.breach() || done() || is_stopped();
  });
  findings_.check(
      Invariant::kBounds, moves,
      [this] {
        return "time stands still at " + format_virtual_time(loop_.now()) +
               ": somebody never comes to an end";
      },
      "world");
}

/// What was refused is tried again, since the reason is gone. But an order that Cisco had and has
/// forgotten never leaves the device twice by itself: who asked Cisco gives it up.
HttpRequest World::decision_on(const Json& record, const Json& delivery) const {
  const std::string target =
      "/v1/records/" + record.text_of("id") + "/deliveries/" + delivery.text_of("lane") + "/";
  const bool forgotten = delivery.text_of("lane") == BackEnds::kLanes[BackEnds::kCisco] &&
                         auditor_.is_restored() && !back_ends_->cisco_has(delivery.text_of("unit"));
  HttpRequest request("POST", target + (forgotten ? "discard" : "retry"));
  if (forgotten) {
    request.headers.push_back({"Content-Type", "application/json"});
    request.body = Json::object({{"reason", "Cisco says that it has no such order"}}).dump();
  }
  return request;
}

/// A dispatcher looks after what was refused.
awaitable<void> World::dispatch() {
  for (std::size_t device = 0; device < devices_.size(); ++device) {
    auto looking = read(*devices_[device], "/v1/status");
    const std::optional<Json> status = co_await std::move(looking);
    if (!status || count_in(*status, {"quarantined"}) == 0) continue;
    std::vector<Json> records;
    auto reading = read_list(*devices_[device], "/v1/records", records);
    const bool whole = co_await std::move(reading);
    if (!whole) continue;
    for (const Json& record : records) {
      for (const Json& delivery : record.find("deliveries")->items()) {
        if (delivery.text_of("state") != "quarantined") continue;
        auto asking = submit(device, decision_on(record, delivery), false);
        co_await std::move(asking);
      }
    }
  }
}

awaitable<void> World::look_whether_delivered() {
  while (!delivered_) {
    auto dispatching = dispatch();
    co_await std::move(dispatching);
    co_await sleep(minutes(20));
    bool all = true;
    for (std::size_t device = 0; device < devices_.size() && all; ++device) {
      // Its count alone ends no wait: what it says is over, the records must show one by one.
      auto asking = read(*devices_[device], "/v1/status");
      const std::optional<Json> status = co_await std::move(asking);
      all = status && count_in(*status, {"pending", "unknown", "quarantined"}) == 0;
      if (!all) break;
      std::vector<Json> records;
      auto reading = read_list(*devices_[device], "/v1/records", records);
      all = co_await std::move(reading);
      for (const Json& record : records) {
        const auto& deliveries = record.find("deliveries")->items();
        all = all && std::none_of(deliveries.begin(), deliveries.end(), &waits);
      }
      if (hands_[device].busy > 0 || hands_[device].rotten) all = false;
    }
    delivered_ = all;
  }
}

/// Something that was not delivered, for the words of the breach.
awaitable<void> World::look_what_waits() {
  for (std::size_t device = 0; device < devices_.size(); ++device) {
    std::vector<Json> records;
    auto reading = read_list(*devices_[device], "/v1/records", records);
    const bool whole = co_await std::move(reading);
    if (!whole) waiting_at_ = devices_[device]->name();
    if (!whole) waiting_ = waiting_at_ + " does not show its records";
    for (const Json& record : records) {
      const auto& deliveries = record.find("deliveries")->items();
      const auto waiting = std::find_if(deliveries.begin(), deliveries.end(), &waits);
      if (waiting == deliveries.end()) continue;
      waiting_at_ = devices_[device]->name();
      waiting_ = waiting_at_ + ": record " + record.text_of("seq") + " on lane " + waiting->dump();
    }
  }
}

awaitable<void> World::judge_end() {
  std::vector<DeviceListing> listings;
  for (std::size_t device = 0; device < devices_.size(); ++device) {
    auto reading = list(*devices_[device], device);
    std::optional<DeviceListing> listing = co_await std::move(reading);
    findings_.check(
        Invariant::kRecovery, listing.has_value(),
        [&] { return devices_[device]->name() + " does not show what it holds"; },
        devices_[device]->name());
    if (!listing) co_return;
    listings.push_back(std::move(*listing));
  }
  auditor_.judge_end(listings, *back_ends_);
  judged_ = true;
}

void World::step_until_delivered() {
  spawn(look_whether_delivered());
  run_until(loop_.now() + kDeliveryTime, [this] { return delivered_; });
  if (is_stopped()) return;
  if (!delivered_ && !findings_.breach()) {
    spawn(look_what_waits());
    step_until(loop_.now() + minutes(1));
  }
  findings_.check(
      Invariant::kDelivery, delivered_,
      [this] { return "the world has healed for days, and something still waits: " + waiting_; },
      waiting_at_);
  if (!delivered_) return;
  spawn(judge_end());
  run_until(loop_.now() + hours(1), [this] { return judged_; });
}

WorldReport World::run() {
  if (!options_.trace_file.empty()) {
    const auto opened = trace_.write_to(options_.trace_file);
    if (!opened) {
      WorldReport none = report();
      none.trace_error = opened.error().detail;
      return none;
    }
  }
  for (auto& device : devices_) {
    const auto made = device->set_up();
    INVARIANT(made.has_value());
  }
  set_trouble();
  for (std::size_t i = 0; i < devices_.size(); ++i) {
    const std::uint64_t seed = seed_for(options_.seed, "life " + std::to_string(i));
    spawn(live(*this, i, seed_for(seed, "person")));
    spawn(keep_running(*this, i, seed_for(seed, "keeper")));
    for (auto& trouble : troubles_of(*this, i, seed)) spawn(std::move(trouble));
  }
  spawn(restore_now_and_then(*this, seed_for(options_.seed, "restores")));
  step_until(hours(24) * swarm_.days);
  if (!findings_.breach() && !is_stopped()) heal();
  if (!findings_.breach() && !is_stopped()) step_until_delivered();
  for (auto& device : devices_) judge_disk(*device);
  return report();
}

/// A device whose disk lied about its syncs, and then lost by a power cut what it had said was
/// there, may have lost records, or its whole store. Nothing else is excused by that, and nobody
/// else.
bool World::is_the_disks_fault() const {
  const Breach& breach = *findings_.breach();
  constexpr std::array kLosses = {Invariant::kDurability, Invariant::kDelivery,
                                  Invariant::kOneEffect, Invariant::kRecovery};
  if (std::find(kLosses.begin(), kLosses.end(), breach.invariant) == kLosses.end()) return false;
  return std::any_of(devices_.begin(), devices_.end(), [&](const auto& device) {
    return device->name() == breach.who.front() && device->disk().promises_broken() > 0;
  });
}

WorldReport World::report() {
  WorldReport report;
  report.options = options_;
  report.swarm = swarm_;
  report.breach = findings_.breach();
  report.lost_to_lies = report.breach && is_the_disks_fault();
  if (report.lost_to_lies) report.breach.reset();
  if (report.breach) {
    std::vector<std::string> who = report.breach->who;
    if (who.front() == "world") who.clear();
    report.last_events = trace_.last(50, who);
  }
  report.checked = findings_.checked();
  report.faults = faults_;
  for (auto& device : devices_) {
    for (const auto& [kind, times] : device->disk().struck()) {
      report.faults["disk: " + kind] += times;
    }
  }
  for (std::size_t i = 0; i < destinations_.size(); ++i) {
    const Json counts = (*back_ends_)[i].counts();
    for (const auto& [kind, times] : counts.find("faults")->members()) {
      report.faults[destinations_[i].lane + ": " + kind] += std::stoull(times.text());
    }
  }
  for (auto& device : devices_) device->mix_bytes();
  report.stopped = is_stopped();
  if (const auto closed = trace_.close(); !closed) report.trace_error = closed.error().detail;
  report.hash = trace_.hash();
  report.events = trace_.events();
  report.deeds = ledger_.deeds().size();
  report.time = loop_.now();
  return report;
}

}  // namespace handover::sim
