#include <catch2/catch_test_macros.hpp>

#include "agent/backends/tangoe/password_digest.hpp"
#include "agent/backends/tangoe/service_types.hpp"
#include "tests/agent/backends/tangoe_samples.hpp"

namespace handover::backends {
namespace {

using forwarding::DeliveryContext;
using forwarding::Verdict;
using forwarding::Who;
using tangoe::InventoryItem;
using Kind = Verdict::Kind;

Secret credential() {
  return tangoe::make_credential(tangoe::password_hash(Secret(std::string_view("a"))),
                                 {{"6", "Wireless", "Voice"}, {"5", "Local", "Voice"}});
}

/// A record, its first delivery, and the frozen request of it.
struct Delivery {
  TangoeBackend backend{test::tangoe_settings()};
  Secret login = credential();
  Record record;
  std::string unit;
  HttpRequest request;

  explicit Delivery(Record about, std::size_t number = 0) : record(std::move(about)) {
    unit = backend.plan(record).at(number).unit;
    auto encoded = backend.encode(context());
    REQUIRE(encoded);
    request = std::move(*encoded);
  }

  DeliveryContext context(bool repeat = false, std::int64_t attempts = 1) const {
    DeliveryContext made = test::context_of(record, unit, "", repeat);
    made.attempts = attempts;
    made.credential = &login;
    if (!request.method.empty()) made.request = &request;
    return made;
  }
  tangoe::WrittenItem sent() const { return *tangoe::read_written_item(request.body); }
};

Record phone_transfer(std::string direction = "inbound") {
  return test::transfer_record(std::move(direction),
                               R"([{"BatchNum":"","ProdNum":"CAB-6A","Qty":2,"SerialNum":""},
          {"BatchNum":"","ProdNum":"iphone-17","Qty":1,"SerialNum":"555-0100"}])");
}

Record phone_receipt() {
  return test::asset_record(
      "receipt", "DEPOT", "VAN-22",
      R"([{"serialNumber":"555-0100","manufacturerPartNumber":"IPHONE-17"}])");
}

TEST_CASE("tangoe: a receiver's half becomes an edit of employee and location", "[backends]") {
  const Delivery delivery(phone_transfer());
  CHECK(delivery.unit == "555-0100");
  CHECK(delivery.request.method == "POST");
  CHECK(delivery.request.target == "/asentinelws/services/");
  CHECK(find_header(delivery.request.headers, "SOAPAction") == "\"\"");
  CHECK(find_header(delivery.request.headers, "Content-Type") == "text/xml; charset=utf-8");
  const auto sent = delivery.sent();
  CHECK_FALSE(sent.add);
  InventoryItem expected;
  expected.set("serviceTypeID", "6");
  expected.set("inventoryNumber", "555-0100");
  expected.set("assignedTo", "E1017");
  expected.set("locationNo", "L-22");
  CHECK(sent.item == expected);
}

TEST_CASE("tangoe: a receipt becomes an add from the template", "[backends]") {
  const auto sent = Delivery(phone_receipt()).sent();
  CHECK(sent.add);
  InventoryItem expected = test::new_tangoe_item();
  expected.set("locationNo", "L-22");
  CHECK(sent.item == expected);
}

TEST_CASE("tangoe: which records concern Tangoe", "[backends]") {
  const TangoeBackend backend(test::tangoe_settings());
  const auto units = [&](const Record& record) {
    std::string names;
    for (const auto& delivery : backend.plan(record)) names += "[" + delivery.unit + "]";
    return names;
  };
  const std::string phone = R"([{"BatchNum":"","ProdNum":"PIXEL-9","SerialNum":"7",)";
  CHECK(units(phone_transfer("outbound")).empty());
  CHECK(units(test::one_unit_transfer("inbound")).empty());
  CHECK(units(test::usage_record("1001", phone + R"("InQty":1}])")) == "[7]");
  CHECK(units(test::usage_record("1001", phone + R"("OutQty":1}])")).empty());
  CHECK(units(test::usage_record("1002", phone + R"("InQty":1}])")) == "[7]");
  CHECK(units(test::usage_record("1002", phone + R"("OutQty":1}])", R"(,"site":"S-1")")) == "[7]");
  // Without a site there is nothing to say.
  CHECK(units(test::usage_record("1002", phone + R"("OutQty":1}])")).empty());
  CHECK(
      units(test::usage_record("1003", phone + R"("InQty":1}])", R"(,"transfer_id":"t")")).empty());
  CHECK(units(test::usage_record("1008", phone + R"("InQty":1}])")).empty());
  const std::string unit = R"([{"serialNumber":"7","manufacturerPartNumber":"PIXEL-9"}])";
  for (const auto* event :
       {"receipt", "shipment", "return_shipped", "return_received", "removal"}) {
    CHECK(units(test::asset_record(event, "DEPOT", "VAN-22", unit)) == "[7]");
  }
  CHECK(units(test::asset_record("correction", "DEPOT", "VAN-22", unit)).empty());
  // Two lines of one number, and one without any.
  CHECK(units(test::transfer_record("inbound", R"([{"ProdNum":"SIM","BatchNum":"9","Qty":1},
      {"ProdNum":"SIM","BatchNum":"9","Qty":1},{"ProdNum":"SIM","SerialNum":"1","Qty":1}])")) ==
        "[9][9 (2)][SIM, line 3]");
}

TEST_CASE("tangoe: the sentence for untagged units is no inventory number", "[backends]") {
  auto settings = test::tangoe_settings();
  settings.items[0].number = TelecomItems::NumberFrom::kAssetTag;
  const TangoeBackend backend(settings);
  const auto unit_of = [&](const std::string& tag) {
    return backend
        .plan(test::asset_record(
            "receipt", "DEPOT", "VAN-22",
            R"([{"serialNumber":"7","manufacturerPartNumber":"PIXEL-9","asset_tag":")" + tag +
                "\"}]"))
        .at(0)
        .unit;
  };
  CHECK(unit_of("T-7") == "T-7");
  CHECK(unit_of("No Asset tagged") == "PIXEL-9, line 1");
}

TEST_CASE("tangoe: where an item is after each event", "[backends]") {
  const auto place = [](const Record& record) {
    const auto sent = Delivery(record).sent();
    return sent.item.text_of("locationNo") + "/" + sent.item.text_of("assignedTo");
  };
  const std::string unit = R"([{"serialNumber":"7","manufacturerPartNumber":"PIXEL-9"}])";
  CHECK(place(test::asset_record("shipment", "SITE-1", "DEPOT", unit)) == "SITE-1/");
  CHECK(place(test::asset_record("return_shipped", "DEPOT", "VAN-22", unit)) == "DEPOT/");
  CHECK(place(test::asset_record("removal", "", "VAN-22", unit)) == "L-22/");
  const std::string phone = R"([{"ProdNum":"PIXEL-9","SerialNum":"7",)";
  CHECK(place(test::usage_record("1002", phone + R"("OutQty":1}])", R"(,"site":"S-1")")) == "S-1/");
  CHECK(place(test::usage_record("1002", phone + R"("InQty":1}])")) == "VAN-17/E1017");
}

TEST_CASE("tangoe: what cannot be sent says why", "[backends]") {
  const TangoeBackend backend(test::tangoe_settings());
  const Record record = test::transfer_record("inbound", R"([{"ProdNum":"SIM","Qty":1}])");
  const Secret login = credential();
  DeliveryContext context = test::context_of(record, "SIM, line 1");
  context.credential = &login;
  const auto without_number = backend.encode(context);
  REQUIRE_FALSE(without_number);
  CHECK(without_number.error().code == Errc::kInvalid);
  CHECK(without_number.error().detail.find("batch number") != std::string::npos);

  const Record phone = phone_transfer();
  DeliveryContext other = test::context_of(phone, "555-0100");
  const Secret old_login =
      tangoe::make_credential(Secret(), {{"5", "Local", "Voice"}, {"7", "Mobile", "Voice"}});
  other.credential = &old_login;
  const auto unknown_type = backend.encode(other);
  REQUIRE_FALSE(unknown_type);
  CHECK(unknown_type.error().code == Errc::kUnauthorized);
  CHECK(unknown_type.error().detail.find("Local, Mobile") != std::string::npos);
  other.credential = nullptr;
  CHECK(backend.encode(other).error().code == Errc::kUnauthorized);
}

TEST_CASE("tangoe: one item keeps its order, others overtake", "[backends]") {
  const TangoeBackend backend(test::tangoe_settings());
  const auto keys = backend.plan(phone_transfer()).at(0).order_keys;
  CHECK(keys == backend.plan(phone_receipt()).at(0).order_keys);
  CHECK(keys.size() == 1);
}

TEST_CASE("tangoe: what the answer to a change means", "[backends]") {
  struct Case {
    HttpResponse response;
    Kind kind;
    Who who;
    bool whole_lane;
  };
  const auto refused = test::result_answer("EditInventoryItem", "-1", "Could not edit. No (X).");
  const std::vector<Case> cases = {
      {test::result_answer("EditInventoryItem", "0", "OK"), Kind::kAccepted, Who::kNobody, false},
      {refused, Kind::kRetryLater, Who::kServer, false},
      {test::fault_answer("Client", "Validation error"), Kind::kRefused, Who::kDispatcher, false},
      {test::fault_answer("Client", "No WS-Security header found"), Kind::kLoginNeeded,
       Who::kDispatcher, false},
      {test::fault_answer("MustUnderstand", "x"), Kind::kStopLane, Who::kDispatcher, false},
      {test::fault_answer("Server", "x"), Kind::kUnknown, Who::kServer, false},
      {test::answer(400), Kind::kStopLane, Who::kDispatcher, false},
      {test::answer(401), Kind::kStopLane, Who::kDispatcher, false},
      {test::answer(404), Kind::kStopLane, Who::kDispatcher, false},
      {test::answer(405), Kind::kStopLane, Who::kDispatcher, false},
      {test::answer(302), Kind::kStopLane, Who::kDispatcher, false},
      {test::answer(503), Kind::kRetryLater, Who::kServer, true},
      {test::answer(429), Kind::kRetryLater, Who::kServer, true},
      {test::answer(500), Kind::kUnknown, Who::kServer, false},
      {test::page(200), Kind::kRetryLater, Who::kNetwork, true},
      {test::answer(200, "<half"), Kind::kUnknown, Who::kServer, false},
      {test::answer(200), Kind::kUnknown, Who::kServer, false},
  };
  const Delivery delivery(phone_transfer());
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto verdict = delivery.backend.judge(delivery.context(), cases[i].response);
    INFO("case " << i << ": " << verdict.why);
    CHECK(test::name_of(verdict.kind) == test::name_of(cases[i].kind));
    CHECK(int(verdict.who) == int(cases[i].who));
    CHECK(verdict.whole_lane == cases[i].whole_lane);
  }
  // One code stands for wrong data and for trouble of Tangoe's own: three more tries, then a
  // person.
  for (const std::int64_t attempts : {1, 2, 3}) {
    CHECK(delivery.backend.judge(delivery.context(false, attempts), refused).kind ==
          Kind::kRetryLater);
  }
  const auto last = delivery.backend.judge(delivery.context(false, 4), refused);
  CHECK(last.kind == Kind::kRefused);
  CHECK(last.why.find("Could not edit. No (X).") != std::string::npos);
}

TEST_CASE("tangoe: a wrong clock is not a wrong password", "[backends]") {
  const Delivery delivery(phone_transfer());
  auto refused =
      test::fault_answer("Client", "The security token could not be authenticated or authorized");
  refused.headers.back().value = "Sun, 22 Nov 2026 09:26:53 GMT";
  const auto verdict = delivery.backend.judge(delivery.context(), refused);
  CHECK(verdict.kind == Kind::kStopLane);
  CHECK(verdict.who == Who::kTechnician);
  CHECK(verdict.why.find("clock is 60 min ahead") != std::string::npos);
}

TEST_CASE("tangoe: an add's receipt has the id", "[backends]") {
  const Delivery delivery(phone_receipt());
  const auto verdict = delivery.backend.judge(
      delivery.context(),
      test::result_answer("AddInventoryItem", "0", "OK", "<inv:inventoryID>77</inv:inventoryID>"));
  CHECK(verdict.kind == Kind::kAccepted);
  CHECK(verdict.receipt.dump() == R"({"operation":"add","inventoryID":"77"})");
}

HttpResponse found_answer(const InventoryItem& item) {
  xml::Writer writer = xml::Writer::part();
  writer.open("inv:inventoryItem");
  tangoe::write_item(writer, item);
  return test::result_answer("GetInventoryItem", "0", "OK", writer.close().take());
}

TEST_CASE("tangoe: a lost answer is looked up before a repeat", "[backends]") {
  for (const bool add : {true, false}) {
    const Delivery delivery(add ? phone_receipt() : phone_transfer());
    CHECK_FALSE(delivery.backend.look_up(delivery.context()));
    // An add that failed may be there all the same: another try must not look like a conflict.
    CHECK(delivery.backend.look_up(delivery.context(false, 2)).has_value() == add);
    const auto question = delivery.backend.look_up(delivery.context(true, 2));
    REQUIRE(question);
    CHECK(question->body.find("GetInventoryItemRequest") != std::string::npos);
    CHECK(question->body.find("<inv:inventoryNumber>555-0100<") != std::string::npos);

    const auto verdict = [&](const HttpResponse& response) {
      return delivery.backend.judge_look_up(delivery.context(true, 2), response);
    };
    InventoryItem there = delivery.sent().item;
    there.set("inventoryID", "77");
    there.set("comments", "not ours");
    const auto shown = verdict(found_answer(there));
    CHECK(shown.kind == Kind::kAccepted);
    CHECK(shown.receipt.dump() == R"({"looked_up":true,"inventoryID":"77"})");
    there.set("locationNo", "L-99");
    const auto other = verdict(found_answer(there));
    CHECK(test::name_of(other.kind) == (add ? "refused" : "send"));
    if (add) CHECK(other.why.find("locationNo") != std::string::npos);
    CHECK(verdict(test::result_answer("GetInventoryItem", "-1", "none")).kind == Kind::kSend);
    CHECK(verdict(test::answer(500)).kind == Kind::kRetryLater);
    CHECK(verdict(test::page(200)).whole_lane);
    CHECK(verdict(test::answer(404)).kind == Kind::kStopLane);
  }
}

TEST_CASE("tangoe: a login asks for the service types", "[backends]") {
  const TangoeBackend backend(test::tangoe_settings());
  const auto login = backend.login();
  REQUIRE(login);
  const auto& request = std::get<HttpRequest>(*login);
  CHECK(request.body.find("GetServiceTypesRequest") != std::string::npos);
  CHECK(request.body.find("PasswordDigest") != std::string::npos);
  const auto outcome = backend.judge_login(test::result_answer(
      "GetServiceTypes", "0", "OK",
      "<inv:serviceType><inv:id>6</inv:id><inv:description>Wireless</inv:description>"
      "<inv:majorTypeDescription>Voice</inv:majorTypeDescription></inv:serviceType>"));
  REQUIRE(std::holds_alternative<Secret>(outcome));
  CHECK(tangoe::service_type_id(&std::get<Secret>(outcome), "Wireless") == "6");

  const auto kind = [&](const HttpResponse& response) {
    return test::name_of(std::get<Verdict>(backend.judge_login(response)).kind);
  };
  CHECK(kind(test::fault_answer("Client", "No WS-Security header found")) == "stop lane");
  CHECK(kind(test::fault_answer("MustUnderstand", "x")) == "stop lane");
  CHECK(kind(test::fault_answer("Client", "Validation error")) == "stop lane");
  CHECK(kind(test::result_answer("GetServiceTypes", "-1", "database")) == "retry later");
  CHECK(kind(test::answer(404)) == "stop lane");
  CHECK(kind(test::answer(500)) == "retry later");
  CHECK(kind(test::page(200)) == "retry later");
}

TEST_CASE("tangoe: the credential is added when a request leaves, new each time", "[backends]") {
  auto settings = test::tangoe_settings();
  int nonces = 0;
  settings.make_nonce = [&nonces] { return "nonce-" + std::to_string(++nonces); };
  const TangoeBackend backend(settings);
  const Delivery delivery(phone_transfer());
  CHECK(delivery.request.body.find("Security") == std::string::npos);
  HttpRequest first = delivery.request;
  HttpRequest second = delivery.request;
  backend.authorize(first, delivery.login);
  backend.authorize(second, delivery.login);
  CHECK(first.body != second.body);
  CHECK(first.body.find("<wsse:Username>guest<") != std::string::npos);
  CHECK(first.body.find(std::string(tangoe::hash_in(delivery.login).reveal())) ==
        std::string::npos);

  settings.secured = false;
  const TangoeBackend open(settings);
  HttpRequest bare = delivery.request;
  open.authorize(bare, tangoe::make_credential(Secret(), {}));
  CHECK(bare.body == delivery.request.body);
}

}  // namespace
}  // namespace handover::backends
