// What the configuration must know of an address to listen at.
#pragma once

#include <string_view>

#include "platform/result.hpp"

namespace handover::net {

/// Whether only this machine reaches the address, an IP address and a port. Errors: kConfig if it
/// is none.
[[nodiscard]] Result<bool> is_loopback_address(std::string_view address);

}  // namespace handover::net
