// Technicians: what they do with their devices and with one another, mistakes included.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <vector>

#include "sim/random.hpp"
#include "sim/world/world.hpp"

namespace handover::sim {

/// One technician with one device, for as long as the world works.
[[nodiscard]] boost::asio::awaitable<void> live(World& world, std::size_t device,
                                                std::uint64_t seed);

}  // namespace handover::sim
