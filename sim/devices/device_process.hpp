// A handheld as the demo, the benchmark and the integration tests use it: a folder made by
// `handover init`, and the real agent in a process of its own, called over its local API.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "agent/domain/json.hpp"
#include "platform/asio/local_client.hpp"
#include "platform/result.hpp"

namespace handover::sim {

struct DeviceSettings {
  std::string directory;  ///< Is made; must not be there yet.
  std::string user;
  std::string first_name = "Given";
  std::string last_name = "Family";
  std::string location;
  std::string
      key_ring;  ///< File of another device to share validation keys with; empty: a fresh ring.
  /// For `handover init`, instead of those of a technician. The configuration stays as it writes
  /// it, so that what follows here has no effect.
  std::vector<std::string> init_words = {};
  /// "127.0.0.1:PORT": the agent listens there, and serves the handheld page; empty: a unix socket.
  std::string page_address = {};
  /// File of the company's key (`handover enrollment company-key`), to enroll the device with;
  /// empty: it is not enrolled.
  std::string company_key = {};
  std::string lanes_toml;  ///< The [[lanes]] tables, as they stand in handover.toml.
  std::string stock_policy = "warn";
  std::string retry_first = "50ms";
  std::string retry_cap = "1s";
  int in_flight_max = 8;
};

struct Answer {
  int status = 0;
  Json body;
  bool ok() const { return status >= 200 && status < 300; }
};

/// How a command ended, and all that it printed.
struct CommandOutcome {
  int exit_code = 0;  ///< Negative: the signal that ended it.
  std::string said;
};

class DeviceProcess {
 public:
  /// Runs `handover init` (the program beside this one), and writes the configuration. Errors:
  /// kConfig with what it printed.
  [[nodiscard]] static Result<std::unique_ptr<DeviceProcess>> make(DeviceSettings settings);
  /// Stops the agent, if it runs, and leaves the folder.
  ~DeviceProcess();
  DeviceProcess(const DeviceProcess&) = delete;
  DeviceProcess& operator=(const DeviceProcess&) = delete;

  /// Starts the agent's process, and does not wait for it. Errors: kConfig if it cannot be started.
  [[nodiscard]] Result<void> launch();
  /// Starts the agent and waits until it answers. Errors: kUnreachable with the end of its log.
  [[nodiscard]] Result<void> start();
  /// SIGTERM, and waits. Returns the exit code; negative: the signal that ended it.
  int stop();
  /// SIGKILL, in the middle of whatever it does.
  void kill_now();
  [[nodiscard]] bool is_running() const { return process_ > 0; }
  [[nodiscard]] pid_t process() const { return process_; }

  /// One call to the local API. `key` is the Idempotency-Key, or empty. Errors: kUnreachable.
  [[nodiscard]] Result<Answer> call(const std::string& method, const std::string& target,
                                    const Json& body = {}, const std::string& key = {});

  /// Runs `handover` with these words and this device's configuration, and waits for its end.
  /// Errors: kConfig if it cannot be started.
  [[nodiscard]] Result<CommandOutcome> run(std::vector<std::string> words) const;

  /// A client of its own for another thread or many calls.
  [[nodiscard]] Result<net::LocalClient> connect() const;

  [[nodiscard]] const std::string& directory() const { return settings_.directory; }
  [[nodiscard]] std::string config_file() const { return settings_.directory + "/handover.toml"; }
  [[nodiscard]] std::string key_ring_file() const {
    return settings_.directory + "/validation.keys";
  }
  [[nodiscard]] std::string log_file() const { return settings_.directory + "/agent.log"; }
  [[nodiscard]] std::string address() const {
    return settings_.page_address.empty() ? "unix:" + settings_.directory + "/handover.sock"
                                          : settings_.page_address;
  }
  [[nodiscard]] const DeviceSettings& settings() const { return settings_; }

 private:
  explicit DeviceProcess(DeviceSettings settings) : settings_(std::move(settings)) {}
  [[nodiscard]] Result<void> initialise();
  [[nodiscard]] Result<void> write_config() const;
  [[nodiscard]] Result<void> enroll() const;

  DeviceSettings settings_;
  pid_t process_ = -1;
  std::unique_ptr<net::LocalClient> client_;
};

/// "127.0.0.1:PORT" with a port that nobody listens at now. Errors: kIo.
[[nodiscard]] Result<std::string> unused_loopback_address();

/// The folder of the running program: where its siblings `handover` and `handover-sim` are.
/// HANDOVER_PROGRAMS overrides it (tests).
[[nodiscard]] std::string program_folder();

/// Runs a program until it ends; what it prints goes to the end of `output_file`. Returns its exit
/// code; negative: the signal that ended it. Errors: kConfig if it cannot be started.
[[nodiscard]] Result<int> run_program(const std::vector<std::string>& words,
                                      const std::string& output_file);

/// The two lanes to the simulated back-ends, as handover.toml has them. `folder` gets the password
/// files.
struct SimulatedLanes {
  std::string servicemobility_url = {};
  std::string cmdb_url = {};
  std::string servicemobility_user = "handover";
  std::string cmdb_user = "handover";
  std::string password = "demo-password";
  bool look_up = true;  ///< Grant the CMDB lane reads.
};
[[nodiscard]] std::string lanes_toml(const SimulatedLanes& lanes);
/// The lane to ServiceMobility alone.
[[nodiscard]] std::string servicemobility_lane_toml(const std::string& url,
                                                    const std::string& user);
/// The lane to the CMDB alone.
[[nodiscard]] std::string cmdb_lane_toml(const SimulatedLanes& lanes);
/// A lane to the simulated gateway of Cisco, which proposes orders and asks for outcomes often.
[[nodiscard]] std::string cisco_lane_toml(const std::string& url);
/// A lane to the simulated Tangoe, which edits handsets.
[[nodiscard]] std::string tangoe_lane_toml(const std::string& url);

}  // namespace handover::sim
