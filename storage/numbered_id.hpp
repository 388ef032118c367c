// Ids that carry the row's number, so that looking one up needs no index: a UUID of version 8 (RFC
// 9562) whose first 48 bits are the number, and whose other 74 bits are random, so that ids of
// different devices, or of a store put back from a backup, never meet.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "platform/entropy.hpp"

namespace handover::storage {

/// Requires: 0 < number < 2^48.
[[nodiscard]] std::string make_numbered_id(std::int64_t number, Entropy& entropy);

/// The number inside, or nothing if `id` is no such id. The row itself must be compared with the
/// whole id.
[[nodiscard]] std::optional<std::int64_t> number_of(std::string_view id);

}  // namespace handover::storage
