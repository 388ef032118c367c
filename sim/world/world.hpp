// One simulated world: devices, people, back-ends, and everything that goes wrong between them. A
// seed is a run: the same seed makes the same run, from every compiler.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/world/auditor.hpp"
#include "sim/world/back_ends.hpp"
#include "sim/world/device.hpp"
#include "sim/world/findings.hpp"
#include "sim/world/ledger.hpp"
#include "sim/world/loop.hpp"
#include "sim/world/swarm.hpp"
#include "sim/world/trace.hpp"

namespace handover::sim {

/// A serialized thing. It is in one place at a time, whatever the records say.
struct Unit {
  std::string product;
  std::string serial;
  std::size_t holder = 0;  ///< A device, by number.
  bool used = false;       ///< Installed somewhere: nobody has it any more.
  bool in_hand = false;    ///< Somebody is doing something with it.
};

/// What a signal may touch while a world runs.
struct RunControl {
  std::atomic<bool> stop{false};        ///< Set: the run ends where it is.
  std::atomic<std::uint64_t> tasks{0};  ///< Grows as long as the world moves.
};

struct WorldOptions {
  std::uint64_t seed = 1;
  Profile profile = Profile::kSmoke;
  std::optional<std::size_t> devices;
  std::optional<std::uint32_t> days;
  std::set<std::string> without;
  std::string trace_file;
  bool real_cipher = false;  ///< OpenSSL's under the stores: the same run, and slower.
  RunControl* control = nullptr;
};

struct WorldReport {
  WorldOptions options;
  Swarm swarm;
  std::optional<Breach> breach;
  bool stopped = false;       ///< By RunControl: what was not checked until then was not.
  std::string trace_error;    ///< Why the trace is not whole; empty if it is, or none was wanted.
  bool lost_to_lies = false;  ///< Something broke because the disk lied (profile lying-disk).
  std::vector<TraceEvent> last_events;  ///< Of those concerned, if something broke.
  std::map<Invariant, std::uint64_t> checked;
  FaultCounts faults;
  std::uint64_t hash = 0;
  std::uint64_t events = 0;
  std::uint64_t deeds = 0;
  std::uint64_t records = 0;
  VirtualTime time{0};
};

class World {
 public:
  explicit World(const WorldOptions& options);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  /// The whole run: setting up, days of trouble, healing, and the last account.
  [[nodiscard]] WorldReport run();

  // --- For those who live in it (people.cpp, trouble.cpp).

  [[nodiscard]] bool is_working() const { return working_; }
  [[nodiscard]] const Swarm& swarm() const { return swarm_; }
  [[nodiscard]] Loop& loop() { return loop_; }
  [[nodiscard]] Ledger& ledger() { return ledger_; }
  [[nodiscard]] Auditor& auditor() { return auditor_; }
  [[nodiscard]] Findings& findings() { return findings_; }
  [[nodiscard]] FaultCounts& faults() { return faults_; }
  [[nodiscard]] std::size_t device_count() const { return devices_.size(); }
  [[nodiscard]] Device& device(std::size_t number) { return *devices_[number]; }
  [[nodiscard]] std::vector<Unit>& units() { return units_; }
  [[nodiscard]] SimulatedBackEnd& back_end(std::size_t destination);
  [[nodiscard]] std::size_t destination_count() const { return destinations_.size(); }
  /// Where the company's key ring stands in its rotation; a device follows when it restarts.
  void rotate_keys_of(std::size_t device);
  /// While some of its disk reads wrong, nobody takes an account of the device.
  void set_rotten(std::size_t device, bool rotten) { hands_[device].rotten = rotten; }
  [[nodiscard]] bool is_rotten(std::size_t device) const { return hands_[device].rotten; }
  [[nodiscard]] bool keys_fit(std::size_t one, std::size_t other) const;
  /// A backup of the back-ends is made, or put back.
  void back_up();
  void restore_back_ends();

  void note(std::string_view who, std::string words) {
    trace_.note(loop_.now(), who, std::move(words));
  }
  [[nodiscard]] boost::asio::awaitable<void> sleep(VirtualTime time);

  /// Asks a device, again with the same key until it has an answer that settles it, or patience
  /// ends. A 5xx, or none, settles nothing.
  [[nodiscard]] boost::asio::awaitable<std::optional<HttpResponse>> submit(std::size_t device,
                                                                           HttpRequest request,
                                                                           bool patient);
  /// Looks at all that the device shows, and lets the auditor judge it.
  [[nodiscard]] boost::asio::awaitable<void> inspect(std::size_t device);

 private:
  struct Hands {
    int busy = 0;
    bool inspected = false;
    bool rotten = false;
  };

  void make_back_ends();
  void make_devices();
  void make_units();
  [[nodiscard]] std::vector<std::string> keys_at(int step) const;
  void spawn(boost::asio::awaitable<void> life);
  void set_trouble();
  void heal();
  void step_until(VirtualTime until);
  /// Until a breach, or `done` says so, or it is stopped from outside.
  void run_until(VirtualTime until, const std::function<bool()>& done);
  [[nodiscard]] bool is_stopped() const { return options_.control && options_.control->stop; }
  void step_until_delivered();
  [[nodiscard]] bool all_delivered();
  void after_each_task();
  void judge_disk(Device& device);
  [[nodiscard]] boost::asio::awaitable<void> look_whether_delivered();
  [[nodiscard]] HttpRequest decision_on(const Json& record, const Json& delivery) const;
  [[nodiscard]] boost::asio::awaitable<void> dispatch();
  [[nodiscard]] boost::asio::awaitable<void> look_what_waits();
  [[nodiscard]] boost::asio::awaitable<void> judge_end();
  [[nodiscard]] bool is_the_disks_fault() const;
  [[nodiscard]] WorldReport report();

  WorldOptions options_;
  Swarm swarm_;
  Trace trace_;
  Loop loop_;
  Findings findings_;
  Ledger ledger_;
  Auditor auditor_;
  FaultCounts faults_;
  std::unique_ptr<BackEnds> back_ends_;
  std::unique_ptr<BackEnds::Models> backup_;
  std::vector<Destination> destinations_;
  LoopContext people_;
  std::vector<std::unique_ptr<Device>> devices_;
  std::vector<Hands> hands_;
  std::vector<int> key_steps_;
  std::vector<Unit> units_;
  bool working_ = true;
  bool delivered_ = false;
  std::string waiting_;               // In words, what was not delivered.
  std::string waiting_at_ = "world";  // And where.
  bool judged_ = false;
};

}  // namespace handover::sim
