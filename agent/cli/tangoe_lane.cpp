#include "agent/cli/tangoe_lane.hpp"

#include <array>

#include "agent/cli/secret_file.hpp"

namespace handover::cli {
namespace {

using backends::TelecomItems;
using backends::tangoe::TelecomEvent;

constexpr std::size_t kNonceBytes = 16;

std::string make_nonce(Entropy& entropy) {
  std::array<std::byte, kNonceBytes> bytes{};
  entropy.fill(bytes);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TelecomItems telecom_items(const TangoeItemsConfig& config) {
  TelecomItems items;
  items.products = config.products;
  items.service_type = config.service_type;
  items.number = config.number == "batch"       ? TelecomItems::NumberFrom::kBatch
                 : config.number == "asset_tag" ? TelecomItems::NumberFrom::kAssetTag
                                                : TelecomItems::NumberFrom::kSerial;
  for (const std::string& event : config.adds) {
    items.adds.push_back(event == "load" ? TelecomEvent::kLoad : TelecomEvent::kReceipt);
  }
  for (const auto& [name, value] : config.new_item) items.new_item.set(name, value);
  for (const auto& [name, value] : config.new_item_custom) items.new_item.add_custom(name, value);
  return items;
}

}  // namespace

backends::TangoeSettings tangoe_settings(const LaneConfig& config, const std::string& path,
                                         const Clock& clock, Entropy& entropy) {
  backends::TangoeSettings settings;
  settings.path = path.empty() ? "/" : path;
  settings.secured = config.tangoe.secured;
  settings.username = config.username;
  settings.read_password = secret_in(config.password_file);
  settings.now = [&clock] { return clock.wall_now(); };
  settings.make_nonce = [&entropy] { return make_nonce(entropy); };
  for (const auto& items : config.tangoe.items) settings.items.push_back(telecom_items(items));
  settings.employees = config.tangoe.employees;
  settings.locations = config.tangoe.locations;
  settings.set_assigned_to = config.tangoe.set_assigned_to;
  settings.set_location = config.tangoe.set_location;
  return settings;
}

}  // namespace handover::cli
