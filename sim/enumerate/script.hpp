// What the two people on the stage do, always the same.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "sim/enumerate/stage.hpp"

namespace handover::sim {

/// A unit arrives and is reported. Then, without coverage, it is handed over and used, and both
/// programs end, one in good order and one not. Then coverage returns and all is delivered.
[[nodiscard]] boost::asio::awaitable<void> play_whole_job(Stage& stage);
/// Records: the arrival, two halves and the usage of each, the installation. The CMDB hears of the
/// arrival, of both halves and of the installation; ServiceMobility of all but the arrival.
inline constexpr Effects kWholeJob = {6, 5, 1, 1, 4, 0};

/// The same, but one of the programs is updated before coverage returns, and brings its store
/// forward.
[[nodiscard]] boost::asio::awaitable<void> play_update(Stage& stage);

/// With coverage: a unit arrives and is reported, then it is used, and a service for it is ordered
/// from Cisco. Requires: the stage has Cisco.
[[nodiscard]] boost::asio::awaitable<void> play_order(Stage& stage);
/// Records: the arrival, the installation, the order. The CMDB hears of the first two.
inline constexpr Effects kOneOrder = {3, 1, 0, 1, 2, 1};

/// With coverage: one delivery to each back-end.
[[nodiscard]] boost::asio::awaitable<void> play_two_deliveries(Stage& stage);
inline constexpr Effects kTwoDeliveries = {2, 1, 0, 1, 1, 0};

}  // namespace handover::sim
