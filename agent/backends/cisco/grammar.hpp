// The grammar of a document as one table, which both writes and checks it: the order of children is
// the table's, how often each may come, and what its text may be. A correction of what we know of
// Cisco's documents is a change of a table.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/backends/cisco/xml_document.hpp"

namespace handover::backends {

/// One element. Its children are the rows below it that are one deeper.
struct GrammarRow {
  int depth = 0;
  std::string_view name;
  char times = '1';  ///< '1', '?', '+' or '*'
  /// Empty: it has children. "text:120": 1 to 120 characters; "text:0-30"; "=Yes|No": one of these
  /// words; "digits", "digits:9"; "number": whole, above 0; "amount"; "date": CCYYMMDDZ;
  /// "datetime": CCYYMMDDThhmmss.sssZ; "any": whatever stands there is not looked at.
  std::string_view text = {};
  int guide = -1;  ///< The number in Cisco's guide.
};

struct GrammarFault {
  std::string path;  ///< "PurchaseOrder/ProductLineItem[2]/LineNumber", below the root.
  std::string what;
};

class Grammar {
 public:
  /// Requires: the first row is the root, depth 0, and each row is at most one deeper than the one
  /// before it.
  Grammar(std::string system_id, std::string name_space, std::span<const GrammarRow> rows);

  [[nodiscard]] const std::string& root() const { return root_.name; }
  [[nodiscard]] const std::string& system_id() const { return system_id_; }

  /// An empty document of this kind.
  [[nodiscard]] XmlDocument document() const;
  /// Puts children into the table's order; those of one name keep theirs.
  void arrange(XmlElement& root) const;
  /// What is wrong with the document, at most 20 faults. A missing namespace or DOCTYPE is none.
  [[nodiscard]] std::vector<GrammarFault> check(const XmlDocument& document) const;

 private:
  struct Node {
    std::string name;
    char times = '1';
    std::string text;
    int guide = -1;
    std::vector<Node> children;
  };
  static Node build(std::span<const GrammarRow>& rows);
  static void arrange(const Node& node, XmlElement& element);
  static void check(const Node& node, const XmlElement& element, const std::string& path,
                    std::vector<GrammarFault>& faults);
  static void check_children(const Node& node, const XmlElement& element, const std::string& path,
                             std::vector<GrammarFault>& faults);

  std::string system_id_;
  std::string name_space_;
  Node root_;
};

/// The documents of PIP 3A4 V02.00 and RNIF 2.0.
[[nodiscard]] const Grammar& purchase_order_request();
[[nodiscard]] const Grammar& preamble();
[[nodiscard]] const Grammar& delivery_header();
[[nodiscard]] const Grammar& service_header();
[[nodiscard]] const Grammar& receipt_acknowledgment();
[[nodiscard]] const Grammar& exception_signal();

}  // namespace handover::backends
