// The simulated Cisco by itself: its rules, by their names in docs/back-ends/cisco.md and Cisco's
// guide, its Best Guess, and its manners on the wire.
#include <catch2/catch_test_macros.hpp>

#include <algorithm>

#include "agent/backends/cisco/cisco_reply.hpp"
#include "agent/backends/cisco/request_document.hpp"
#include "crypto/sha256.hpp"
#include "sim/back-ends/cisco/best_guess.hpp"
#include "sim/back-ends/cisco/cisco_model.hpp"

namespace handover::sim {
namespace {

using backends::XmlDocument;
using backends::XmlElement;

struct Line {
  std::string product;
  std::string text;
  std::string quantity = "1";
};

/// A request as another client than ours might write it: nothing is checked.
XmlDocument request(const std::vector<Line>& lines, const std::string& bill_to = "1234567",
                    const std::string& text = "OrderPlatform=CCW") {
  ServiceOrder order;
  order.purchase_order = "PO-1";
  order.bill_to = "1234567";
  order.order_type = "Service";
  order.requested_date = "2026-12-01";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    OrderLine line;
    line.line_number = std::to_string(i + 1);
    line.product = lines[i].product;
    line.quantity = crypto::Quantity::one();
    line.line_id = "1";
    line.parent_line_id = "0";
    order.lines.push_back(line);
  }
  backends::CiscoParties parties;
  parties.buyer_duns = "123456789";
  parties.contact_name = parties.contact_email = parties.contact_phone = parties.bill_to_name = "x";
  XmlDocument document = *backends::make_request_document(order, parties, {}, WallTime());
  XmlElement& purchase_order = document.root.make("PurchaseOrder");
  purchase_order.set("proprietaryInformation/FreeFormText", text);
  purchase_order.set(
      "AccountDescription/billTo/PartnerRoleDescription/ContactInformation/PhysicalAddress/"
      "GlobalLocationIdentifier",
      bill_to);
  std::size_t place = 0;
  for (XmlElement& child : purchase_order.children) {
    if (child.name != "ProductLineItem") continue;
    child.set("proprietaryInformation/FreeFormText", lines[place].text);
    child.set("OrderQuantity/requestedQuantity/ProductQuantity", lines[place++].quantity);
  }
  return document;
}

std::string config(const char* ids) { return std::string("ConfigurationInformation=") + ids; }

const Line kController = {"C9800-40-K9", config("10;0")};
const Line kPower = {"C9800-AC-750W", config("21;10")};
const Line kControllerService = {"CON-SNT-C98004K9", config("30;10")};
const Line kPowerService = {"CON-SNT-C9800AC7", config("31;21")};

struct Row {
  const char* rule;
  std::vector<Line> lines;
  std::size_t line;    // That is refused; 99: the order is accepted.
  const char* reason;  // Nothing: accepted.
};
constexpr std::size_t kNone = 99;

std::string told(const CheckedOrder& order) {
  std::string text;
  for (const auto& reason : order.reasons) text += "header: " + reason + "\n";
  for (const auto& warning : order.warnings) text += "warning: " + warning + "\n";
  for (const auto& line : order.lines)
    for (const auto& words : line.words) text += line.line_number + ": " + words + "\n";
  return text;
}

bool has(const std::vector<std::string>& texts, const std::string& text) {
  return std::any_of(texts.begin(), texts.end(),
                     [&](const std::string& one) { return one.find(text) != std::string::npos; });
}

TEST_CASE("cisco model: each rule, with the line and the reason", "[sim][cisco]") {
  const Line unlinked = {"CON-SNT-C98004K9", config("30;0")};
  const std::vector<Row> table = {
      {"L2-L5 the guide's example",
       {kController, kPower, kControllerService, kPowerService},
       kNone,
       ""},
      {"L1 nothing to cover", {unlinked}, 0, "Invalid or missing serial number"},
      {"L1 a link to nowhere",
       {kController, {"CON-SNT-C98004K9", config("30;99")}},
       1,
       "Invalid configuration"},
      {"L4 an option without its product",
       {kController, {"C9800-AC-750W", config("21;0")}},
       1,
       "Invalid configuration"},
      {"L6 a Line ID twice",
       {kController, {"GLC-TE", config("10;10")}},
       1,
       "Invalid configuration"},
      {"L6 a Line ID of letters", {{"C9800-40-K9", config("A;0")}}, 0, "Invalid configuration"},
      {"L7 no ids: a major line", {{"C9800-40-K9", "VerticalMarket=Retail"}}, kNone, ""},
      {"L8 a Line ID alone: a major line", {{"C9800-40-K9", config("10")}}, kNone, ""},
      {"L9 unlinked, and the best guess finds it", {kController, unlinked}, kNone, ""},
      {"L10 a service of what Cisco includes",
       {{"C9300-24T", config("10;0")},
        {"CON-SNT-C930024T", config("30;10")},
        {"CON-SSTCM-C9300DNA", config("31;0")}},
       kNone,
       ""},
      {"L13 serial numbers",
       {{"CON-SNT-C98004K9", "SerialNumber=A1|SerialNumber=A2", "2"}},
       kNone,
       ""},
      {"L13 a PAK number", {{"CON-SNT-LC9800DT", "PAKNumber=4XCD"}}, kNone, ""},
      {"L15 more serials than pieces",
       {{"CON-SNT-C98004K9", "SerialNumber=A1|SerialNumber=A2"}},
       0,
       "Invalid or missing serial number"},
      {"L15 fewer serials than pieces",
       {{"CON-SNT-C98004K9", "SerialNumber=A1", "2"}},
       0,
       "Invalid or missing serial number"},
      {"L16 a long serial",
       {{"CON-SNT-C98004K9", "SerialNumber=" + std::string(61, 'S')}},
       0,
       "Invalid or missing serial number"},
      {"a serial twice",
       {{"CON-SNT-C98004K9", "SerialNumber=a1|SerialNumber=A1", "2"}},
       0,
       "Duplicate serial number"},
      {"L17 not enabled",
       {{"CON-SNT-1801", "coveredProductNumber=CISCO1801"}},
       0,
       "Invalid or missing serial number"},
      {"L21 an option that does not fit",
       {{"WS-C3850-48U-S", config("10;0")}, {"GLC-TE", config("21;10")}},
       1,
       "Invalid configuration"},
      {"L21 a service for another product",
       {kController, {"CON-SNT-1801", config("30;10")}},
       1,
       "Invalid configuration"},
      {"L22 half of a configuration",
       {kController, kPower, kControllerService},
       1,
       "Invalid configuration"},
      {"L22 what can have none counts not",
       {kController, {"GLC-TE", config("21;10")}, kControllerService},
       kNone,
       ""},
      {"L24 a contract of letters",
       {{"CON-SNT-C98004K9", "SerialNumber=A1|ContractNumber=OLD"}},
       0,
       "Contract number"},
      {"K5 a blank beside the =",
       {{"CON-SNT-C98004K9", "SerialNumber= A1"}},
       0,
       "Invalid or missing serial number"},
      {"K6 a pair twice",
       {{"C9800-40-K9", config("10;0|VerticalMarket=A|VerticalMarket=B")}},
       0,
       "Invalid configuration"},
      {"K8 a link and a serial: the link counts",
       {kController, {"CON-SNT-C98004K9", config("30;10|SerialNumber=A1")}},
       kNone,
       ""},
      {"K9 a service as a parent",
       {kController, kControllerService, {"CON-SNTP-C98004K9", config("40;30")}},
       2,
       "Invalid configuration"},
      {"K10 a parent alone", {{"C9800-40-K9", config(";10")}}, 0, "Invalid configuration"},
      {"K11 an unknown name", {{"C9800-40-K9", config("10;0|Novel=x")}}, kNone, ""},
      {"an unknown product", {{"NOVEL", config("10;0")}}, 0, "Invalid product"},
      {"a circle",
       {{"GLC-TE", config("10;21")}, {"C9800-AC-750W", config("21;10")}},
       0,
       "Invalid configuration"},
  };
  for (const Row& row : table) {
    const CheckedOrder order = check_order(request(row.lines).root, false, {});
    INFO(row.rule << "\n" << told(order));
    CHECK(order.accepted == (row.line == kNone));
    if (row.line == kNone) continue;
    CHECK_FALSE(order.lines[row.line].accepted);
    CHECK(has(order.lines[row.line].reasons, row.reason));
  }
}

TEST_CASE("cisco model: rules of the header", "[sim][cisco]") {
  const std::vector<Line> lines = {kController};
  OrderCheckOptions options;
  CHECK(has(check_order(request(lines, "12A").root, false, options).reasons, "Invalid bill-to"));
  CHECK(has(check_order(request(lines, "99").root, false, options).reasons, "Invalid bill-to"));
  const auto repeated = check_order(request(lines).root, true, options);
  CHECK(repeated.accepted);  // L28: only a warning, unless the partner wants it otherwise.
  CHECK(has(repeated.warnings, "used before"));
  options.reject_repeated_order = true;
  CHECK(has(check_order(request(lines).root, true, options).reasons, "PO number"));
  CHECK(has(check_order(request(lines, "1234567", "OrderAckEmail=a@b.c").root, false, {}).warnings,
            "OrderPlatform"));
  CHECK_FALSE(check_order(request(lines, "1234567", "OrderPlatform=CCW|CiscoProgram=Sample").root,
                          false, {})
                  .accepted);
  const std::vector<Line> covered = {{"CON-SNT-1801", "coveredProductNumber=CISCO1801"}};
  const auto partial = request(covered, "1234567", "OrderPlatform=CCW|serviceOrderType=PARTIAL");
  CHECK_FALSE(check_order(partial.root, false, {}).accepted);
  options.partial_duns = {"123456789"};
  const auto enabled = check_order(partial.root, false, options);
  CHECK(enabled.accepted);
  CHECK(enabled.type == "MAINT_ONLY");  // L23
  const auto other = request(covered, "1234567", "OrderPlatform=CCW|serviceOrderType=partial");
  CHECK_FALSE(check_order(other.root, false, options).accepted);  // L18
}

TEST_CASE("cisco model: switches", "[sim][cisco]") {
  OrderCheckOptions options;
  options.fewer_serials_reject = false;
  CHECK(check_order(request({{"CON-SNT-C98004K9", "SerialNumber=A1", "2"}}).root, false, options)
            .accepted);
  options.lenient_pairs = true;
  CHECK(check_order(request({{"CON-SNT-C98004K9", "SerialNumber = A1"}}).root, false, options)
            .accepted);
  options.mixed_results = true;
  const auto mixed =
      check_order(request({kController, {"NOVEL", config("40;0")}}).root, false, options);
  CHECK(mixed.accepted);
  CHECK_FALSE(mixed.lines[1].accepted);
}

TEST_CASE("cisco model: what is included is added with its major's line number", "[sim][cisco]") {
  const auto order = check_order(request({{"C9300-24T", config("10;0")}}).root, false, {});
  REQUIRE(order.lines.size() == 2);
  CHECK(order.lines[1].product == "C9300-DNA-E");
  CHECK(order.lines[1].line_number == "1");
  CHECK(has(order.warnings, "was added"));
}

OrderNode node(const char* number, const char* product, CatalogueKind kind,
               std::int64_t quantity = 1) {
  OrderNode made;
  made.line_number = number;
  made.product = product;
  made.kind = kind;
  made.quantity = quantity;
  return made;
}

TEST_CASE("cisco model: the best guess", "[sim][cisco]") {
  const OrderNode service = node("5", "CON-SNT-C98004K9", CatalogueKind::kService);
  const OrderNode named = node("1", "C9800-4-0K9", CatalogueKind::kMajor);
  const OrderNode first = node("2", "C9800-40-K9", CatalogueKind::kMajor);
  const OrderNode second = node("4", "C9800-40-K9", CatalogueKind::kMajor);
  const OrderNode below = node("6", "C9800-40-K9", CatalogueKind::kMajor);
  const OrderNode two = node("3", "C9800-40-K9", CatalogueKind::kMajor, 2);
  const Catalogue catalogue = demo_catalogue();
  CHECK(best_guess(service, {}, {}, catalogue) == nullptr);
  CHECK(best_guess(service, {&first, &second, &below}, {}, catalogue) == &second);
  CHECK(best_guess(service, {&two, &first}, {}, catalogue) == &first);
  CHECK(best_guess(service, {&two}, {}, catalogue) == nullptr);
  OrderNode linked = node("7", "CON-SNT-C98004K9", CatalogueKind::kService);
  linked.covers = &second;
  CHECK(best_guess(service, {&first, &second}, {&linked}, catalogue) == &first);
  linked.product = "CON-SNTP-C98004K9";  // Another level leaves room for this one.
  CHECK(best_guess(service, {&first, &second}, {&linked}, catalogue) == &second);
  const OrderNode by_name = node("5", "CON-SNT-ABCD", CatalogueKind::kService);
  const OrderNode abcd = node("1", "AB-CD-9", CatalogueKind::kMajor);
  const OrderNode abcde = node("2", "ABCDE", CatalogueKind::kMajor);
  CHECK(best_guess(by_name, {&abcd, &named}, {}, catalogue) == &abcd);
  CHECK(best_guess(by_name, {&abcd, &abcde}, {}, catalogue) == nullptr);  // Two fit equally well.
  CHECK(name_match("CON-SNT-ABC", "ABCD") == 0);
  CHECK(name_match("CON-SNT-ABC", "A-B-C") == 3);
  CHECK(name_match("PLAIN", "PLAIN") == 0);
}

class Gateway {
 public:
  explicit Gateway(CiscoOptions options = {}) : model(with_user(std::move(options))) {}

  int send(const std::string& tracking_id = "t-1",
           const std::function<void(backends::RnifEnvelope&, XmlDocument&)>& change = {}) {
    backends::RnifEnvelope envelope;
    envelope.sender = envelope.initiator = "123456789";
    envelope.receiver = "364132837";
    envelope.usage = "Test";
    envelope.tracking_id = tracking_id;
    envelope.pip_instance_id = "pip";
    envelope.action = backends::kRequestAction;
    XmlDocument document = request({kController});
    if (change) change(envelope, document);
    const auto packed = backends::pack_rnif(envelope, document);
    HttpRequest post("POST", "/rnif");
    post.headers = {{"Authorization", "Basic " + crypto::to_base64("u:p")},
                    {"x-RN-Version", "RosettaNet/V02.00"},
                    {"Content-Type", packed->content_type}};
    post.body = packed->body;
    return model.handle(post, now).status;
  }
  backends::RelayAnswer kept(const std::string& tracking_id = "t-1") {
    HttpRequest get("GET", "/relay/v1/messages?sender=123456789&purchase_order=PO-1&tracking_id=" +
                               tracking_id);
    get.headers = {{"Authorization", "Basic " + crypto::to_base64("u:p")}};
    auto answer = backends::read_relay_answer(model.handle(get, now));
    REQUIRE(answer);
    CHECK(answer->unreadable == 0);
    return std::move(*answer);
  }

  WallTime now;
  CiscoModel model;

 private:
  static CiscoOptions with_user(CiscoOptions options) {
    options.users["u"] = "p";
    return options;
  }
};

using Kind = backends::CiscoReply::Kind;

TEST_CASE("cisco model: a good message gets a signal and a confirmation, a repeat no second order",
          "[sim][cisco]") {
  Gateway gateway;
  CHECK(gateway.send() == 202);
  CHECK(gateway.kept().replies.size() == 2);
  CHECK(gateway.kept().knows_request);
  CHECK(gateway.kept().replies[0].kind == Kind::kReceipt);
  CHECK(gateway.kept().replies[1].web_order == "900001");
  CHECK(gateway.send() == 202);
  CHECK(gateway.kept().replies.size() == 3);  // The same signal again.
  CHECK(gateway.model.orders().size() == 1);
  CHECK(gateway.send("t-2") == 202);  // A new message with the same number buys twice: L28.
  CHECK(gateway.model.doubled() == 1);
}

TEST_CASE("cisco model: what RNIF answers with an Exception, and what with nothing",
          "[sim][cisco]") {
  struct Fault {
    const char* what;
    std::function<void(backends::RnifEnvelope&, XmlDocument&)> change;
    const char* code;  // Nothing: silence.
  };
  const std::vector<Fault> table = {
      {"another receiver", [](auto& envelope, auto&) { envelope.receiver = "111111111"; }, ""},
      {"another usage", [](auto& envelope, auto&) { envelope.usage = "Production"; }, ""},
      {"a wrong sequence",
       [](auto& envelope, auto&) { envelope.action = backends::kConfirmationAction; },
       "UNP.MESG.SEQERR"},
      {"content that breaks the grammar",
       [](auto&, auto& document) { document.root.children.pop_back(); }, "UNP.SCON.VALERR"},
  };
  for (const Fault& fault : table) {
    INFO(fault.what);
    Gateway gateway;
    CHECK(gateway.send("t-1", fault.change) == 202);
    const auto kept = gateway.kept();
    CHECK(gateway.model.orders().empty());
    if (*fault.code == '\0') {
      CHECK(kept.replies.empty());
      continue;
    }
    REQUIRE(kept.replies.size() == 1);
    CHECK(kept.replies[0].kind == Kind::kException);
    CHECK(kept.replies[0].exception_code == fault.code);
  }
}

TEST_CASE("cisco model: the door", "[sim][cisco]") {
  Gateway gateway;
  HttpRequest post("POST", "/rnif");
  CHECK(gateway.model.handle(post, {}).status == 401);
  post.headers = {{"Authorization", "Basic " + crypto::to_base64("u:p")}};
  CHECK(gateway.model.handle(post, {}).status == 400);
  post.headers.push_back({"x-RN-Version", "RosettaNet/V02.00"});
  CHECK(gateway.model.handle(post, {}).status == 202);  // No RNIF at all: silence.
  post.headers.push_back({"x-RN-Response-Type", "sync"});
  CHECK(gateway.model.handle(post, {}).status == 501);
  CHECK(gateway.model.handle(HttpRequest("GET", "/other"), {}).status == 404);
}

TEST_CASE("cisco model: times", "[sim][cisco]") {
  CiscoOptions options;
  options.acknowledge_after = std::chrono::seconds(100);
  options.confirm_after = std::chrono::seconds(50);
  options.pending_for = std::chrono::seconds(100);
  Gateway gateway(options);
  CHECK(gateway.send() == 202);
  CHECK(gateway.kept().replies.empty());
  gateway.now += std::chrono::seconds(60);
  REQUIRE(gateway.kept().replies.size() == 1);  // A confirmation before its acknowledgment.
  CHECK(gateway.kept().replies[0].status == "Pending");
  gateway.now += std::chrono::seconds(60);
  CHECK(gateway.kept().replies.size() == 2);
  gateway.now += std::chrono::seconds(60);
  CHECK(gateway.kept().replies.back().status == "Accept");
}

TEST_CASE("cisco model: options by name", "[sim][cisco]") {
  Gateway gateway;
  CHECK(gateway.model.configure(*parse_json(
      R"({"rejects":"1","confirm_after_s":1,"buyers":["5"],"catalogue":{"X":{"kind":"major"}}})")));
  CHECK_FALSE(gateway.model.configure(*parse_json(R"({"novel":1})")));
  CHECK_FALSE(gateway.model.configure(*parse_json(R"({"catalogue":{"X":{"kind":"thing"}}})")));
}

}  // namespace
}  // namespace handover::sim
