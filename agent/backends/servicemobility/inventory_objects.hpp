// Writes ServiceMobility's inventory objects from the bodies of records: the documented members, in
// the documented order, and no other. Source: ServiceMobility wiki, pages "Inventory Transfer
// Object", "Inventory Usage Object" and "Disposition Reason Object". Quantities keep their exact
// digits.
#pragma once

#include <string_view>

#include "agent/domain/json.hpp"
#include "platform/result.hpp"

namespace handover::backends {

/// The Inventory Transfer Object of a transfer record. All members are written (empty strings for a
/// name, batch or serial number that is not known) except FlexAttrs, which is written if the record
/// has it. Errors: kInvalid with a pointer into `body` if the record lacks a member that the object
/// must have.
[[nodiscard]] Result<Json> make_inventory_transfer(const Json& body,
                                                   std::string_view transfer_type);

/// The body with both signatures, if it has them, in the FlexAttrs of its transfer, which are the
/// documented place for what a tenant adds: form HANDOVER, attributes OFFER and RECEIPT.
[[nodiscard]] Json with_evidence(Json body);

/// The Inventory Usage Object of a usage record. InQty and OutQty are always written, 0 where
/// nothing moved that way; the other quantities and DispositionReasons if the record has them.
/// Errors: as above.
[[nodiscard]] Result<Json> make_inventory_usage(const Json& body);

}  // namespace handover::backends
