// A simulated handheld: a disk that outlives it, a clock, a road to each back-end, and, while it
// runs, the real agent.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/agent.hpp"
#include "sim/disk/sim_disk.hpp"
#include "sim/network/stream_link.hpp"
#include "sim/world/counted_transport.hpp"
#include "sim/world/device_clock.hpp"
#include "sim/world/drawn_entropy.hpp"
#include "sim/world/loop.hpp"
#include "sim/world/loop_scheduler.hpp"
#include "sim/world/message_transport.hpp"
#include "sim/world/trace.hpp"
#include "storage/schema.hpp"

namespace handover::sim {

/// A back-end as devices reach it.
struct Destination {
  std::string lane;
  std::function<std::unique_ptr<forwarding::Backend>(const std::string& user)> make_backend;
  std::function<Outcome(const HttpRequest& request)> serve;
};

struct HandheldSettings {
  std::string name;      ///< Also of its disk.
  std::string user;      ///< The technician.
  std::string location;  ///< His storage location.
  recording::StockPolicy stock_policy = recording::StockPolicy::kWarn;
  std::int64_t drift_ppm = 0;
  forwarding::LaneSettings lane;
  std::int64_t cache_kib = storage::DatabaseSettings().cache_kib;
  bool byte_streams = false;  ///< Its network carries bytes instead of whole messages.
  std::optional<recording::OrderSettings> orders;  ///< With a lane to Cisco.
  std::vector<std::string> keys;  ///< The key ring, newest first, 64 hex digits each.
};

class Device {
 public:
  /// What devices share. All by reference; all outlive it.
  struct World {
    Loop& loop;
    Trace& trace;
    FaultCounts& faults;
    const std::vector<Destination>& destinations;
    /// Each line of the agent's log.
    std::function<void(const Device& device, std::string_view line)> on_log;
    /// A request leaves.
    std::function<void(const Device& device, const Sent& sent)> on_sent;
    /// The local API has answered a call.
    std::function<void(const Device& device, const HttpResponse& answer)> on_answer;
  };
  /// None: the device died before it answered.
  using Answer = std::optional<HttpResponse>;

  Device(World world, HandheldSettings settings, std::uint64_t seed);
  ~Device();
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  /// The depot makes the store, and the agent runs for the first time. Requires: a good disk.
  [[nodiscard]] Result<void> set_up();
  /// Starts the agent on what the disk holds. Errors: the agent's; the device stays off.
  [[nodiscard]] Result<void> start();
  /// The program ends in good order, if its disk allows.
  void stop();
  /// The process ends at once. The operating system lives on.
  void kill();
  /// The battery falls out.
  void cut_power();
  /// For whoever steps the world: a planned power cut struck in the middle of something.
  void notice_death();
  /// Nothing runs for so long; clocks count on.
  void suspend(VirtualTime time);
  /// Another program version writes its schema's number into the store. Requires: off, a good disk.
  [[nodiscard]] Result<void> stamp_schema(std::int64_t version);
  /// Its store becomes what an older program would have left, with all that is in it. Requires:
  /// off, a good disk.
  [[nodiscard]] Result<void> put_back(storage::SchemaVersion version);
  /// The network says something about itself, true or not.
  void hint_network();

  [[nodiscard]] bool is_up() const { return incarnation_ != nullptr; }
  [[nodiscard]] const std::string& name() const { return settings_.name; }
  [[nodiscard]] HandheldSettings& settings() { return settings_; }
  [[nodiscard]] const HandheldSettings& settings() const { return settings_; }
  [[nodiscard]] SimDisk& disk() { return disk_; }
  [[nodiscard]] DeviceClock& clock() { return clock_; }
  /// Whether there is a network on the way to this destination.
  void set_coverage(std::size_t destination, bool up);
  /// What goes wrong on all its roads from now on.
  void set_network(const NetworkChances& chances);
  /// Once, when its next request leaves.
  void on_next_request(std::function<void()> task) { on_next_request_ = std::move(task); }
  /// The bytes on the way to this destination. Requires: settings().byte_streams.
  [[nodiscard]] StreamLink& bytes(std::size_t destination) { return *roads_[destination].bytes; }
  /// All bytes that were under way, and when, into the hash of the run.
  void mix_bytes();
  /// How long the program has run without a stop.
  [[nodiscard]] milliseconds awake_for() const {
    return std::chrono::duration_cast<milliseconds>(world_.loop.now() - awake_since_);
  }
  /// Must stand in no log and on no disk.
  [[nodiscard]] std::vector<std::string> secrets() const;
  /// Counts starts.
  [[nodiscard]] std::uint64_t starts() const { return starts_; }

  /// One call to the local API, as the handheld's app makes it.
  boost::asio::awaitable<Answer> call(HttpRequest request);

 private:
  class Hints;
  class AgentLog;
  struct Incarnation;
  struct OpenCall;
  /// To one destination; one of the two is used.
  struct Road {
    Link messages;
    std::unique_ptr<StreamLink> bytes;
  };

  void handle(const std::shared_ptr<OpenCall>& open);
  void bury();
  [[nodiscard]] AgentSettings agent_settings() const;
  [[nodiscard]] std::vector<AgentLane> make_lanes(Incarnation& incarnation);

  World world_;
  HandheldSettings settings_;
  SimDisk disk_;
  DeviceClock clock_;
  DrawnEntropy entropy_;
  Random network_random_;
  DeviceClock true_clock_;  // Of what lies outside of the device.
  LoopScheduler outside_;
  std::vector<Road> roads_;
  std::unique_ptr<Incarnation> incarnation_;
  std::vector<std::shared_ptr<OpenCall>> open_calls_;
  storage::OpenMode open_mode_ = storage::OpenMode::kCreate;
  std::function<void()> on_next_request_;
  std::uint64_t starts_ = 0;
  VirtualTime awake_since_{0};
};

}  // namespace handover::sim
