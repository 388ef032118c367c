#include "sim/world/device.hpp"

#include <algorithm>
#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "sim/disk/disk_vfs.hpp"
#include "sim/network/stream_transport.hpp"
#include "sim/world/old_store.hpp"

namespace handover::sim {
namespace {

constexpr std::string_view kApiToken = "the simulated app's token";
constexpr std::string_view kStoreFile = "handover.db";

/// A store key for each device; what it is matters to nobody here.
Secret store_key_of(std::string_view name) {
  std::string bytes(32, 'k');
  std::copy_n(name.begin(), std::min(name.size(), bytes.size()), bytes.begin());
  return Secret(std::string_view(bytes));
}

}  // namespace

class Device::Hints final : public Connectivity {
 public:
  void on_restored(std::function<void()> restored) override { restored_ = std::move(restored); }
  void say() const {
    if (restored_) restored_();
  }

 private:
  std::function<void()> restored_;
};

class Device::AgentLog final : public Log {
 public:
  explicit AgentLog(const Device& device) : device_(device) {}
  void info(std::string_view line) override { device_.world_.on_log(device_, line); }
  void warning(std::string_view line) override { device_.world_.on_log(device_, line); }

 private:
  const Device& device_;
};

/// One run of the program. What dies with it is here; the order is that of dying, backwards.
struct Device::Incarnation {
  Incarnation(Device& device, Loop::Owner who)
      : owner(who), scheduler(device.world_.loop, who, device.clock_), log(device) {}

  Loop::Owner owner;
  LoopScheduler scheduler;
  Hints hints;
  AgentLog log;
  std::unique_ptr<Agent> agent;
};

struct Device::OpenCall {
  explicit OpenCall(HttpRequest asked) : request(std::move(asked)) {}

  HttpRequest request;
  std::function<void()> resume;
  Answer answer;
};

Device::Device(World world, HandheldSettings settings, std::uint64_t seed)
    : world_(std::move(world)),
      settings_(std::move(settings)),
      disk_(settings_.name, seed_for(seed, "disk")),
      clock_(world_.loop, settings_.drift_ppm),
      entropy_(seed_for(seed, "entropy")),
      network_random_(seed_for(seed, "network")),
      true_clock_(world_.loop, 0),
      outside_(world_.loop, Loop::Owner::kWorld, true_clock_),
      roads_(world_.destinations.size()) {
  for (std::size_t i = 0; i < roads_.size() && settings_.byte_streams; ++i) {
    const Destination& destination = world_.destinations[i];
    roads_[i].bytes =
        std::make_unique<StreamLink>(outside_, true_clock_, destination.serve, NetworkChances(),
                                     world_.faults, seed_for(seed, "bytes to " + destination.lane));
  }
  disk_.on_call = [this](const DiskEvent& event) {
    if (world_.trace.is_written()) {
      world_.trace.write(world_.loop.now(), settings_.name,
                         std::string("disk: ") + name_of(event.call) + " " +
                             std::string(event.file) + " " + std::to_string(event.offset) + " " +
                             std::to_string(event.amount) + " -> " + std::to_string(event.result));
    }
    world_.trace.mix(static_cast<std::uint64_t>(event.call));
    world_.trace.mix(event.file);
    world_.trace.mix(static_cast<std::uint64_t>(event.offset));
    world_.trace.mix(static_cast<std::uint64_t>(event.amount));
    world_.trace.mix(static_cast<std::uint64_t>(event.result));
  };
  disk_.on_delay = [this](std::chrono::nanoseconds time) {
    if (incarnation_) world_.loop.make_busy(incarnation_->owner, time);
  };
}

Device::~Device() {
  if (is_up()) kill();
}

Result<void> Device::set_up() {
  RETURN_IF_ERROR(start());
  open_mode_ = storage::OpenMode::kExisting;
  return {};
}

AgentSettings Device::agent_settings() const {
  std::string ring;
  for (const auto& key : settings_.keys) ring += key + "\n";
  auto keys = crypto::KeyRing::parse(ring);
  INVARIANT(keys.has_value());
  recording::Device device;
  device.id = settings_.name;
  device.technician = {settings_.user, "Given", "Family"};
  device.storage_location = settings_.location;
  AgentSettings settings{{disk_.path(kStoreFile), kSimVfs, open_mode_, settings_.cache_kib},
                         store_key_of(settings_.name),
                         std::move(*keys),
                         std::move(device),
                         settings_.stock_policy,
                         settings_.lane,
                         Secret(kApiToken)};
  settings.orders = settings_.orders;
  return settings;
}

std::vector<AgentLane> Device::make_lanes(Incarnation& incarnation) {
  std::vector<AgentLane> lanes;
  for (std::size_t i = 0; i < world_.destinations.size(); ++i) {
    const Destination& destination = world_.destinations[i];
    AgentLane lane;
    lane.name = destination.lane;
    lane.backend = destination.make_backend(settings_.user);
    std::unique_ptr<HttpTransport> road;
    if (roads_[i].bytes) {
      road =
          std::make_unique<StreamTransport>(*roads_[i].bytes, incarnation.scheduler, clock_,
                                            destination.lane + ".example", net::TransportLimits());
    } else {
      road = std::make_unique<MessageTransport>(
          MessageTransport::World{world_.loop, incarnation.owner, roads_[i].messages,
                                  network_random_, world_.faults, destination.serve});
    }
    lane.transport = std::make_unique<CountedTransport>(std::move(road), [this](const Sent& sent) {
      world_.on_sent(*this, sent);
      if (const auto task = std::exchange(on_next_request_, nullptr)) task();
    });
    lanes.push_back(std::move(lane));
  }
  return lanes;
}

Result<void> Device::start() {
  INVARIANT(!is_up());
  if (disk_.is_dead()) disk_.power_on();
  ++starts_;
  awake_since_ = world_.loop.now();
  auto incarnation = std::make_unique<Incarnation>(*this, world_.loop.add_owner());
  const AgentSeams seams{clock_, entropy_, incarnation->scheduler, incarnation->hints,
                         incarnation->log};
  auto agent = Agent::make(seams, agent_settings(), make_lanes(*incarnation));
  // An agent that starts may already have work waiting in the loop; all of that is this
  // incarnation's.
  incarnation_ = std::move(incarnation);
  if (agent) incarnation_->agent = std::move(*agent);
  if (!agent || disk_.is_dead()) {
    bury();
    if (!agent) return fail(std::move(agent).error());
    return fail(Errc::kIo, "the power went while the agent started");
  }
  return {};
}

void Device::stop() {
  incarnation_->agent.reset();
  bury();
}

void Device::kill() {
  disk_.kill();
  bury();
}

void Device::cut_power() {
  disk_.cut_power();
  bury();
}

void Device::notice_death() {
  if (is_up() && disk_.is_dead()) bury();
}

void Device::suspend(VirtualTime time) {
  if (!is_up()) return;
  world_.loop.make_busy(incarnation_->owner, time);
  awake_since_ = std::max(awake_since_, world_.loop.now() + time);
}

void Device::set_coverage(std::size_t destination, bool up) {
  Road& road = roads_[destination];
  road.messages.up = up;
  if (road.bytes && road.bytes->is_up() != up) road.bytes->set_up(up);
}

void Device::set_network(const NetworkChances& chances) {
  for (Road& road : roads_) {
    road.messages.chances = chances;
    if (road.bytes) road.bytes->set_chances(chances);
  }
}

void Device::mix_bytes() {
  for (const Road& road : roads_) {
    if (road.bytes) world_.trace.mix(road.bytes->trace());
  }
}

Result<void> Device::stamp_schema(std::int64_t version) {
  INVARIANT(!is_up());
  if (disk_.is_dead()) disk_.power_on();
  TRY_ASSIGN(const auto database, storage::Database::open({disk_.path(kStoreFile), kSimVfs,
                                                           storage::OpenMode::kExisting},
                                                          store_key_of(settings_.name)));
  const std::string sql = "PRAGMA user_version = " + std::to_string(version);
  return database->execute_script(sql.c_str());
}

Result<void> Device::put_back(storage::SchemaVersion version) {
  INVARIANT(!is_up());
  if (disk_.is_dead()) disk_.power_on();
  return put_store_back(disk_, kStoreFile, store_key_of(settings_.name), version);
}

std::vector<std::string> Device::secrets() const {
  std::vector<std::string> all = settings_.keys;
  all.emplace_back(kApiToken);
  all.emplace_back(store_key_of(settings_.name).reveal());
  return all;
}

void Device::hint_network() {
  if (!is_up()) return;
  world_.loop.post(incarnation_->owner, [this] {
    if (incarnation_) incarnation_->hints.say();
  });
}

/// The disk is dead already, so that no destructor can write.
void Device::bury() {
  if (!disk_.is_dead()) disk_.kill();
  incarnation_->agent.reset();
  world_.loop.retire(incarnation_->owner);
  incarnation_.reset();
  for (const auto& open : std::exchange(open_calls_, {})) {
    world_.loop.post(Loop::Owner::kWorld, std::exchange(open->resume, nullptr));
  }
}

void Device::handle(const std::shared_ptr<OpenCall>& open) {
  incarnation_->agent->handle(open->request, [this, open](HttpResponse response) {
    // What a dying machine still computes, nobody reads.
    if (disk_.is_dead() || !open->resume) return;
    world_.on_answer(*this, response);
    world_.trace.mix(response.body);
    open->answer = std::move(response);
    std::erase(open_calls_, open);
    world_.loop.post(Loop::Owner::kWorld, std::exchange(open->resume, nullptr));
  });
}

boost::asio::awaitable<Device::Answer> Device::call(HttpRequest request) {
  if (!is_up()) co_return Answer();
  request.headers.push_back({"Host", "localhost"});
  request.headers.push_back({"Authorization", "Bearer " + std::string(kApiToken)});
  auto open = std::make_shared<OpenCall>(std::move(request));
  const auto initiate = [this, open](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    open->resume = [shared] { std::move (*shared)(); };
    open_calls_.push_back(open);
    world_.loop.post(incarnation_->owner, [this, open] {
      if (is_up()) handle(open);
    });
  };
  auto waiting = boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(
      initiate, boost::asio::use_awaitable);
  co_await std::move(waiting);
  co_return std::move(open->answer);
}

}  // namespace handover::sim
