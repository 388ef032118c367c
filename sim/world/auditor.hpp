// The oracle: holds what devices and back-ends say against what people did (Ledger), and finds what
// cannot be. It sees the devices through their API, as the app does, and the back-ends from inside.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/domain/json.hpp"
#include "platform/time.hpp"
#include "sim/world/back_ends.hpp"
#include "sim/world/cmdb_news.hpp"
#include "sim/world/findings.hpp"
#include "sim/world/ledger.hpp"

namespace handover::sim {

/// In everything that must not be readable on a disk or in a log.
inline constexpr const char* kCanary = "KANARIE";
/// As identifiers are compared.
inline constexpr const char* kFoldedCanary = "kanarie";

/// Everything that the API of one device shows, at one moment.
struct DeviceListing {
  std::string name;
  std::size_t device = 0;
  std::string location;
  /// The device's clock; none: somebody set it while the rest was listed.
  std::optional<WallTime> now;
  milliseconds awake{0};      ///< It has run for so long, and was not suspended.
  milliseconds wait_most{0};  ///< The longest wait before a next try that its settings allow.
  std::vector<Json> records;
  std::vector<Json> transfers;
  std::vector<Json> stock;
  Json status;  ///< null: it changed while the rest was listed.
};

class Auditor {
 public:
  Auditor(Ledger& ledger, Findings& findings) : ledger_(ledger), findings_(findings) {}

  /// A device answered a code. `status` is the API's, `problem` the last part of its type.
  void judge_code(const Deed& deed, const std::string& name, const std::string& typed, int status,
                  const std::string& problem, bool keys_fit);

  /// Must stand in no log, in upper or lower case.
  void watch_for(std::string_view secret);
  /// A line of a device's log.
  void judge_log(const std::string& name, std::string_view line);

  /// All of one device. Requires: nobody used it while it was listed.
  void judge_device(const DeviceListing& listing);

  /// What has arrived since the last time. Call it before a restore from backup takes it away.
  void note_arrivals(const BackEnds& back_ends);
  /// The back-ends alone: nothing twice, nothing that does not fit.
  void judge_back_ends(const BackEnds& back_ends);
  /// The back-ends were restored: what they have forgotten is nobody's fault.
  void note_restore(const BackEnds& back_ends);

  /// After healing: every device's records against every back-end's, exactly once.
  void judge_end(const std::vector<DeviceListing>& listings, const BackEnds& back_ends);

  [[nodiscard]] bool is_restored() const { return restored_; }
  [[nodiscard]] std::uint64_t devices_judged() const { return devices_judged_; }
  /// Of the last account: how often a device had to tell the CMDB of a unit, and did.
  [[nodiscard]] std::size_t units_told() const { return units_told_; }

 private:
  void judge_deeds(const DeviceListing& listing);
  void judge_transfer(const DeviceListing& listing, const Json& transfer,
                      const std::map<std::string, std::size_t>& usages_of);
  void judge_movement(const DeviceListing& listing, const Json& record, const Deed& deed);
  void judge_deliveries(const DeviceListing& listing);
  void judge_plan(const DeviceListing& listing, const Json& record, const Deed& deed);
  void judge_next_try(const DeviceListing& listing, const Json& record, const Json& delivery);
  void judge_delivery(const DeviceListing& listing, const Json& record, const Json& delivery);
  void judge_stock(const DeviceListing& listing);
  void judge_status(const DeviceListing& listing);
  void judge_orders_to_cisco(const std::vector<DeviceListing>& listings, const CiscoModel& cisco);
  void judge_order(const std::vector<DeviceListing>& listings,
                   const ServiceMobilityModel& servicemobility);
  void judge_cmdb(const std::vector<DeviceListing>& listings, const CmdbModel& cmdb);
  void judge_assets(const CmdbModel& cmdb);
  void judge_halves(const std::vector<DeviceListing>& listings, const BackEnds& back_ends);
  void judge_pairs(const std::vector<DeviceListing>& listings,
                   const ServiceMobilityModel& servicemobility, const std::set<std::size_t>& whole);
  void judge_locations(const std::vector<DeviceListing>& listings,
                       const std::set<std::size_t>& whole);
  void judge_logged_codes();
  [[nodiscard]] const Deed* deed_of(const DeviceListing& listing, const Json& record) const;

  Ledger& ledger_;
  Findings& findings_;
  std::set<std::string> seen_records_;          // "device/record id", shown once: they must stay.
  std::set<std::string> arrived_;               // Identities of what ServiceMobility ever applied.
  std::map<std::string, std::size_t> applied_;  // Those that it has now, and how often.
  std::vector<CmdbNews> cmdb_rows_;             // What the CMDB ever applied, in that order.
  std::set<std::string> arrived_units_;         // Their serials.
  std::set<std::string> arrived_orders_;        // Purchase order numbers that Cisco ever accepted.
  std::size_t uploads_noted_ = 0;
  std::size_t import_rows_noted_ = 0;
  std::map<std::string, std::size_t> deeds_of_transfers_;  // By the transfers' ids.
  std::vector<std::string> secrets_;                       // In lower case.
  std::map<std::string, std::string> logged_numbers_;      // And who logged them.
  std::size_t units_told_ = 0;
  std::uint64_t devices_judged_ = 0;
  bool restored_ = false;
};

}  // namespace handover::sim
