// How the simulated Cisco judges an order that it could read: participants, number, name/value
// texts, the tree of lines, configuration, linkage, all or nothing. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "agent/backends/cisco/xml_document.hpp"
#include "sim/back-ends/cisco/catalogue.hpp"

namespace handover::sim {

struct OrderCheckOptions {
  Catalogue catalogue = demo_catalogue();
  std::set<std::string> bill_tos = {"1234567"};  ///< Known and entitled; empty: any digits.
  std::set<std::string> partial_duns;            ///< Distributors enabled for PARTIAL.
  bool lenient_pairs = false;                    ///< Overlook blanks beside "=".
  bool reject_repeated_order = false;    ///< A repeated PO number rejects instead of warning.
  bool fewer_serials_reject = true;      ///< Else a warning.
  bool mixed_results = false;            ///< Lines keep their own status; the header accepts.
  std::set<std::string> pak_numbers;     ///< Known ones; empty: any.
  std::set<std::string> serial_numbers;  ///< Known ones (upper case); empty: any.
  std::string pak_name = "PAKNumber";
  std::string contract_number_name = "ContractNumber";
};

struct CheckedLine {
  std::string line_number;
  std::string product;
  std::string quantity;
  bool accepted = true;
  std::vector<std::string> reasons;
  std::vector<std::string> words;
  std::string covers;  ///< Of a service: the line number or the serials, PAKs, product it is for.
};

struct CheckedOrder {
  bool accepted = true;
  std::vector<std::string> reasons;   ///< Of the header.
  std::vector<std::string> warnings;  ///< Of the header and of lines.
  std::string type;                   ///< GlobalPurchaseOrderTypeCode, or MAINT_ONLY.
  std::vector<CheckedLine> lines;     ///< In the order of the request; included items follow.
};

/// `repeated`: the bill-to has used this purchase order number before. Requires: the document keeps
/// its grammar.
[[nodiscard]] CheckedOrder check_order(const backends::XmlElement& request, bool repeated,
                                       const OrderCheckOptions& options);

/// A line of the order as the check sees it. For the parts of the check.
struct OrderNode {
  std::size_t place = 0;  ///< In CheckedOrder::lines.
  std::string line_number;
  std::string product;
  std::int64_t quantity = 0;
  std::string line_id;
  std::string parent_id;
  CatalogueKind kind = CatalogueKind::kMajor;
  bool known = true;
  bool included = false;  ///< Added by Cisco.
  std::vector<std::string> serials;
  std::vector<std::string> paks;
  std::string covered_product;
  const OrderNode* parent = nullptr;
  const OrderNode* covers = nullptr;
  [[nodiscard]] bool is_service() const { return kind == CatalogueKind::kService; }
};

}  // namespace handover::sim
