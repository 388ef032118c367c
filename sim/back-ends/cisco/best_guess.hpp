// A stand-in for Cisco's Best Guess Logic, of which only the name and the purpose are published: it
// looks for the product that an unlinked service may be meant for. Deterministic.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/back-ends/cisco/order_check.hpp"

namespace handover::sim {

/// The product that `service` is for, or nullptr: none fits, or two fit equally well. `linked` are
/// the services that are linked already.
[[nodiscard]] const OrderNode* best_guess(const OrderNode& service,
                                          const std::vector<const OrderNode*>& products,
                                          const std::vector<const OrderNode*>& linked,
                                          const Catalogue& catalogue);

/// How many characters of the SKU's last part begin the product's name (letters and digits only);
/// 0 if that is no match by name.
[[nodiscard]] std::size_t name_match(std::string_view sku, std::string_view product);

}  // namespace handover::sim
