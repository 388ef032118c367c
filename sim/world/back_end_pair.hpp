// The two back-ends of a simulated world: their models, what goes wrong with them, and how devices
// reach them.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/back-ends/cmdb/cmdb_model.hpp"
#include "sim/back-ends/servicemobility/servicemobility_model.hpp"
#include "sim/back-ends/simulated_back_end.hpp"
#include "sim/world/device.hpp"

namespace handover::sim {

class BackEndPair {
 public:
  static constexpr std::size_t kServiceMobility = 0;
  static constexpr std::size_t kCmdb = 1;
  static constexpr std::array<const char*, 2> kLanes = {"servicemobility", "cmdb"};
  /// One request at one of them.
  using Serve = std::function<Outcome(std::size_t which, const HttpRequest& request)>;

  /// `cmdb_reads`: the CMDB answers look-ups, and devices ask it.
  BackEndPair(const std::vector<std::string>& users, bool cmdb_reads, std::uint64_t seed);
  BackEndPair(const BackEndPair&) = delete;
  BackEndPair& operator=(const BackEndPair&) = delete;

  [[nodiscard]] ServiceMobilityModel& servicemobility() { return servicemobility_; }
  [[nodiscard]] CmdbModel& cmdb() { return cmdb_; }
  [[nodiscard]] SimulatedBackEnd& operator[](std::size_t which) { return *back_ends_.at(which); }
  [[nodiscard]] const std::array<SimulatedBackEnd*, 2>& both() const { return back_ends_; }

  /// As devices reach them: through `serve`, which decides what arrives.
  [[nodiscard]] std::vector<Destination> destinations(const Serve& serve) const;

 private:
  bool cmdb_reads_;
  ServiceMobilityModel servicemobility_;
  CmdbModel cmdb_;
  SimulatedBackEnd servicemobility_server_;
  SimulatedBackEnd cmdb_server_;
  std::array<SimulatedBackEnd*, 2> back_ends_;
};

/// For the trace: what was asked, and what came of it.
[[nodiscard]] std::string in_words(const HttpRequest& request, const Outcome& outcome);

}  // namespace handover::sim
