// From a lane's configuration to its back-end and the road to it. A new kind of back-end is one
// line in the table here.
#pragma once

#include <boost/asio/any_io_executor.hpp>

#include "agent/agent.hpp"
#include "agent/cli/config.hpp"
#include "platform/clock.hpp"
#include "platform/entropy.hpp"

namespace handover::cli {

/// The seams that some kinds of back-end need for their credentials. Lifetime: they outlive the
/// lane.
struct LaneSources {
  const Clock& clock;
  Entropy& entropy;
};

/// Errors: kConfig, naming the lane and the key.
[[nodiscard]] Result<AgentLane> build_lane(const LaneConfig& config,
                                           const boost::asio::any_io_executor& executor,
                                           const LaneSources& sources);

}  // namespace handover::cli
