// What the simulated ServiceMobility accepts as an Inventory Transfer or Inventory Usage: strict
// about documented members (type, presence, form), indifferent to members it does not know.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "agent/domain/json.hpp"
#include "sim/back-ends/servicemobility/quantity.hpp"

namespace handover::sim {

/// What the catalogue says of a product (names as ServiceMobility's Product object has them).
struct ProductRule {
  bool is_serialized = false;
  bool is_batch = false;
};

struct UploadRules {
  std::string outbound_type = "1001";
  std::string inbound_type = "1002";
  std::optional<std::map<std::string, ProductRule>> products;  ///< Set: all others are unknown.
  std::optional<std::set<std::string>> locations;              ///< Set: all others are unknown.
};

/// The first rule that an upload breaks.
struct Violation {
  int status = 400;     ///< 400, or 410 for a product or location that does not exist.
  std::string pointer;  ///< Into the body.
  std::string reason;
  std::string value;  ///< What stood there. It goes into the error body, as the real server has it.
};

/// One line of what moved, in a form that is equal for the same thing typed differently: folded as
/// Unicode's NFKC_Casefold has it, white space at the ends dropped and inner runs made one blank.
struct ItemKey {
  std::string product, serial, batch;
  auto operator<=>(const ItemKey&) const = default;
};

/// What the server understands of a half. Names and places are folded like items.
struct ParsedTransfer {
  bool outbound = false;
  std::string user, partner, from, to;
  std::string public_code, private_code;
  std::map<ItemKey, Micros> items;  ///< Lines of the same thing are added up.
};

struct StockMovement {
  std::string location, product;
  Micros change = 0;
};
struct ParsedUsage {
  std::string user, module, object;
  std::vector<StockMovement> movements;
};

/// Reads `body` into `transfer`, or says what is wrong with it.
[[nodiscard]] std::optional<Violation> check_transfer(const Json& body, const UploadRules& rules,
                                                      ParsedTransfer& transfer);
[[nodiscard]] std::optional<Violation> check_usage(const Json& body, const UploadRules& rules,
                                                   ParsedUsage& usage);

}  // namespace handover::sim
