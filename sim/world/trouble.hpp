// What happens to devices and back-ends, by chance, while the world works.
#pragma once

#include <cstdint>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "sim/world/world.hpp"

namespace handover::sim {

/// Everything that happens to one device, each kind of it a life of its own.
[[nodiscard]] std::vector<boost::asio::awaitable<void>> troubles_of(World& world,
                                                                    std::size_t device,
                                                                    std::uint64_t seed);
/// Somebody who switches the device on again; also when the world heals.
[[nodiscard]] boost::asio::awaitable<void> keep_running(World& world, std::size_t device,
                                                        std::uint64_t seed);
/// A backup of the back-ends is put back now and then.
[[nodiscard]] boost::asio::awaitable<void> restore_now_and_then(World& world, std::uint64_t seed);

}  // namespace handover::sim
