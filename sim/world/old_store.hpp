// Stores of older programs, so that an update of the program can be tried on a device that has
// lived.
#pragma once

#include <string_view>

#include "platform/result.hpp"
#include "platform/secret.hpp"
#include "sim/disk/sim_disk.hpp"
#include "storage/schema.hpp"

namespace handover::sim {

/// Replaces the store by one of an older layout that holds the same, as far as that layout has a
/// place for it. All of it is durable. Requires: the store is closed; nothing goes wrong with the
/// disk.
[[nodiscard]] Result<void> put_store_back(SimDisk& disk, std::string_view file, const Secret& key,
                                          storage::SchemaVersion version);

}  // namespace handover::sim
