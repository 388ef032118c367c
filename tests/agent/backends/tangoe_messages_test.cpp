#include <catch2/catch_test_macros.hpp>

#include "agent/backends/tangoe/item_collector.hpp"
#include "agent/backends/tangoe/password_digest.hpp"
#include "agent/backends/tangoe/tangoe_answer.hpp"
#include "tests/agent/backends/tangoe_samples.hpp"

namespace handover::backends::tangoe {
namespace {

using Kind = Reading::Kind;

std::string from_base64_nonce() {
  // vGLJ6YTnyVtmyLSzRqIJzA==
  return "\xBC\x62\xC9\xE9\x84\xE7\xC9\x5B\x66\xC8\xB4\xB3\x46\xA2\x09\xCC";
}

TEST_CASE("tangoe: the vendor's own sample of a password digest", "[backends]") {
  const Secret hash = password_hash(Secret(std::string_view("a")));
  CHECK(hash.reveal() == "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb");
  CHECK(password_digest(from_base64_nonce(), "2015-08-10T07:18:50.422Z", hash) ==
        "S5A3tTxe1GWCjYp22HMA7e1P+DI=");
}

TEST_CASE("tangoe: the security header goes into the envelope's header", "[backends]") {
  const std::string bare = get_inventory_item_request({"6", "<soapenv:Header></soapenv:Header>"});
  const Secret hash = password_hash(Secret(std::string_view("a")));
  const std::string whole =
      with_header(bare, security_header("guest", hash, from_base64_nonce(), test::now()));
  const auto root = xml::parse(whole);
  REQUIRE(root);
  REQUIRE(root->children.size() == 2);
  const auto& security = root->children[0].children.at(0);
  CHECK(security.name == "Security");
  CHECK(security.attribute("{" + std::string(kSoapSpace) + "}mustUnderstand") == "1");
  const auto& token = security.children.at(0);
  CHECK(token.children.at(0).text == "guest");
  CHECK(token.children.at(2).text == "vGLJ6YTnyVtmyLSzRqIJzA==");
  CHECK(token.children.at(3).text == "2026-11-22T10:26:53.000Z");
  CHECK(whole.find(hash.reveal()) == std::string::npos);
  CHECK(xml::parse(bare)->children[1] == root->children[1]);
}

const xml::Element payload_of(const std::string& envelope) {
  const auto body = read_envelope(envelope);
  REQUIRE(body);
  return std::get<xml::Element>(*body);
}

std::string names_in(const xml::Element& element) {
  std::string names;
  for (const auto& child : element.children) names += child.name + " ";
  return names;
}

TEST_CASE("tangoe: the seven requests, their parts in order", "[backends]") {
  CHECK(payload_of(get_service_type_id_request("Local")).name == "GetServiceTypeIDRequest");
  CHECK(names_in(payload_of(get_service_type_id_request("Local"))) == "serviceTypeName ");
  CHECK(payload_of(get_service_types_request()).children.empty());
  CHECK(names_in(payload_of(get_inventory_item_request({"6", "7"}))) ==
        "serviceTypeID inventoryNumber ");
  const auto find = payload_of(find_inventory_item_request(
      test::new_tangoe_item(), FindPage{20, std::optional<unsigned>(40)}));
  CHECK(names_in(find) == "inventoryItem maxNoOfRecords fromRecord ");
  CHECK(find.children[2].text == "40");
  CHECK(names_in(payload_of(find_inventory_item_request(test::new_tangoe_item(), {}))) ==
        "inventoryItem maxNoOfRecords ");
  LogQuery query;
  query.item = ItemKey{"6", "7"};
  query.from_date = "11/01/2026";
  query.to_date = "11/30/2026";
  query.records_max = 5;
  CHECK(names_in(payload_of(get_inventory_log_request(query))) ==
        "serviceTypeID inventoryNumber fromDate toDate maxNoOfRecords ");
  for (const bool add : {true, false}) {
    const InventoryItem item = test::full_tangoe_item();
    const auto back = read_written_item(add ? add_inventory_item_request(item)
                                            : edit_inventory_item_request(item));
    REQUIRE(back);
    CHECK(back->add == add);
    CHECK(back->item == item);
  }
}

TEST_CASE("tangoe: answers are read whatever their prefixes and order", "[backends]") {
  const std::string item =
      R"(<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>
         <ns2:FindInventoryItemResponse xmlns:ns2="http://www.asentinel.com/asentinelws/schemas/invord">
           <!-- two --><ns2:result><ns2:message>OK</ns2:message><ns2:code> 0 </ns2:code></ns2:result>
           <ns2:inventoryItem><ns2:serviceTypeID>6</ns2:serviceTypeID></ns2:inventoryItem>
           <ns2:inventoryItem><ns2:serviceTypeID>6</ns2:serviceTypeID></ns2:inventoryItem>
           <ns2:totalRecords>2</ns2:totalRecords>
         </ns2:FindInventoryItemResponse></e:Body></e:Envelope>)";
  const Reading reading = read_answer(test::answer(200, item), "FindInventoryItem", test::now());
  CHECK(reading.kind == Kind::kDone);
  const FoundPage page = read_found_page(*reading.payload);
  CHECK(page.items.size() == 2);
  CHECK(page.total == 2U);
}

TEST_CASE("tangoe: a failed get may hold an empty item, or none", "[backends]") {
  const auto empty = payload_of(make_envelope(
      "<inv:GetInventoryItemResponse><inv:inventoryItem><inv:serviceTypeID>0</inv:serviceTypeID>"
      "</inv:inventoryItem></inv:GetInventoryItemResponse>"));
  CHECK_FALSE(read_inventory_item(empty));
  CHECK_FALSE(read_inventory_item(
      payload_of(make_envelope("<inv:GetInventoryItemResponse></inv:GetInventoryItemResponse>"))));
}

TEST_CASE("tangoe: log entries and service types are read as text", "[backends]") {
  const auto log = read_log_items(payload_of(
      make_envelope("<inv:GetInventoryLogResponse><inv:logItem><inv:action>Edit</inv:action>"
                    "<inv:inventoryID>7</inv:inventoryID><inv:suspended>true</inv:suspended>"
                    "<inv:modificationDate>11/22/2026 10:26:53</inv:modificationDate></inv:logItem>"
                    "</inv:GetInventoryLogResponse>")));
  REQUIRE(log.size() == 1);
  CHECK(log[0].action == "Edit");
  CHECK(log[0].inventory_id == "7");
  CHECK(log[0].modification_date == "11/22/2026 10:26:53");
  CHECK(log[0].vendor.empty());
}

TEST_CASE("tangoe: the custom fields of a service type are asked for and read", "[backends]") {
  const auto request = payload_of(get_custom_fields_request("6"));
  CHECK(names_in(request) == "serviceTypeID order ");
  CHECK(request.children[1].text == "false");
  const auto fields = read_custom_fields(payload_of(make_envelope(
      "<inv:GetCustomFieldsResponse><inv:customField><inv:id>1</inv:id><inv:name>Colour</inv:name>"
      "<inv:value/><inv:fieldType>COMBO</inv:fieldType><inv:required>true</inv:required>"
      "</inv:customField></inv:GetCustomFieldsResponse>")));
  REQUIRE(fields.size() == 1);
  CHECK(fields[0] == CustomField{"1", "Colour", "", "COMBO", "true"});
}

struct Case {
  HttpResponse response;
  Kind kind;
  std::string_view words;
};

TEST_CASE("tangoe: every answer has its reading", "[backends]") {
  const std::string op = "EditInventoryItem";
  const auto late = [](HttpResponse response, std::string date) {
    response.headers.back().value = std::move(date);
    return response;
  };
  const HttpResponse refused =
      test::fault_answer("Client", "The security token could not be authenticated or authorized");
  const auto declared = [&](int status, std::string type) {
    HttpResponse response = test::result_answer(op, "0", "OK");
    response.status = status;
    response.headers.front().value = std::move(type);
    return response;
  };
  const std::vector<Case> cases = {
      {test::result_answer(op, "0", "OK"), Kind::kDone, "accepted"},
      {declared(200, "application/soap+xml"), Kind::kDone, "accepted"},
      {declared(200, ""), Kind::kDone, "accepted"},
      {declared(200, "text/plain"), Kind::kUnclear, "declared as something else"},
      {declared(200, "text/html"), Kind::kUnclear, "declared as something else"},
      {declared(503, "text/xml"), Kind::kBusy, ""},
      {test::result_answer(op, "-1", "Could not edit. No vendor (X).\n"), Kind::kFailed,
       "Could not edit. No vendor (X)."},
      {test::result_answer(op, "-2", "new code"), Kind::kFailed, "new code"},
      {test::result_answer("AddInventoryItem", "0", "OK"), Kind::kUnclear, "not to what was asked"},
      {test::soap_answer(200, "<inv:EditInventoryItemResponse></inv:EditInventoryItemResponse>"),
       Kind::kUnclear, "not to what was asked"},
      {test::fault_answer("Client", "Validation error",
                          "<detail><e>cvc-1</e><e>cvc-2</e></detail>"),
       Kind::kMessageWrong, "Validation error: cvc-1; cvc-2"},
      {test::fault_answer("Server", "boom"), Kind::kUnclear, "boom"},
      {test::fault_answer("MustUnderstand",
                          "One or more mandatory SOAP header blocks not understood"),
       Kind::kSecurityOff, "security = \"none\""},
      {test::fault_answer("VersionMismatch", "x"), Kind::kConfiguration, "SOAP 1.1"},
      {test::fault_answer("Client", "No WS-Security header found"), Kind::kCredentials, "password"},
      {refused, Kind::kCredentials, "password"},
      {test::fault_answer("FailedAuthentication", "no"), Kind::kCredentials, "password"},
      {late(refused, "Sun, 22 Nov 2026 10:25:00 GMT"), Kind::kClock, "1 min ahead of"},
      {late(refused, "Sun, 22 Nov 2026 10:33:00 GMT"), Kind::kClock, "6 min behind"},
      {late(refused, "Tue, 22 Sep 2026 10:33:00 GMT"), Kind::kClock, "60 days ahead of"},
      {late(refused, "Sun, 22 Nov 2026 10:31:00 GMT"), Kind::kCredentials, "password"},
      {test::soap_answer(500,
                         "<soapenv:Fault><soapenv:Code><soapenv:Value>soapenv:Sender"
                         "</soapenv:Value></soapenv:Code><soapenv:Reason><soapenv:Text>"
                         "Invalid username or password</soapenv:Text></soapenv:Reason>"
                         "</soapenv:Fault>"),
       Kind::kCredentials, "Invalid username"},
      {test::soap_answer(500, "<soapenv:Fault><what/></soapenv:Fault>"), Kind::kUnclear, ""},
      {test::page(200), Kind::kPage, ""},
      {test::page(403), Kind::kPage, ""},
      {test::page(502), Kind::kUnclear, ""},
      {test::page(404), Kind::kConfiguration, "URL"},
      {test::answer(200), Kind::kUnclear, ""},
      {test::answer(200, "<soapenv:Envel"), Kind::kUnclear, ""},
      {test::answer(200, "<!DOCTYPE x [<!ENTITY a \"b\">]><x>&a;</x>"), Kind::kUnclear, ""},
      {test::answer(301), Kind::kConfiguration, "redirect"},
      {test::answer(400), Kind::kConfiguration, "URL"},
      {test::answer(401), Kind::kLogin, ""},
      {test::answer(404), Kind::kConfiguration, "URL"},
      {test::answer(405), Kind::kConfiguration, "URL"},
      {test::answer(408), Kind::kUnclear, ""},
      {test::answer(429), Kind::kBusy, ""},
      {test::answer(500), Kind::kUnclear, ""},
      {test::answer(503), Kind::kBusy, ""},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const auto& [response, kind, words] = cases[i];
    const Reading reading = read_answer(response, op, test::now());
    INFO("case " << i << ": " << reading.why);
    CHECK(int(reading.kind) == int(kind));
    CHECK(reading.why.find(words) != std::string::npos);
  }
}

/// A server that counts records from `base`, and answers like Tangoe's.
struct PagedServer {
  unsigned base;
  unsigned total;
  unsigned asked = 0;

  FoundPage answer(const FindPage& page) {
    ++asked;
    const unsigned from = page.from_record ? *page.from_record - base : 0;
    FoundPage found;
    found.total = total;
    for (unsigned i = from; i < std::min(total, from + page.records_max); ++i) {
      InventoryItem item;
      item.set("inventoryID", std::to_string(1000 + i));
      found.items.push_back(item);
    }
    return found;
  }
};

TEST_CASE("tangoe: paging loses and doubles nothing, whatever the server counts from",
          "[backends]") {
  for (const unsigned base : {0U, 1U}) {
    for (const unsigned total : {0U, 1U, 2U, 9U, 10U, 11U, 57U}) {
      for (const unsigned page : {2U, 3U, 10U}) {
        PagedServer server{base, total};
        ItemCollector collector(page);
        std::size_t fresh = 0;
        do fresh += collector.add(server.answer(collector.next_page())).size();
        while (!collector.done());
        INFO("base " << base << " total " << total << " page " << page);
        CHECK(collector.count() == total);
        CHECK(fresh == total);
        CHECK_FALSE(collector.incomplete());
        CHECK_FALSE(collector.changed_meanwhile());
      }
    }
  }
}

TEST_CASE("tangoe: a find that changes between pages is said to be incomplete", "[backends]") {
  PagedServer server{0, 10};
  ItemCollector collector(4);
  CHECK(collector.add(server.answer(collector.next_page())).size() == 4);
  server.total = 9;
  while (!collector.done()) (void)collector.add(server.answer(collector.next_page()));
  CHECK(collector.changed_meanwhile());
  ItemCollector stuck(4);
  CHECK(stuck.add(server.answer({4, std::nullopt})).size() == 4);
  CHECK(stuck.add(server.answer({4, 0U})).empty());  // The same again.
  CHECK(stuck.done());
  CHECK(stuck.incomplete());
}

}  // namespace
}  // namespace handover::backends::tangoe
