// What the demo's people type, as the local API takes it.
#pragma once

#include "agent/domain/json.hpp"

namespace handover::sim {

/// A line of a transfer. `serial`: empty for parts without one.
[[nodiscard]] Json item(const char* product, const char* quantity, const char* serial);
/// A line of a usage; `field` is InQty or OutQty.
[[nodiscard]] Json moved(const char* product, const char* field, const char* quantity,
                         const char* serial);

/// One half of a transfer from VAN-17 to VAN-22.
[[nodiscard]] Json transfer_body(const char* direction, const char* other_user, Json items);
[[nodiscard]] Json usage_body(const char* module, const char* reference, const char* location,
                              Json items);

}  // namespace handover::sim
