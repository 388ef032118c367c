// All simulated back-ends on sockets, in a thread of their own: for integration tests, benchmarks
// and `handover-sim back-ends`.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "agent/domain/json.hpp"
#include "platform/result.hpp"
#include "sim/back-ends/cisco/cisco_model.hpp"
#include "sim/back-ends/cmdb/cmdb_model.hpp"
#include "sim/back-ends/misbehaviour.hpp"
#include "sim/back-ends/servicemobility/servicemobility_model.hpp"
#include "sim/back-ends/tangoe/tangoe_model.hpp"

namespace handover::sim {

enum class BackEndName { kServiceMobility, kCmdb, kCisco, kTangoe };
inline constexpr std::array kBackEndNames = {BackEndName::kServiceMobility, BackEndName::kCmdb,
                                             BackEndName::kCisco, BackEndName::kTangoe};

/// "servicemobility", "cmdb", "cisco" and "tangoe". Errors: kInvalid.
[[nodiscard]] Result<BackEndName> parse_back_end_name(std::string_view name);
[[nodiscard]] std::string_view to_string(BackEndName name);

struct ListenAddress {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: any free one.
};

struct BackEndServersSettings {
  ServiceMobilityOptions servicemobility;
  CmdbOptions cmdb;
  CiscoOptions cisco;
  TangoeOptions tangoe;
  ListenAddress servicemobility_address;
  ListenAddress cmdb_address;
  ListenAddress cisco_address;
  ListenAddress tangoe_address;
  std::uint64_t seed = 1;
};

/// Starts with the object, ends with it. Calls block until the servers' thread has done them; any
/// thread may call.
class BackEndServers {
 public:
  /// Errors: of Server::listen().
  [[nodiscard]] static Result<std::unique_ptr<BackEndServers>> start(
      BackEndServersSettings settings);
  ~BackEndServers();
  BackEndServers(const BackEndServers&) = delete;
  BackEndServers& operator=(const BackEndServers&) = delete;

  /// Stays the same while the back-end is down.
  [[nodiscard]] std::uint16_t port(BackEndName name) const;
  /// "http://127.0.0.1:18080"
  [[nodiscard]] std::string url(BackEndName name) const;

  [[nodiscard]] Json state(BackEndName name);
  [[nodiscard]] Json counts(BackEndName name);
  void add_fault(BackEndName name, FaultRule rule);
  /// In the short form of parse_short_fault_rule(): "lost_reply:1/10". Errors: kInvalid.
  [[nodiscard]] Result<void> add_fault(BackEndName name, std::string_view rule);
  void clear_faults(BackEndName name);
  [[nodiscard]] Result<void> configure(BackEndName name, const Json& options);
  void reset(BackEndName name);

  /// The back-end goes down: connections are cut and new ones refused. Its state stays.
  void stop(BackEndName name);
  /// It comes up again on the same port. Errors: kInUse if another program took the port meanwhile.
  /// No error if it is up.
  [[nodiscard]] Result<void> start_again(BackEndName name);

 private:
  class Impl;
  explicit BackEndServers(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace handover::sim
