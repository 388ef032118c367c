#include "sim/back-ends/cisco/order_check.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <list>
#include <optional>

#include "agent/domain/name_value_text.hpp"
#include "agent/domain/text.hpp"
#include "sim/back-ends/cisco/best_guess.hpp"

namespace handover::sim {
namespace {

using backends::XmlElement;

// The phrases of the code list; what is meant is explained beside them, in the words.
constexpr const char* kSerial = "Invalid or missing serial number";
constexpr const char* kDuplicateSerial = "Duplicate serial number";
constexpr const char* kContract = "Contract number";
constexpr const char* kPurchaseOrder = "PO number";
constexpr const char* kConfiguration = "Invalid configuration";
constexpr const char* kProduct = "Invalid product";
constexpr const char* kBillTo = "Invalid bill-to";
constexpr const char* kQuantity = "Quantity";
constexpr std::size_t kSerialMax = 60;

std::int64_t number_of(const std::string& text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// K17: serial numbers are compared in upper case, without outer blanks.
std::string folded_serial(std::string_view text) {
  std::string folded;
  for (const char c : text) {
    if (c != ' ') folded += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return folded;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const auto& text : texts) all += (all.empty() ? "" : ",") + text;
  return all;
}

const std::set<std::string>& known_names() {
  static const std::set<std::string> kNames = {"ConfigurationInformation",
                                               "SerialNumber",
                                               "coveredProductNumber",
                                               "serviceOrderType",
                                               "OrderPlatform",
                                               "OrderAckEmail",
                                               "VerticalMarket",
                                               "CiscoProgram",
                                               "ContractStartDate",
                                               "PurchaseOrder.ContactInformation.contactName",
                                               "PurchaseOrder.ContactInformation.telephoneNumber",
                                               "PurchaseOrder.ContactInformation.facsimileNumber",
                                               "PurchaseOrder.ContactInformation.EmailAddress"};
  return kNames;
}

class Check {
 public:
  Check(const XmlElement& request, bool repeated, const OrderCheckOptions& options)
      : request_(request),
        purchase_order_(*request.find("PurchaseOrder")),
        repeated_(repeated),
        options_(options) {}

  CheckedOrder run() {
    // A bill-to that is no number is refused before anything else is looked at: L27.
    if (!check_bill_to()) return finish();
    check_repeated();
    read_order_pairs();
    read_lines();
    build_tree();
    check_configuration();
    link_services();
    check_all_or_nothing();
    return finish();
  }

 private:
  CheckedLine& checked(const OrderNode& node) { return order_.lines[node.place]; }

  void refuse(const OrderNode& node, const char* reason, std::string words) {
    CheckedLine& line = checked(node);
    line.accepted = false;
    if (std::find(line.reasons.begin(), line.reasons.end(), reason) == line.reasons.end())
      line.reasons.emplace_back(reason);
    line.words.push_back(std::move(words));
  }
  void refuse_order(const char* reason, std::string words) {
    order_.accepted = false;
    order_.reasons.emplace_back(reason);
    order_.warnings.push_back(std::move(words));
  }
  void warn(std::string words) { order_.warnings.push_back(std::move(words)); }

  bool check_bill_to() {
    const std::string id = purchase_order_.text_at(
        "AccountDescription/billTo/PartnerRoleDescription/ContactInformation/PhysicalAddress/"
        "GlobalLocationIdentifier");
    order_.type = purchase_order_.text_at("GlobalPurchaseOrderTypeCode");
    for (const XmlElement& child : purchase_order_.children) {
      if (child.name == "ProductLineItem") add_line(child);
    }
    if (!is_digits(id)) {
      refuse_order(kBillTo, id.empty() ? "The bill-to is missing" : "The bill-to is not numeric");
      return false;
    }
    if (!options_.bill_tos.empty() && !options_.bill_tos.contains(id))
      refuse_order(kBillTo, "The bill-to is unknown or not entitled");
    return true;
  }

  void add_line(const XmlElement& item) {
    CheckedLine line;
    line.line_number = item.text_at("LineNumber");
    line.product = item.text_at(
        "ProductIdentification/PartnerProductIdentification/ProprietaryProductIdentifier");
    line.quantity = item.text_at("OrderQuantity/requestedQuantity/ProductQuantity");
    order_.lines.push_back(std::move(line));
    items_.push_back(&item);
  }

  void check_repeated() {
    if (!repeated_) return;
    if (options_.reject_repeated_order) {
      refuse_order(kPurchaseOrder, "The PO number was used before");
    } else {
      warn("The PO number was used before");
    }
  }

  std::vector<NameValue> pairs_of(const XmlElement& element, const std::string& where) {
    ReadPairs read =
        read_pairs(element.text_at("proprietaryInformation/FreeFormText"), options_.lenient_pairs);
    for (const auto& text : read.unreadable) warn(where + ": unreadable pair: " + text);
    std::set<std::string> seen;
    for (const auto& [name, value] : read.pairs) {
      const bool known = known_names().contains(name) || name == options_.pak_name ||
                         name == options_.contract_number_name;
      if (!known) warn(where + ": unknown name: " + name);
      const bool may_repeat = name == "SerialNumber" || name == options_.pak_name;
      if (!seen.insert(name).second && !may_repeat) duplicates_.insert(where);
    }
    return std::move(read.pairs);
  }

  void read_order_pairs() {
    bool platform = false;
    for (const auto& [name, value] : pairs_of(purchase_order_, "header")) {
      if (name == "serviceOrderType" && value == "PARTIAL")
        partial_ = true;  // L18: others ignored.
      if (name == "OrderPlatform" && value == "CCW") platform = true;
      if (name == "CiscoProgram" && value.find("Sample") != std::string::npos)
        refuse_order(kConfiguration, "CiscoProgram Sample is not taken on this platform");
    }
    if (!platform) warn("OrderPlatform=CCW is missing; taken by the old system");
    const std::string comments = purchase_order_.text_at("comments/FreeFormText");
    if (!comments.empty() && !comments.starts_with("OrderNotes="))
      warn("Order processing note: the order is on hold");
    const std::string duns = request_.text_at(
        "fromRole/PartnerRoleDescription/PartnerDescription/BusinessDescription/"
        "GlobalBusinessIdentifier");
    if (partial_ && !options_.partial_duns.contains(duns)) {
      partial_ = false;
      warn("This partner is not enabled for PARTIAL");
    }
  }

  void read_lines() {
    std::set<std::string> numbers;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      OrderNode& node = nodes_.emplace_back();
      node.place = i;
      node.line_number = order_.lines[i].line_number;
      node.product = order_.lines[i].product;
      node.quantity = number_of(order_.lines[i].quantity);
      read_pairs_of_line(node);
      const auto known = options_.catalogue.find(node.product);
      node.known = known != options_.catalogue.end();
      if (node.known) node.kind = known->second.kind;
      if (!node.known) refuse(node, kProduct, "The product is unknown");
      if (!numbers.insert(node.line_number).second)
        refuse(node, kConfiguration, "The line number stands there twice");
    }
  }

  void read_pairs_of_line(OrderNode& node) {
    const std::string where = "line " + node.line_number;
    for (const auto& [name, value] : pairs_of(*items_[node.place], where)) {
      if (name == "ConfigurationInformation") {
        const Configuration read = read_configuration(value);
        node.line_id = read.line_id;
        node.parent_id = read.parent_line_id;
      } else if (name == "SerialNumber") {
        node.serials.push_back(folded_serial(value));
      } else if (name == options_.pak_name) {
        node.paks.push_back(value);
      } else if (name == "coveredProductNumber") {
        node.covered_product = value;
      } else if (name == options_.contract_number_name) {
        // L24: a number that fails is dropped, and the rest of the order goes on.
        if (!is_digits(value) && value != "USE_EXISTING" && value != "NEW")
          refuse(node, kContract, "The contract number is none");
      }
    }
    if (duplicates_.contains(where)) refuse(node, kConfiguration, "A name stands there twice");
  }

  void build_tree() {
    std::map<std::string, OrderNode*> by_id;
    for (OrderNode& node : nodes_) {
      if (node.line_id.empty()) {
        // L7: a line without both ids is a major line. A parent alone means nothing: K10.
        if (!node.parent_id.empty())
          refuse(node, kConfiguration, "A Parent Line ID without a Line ID");
        continue;
      }
      if (!is_digits(node.line_id) || number_of(node.line_id) == 0)
        refuse(node, kConfiguration, "The Line ID is no number");
      if (!by_id.emplace(node.line_id, &node).second)
        refuse(node, kConfiguration, "The Line ID stands there twice");
    }
    for (OrderNode& node : nodes_) {
      if (node.line_id.empty() || node.parent_id.empty() || node.parent_id == "0") continue;
      const auto found = by_id.find(node.parent_id);
      if (found == by_id.end()) {
        refuse(node, kConfiguration, "The Parent Line ID is no line of this order");
      } else if (found->second->is_service()) {
        refuse(node, kConfiguration, "The Parent Line ID is that of a service");
      } else {
        node.parent = found->second;
      }
    }
    for (OrderNode& node : nodes_) check_depth(node);
  }

  void check_depth(OrderNode& node) {
    const OrderNode* above = node.parent;
    for (std::size_t steps = 0; above != nullptr; ++steps) {
      if (above == &node || steps > nodes_.size()) {
        refuse(node, kConfiguration, "The lines lead back to themselves");
        node.parent = nullptr;
        return;
      }
      above = above->parent;
    }
  }

  /// L21 and L10: options fit their product, and what Cisco includes by itself is added.
  void check_configuration() {
    std::vector<OrderNode*> majors;
    for (OrderNode& node : nodes_) {
      if (!node.known || node.is_service()) continue;
      if (node.kind == CatalogueKind::kMajor) {
        if (node.parent != nullptr)
          refuse(node, kConfiguration, "A major product belongs to no other");
        majors.push_back(&node);
      } else if (node.parent == nullptr || node.parent->kind != CatalogueKind::kMajor) {
        refuse(node, kConfiguration, "An option needs its major product");
      } else if (!fits(*node.parent, node)) {
        refuse(node, kConfiguration, "The option does not fit " + node.parent->product);
      }
    }
    for (OrderNode* major : majors) add_included(*major);
  }

  [[nodiscard]] bool fits(const OrderNode& major, const OrderNode& option) const {
    const auto found = options_.catalogue.find(major.product);
    if (found == options_.catalogue.end()) return true;
    const auto& item = found->second;
    return item.options.contains(option.product) ||
           std::find(item.includes.begin(), item.includes.end(), option.product) !=
               item.includes.end();
  }

  void add_included(const OrderNode& major) {
    const auto found = options_.catalogue.find(major.product);
    if (found == options_.catalogue.end()) return;
    for (const std::string& product : found->second.includes) {
      const bool sent = std::any_of(nodes_.begin(), nodes_.end(), [&](const OrderNode& node) {
        return node.parent == &major && node.product == product;
      });
      if (sent) continue;
      OrderNode& node = nodes_.emplace_back();
      node.place = order_.lines.size();
      node.line_number = major.line_number;
      node.product = product;
      node.quantity = major.quantity;
      node.kind = CatalogueKind::kIncluded;
      node.included = true;
      node.parent = &major;
      CheckedLine line;
      // The expanded item repeats the line number of its major.
      line.line_number = major.line_number;
      line.product = product;
      line.quantity = std::to_string(major.quantity);
      order_.lines.push_back(std::move(line));
      warn("line " + major.line_number + ": " + product + " was added");
    }
  }

  void link_services() {
    for (OrderNode& node : nodes_) {
      if (node.is_service() && node.parent != nullptr) link(node, *node.parent);
    }
    std::vector<OrderNode*> unlinked;
    for (OrderNode& node : nodes_) {
      if (!node.is_service() || node.parent != nullptr) continue;
      if (!prove_by_equipment(node)) unlinked.push_back(&node);
    }
    std::stable_sort(unlinked.begin(), unlinked.end(), [](const auto* left, const auto* right) {
      return number_of(left->line_number) < number_of(right->line_number);
    });
    for (OrderNode* service : unlinked) guess(*service);
    const bool only = std::all_of(nodes_.begin(), nodes_.end(),
                                  [](const OrderNode& node) { return node.is_service(); });
    if (only) order_.type = "MAINT_ONLY";
  }

  void link(OrderNode& service, const OrderNode& product) {
    service.covers = &product;
    checked(service).covers = "line " + product.line_number;
    if (!service.serials.empty())
      warn("line " + service.line_number + ": its link counts, its serial numbers do not");
    if (product.quantity != service.quantity)
      refuse(service, kQuantity, "A service is for as many as its product");
    const auto found = options_.catalogue.find(product.product);
    if (product.known && found != options_.catalogue.end() &&
        !found->second.services.contains(service.product))
      refuse(service, kConfiguration, "This service is not for " + product.product);
  }

  /// Serial numbers, PAK numbers, or PARTIAL with a product. False if there is none of them.
  bool prove_by_equipment(OrderNode& node) {
    if (!node.serials.empty()) {
      check_serials(node);
      return true;
    }
    if (!node.paks.empty()) {
      checked(node).covers = "PAK " + joined(node.paks);
      for (const auto& pak : node.paks) {
        if (!options_.pak_numbers.empty() && !options_.pak_numbers.contains(pak))
          refuse(node, kSerial, "The PAK number is unknown");
      }
      return true;
    }
    if (node.covered_product.empty() || !partial_) return false;
    checked(node).covers = node.covered_product;
    if (!options_.catalogue.contains(node.covered_product))
      refuse(node, kProduct, "The covered product is unknown");
    return true;
  }

  void check_serials(OrderNode& node) {
    checked(node).covers = joined(node.serials);
    for (const auto& serial : node.serials) {
      if (serial.size() > kSerialMax) refuse(node, kSerial, "A serial number is too long");
      if (!serials_.insert(serial).second)
        refuse(node, kDuplicateSerial, "A serial number stands there twice");
      if (!options_.serial_numbers.empty() && !options_.serial_numbers.contains(serial))
        refuse(node, kSerial, "A serial number is unknown");
    }
    const auto count = static_cast<std::int64_t>(node.serials.size());
    if (count > node.quantity || (count < node.quantity && options_.fewer_serials_reject)) {
      refuse(node, kSerial, "Other serial numbers than the quantity");
    } else if (count < node.quantity) {
      warn("line " + node.line_number + ": fewer serial numbers than the quantity");
    }
  }

  void guess(OrderNode& service) {
    std::vector<const OrderNode*> products;
    std::vector<const OrderNode*> linked;
    for (const OrderNode& node : nodes_) {
      if (!node.is_service()) products.push_back(&node);
      if (node.is_service() && node.covers != nullptr) linked.push_back(&node);
    }
    const OrderNode* found = best_guess(service, products, linked, options_.catalogue);
    if (found == nullptr) {
      // L19: an order of services only says nothing else that could be looked at.
      refuse(service, products.empty() ? kSerial : kConfiguration, "No covered product was found");
      return;
    }
    service.covers = found;
    checked(service).covers = "line " + found->line_number;
    warn("line " + service.line_number + ": best guess: covers line " + found->line_number);
  }

  /// L22: if one product of a configuration gets service, all that can have it must get it.
  void check_all_or_nothing() {
    for (const OrderNode& major : nodes_) {
      if (major.is_service() || major.parent != nullptr) continue;
      std::vector<const OrderNode*> without;
      bool any = false;
      for (const OrderNode& node : nodes_) {
        if (node.is_service() || (&node != &major && node.parent != &major)) continue;
        const bool covered = std::any_of(nodes_.begin(), nodes_.end(), [&](const OrderNode& other) {
          return other.covers == &node;
        });
        any = any || covered;
        const auto item = options_.catalogue.find(node.product);
        const bool can = item != options_.catalogue.end() && !item->second.services.empty();
        if (!covered && can) without.push_back(&node);
      }
      if (!any) continue;
      for (const OrderNode* node : without)
        refuse(*node, kConfiguration, "All of a configuration gets service, or none");
    }
  }

  CheckedOrder finish() {
    const bool all_lines = std::all_of(order_.lines.begin(), order_.lines.end(),
                                       [](const CheckedLine& line) { return line.accepted; });
    const bool some_line = std::any_of(order_.lines.begin(), order_.lines.end(),
                                       [](const CheckedLine& line) { return line.accepted; });
    const bool lines_let_it_pass = all_lines || (options_.mixed_results && some_line);
    if (!lines_let_it_pass) order_.accepted = false;
    return std::move(order_);
  }

  const XmlElement& request_;
  const XmlElement& purchase_order_;
  bool repeated_;
  const OrderCheckOptions& options_;
  CheckedOrder order_;
  std::vector<const XmlElement*> items_;
  std::list<OrderNode> nodes_;  // Nodes point to each other.
  std::set<std::string> serials_;
  std::set<std::string> duplicates_;
  bool partial_ = false;
};

}  // namespace

CheckedOrder check_order(const XmlElement& request, bool repeated,
                         const OrderCheckOptions& options) {
  return Check(request, repeated, options).run();
}

}  // namespace handover::sim
