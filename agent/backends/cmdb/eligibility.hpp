// Which units of a record the CMDB gets: those that the customer's classification lets through.
#pragma once

#include <string>

#include "agent/backends/cmdb/asset_update.hpp"
#include "agent/backends/cmdb/cmdb_settings.hpp"

namespace handover::backends {

/// Why the filter leaves the unit out, as one sentence; empty if it lets it through. A unit of
/// which the record does not say what the filter asks for is left out.
[[nodiscard]] std::string reason_left_out(const AssetUpdate& update, const EventFilter& filter);

}  // namespace handover::backends
