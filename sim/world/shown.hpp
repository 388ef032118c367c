// Reading what devices and back-ends show, for those who compare it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "agent/domain/json.hpp"

namespace handover::sim {

/// null if there is none.
[[nodiscard]] const Json& member(const Json& object, std::string_view name);

/// Equal for what people type differently and mean the same. Our people vary case and blanks at
/// the ends only.
[[nodiscard]] std::string fold(std::string_view text);

/// A quantity in millionths of a unit; 0 if it is none.
[[nodiscard]] std::int64_t micros_of(const Json& item, std::string_view name);

/// The transfer or the usage that a record carries for ServiceMobility, or null.
[[nodiscard]] const Json* inventory_object_of(const Json& record);

/// What makes it one and the same on its device and at ServiceMobility.
[[nodiscard]] std::string identity_of(const Json& inventory_object);

/// Of a record of a service order; empty for others.
[[nodiscard]] std::string purchase_order_of(const Json& record);

}  // namespace handover::sim
