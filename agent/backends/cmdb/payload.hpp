// The JSON object for one unit, to the byte.
#pragma once

#include "agent/backends/cmdb/asset_update.hpp"
#include "agent/backends/cmdb/cmdb_settings.hpp"
#include "agent/forwarding/backend.hpp"

namespace handover::backends {

/// The CMDB's label of a storage location; others as they are. Requires: the names of
/// `settings.locations` are folded.
[[nodiscard]] std::string label_of(const CmdbSettings& settings, const std::string& location);

/// The word that is sent as the unit's state; empty if it is not agreed with the customer.
[[nodiscard]] std::string state_of(const CmdbSettings& settings, const AssetUpdate& update);

/// Members in the order of the source document's samples, then the extra keys. What is not known is
/// left out, because an empty text would clear a field. The asset tag is the record's own, else the
/// one noted of the unit, else the sentence for untagged units.
[[nodiscard]] Json make_payload(const CmdbSettings& settings, const AssetUpdate& update,
                                const forwarding::DeliveryContext& context);

}  // namespace handover::backends
