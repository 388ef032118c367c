// The story of the demo, step by step. Each step says what it shows, and fails the demo if the
// world is not as it says.
#pragma once

#include <memory>
#include <string>

#include "platform/result.hpp"
#include "sim/back-ends/back_end_servers.hpp"
#include "sim/devices/device_process.hpp"

namespace handover::sim {

struct DemoSettings {
  std::string directory;   ///< Is made; must not be there yet.
  bool stay = false;       ///< Leave everything running at the end, and say what to try.
  std::uint64_t seed = 1;  ///< Of the back-ends' misbehaviour.
};

/// Why the demo fails.
[[nodiscard]] Error wrong(std::string what);

class Demo {
 public:
  explicit Demo(DemoSettings settings) : settings_(std::move(settings)) {}

  /// Errors: kConfig if it could not be set up; kRefused if something is missing, doubled or other
  /// than told.
  [[nodiscard]] Result<void> run();

 private:
  [[nodiscard]] Result<void> set_up();
  [[nodiscard]] Result<void> warehouse_reports_its_receipts();
  [[nodiscard]] Result<void> post_receipt(const char* receipt);
  [[nodiscard]] Result<void> load_the_van();
  [[nodiscard]] Result<void> offer();
  [[nodiscard]] Result<void> receive_with_a_wrong_count();
  [[nodiscard]] Result<void> offer_again();
  /// Shows both devices' line checks, and returns how many differ.
  [[nodiscard]] Result<std::size_t> compare_line_checks(const Json& mismatch);
  [[nodiscard]] Result<void> receive_rightly();
  [[nodiscard]] Result<void> sender_completes();
  [[nodiscard]] Result<void> put_handset_into_tangoe();
  [[nodiscard]] Result<void> hand_over_handset();
  [[nodiscard]] Result<void> use_a_part();
  [[nodiscard]] Result<void> order_service();
  [[nodiscard]] Result<void> sender_sleeps();
  [[nodiscard]] Result<void> coverage_returns();
  [[nodiscard]] Result<void> set_up_site();
  [[nodiscard]] Result<void> report_by_webhook();
  [[nodiscard]] Result<void> wait_for_webhooks();
  [[nodiscard]] Result<void> compare_with_the_back_ends();
  [[nodiscard]] Result<void> check_servicemobility();
  [[nodiscard]] Result<void> check_cmdb();
  [[nodiscard]] Result<void> check_cisco();
  [[nodiscard]] Result<void> check_tangoe();
  [[nodiscard]] Result<void> check_webhook();
  [[nodiscard]] Result<void> import_receipts();
  [[nodiscard]] Result<void> import_file(const std::string& file, int exit_code,
                                         const std::string& counts);
  [[nodiscard]] Result<void> check_imported(const Json& before);
  void stay();

  [[nodiscard]] Result<Json> must(DeviceProcess& device, const std::string& what, int status,
                                  const std::string& target, const Json& body);
  [[nodiscard]] Result<void> drain(DeviceProcess& device, const std::string& name);

  DemoSettings settings_;
  std::unique_ptr<BackEndServers> back_ends_;
  std::unique_ptr<DeviceProcess> sender_;
  std::unique_ptr<DeviceProcess> receiver_;
  std::unique_ptr<DeviceProcess> reporter_;
  std::unique_ptr<DeviceProcess> site_;
  std::unique_ptr<DeviceProcess> warehouse_;
  std::string offer_id_;
  std::string receipt_id_;
  std::string sender_code_;
  std::string receiver_code_;
  std::string order_id_;
  std::string site_url_;
  std::int64_t servicemobility_expected_ = 0;
};

}  // namespace handover::sim
