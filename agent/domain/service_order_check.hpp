// The rules that a service order must keep before it is sent, because Cisco would reject it or the
// order would not be what was meant. Each finding names the line and the rule; the names are those
// of docs/back-ends/cisco.md (C1 to C23, after Cisco's own L1 to L31).
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "agent/domain/service_order.hpp"

namespace handover {

/// What the company has agreed with Cisco; from the lane's configuration.
struct OrderRules {
  std::string bill_to;  ///< For orders that name none.
  std::string buyer_duns;
  bool partial_enabled = false;                 ///< Cisco has enabled this distributor for PARTIAL.
  bool allow_best_guess = false;                ///< Send services that are linked to nothing.
  std::map<std::string, std::string> services;  ///< Product -> the service SKU for it.
  bool services_complete = false;               ///< What is not in `services` can have no service.
  std::set<std::string> extra_names;  ///< Allowed in name/value texts besides the known ones.
};

/// What the store knows.
struct OrderFacts {
  bool purchase_order_used = false;  ///< By another order for the same bill-to.
  /// Canonical serial number -> the products (canonical) it was seen with on this device.
  std::map<std::string, std::set<std::string>> products_of_serial;
};

struct OrderFinding {
  std::string pointer;
  std::string rule;  ///< "C10 (L16)"
  std::string detail;
  bool refuses = true;  ///< Else a warning.

  bool operator==(const OrderFinding&) const = default;
};

/// Every rule that the order breaks, in the order of its lines.
[[nodiscard]] std::vector<OrderFinding> check_service_order(const ServiceOrder& order,
                                                            const OrderRules& rules,
                                                            const OrderFacts& facts);

/// True if nothing among them refuses.
[[nodiscard]] bool may_be_sent(const std::vector<OrderFinding>& findings);
/// The kInvalid error with everything that refuses. Requires: !may_be_sent().
[[nodiscard]] Error order_error(const std::vector<OrderFinding>& findings);

/// The names that line and order texts may hold without being allowed in the configuration.
[[nodiscard]] const std::set<std::string>& known_line_names();
[[nodiscard]] const std::set<std::string>& known_order_names();

/// The DateStamp form of 2026-12-01: 20261201Z. Empty if it is no date.
[[nodiscard]] std::string date_stamp(const std::string& date);

/// A major product, its options, and the services of all of them.
struct OrderConfiguration {
  std::size_t major = 0;               ///< Places in ServiceOrder::lines.
  std::vector<std::size_t> products;   ///< The major and its options.
  std::set<std::size_t> with_service;  ///< Those of them that a service line covers.
};
/// Requires: the links keep the rules C1 to C5.
[[nodiscard]] std::vector<OrderConfiguration> configurations_of(const ServiceOrder& order);

/// Collects findings. For the parts of the check.
class OrderFindings {
 public:
  void refuse(std::string pointer, std::string rule, std::string detail) {
    found_.push_back({std::move(pointer), std::move(rule), std::move(detail), true});
  }
  void warn(std::string pointer, std::string rule, std::string detail) {
    found_.push_back({std::move(pointer), std::move(rule), std::move(detail), false});
  }
  [[nodiscard]] std::size_t size() const { return found_.size(); }
  [[nodiscard]] std::vector<OrderFinding> take() && { return std::move(found_); }

 private:
  std::vector<OrderFinding> found_;
};

/// C1 to C9, C13, C14: how lines hang together and what proves the coverage.
void check_order_links(const ServiceOrder& order, const OrderRules& rules, const OrderFacts& facts,
                       OrderFindings& findings);

}  // namespace handover
