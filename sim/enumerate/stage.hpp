// A small world in which nothing goes wrong but what somebody plans: two handhelds, their two
// back-ends, and two people who repeat what they ask until they have an answer.
#pragma once

#include <array>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/world/auditor.hpp"
#include "sim/world/back_ends.hpp"
#include "sim/world/device.hpp"
#include "sim/world/findings.hpp"
#include "sim/world/ledger.hpp"
#include "sim/world/loop.hpp"
#include "sim/world/trace.hpp"

namespace handover::sim {

struct StageOptions {
  std::uint64_t seed = 1;
  bool byte_streams = false;  ///< The network carries bytes instead of whole messages.
  bool cisco = false;         ///< Devices order services, too.
  std::string trace_file;     ///< Every event as a line, unless it is empty.
};

/// A request that reaches a back-end.
struct Arrival {
  std::size_t device = 0;
  std::size_t back_end = 0;  ///< As in BackEnds.
  std::size_t number = 0;    ///< Of this device at this back-end, from 1.
  const HttpRequest& request;
};

/// What a script did in the end, to be compared with what it must do.
struct Effects {
  std::size_t records = 0;
  std::size_t uploads = 0;
  std::size_t pairs = 0;
  std::size_t assets = 0;
  std::size_t told = 0;    ///< How often the CMDB was told of a unit, repeats left out.
  std::size_t orders = 0;  ///< At Cisco.
  bool operator==(const Effects&) const = default;
};

class Stage {
 public:
  static constexpr std::size_t kDevices = 2;

  /// Both devices have run for the first time; there is no coverage.
  explicit Stage(const StageOptions& options);
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  /// Plays `script`, heals what is still ill, waits until all is delivered, and takes the account.
  /// What does not hold is in findings().
  void run(boost::asio::awaitable<void> script);

  // --- For whoever plans trouble.

  /// Decides over a request instead of the back-end; deliver() gives it to the back-end after all.
  std::function<Outcome(const Arrival& arrival)> on_arrival;
  [[nodiscard]] Outcome deliver(std::size_t back_end, const HttpRequest& request);
  /// After each disk call of a device since it was set up, with its number from 1.
  std::function<void(std::size_t device, std::uint64_t call, DiskCall what)> on_disk_call;
  /// Before a device that was off starts: with its program died what was planned for its disk.
  std::function<void(std::size_t device)> before_start;
  /// Which number of the disk the device's call number `call` has.
  [[nodiscard]] std::uint64_t disk_number(std::size_t device, std::uint64_t call) const {
    return set_up_calls_.at(device) + call;
  }
  /// Whether what was planned has happened. Unless it has, the account ends badly: a case that
  /// misses proves nothing.
  std::function<bool()> has_struck = [] { return false; };
  void note_struck() {
    has_struck = [] { return true; };
  }
  /// Somebody tries again what a back-end refused. Without him nothing may be refused for good.
  void add_dispatcher() { has_dispatcher_ = true; }
  void after(VirtualTime time, std::function<void()> task);
  void set_coverage(bool up);
  void note(std::string_view who, std::string words);
  /// As note(), but the run stays the same: what the planner says of himself.
  void remark(std::string_view who, std::string words);
  /// What struck on the network.
  [[nodiscard]] const FaultCounts& faults() const { return faults_; }

  /// The numbers of the disk calls from an update of the program to its end, if the script has one.
  struct Update {
    std::size_t device = 0;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
  };
  [[nodiscard]] const std::optional<Update>& update() const { return update_; }

  // --- For the script.

  /// The device has run an old program until now: its store is what that one left. It is off then,
  /// and starts with the new program.
  void begin_update(std::size_t device);
  /// It runs again.
  void end_update();

  [[nodiscard]] Device& device(std::size_t number) { return *devices_.at(number); }
  [[nodiscard]] BackEnds& back_ends() { return back_ends_; }
  [[nodiscard]] Loop& loop() { return loop_; }
  [[nodiscard]] Ledger& ledger() { return ledger_; }
  [[nodiscard]] Auditor& auditor() { return auditor_; }
  [[nodiscard]] Findings& findings() { return findings_; }
  [[nodiscard]] const Trace& trace() const { return trace_; }
  /// Asks again with the same key until an answer settles it.
  [[nodiscard]] boost::asio::awaitable<HttpResponse> submit(std::size_t device,
                                                            HttpRequest request);
  /// Until the device runs again.
  [[nodiscard]] boost::asio::awaitable<void> wait_until_up(std::size_t device);
  [[nodiscard]] boost::asio::awaitable<void> wait_until_delivered();

  [[nodiscard]] const Effects& effects() const { return effects_; }
  /// Why the trace is not whole; empty if it is, or none was wanted.
  [[nodiscard]] const std::string& trace_error() const { return trace_error_; }

 private:
  void make_device(std::size_t number);
  void spawn(boost::asio::awaitable<void> life);
  void heal();
  void check_end();
  void note_waiting(const Device& device, const Json& record);
  [[nodiscard]] boost::asio::awaitable<void> play(boost::asio::awaitable<void> script);
  [[nodiscard]] boost::asio::awaitable<void> keep_running(std::size_t device);
  [[nodiscard]] boost::asio::awaitable<void> dispatch(Device& device, std::vector<Json> records);
  [[nodiscard]] boost::asio::awaitable<void> judge();

  Trace trace_;
  Loop loop_;
  Findings findings_;
  Ledger ledger_;
  Auditor auditor_;
  FaultCounts faults_;
  BackEnds back_ends_;
  std::array<std::vector<Destination>, kDevices> destinations_;
  std::array<std::array<std::size_t, BackEnds::kLanes.size()>, kDevices> arrivals_{};
  std::array<std::uint64_t, kDevices> set_up_calls_{};
  LoopContext people_;
  std::vector<std::unique_ptr<Device>> devices_;
  StageOptions options_;
  Effects effects_;
  std::optional<Update> update_;
  std::string trace_error_;
  std::string waiting_;  // In words, what was not delivered when somebody last looked.
  bool has_dispatcher_ = false;
  bool ended_ = false;
};

}  // namespace handover::sim
