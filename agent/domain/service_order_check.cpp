// The rules about values: C10 to C12, C15 to C21, C23.
#include "agent/domain/service_order_check.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>

#include "agent/domain/text.hpp"
#include "crypto/identifier.hpp"
#include "platform/assert.hpp"

namespace handover {
namespace {

constexpr std::size_t kDunsDigits = 9;
constexpr std::size_t kLineNumberMax = 6;
constexpr std::size_t kCommentsMax = 2000;
constexpr std::size_t kTextMax = 200;
constexpr std::size_t kValueMax = 2000;
// Cisco's guide, name/value pairs: those that have a length of their own.
const std::map<std::string, std::size_t> kLongest = {
    {"PurchaseOrder.ContactInformation.contactName", 50},
    {"PurchaseOrder.ContactInformation.telephoneNumber", 30},
    {"PurchaseOrder.ContactInformation.facsimileNumber", 30},
    {"PurchaseOrder.ContactInformation.EmailAddress", 240}};
constexpr std::string_view kOrderNotes = "OrderNotes=";

/// XML 1.0 characters in UTF-8, on one line.
bool is_xml_text(std::string_view text) {
  if (text.empty()) return true;
  if (text.find("\xEF\xBF\xBE") != text.npos || text.find("\xEF\xBF\xBF") != text.npos)
    return false;
  constexpr std::size_t kPiece = 512;  // trim_identifier() takes no more than 1024 bytes.
  while (!text.empty()) {
    std::size_t size = std::min(kPiece, text.size());
    while (size < text.size() && size > kPiece - 4 &&
           (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U)
      --size;
    if (!crypto::trim_identifier(text.substr(0, size))) return false;
    text.remove_prefix(size);
  }
  return true;
}

/// A price: digits, at most 12 of them, and at most 4 decimals.
bool is_price(std::string_view text) {
  const auto point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  if (!is_digits(whole) || whole.size() > 12) return false;
  if (point == text.npos) return true;
  const std::string_view decimals = text.substr(point + 1);
  return is_digits(decimals) && decimals.size() <= 4;
}

bool is_currency(std::string_view text) {
  return text.size() == 3 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool is_whole(const crypto::Quantity& quantity) {
  return !quantity.is_zero() && quantity.millionths() % crypto::Quantity::one().millionths() == 0;
}

class Values {
 public:
  Values(const ServiceOrder& order, const OrderRules& rules, const OrderFacts& facts,
         OrderFindings& findings)
      : order_(order), rules_(rules), facts_(facts), findings_(findings) {}

  void check() {
    check_parties();
    check_purchase_order();
    check_comments();
    check_partial();
    check_properties(order_.properties, "/order", known_order_names());
    check_order_texts();
    for (std::size_t i = 0; i < order_.lines.size(); ++i) check_line(i);
  }

 private:
  void check_parties() {
    const std::string& bill_to = order_.bill_to.empty() ? rules_.bill_to : order_.bill_to;
    if (!is_digits(bill_to)) {
      findings_.refuse("/order/bill_to", "C15 (L27)",
                       bill_to.empty() ? "missing; Cisco needs the number of the bill-to"
                                       : "expected digits only");
    }
    if (rules_.buyer_duns.size() != kDunsDigits || !is_digits(rules_.buyer_duns)) {
      findings_.refuse("", "C20",
                       "the buyer's DUNS is not nine digits; set `buyer_duns` of the Cisco lane");
    }
    constexpr std::array<std::string_view, 6> kTypes = {"Standard",      "Site",       "Service",
                                                        "Replenishment", "Evaluation", "Sample"};
    if (!order_.order_type.empty() &&
        std::find(kTypes.begin(), kTypes.end(), order_.order_type) == kTypes.end()) {
      findings_.refuse(
          "/order/order_type", "C20",
          "expected one of: Standard, Site, Service, Replenishment, Evaluation, Sample");
    }
  }

  void check_purchase_order() {
    if (order_.purchase_order.empty()) {
      findings_.refuse("/order/purchase_order", "C16 (L28)",
                       "missing; expected a purchase order number that was never used before");
    } else if (facts_.purchase_order_used) {
      findings_.refuse("/order/purchase_order", "C16 (L28)",
                       "another order of this device has this number for the same bill-to; a "
                       "repeated number could buy twice, so use a new one");
    }
    if (count_characters(order_.purchase_order) > 50) {
      findings_.refuse("/order/purchase_order", "C16 (L28)", "expected at most 50 characters");
    }
  }

  void check_comments() {
    if (order_.comments.empty()) return;
    if (!order_.comments.starts_with(kOrderNotes)) {
      findings_.refuse("/order/comments", "C18 (L29)",
                       "a comment puts the order on hold; leave it out, or start it with "
                       "OrderNotes=");
    }
    if (count_characters(order_.comments) > kCommentsMax) {
      findings_.refuse("/order/comments", "C18 (L29)", "expected at most 2000 characters");
    }
  }

  void check_partial() {
    if (order_.service_order_type.empty()) return;
    if (order_.service_order_type != "PARTIAL") {
      findings_.refuse("/order/service_order_type", "C11 (L18)",
                       "expected PARTIAL or nothing; Cisco ignores every other value");
    } else if (!rules_.partial_enabled) {
      findings_.refuse("/order/service_order_type", "C11 (L17)",
                       "only distributors that Cisco has enabled may send PARTIAL; set `partial` "
                       "of the Cisco lane if you are one");
    }
  }

  void check_properties(const std::vector<NameValue>& properties, const std::string& pointer,
                        const std::set<std::string>& known) {
    std::set<std::string> seen;
    for (const auto& [name, value] : properties) {
      const std::string at = pointer + "/properties/" + escape_pointer(name);
      if (!is_pair_name(name)) {
        findings_.refuse(at, "C12", "expected a name of letters, digits, . and _, with no blanks");
        continue;
      }
      if (!known.contains(name) && !rules_.extra_names.contains(name)) {
        findings_.refuse(
            at, "C12", "unknown name; add it to `extra_names` of the Cisco lane if Cisco knows it");
      }
      if (!seen.insert(name).second) findings_.refuse(at, "C12", "stands here twice");
      if (name == "OrderPlatform" && value != "CCW")
        findings_.refuse(at, "C17 (L26)",
                         "expected CCW; without it the order goes to the old system");
      if (name == "CiscoProgram" && value.find("Sample") != std::string::npos)
        findings_.refuse(at, "C12 (L31)", "Sample is not taken on this platform any more");
      const auto longest = kLongest.find(name);
      check_value(value, at, longest == kLongest.end() ? kValueMax : longest->second);
    }
  }

  void check_value(const std::string& value, const std::string& at, std::size_t most = kValueMax) {
    if (!is_pair_value(value)) {
      findings_.refuse(
          at, "C12",
          "expected text without |, line breaks and blanks at its ends; there is no way "
          "to write a |");
    }
    check_text(value, at, most);
  }

  void check_text(const std::string& text, const std::string& at, std::size_t most = kTextMax) {
    if (!is_xml_text(text))
      findings_.refuse(at, "C23", "expected printable UTF-8 that XML can carry");
    if (count_characters(text) > most)
      findings_.refuse(at, "C22", "expected at most " + std::to_string(most) + " characters");
  }

  void check_order_texts() {
    check_text(order_.purchase_order, "/order/purchase_order");
    check_text(order_.comments, "/order/comments", kCommentsMax);
    check_text(order_.deal_id, "/order/deal_id");
    check_date(order_.requested_date, "/order/requested_date", "C21");
  }

  void check_date(const std::string& date, const std::string& at, const char* rule) {
    if (!date.empty() && date_stamp(date).empty())
      findings_.refuse(at, rule, "expected a date such as 2026-12-01");
  }

  void check_line(std::size_t place) {
    const OrderLine& line = order_.lines[place];
    const std::string at = order_line_pointer(place);
    check_line_number(place, at);
    if (!line.quantity || !is_whole(*line.quantity))
      findings_.refuse(at + "/quantity", "C21", "expected a whole number above 0");
    check_price(line, at);
    check_text(line.product, at + "/product");
    check_date(line.requested_date, at + "/requested_date", "C21");
    check_serials(place, at);
    check_paks(line, at);
    check_covered_product(line, at);
    check_contract(line, at);
    if (!line.reference.empty()) check_value(line.reference, at + "/reference");
    check_properties(line.properties, at, known_line_names());
  }

  void check_line_number(std::size_t place, const std::string& at) {
    const std::string& number = order_.lines[place].line_number;
    check_text(number, at + "/line_number");
    if (number.empty() || count_characters(number) > kLineNumberMax)
      findings_.refuse(at + "/line_number", "C21", "expected 1 to 6 characters");
    for (std::size_t i = 0; i < place; ++i) {
      if (order_.lines[i].line_number != number) continue;
      findings_.refuse(at + "/line_number", "C21", "line " + std::to_string(i + 1) + " has it too");
      return;
    }
  }

  void check_price(const OrderLine& line, const std::string& at) {
    if (line.unit_price.empty() && line.currency.empty()) return;
    if (!is_price(line.unit_price)) {
      findings_.refuse(at + "/unit_price", "C21",
                       "expected an amount of 0 or more, such as 120.50, with at most 4 decimals");
    }
    if (!is_currency(line.currency))
      findings_.refuse(at + "/currency", "C21", "expected three capital letters such as USD");
  }

  void check_serials(std::size_t place, const std::string& at) {
    const OrderLine& line = order_.lines[place];
    if (!line.serial_numbers.empty() && line.kind != OrderLineKind::kService) {
      findings_.refuse(at + "/serial_numbers", "C10 (L13)",
                       "only a service line has serial numbers: those of the equipment it covers");
    }
    for (std::size_t i = 0; i < line.serial_numbers.size(); ++i) {
      const std::string pointer = at + "/serial_numbers/" + std::to_string(i);
      check_serial(line.serial_numbers[i], pointer);
      const auto canonical = crypto::canonical_identifier(line.serial_numbers[i], 1024);
      if (canonical && !serials_.insert(*canonical).second)
        findings_.refuse(pointer, "C10", "this order covers the same unit twice");
    }
  }

  void check_serial(const std::string& serial, const std::string& pointer) {
    const bool printable = std::all_of(serial.begin(), serial.end(),
                                       [](char c) { return c >= ' ' && c <= '~' && c != '|'; });
    const bool trimmed = !serial.empty() && serial.front() != ' ' && serial.back() != ' ';
    if (serial.empty() || serial.size() > crypto::kSerialCharactersMax) {
      findings_.refuse(pointer, "C10 (L16)", "expected 1 to 60 characters");
    } else if (!printable || !trimmed) {
      findings_.refuse(pointer, "C10",
                       "expected printable ASCII without |, and no blanks at its ends");
    }
  }

  void check_paks(const OrderLine& line, const std::string& at) {
    if (!line.pak_numbers.empty() && line.kind != OrderLineKind::kService)
      findings_.refuse(at + "/pak_numbers", "C10 (L13)", "only a service line has PAK numbers");
    for (std::size_t i = 0; i < line.pak_numbers.size(); ++i)
      check_value(line.pak_numbers[i], at + "/pak_numbers/" + std::to_string(i));
  }

  void check_covered_product(const OrderLine& line, const std::string& at) {
    if (line.covered_product.empty()) return;
    check_value(line.covered_product, at + "/covered_product");
    if (order_.service_order_type != "PARTIAL") {
      findings_.refuse(at + "/covered_product", "C11 (L17)",
                       "goes only with `service_order_type` PARTIAL");
    }
    if (line.kind != OrderLineKind::kService)
      findings_.refuse(at + "/covered_product", "C11 (L17)", "only a service line has one");
  }

  void check_contract(const OrderLine& line, const std::string& at) {
    const std::string& number = line.contract_number;
    const bool service = line.kind == OrderLineKind::kService;
    if (!number.empty() &&
        (!service || (!is_digits(number) && number != "USE_EXISTING" && number != "NEW"))) {
      findings_.refuse(at + "/contract_number", "C19 (L24)",
                       service ? "expected digits, USE_EXISTING or NEW" : "only a service has one");
    }
    if (line.contract_start_date.empty()) return;
    check_date(line.contract_start_date, at + "/contract_start_date", "C19 (L25)");
    const bool linked = line.parent_line_id != "0";
    if (!service || !line.renewal || linked) {
      findings_.refuse(at + "/contract_start_date", "C19 (L25)",
                       "a first purchase has none, it follows from the ship date; say `renewal` "
                       "if the service was bought before for this equipment");
    }
  }

  const ServiceOrder& order_;
  const OrderRules& rules_;
  const OrderFacts& facts_;
  OrderFindings& findings_;
  std::set<std::string> serials_;
};

}  // namespace

const std::set<std::string>& known_line_names() {
  static const std::set<std::string> kNames = {"VerticalMarket", "CiscoProgram"};
  return kNames;
}

const std::set<std::string>& known_order_names() {
  static const std::set<std::string> kNames = {"OrderPlatform",
                                               "OrderAckEmail",
                                               "CiscoProgram",
                                               "PurchaseOrder.ContactInformation.contactName",
                                               "PurchaseOrder.ContactInformation.telephoneNumber",
                                               "PurchaseOrder.ContactInformation.facsimileNumber",
                                               "PurchaseOrder.ContactInformation.EmailAddress"};
  return kNames;
}

std::string date_stamp(const std::string& date) {
  if (date.size() != 10 || date[4] != '-' || date[7] != '-') return {};
  const std::string digits = date.substr(0, 4) + date.substr(5, 2) + date.substr(8, 2);
  if (!is_digits(digits)) return {};
  const std::chrono::year_month_day day(
      std::chrono::year(std::stoi(digits.substr(0, 4))),
      std::chrono::month(static_cast<unsigned>(std::stoi(digits.substr(4, 2)))),
      std::chrono::day(static_cast<unsigned>(std::stoi(digits.substr(6, 2)))));
  return day.ok() ? digits + "Z" : std::string();
}

std::vector<OrderFinding> check_service_order(const ServiceOrder& order, const OrderRules& rules,
                                              const OrderFacts& facts) {
  OrderFindings findings;
  Values(order, rules, facts, findings).check();
  check_order_links(order, rules, facts, findings);
  return std::move(findings).take();
}

bool may_be_sent(const std::vector<OrderFinding>& findings) {
  return std::none_of(findings.begin(), findings.end(),
                      [](const OrderFinding& finding) { return finding.refuses; });
}

Error order_error(const std::vector<OrderFinding>& findings) {
  INVARIANT(!may_be_sent(findings));
  Error error(Errc::kInvalid, {});
  for (const OrderFinding& finding : findings) {
    if (finding.refuses)
      error.fields.push_back({finding.pointer, finding.rule + ": " + finding.detail});
  }
  const FieldError& first = error.fields.front();
  error.detail =
      (first.pointer.empty() ? std::string("the order") : first.pointer) + ": " + first.detail;
  if (error.fields.size() > 1)
    error.detail += " (and " + std::to_string(error.fields.size() - 1) + " more)";
  return error;
}

}  // namespace handover
