// What the handheld's app reads from its device: everything that the API shows.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/domain/json.hpp"
#include "sim/world/auditor.hpp"
#include "sim/world/device.hpp"

namespace handover::sim {

/// None: it gave no answer, or another one than 200.
[[nodiscard]] boost::asio::awaitable<std::optional<Json>> read(Device& device, std::string target);
/// All pages of a list, appended to `items`. False if some of it did not come.
[[nodiscard]] boost::asio::awaitable<bool> read_list(Device& device, const char* path,
                                                     std::vector<Json>& items);
/// All that the device shows. `number`: which device of its world it is.
[[nodiscard]] boost::asio::awaitable<std::optional<DeviceListing>> list(Device& device,
                                                                        std::size_t number);

/// How many deliveries a /v1/status counts, over all lanes, as "pending", "unknown", "quarantined".
[[nodiscard]] std::uint64_t count_in(const Json& status,
                                     std::initializer_list<std::string_view> states);

/// The delivery is not at its end.
[[nodiscard]] bool waits(const Json& delivery);

}  // namespace handover::sim
