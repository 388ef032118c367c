// Every rule of a service order, by its name.
#include <catch2/catch_test_macros.hpp>

#include <algorithm>

#include "agent/domain/service_order_check.hpp"

namespace handover {
namespace {

constexpr const char* kProductWithService = R"({
  "purchase_order": "PO-1", "bill_to": "1234567",
  "lines": [
    {"kind": "product", "product": "C9800-40-K9", "quantity": 1, "line_id": 10, "parent_line_id": 0},
    {"kind": "option", "product": "C9800-AC-750W", "quantity": 1, "line_id": 21, "parent_line_id": 10},
    {"kind": "service", "product": "CON-SNT-C98004K9", "quantity": 1, "line_id": 30, "parent_line_id": 10},
    {"kind": "service", "product": "CON-SNT-C9800AC7", "quantity": 1, "line_id": 31, "parent_line_id": 21}]})";
constexpr const char* kServiceOnly = R"({
  "purchase_order": "PO-1", "bill_to": "1234567",
  "lines": [
    {"kind": "service", "product": "CON-SNT-C98004K9", "quantity": 2,
     "serial_numbers": ["FOC1234A1B2", "FOC1234A1B3"]}]})";

OrderRules rules() {
  OrderRules rules;
  rules.buyer_duns = "123456789";
  return rules;
}

ServiceOrder order_from(const std::string& text) {
  const auto json = parse_json(text);
  REQUIRE(json);
  auto order = parse_service_order(*json);
  INFO((order ? "" : order.error().detail));
  REQUIRE(order);
  return *order;
}

/// The text with one piece of it replaced.
std::string with(std::string text, const std::string& piece, const std::string& instead) {
  const auto place = text.find(piece);
  REQUIRE(place != std::string::npos);
  return text.replace(place, piece.size(), instead);
}

std::vector<OrderFinding> check(const std::string& text, const OrderRules& agreed = rules(),
                                const OrderFacts& facts = {}) {
  return check_service_order(order_from(text), agreed, facts);
}

std::string all_of(const std::vector<OrderFinding>& findings) {
  std::string text;
  for (const auto& finding : findings)
    text += finding.pointer + " " + finding.rule + ": " + finding.detail + "\n";
  return text;
}

TEST_CASE("service order: good orders break no rule", "[domain]") {
  for (const std::string text : {kProductWithService, kServiceOnly}) {
    const auto findings = check(text);
    INFO(all_of(findings));
    CHECK(findings.empty());
  }
  CHECK(check(with(kServiceOnly, R"("serial_numbers": ["FOC1234A1B2", "FOC1234A1B3"])",
                   R"("pak_numbers": ["4XCDHAB2"])"))
            .empty());
  OrderRules enabled = rules();
  enabled.partial_enabled = true;
  CHECK(check(R"({"purchase_order":"P","bill_to":"1","service_order_type":"PARTIAL","lines":[
    {"kind":"service","product":"CON-1","quantity":3,"covered_product":"CISCO1801"}]})",
              enabled)
            .empty());
}

struct Row {
  const char* rule;
  const char* pointer;
  const char* base;
  std::string piece;
  std::string instead;
};

TEST_CASE("service order: each broken rule is refused at its line, by its name", "[domain]") {
  const std::string long_serial(61, 'S');
  const std::vector<Row> table = {
      {"C1 (L6)", "/order/lines/1/line_id", kProductWithService, R"("line_id": 21)",
       R"("line_id": 10)"},
      {"C1 (L6)", "/order/lines/1/line_id", kProductWithService, R"("line_id": 21)",
       R"("line_id": "010")"},
      {"C1 (L6)", "/order/lines/0/line_id", kServiceOnly, R"("kind")",
       R"("line_id": "X1", "parent_line_id": 0, "kind")"},
      {"C1 (L6)", "/order/lines/0/line_id", kServiceOnly, R"("kind")",
       R"("line_id": 0, "parent_line_id": 0, "kind")"},
      {"C2 (L1)", "/order/lines/2/parent_line_id", kProductWithService,
       R"("line_id": 30, "parent_line_id": 10)", R"("line_id": 30, "parent_line_id": 99)"},
      {"C3", "/order/lines/1/parent_line_id", kProductWithService,
       R"("line_id": 21, "parent_line_id": 10)", R"("line_id": 21, "parent_line_id": 21)"},
      {"C3", "/order/lines/0/parent_line_id", kProductWithService,
       R"("line_id": 10, "parent_line_id": 0)", R"("line_id": 10, "parent_line_id": 21)"},
      {"C4 (L4)", "/order/lines/1/parent_line_id", kProductWithService,
       R"("line_id": 21, "parent_line_id": 10)", R"("line_id": 21, "parent_line_id": 0)"},
      {"C4 (L3)", "/order/lines/3/parent_line_id", kProductWithService,
       R"("line_id": 31, "parent_line_id": 21)", R"("line_id": 31, "parent_line_id": 30)"},
      {"C4 (L5)", "/order/lines/1/parent_line_id", kProductWithService, R"("kind": "option")",
       R"("kind": "product")"},
      {"C5", "/order/lines/1/parent_line_id", kProductWithService,
       R"("line_id": 21, "parent_line_id": 10)", R"("parent_line_id": 10)"},
      {"C6", "/order/lines/2", kProductWithService, R"("line_id": 30, "parent_line_id": 10)",
       R"("line_id": 30, "parent_line_id": 10, "serial_numbers": ["FOC1234A1B2"])"},
      {"C6", "/order/lines/0", kServiceOnly, R"("quantity": 2,)",
       R"("quantity": 2, "pak_numbers": ["4XCDHAB2"],)"},
      {"C7 (L1, L9)", "/order/lines/2", kProductWithService,
       R"("line_id": 30, "parent_line_id": 10)", R"("line_id": 30, "parent_line_id": 0)"},
      {"C8 (L13, L19)", "/order/lines/0", kServiceOnly,
       R"("serial_numbers": ["FOC1234A1B2", "FOC1234A1B3"])", R"("serial_numbers": [])"},
      {"C9 (L15)", "/order/lines/0/serial_numbers", kServiceOnly, R"("quantity": 2)",
       R"("quantity": 3)"},
      {"C10 (L16)", "/order/lines/0/serial_numbers/0", kServiceOnly, "FOC1234A1B2", long_serial},
      {"C10 (L16)", "/order/lines/0/serial_numbers/0", kServiceOnly, "FOC1234A1B2", ""},
      {"C10", "/order/lines/0/serial_numbers/0", kServiceOnly, "FOC1234A1B2", " FOC1234A1B2"},
      {"C10", "/order/lines/0/serial_numbers/0", kServiceOnly, "FOC1234A1B2", "FOC|1"},
      {"C10", "/order/lines/0/serial_numbers/0", kServiceOnly, "FOC1234A1B2", "FOC\xC3\xA4"},
      {"C10", "/order/lines/0/serial_numbers/1", kServiceOnly, "FOC1234A1B3", "foc1234a1b2"},
      {"C10 (L13)", "/order/lines/0/serial_numbers", kProductWithService, R"("line_id": 10)",
       R"("serial_numbers": ["FOC1234A1B2"], "line_id": 10)"},
      {"C11 (L18)", "/order/service_order_type", kServiceOnly, R"("lines")",
       R"("service_order_type": "partial", "lines")"},
      {"C11 (L17)", "/order/service_order_type", kServiceOnly, R"("lines")",
       R"("service_order_type": "PARTIAL", "lines")"},
      {"C11 (L17)", "/order/lines/0/covered_product", kServiceOnly, R"("quantity": 2,)",
       R"("quantity": 2, "covered_product": "CISCO1801",)"},
      {"C12", "/order/properties/OrderAckEmail", kServiceOnly, R"("lines")",
       R"("properties": {"OrderAckEmail": "a@b.c|d"}, "lines")"},
      {"C12", "/order/properties/OrderAckEmail ", kServiceOnly, R"("lines")",
       R"("properties": {"OrderAckEmail ": "a@b.c"}, "lines")"},
      {"C12", "/order/properties/", kServiceOnly, R"("lines")",
       R"("properties": {"": "x"}, "lines")"},
      {"C12", "/order/properties/Novel", kServiceOnly, R"("lines")",
       R"("properties": {"Novel": "x"}, "lines")"},
      {"C12", "/order/lines/0/properties/VerticalMarket", kServiceOnly, R"("quantity": 2,)",
       R"("quantity": 2, "properties": {"VerticalMarket": " Retail"},)"},
      {"C12", "/order/lines/0/properties/OrderPlatform", kServiceOnly, R"("quantity": 2,)",
       R"("quantity": 2, "properties": {"OrderPlatform": "CCW"},)"},
      {"C15 (L27)", "/order/bill_to", kServiceOnly, R"("1234567")", R"("12345A7")"},
      {"C15 (L27)", "/order/bill_to", kServiceOnly, R"("1234567")", R"("")"},
      {"C16 (L28)", "/order/purchase_order", kServiceOnly, R"("PO-1")", R"("")"},
      {"C17 (L26)", "/order/properties/OrderPlatform", kServiceOnly, R"("lines")",
       R"("properties": {"OrderPlatform": "OLD"}, "lines")"},
      {"C12 (L31)", "/order/properties/CiscoProgram", kServiceOnly, R"("lines")",
       R"("properties": {"CiscoProgram": "Sample"}, "lines")"},
      {"C22", "/order/properties/PurchaseOrder.ContactInformation.contactName", kServiceOnly,
       R"("lines")",
       R"("properties": {"PurchaseOrder.ContactInformation.contactName": ")" +
           std::string(51, 'x') + R"("}, "lines")"},
      {"C18 (L29)", "/order/comments", kServiceOnly, R"("lines")",
       R"("comments": "please hurry", "lines")"},
      {"C18 (L29)", "/order/comments", kServiceOnly, R"("lines")",
       R"("comments": "OrderNotes=)" + std::string(2000, 'x') + R"(", "lines")"},
      {"C19 (L24)", "/order/lines/0/contract_number", kServiceOnly, R"("quantity": 2,)",
       R"("quantity": 2, "contract_number": "OLD",)"},
      {"C19 (L25)", "/order/lines/0/contract_start_date", kServiceOnly, R"("quantity": 2,)",
       R"("quantity": 2, "contract_start_date": "2026-12-01",)"},
      {"C19 (L25)", "/order/lines/0/contract_start_date", kServiceOnly, R"("quantity": 2,)",
       R"("quantity": 2, "renewal": true, "contract_start_date": "2026-02-30",)"},
      {"C20", "/order/order_type", kServiceOnly, R"("lines")", R"("order_type": "Maint", "lines")"},
      {"C21", "/order/lines/0/quantity", kServiceOnly, R"("quantity": 2)", R"("quantity": 1.5)"},
      {"C21", "/order/lines/0/quantity", kServiceOnly, R"("quantity": 2)", R"("quantity": 0)"},
      {"C21", "/order/lines/0/unit_price", kServiceOnly, R"("quantity": 2,)",
       R"("quantity": 2, "unit_price": "-1", "currency": "USD",)"},
      {"C21", "/order/lines/0/currency", kServiceOnly, R"("quantity": 2,)",
       R"("quantity": 2, "unit_price": "1.50",)"},
      {"C21", "/order/lines/0/line_number", kServiceOnly, R"("quantity": 2,)",
       R"("quantity": 2, "line_number": "1234567",)"},
      {"C21", "/order/lines/1/line_number", kServiceOnly, R"("FOC1234A1B3"]})",
       R"("FOC1234A1B3"], "line_number": 5},
          {"kind": "service", "product": "CON-1", "quantity": 1, "serial_numbers": ["Z"], "line_number": "5"})"},
      {"C21", "/order/requested_date", kServiceOnly, R"("lines")",
       R"("requested_date": "soon", "lines")"},
      {"C22", "/order/lines/0/product", kServiceOnly, "CON-SNT-C98004K9", std::string(201, 'P')},
      {"C23", "/order/comments", kServiceOnly, R"("lines")",
       R"("comments": "OrderNotes=\u0007", "lines")"},
  };
  for (const Row& row : table) {
    const std::string text = with(row.base, row.piece, row.instead);
    const auto findings = check(text);
    INFO(row.rule << " at " << row.pointer << ", found:\n" << all_of(findings));
    CHECK(std::any_of(findings.begin(), findings.end(), [&](const OrderFinding& finding) {
      return finding.rule == row.rule && finding.pointer == row.pointer && finding.refuses;
    }));
    REQUIRE_FALSE(may_be_sent(findings));
    const Error error = order_error(findings);
    CHECK(error.code == Errc::kInvalid);
    CHECK(std::any_of(error.fields.begin(), error.fields.end(), [&](const FieldError& field) {
      return field.pointer == row.pointer && field.detail.starts_with(std::string(row.rule) + ": ");
    }));
  }
}

TEST_CASE("service order: what was agreed with Cisco changes what is refused", "[domain]") {
  OrderRules agreed = rules();
  const std::string unlinked = with(kProductWithService, R"("line_id": 30, "parent_line_id": 10)",
                                    R"("line_id": 30, "parent_line_id": 0)");
  agreed.allow_best_guess = true;
  const auto guessed = check(unlinked, agreed);
  INFO(all_of(guessed));
  CHECK(may_be_sent(guessed));
  CHECK(std::any_of(guessed.begin(), guessed.end(),
                    [](const OrderFinding& finding) { return finding.rule == "C7 (L9)"; }));

  agreed = rules();
  agreed.extra_names = {"Novel"};
  CHECK(check(with(kServiceOnly, R"("lines")", R"("properties": {"Novel": "x"}, "lines")"), agreed)
            .empty());

  agreed.buyer_duns = "12345678";
  const auto duns = check(kServiceOnly, agreed);
  REQUIRE(duns.size() == 1);
  CHECK(duns[0].rule == "C20");

  agreed = rules();
  agreed.bill_to = "42";
  CHECK(check(with(kServiceOnly, R"("bill_to": "1234567",)", ""), agreed).empty());
}

TEST_CASE("service order: a purchase order number is used once for a bill-to (C16)", "[domain]") {
  OrderFacts facts;
  facts.purchase_order_used = true;
  const auto findings = check(kServiceOnly, rules(), facts);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].rule == "C16 (L28)");
}

TEST_CASE("service order: units of different products need different lines (C13)", "[domain]") {
  OrderFacts facts;
  facts.products_of_serial["foc1234a1b2"] = {"c9800-40-k9"};
  CHECK(check(kServiceOnly, rules(), facts).empty());
  facts.products_of_serial["foc1234a1b3"] = {"c9800-40-k9"};
  CHECK(check(kServiceOnly, rules(), facts).empty());
  facts.products_of_serial["foc1234a1b3"] = {"c9200-24t"};
  const auto findings = check(kServiceOnly, rules(), facts);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].rule == "C13 (L12)");
  CHECK(findings[0].pointer == "/order/lines/0/serial_numbers");
}

TEST_CASE("service order: all of a configuration gets service, or none (C14)", "[domain]") {
  std::string half = with(kProductWithService, R"(,
    {"kind": "service", "product": "CON-SNT-C9800AC7", "quantity": 1, "line_id": 31, "parent_line_id": 21})",
                          "");
  const auto unknown = check(half);
  REQUIRE(unknown.size() == 1);
  CHECK(unknown[0].rule == "C14 (L22)");
  CHECK(unknown[0].pointer == "/order/lines/1");
  CHECK_FALSE(unknown[0].refuses);

  OrderRules agreed = rules();
  agreed.services = {{"C9800-AC-750W", "CON-SNT-C9800AC7"}};
  const auto known = check(half, agreed);
  REQUIRE(known.size() == 1);
  CHECK(known[0].refuses);

  agreed.services = {{"C9800-40-K9", "CON-SNT-C98004K9"}};
  agreed.services_complete = true;
  CHECK(check(half, agreed).empty());
}

TEST_CASE("service order: lines without ids become major lines (L7, L8)", "[domain]") {
  const ServiceOrder order = order_from(R"({"lines":[
    {"kind":"product","product":"A","quantity":1},
    {"kind":"product","product":"B","quantity":1,"line_id":10},
    {"kind":"product","product":"C","quantity":1,"line_number":"1"}]})");
  CHECK(order.lines[0].line_id == "20");
  CHECK(order.lines[0].parent_line_id == "0");
  CHECK(order.lines[0].line_number == "2");
  CHECK(order.lines[1].parent_line_id == "0");
  CHECK(order.lines[2].line_id == "30");
}

TEST_CASE("service order: what is written reads the same", "[domain]") {
  for (const std::string text : {kProductWithService, kServiceOnly}) {
    const Json written = service_order_object(order_from(text));
    CHECK(service_order_object(order_from(written.dump())) == written);
  }
}

TEST_CASE("service order: a shape that is none is refused with every field", "[domain]") {
  const auto json = parse_json(
      R"({"lines":[{"kind":"thing","product":7,"quantity":"x","serial_numbers":[1],"colour":"red"}]})");
  const auto order = parse_service_order(*json);
  REQUIRE_FALSE(order);
  CHECK(order.error().code == Errc::kInvalid);
  CHECK(order.error().fields.size() == 5);
  CHECK_FALSE(parse_service_order(*parse_json(R"({"lines":[]})")));
  CHECK_FALSE(parse_service_order(*parse_json("[]")));
}

}  // namespace
}  // namespace handover
