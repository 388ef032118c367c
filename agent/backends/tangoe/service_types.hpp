// What a login to Tangoe gives: the hash of the password, and the ids of the service types. Both
// stand in the lane's credential, so that a new login renews both.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/backends/tangoe/messages.hpp"
#include "platform/secret.hpp"

namespace handover::backends::tangoe {

/// `hash` may be empty, where security is off.
[[nodiscard]] Secret make_credential(const Secret& hash, const std::vector<ServiceType>& types);
[[nodiscard]] Secret hash_in(const Secret& credential);

/// The id of the service type of that name. Errors: kUnauthorized if there is no credential, or the
/// server had no such service type at the login; the names that it had are in the error.
[[nodiscard]] Result<std::string> service_type_id(const Secret* credential, std::string_view name);

}  // namespace handover::backends::tangoe
