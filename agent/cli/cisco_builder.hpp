// From the configuration of a Cisco lane to its back-end, and to the rules of service orders.
#pragma once

#include <memory>
#include <string>

#include "agent/cli/lane_config.hpp"
#include "agent/forwarding/backend.hpp"
#include "agent/recording/order_book.hpp"

namespace handover::cli {

/// Errors: kConfig: the key or the certificate of the signed profile cannot be used.
[[nodiscard]] Result<std::unique_ptr<forwarding::Backend>> make_cisco_backend(
    const LaneConfig& config, const std::string& url_path);

[[nodiscard]] recording::OrderSettings order_settings(const CiscoConfig& config);

}  // namespace handover::cli
