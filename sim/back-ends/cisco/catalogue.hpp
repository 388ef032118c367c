// What the simulated Cisco sells: products, what they include by themselves, and which services can
// cover them.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/domain/json.hpp"
#include "platform/result.hpp"

namespace handover::sim {

enum class CatalogueKind { kMajor, kMinor, kIncluded, kService };

struct CatalogueItem {
  CatalogueKind kind = CatalogueKind::kMajor;
  bool serialized = true;
  std::set<std::string> services;     ///< SKUs that can cover it; none: it can have no service.
  std::vector<std::string> includes;  ///< Items that Cisco adds by itself.
  std::set<std::string> options;      ///< Minor products that it can be configured with.
};

using Catalogue = std::map<std::string, CatalogueItem, std::less<>>;

/// A few controllers, switches and services, enough for every rule.
[[nodiscard]] Catalogue demo_catalogue();

/// {"C9800-40-K9": {"kind": "major" | "minor" | "included" | "service", "serialized": true,
///   "services": […], "includes": […], "options": […]}}. Errors: kInvalid.
[[nodiscard]] Result<Catalogue> parse_catalogue(const Json& json);

/// "SNT" of CON-SNT-C98004K9; empty if it is no such SKU.
[[nodiscard]] std::string service_level(std::string_view sku);

}  // namespace handover::sim
