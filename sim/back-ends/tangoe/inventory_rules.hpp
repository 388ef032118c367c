// The rules about the fields of an item, each on its own (V6 to V16 of docs/back-ends/tangoe.md). A
// rule answers with the reason why it is broken, or with nothing.
#pragma once

#include <string>

#include "sim/back-ends/tangoe/inventory.hpp"

namespace handover::sim::tangoe {

/// V11: what must exist does. `stored` has the parents that an edit does not repeat.
[[nodiscard]] std::string broken_master_data(const MasterData& data, const ItemFields& fields,
                                             const ItemFields& stored);
/// V12: each field belongs to the service type.
[[nodiscard]] std::string foreign_field(const MasterData& data, const ServiceTypeRow& type,
                                        const ItemFields& fields);
/// The same for a find, which ignores what does not belong to its service type.
[[nodiscard]] ItemFields without_foreign(const MasterData& data, const ServiceTypeRow& type,
                                         const ItemFields& filter);
/// V13.
[[nodiscard]] std::string broken_date(const ItemFields& fields);
/// V7 and V8.
[[nodiscard]] std::string broken_custom(const ServiceTypeRow& type, const ItemFields& fields);
/// V9.
[[nodiscard]] std::string missing_custom(const ServiceTypeRow& type, const ItemFields& fields);
/// V14.
[[nodiscard]] std::string broken_mapping(const ItemFields& fields);
/// V16.
[[nodiscard]] std::string missing_parent(const ItemFields& filter);
/// No length is documented; see docs/back-ends/tangoe.md.
[[nodiscard]] std::string too_long(const ItemFields& fields);

}  // namespace handover::sim::tangoe
