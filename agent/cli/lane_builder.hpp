// From a lane's configuration to its back-end and the road to it. A new kind of back-end is one
// line in the table here.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include "agent/agent.hpp"
#include "agent/cli/config.hpp"

namespace handover::cli {

/// Errors: kConfig, naming the lane and the key.
[[nodiscard]] Result<AgentLane> build_lane(const LaneConfig& config,
                                           const boost::asio::any_io_executor& executor);

}  // namespace handover::cli
