// What the integration tests share: both simulated back-ends, handhelds in a temporary folder, and
// short forms of what is asked of them.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/domain/json.hpp"
#include "platform/http.hpp"
#include "sim/back-ends/back_end_servers.hpp"
#include "sim/devices/device_process.hpp"
#include "tests/support/temporary_folder.hpp"

namespace handover::test {

inline constexpr auto kServiceMobility = sim::BackEndName::kServiceMobility;
inline constexpr auto kCmdb = sim::BackEndName::kCmdb;
inline constexpr const char* kPassword = "demo-password";

using Device = std::unique_ptr<sim::DeviceProcess>;

/// Both back-ends, up, and room for handhelds. Each handheld logs in at the CMDB as its own
/// technician, so that the CMDB's audit log tells them apart.
class World {
 public:
  explicit World(std::uint64_t seed = 1);

  [[nodiscard]] sim::BackEndServers& back_ends() { return *back_ends_; }
  [[nodiscard]] const TemporaryFolder& folder() const { return folder_; }

  /// A handheld in a folder of its own, not started. Empty settings are filled in; `like` shares
  /// its validation keys.
  [[nodiscard]] Device make_device(sim::DeviceSettings settings, const Device& like = nullptr);
  /// tech.17 with VAN-17, started.
  [[nodiscard]] Device start_van_17();
  /// tech.22 with VAN-22, which understands the codes of `like`, started.
  [[nodiscard]] Device start_van_22(const Device& like);

  /// The warehouse tells the CMDB of a unit.
  void add_asset(const std::string& serial, const std::string& place);
  void add_fault(sim::BackEndName name, std::string_view rule);

 private:
  TemporaryFolder folder_;
  std::unique_ptr<sim::BackEndServers> back_ends_;
};

/// Requires: `text` is JSON.
[[nodiscard]] Json json(std::string_view text);
/// The member of that name, which must be there.
[[nodiscard]] const Json& member(const Json& object, std::string_view name);
[[nodiscard]] std::int64_t number(const Json& object, std::string_view name);

/// One line of a usage: `field` is InQty, OutQty or InventoryQty.
[[nodiscard]] Json usage_line(const std::string& product, const char* field, const char* quantity,
                              const std::string& serial = {});
[[nodiscard]] Json usage_body(const char* module, const std::string& reference,
                              const std::string& location, std::vector<Json> lines,
                              const std::string& site = {});
[[nodiscard]] Json transfer_line(const std::string& product, const char* quantity,
                                 const std::string& serial = {});
/// As the technician of `device` would type it: what goes to the location of `other`, or comes from
/// there.
[[nodiscard]] Json transfer_body(const char* direction, const Device& device, const Device& other,
                                 std::vector<Json> lines);
[[nodiscard]] HttpRequest post(const std::string& target, const Json& body,
                               const std::string& key = {});

/// A call that must be answered with `status`; returns the body.
Json must(const Device& device, int status, const std::string& target, const Json& body,
          const std::string& key = {});
[[nodiscard]] Json get(const Device& device, const std::string& target);

/// A transfer from offer to both codes.
struct HandOver {
  std::string sender_code;
  std::string receiver_code;
};
HandOver hand_over(const Device& sender, const Device& receiver, const std::vector<Json>& lines);

/// All records of the device, in their order.
[[nodiscard]] std::vector<Json> all_records(const Device& device);
/// The first delivery of the record on that lane.
[[nodiscard]] Json delivery_of(const Device& device, const std::string& record_id,
                               std::string_view lane);
[[nodiscard]] Json lane_status(const Device& device, std::string_view lane);
/// Deliveries on their way, on all lanes together.
[[nodiscard]] std::int64_t waiting(const Device& device);

/// Looks again and again until `condition` holds; false if it does not in time.
[[nodiscard]] bool eventually(const std::function<bool()>& condition,
                              std::chrono::seconds time = std::chrono::seconds(120));
void drain(const Device& device, std::chrono::seconds time = std::chrono::seconds(180));

}  // namespace handover::test
