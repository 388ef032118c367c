// The back-ends of a simulated world: their models, what goes wrong with them, and how devices
// reach them.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/recording/order_book.hpp"
#include "sim/back-ends/cisco/cisco_model.hpp"
#include "sim/back-ends/cmdb/cmdb_model.hpp"
#include "sim/back-ends/servicemobility/servicemobility_model.hpp"
#include "sim/back-ends/simulated_back_end.hpp"
#include "sim/world/device.hpp"

namespace handover::sim {

/// The product of every serialized unit, and Cisco has a service for it.
inline constexpr const char* kUnitProduct = "SW-9200";

struct BackEndsOptions {
  std::vector<std::string> users;
  bool cmdb_reads = false;         ///< The CMDB answers look-ups, and devices ask it.
  bool cmdb_oauth = false;         ///< It wants tokens, which expire, instead of Basic.
  bool warehouse = false;          ///< Receipts of one kind of unit only are wanted.
  bool prefix_is_unknown = false;  ///< The CMDB takes a correction for a new asset.
  bool cisco = false;              ///< Devices have a lane to Cisco, too.
  std::chrono::seconds cisco_acknowledges_after{0};
  std::chrono::seconds cisco_confirms_after{0};
  std::uint64_t seed = 1;
};

class BackEnds {
 public:
  static constexpr std::size_t kServiceMobility = 0;
  static constexpr std::size_t kCmdb = 1;
  static constexpr std::size_t kCisco = 2;
  static constexpr std::array<const char*, 3> kLanes = {"servicemobility", "cmdb", "cisco"};
  /// One request at one of them.
  using Serve = std::function<Outcome(std::size_t which, const HttpRequest& request)>;

  /// What all of them hold, as a backup keeps it.
  struct Models {
    ServiceMobilityModel servicemobility;
    CmdbModel cmdb;
    CiscoModel cisco;
  };

  explicit BackEnds(const BackEndsOptions& options);
  BackEnds(const BackEnds&) = delete;
  BackEnds& operator=(const BackEnds&) = delete;

  [[nodiscard]] Models& models() { return models_; }
  [[nodiscard]] const ServiceMobilityModel& servicemobility() const {
    return models_.servicemobility;
  }
  [[nodiscard]] const CmdbModel& cmdb() const { return models_.cmdb; }
  [[nodiscard]] const CiscoModel& cisco() const { return models_.cisco; }
  [[nodiscard]] SimulatedBackEnd& operator[](std::size_t which) { return servers_.at(which); }
  [[nodiscard]] std::size_t count() const { return options_.cisco ? 3 : 2; }
  /// An order with this purchase order number.
  [[nodiscard]] bool cisco_has(std::string_view purchase_order) const;
  void clear_faults();
  /// The password, and then what is sent in its place.
  [[nodiscard]] std::vector<std::string> secrets() const;

  /// As devices reach them: through `serve`, which decides what arrives.
  [[nodiscard]] std::vector<Destination> destinations(const Serve& serve) const;
  /// What devices know of the company's agreement with Cisco, if they have a lane to it.
  [[nodiscard]] std::optional<recording::OrderSettings> order_settings() const;

 private:
  BackEndsOptions options_;
  Models models_;
  std::array<SimulatedBackEnd, 3> servers_;
};

/// For the trace: what was asked, and what came of it.
[[nodiscard]] std::string in_words(const HttpRequest& request, const Outcome& outcome);
/// All of both, headers and bodies too, into the hash of the run.
void mix_exchange(Trace& trace, const HttpRequest& request, const Outcome& outcome);

}  // namespace handover::sim
