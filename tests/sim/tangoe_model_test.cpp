// The simulated Tangoe's door: HTTP, envelopes, schema, security (situations TNG-F…).
#include "tests/sim/tangoe_support.hpp"

namespace handover::sim {
namespace {

using namespace testing;
using std::chrono::seconds;

const std::string kTypes = "<t:GetServiceTypesRequest/>";

TangoeOptions secured() {
  TangoeOptions options;
  options.users = {{"guest", "a"}};
  return options;
}

struct Token {
  std::string user = "guest";
  std::string password = "a";
  std::string nonce = "vGLJ6YTnyVtmyLSzRqIJzA==";
  std::string created = "2026-11-22T10:26:53.422Z";

  [[nodiscard]] std::string header() const {
    const std::string wss = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-";
    const std::string nonce_bytes =
        "\xBC\x62\xC9\xE9\x84\xE7\xC9\x5B\x66\xC8\xB4\xB3\x46\xA2\x09\xCC";
    return R"(<s:Security e:mustUnderstand="1" xmlns:s=")" + wss +
           R"(wssecurity-secext-1.0.xsd" xmlns:u=")" + wss +
           R"(wssecurity-utility-1.0.xsd"><s:UsernameToken><u:Created>)" + created +
           "</u:Created><s:Nonce>" + nonce + R"(</s:Nonce><s:Password Type=")" + wss +
           R"(username-token-profile-1.0#PasswordDigest">)" +
           tangoe::token_digest(nonce_bytes, created, password) + "</s:Password><s:Username>" +
           user + "</s:Username></s:UsernameToken></s:Security>";
  }
};

std::string with_token(Tangoe& tangoe, const Token& token, WallTime now = kTangoeNow) {
  return Tangoe::outcome(tangoe.post(envelope(kTypes, token.header()), now));
}

TEST_CASE("tangoe: the digest is that of the vendor's own sample", "[sim][tangoe]") {
  const std::string nonce = "\xBC\x62\xC9\xE9\x84\xE7\xC9\x5B\x66\xC8\xB4\xB3\x46\xA2\x09\xCC";
  CHECK(tangoe::token_digest(nonce, "2015-08-10T07:18:50.422Z", "a") ==
        "S5A3tTxe1GWCjYp22HMA7e1P+DI=");
}

TEST_CASE("tangoe: what is no SOAP message gets a bare status", "[sim][tangoe]") {
  Tangoe tangoe;
  CHECK(Tangoe::outcome(tangoe.post("<half")) == "400");
  CHECK(Tangoe::outcome(tangoe.post("")) == "400");
  CHECK(Tangoe::outcome(tangoe.post("<!DOCTYPE e>" + envelope(kTypes))) == "400");
  CHECK(Tangoe::outcome(tangoe.post("<?go now?>" + envelope(kTypes))) == "400");
  CHECK(tangoe.say("<t:NoSuchRequest/>") == "404");
  CHECK(tangoe.say("<GetServiceTypesRequest/>") == "404");
  CHECK(tangoe.say("<t:GetServiceTypesResponse/>") == "404");
  CHECK(Tangoe::outcome(tangoe.model.handle(HttpRequest("GET", kTangoePath), kTangoeNow)) == "405");
  CHECK(Tangoe::outcome(tangoe.model.handle(HttpRequest("PUT", kTangoePath), kTangoeNow)) == "405");
  CHECK(tangoe.model.handle(HttpRequest("POST", "/elsewhere"), kTangoeNow).status == 404);
}

TEST_CASE("tangoe: an envelope of SOAP 1.2 is another version", "[sim][tangoe]") {
  Tangoe tangoe;
  const auto response = tangoe.post(
      R"(<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body/></e:Envelope>)");
  CHECK(response.status == 500);
  CHECK(response.body.find("SOAP-ENV:VersionMismatch") != std::string::npos);
}

TEST_CASE("tangoe: a message that breaks the schema is a fault of the client", "[sim][tangoe]") {
  Tangoe tangoe;
  const std::string phone = fields(kPhone);
  const std::string wrong[] = {
      change("AddInventoryItem", fields("inventoryNumber=1")),  // F04a
      element("GetServiceTypeIDRequest", ""),                   // F04a
      change("AddInventoryItem", phone + element("customFields",
                                                 "<t:customField><t:value>1"
                                                 "</t:value></t:customField>")),  // F04a
      change("AddInventoryItem", fields("serviceTypeID=5x;inventoryNumber=1")),   // F04b
      change("AddInventoryItem", fields("serviceTypeID=6;inventoryNumber=1;status=maybe")),
      change("AddInventoryItem", phone + fields("featureCharges=1,5")),         // F04b
      change("AddInventoryItem", phone + fields("rate=")),                      // F04b
      change("AddInventoryItem", phone + fields("colour=red")),                 // F04c
      change("AddInventoryItem", phone + fields("lastActionDate=11/22/2026")),  // F04c
      change("AddInventoryItem", phone + fields("status=true")),                // F04d
      element("FindInventoryItemRequest", element("inventoryItem", fields("serviceTypeID=6")) +
                                              fields("fromRecord=1;maxNoOfRecords=5")),  // F04e
      change("AddInventoryItem", fields("serviceTypeID=6")),                             // F05
      change("EditInventoryItem", fields("serviceTypeID=6;vendor=Verizon")),             // F05
      element("GetInventoryItemRequest", fields("serviceTypeID=6")),
  };
  for (const std::string& payload : wrong) {
    const auto response = tangoe.call(payload);
    INFO(payload);
    CHECK(response.status == 500);
    CHECK(response.body.find("<faultcode>SOAP-ENV:Client<") != std::string::npos);
    CHECK(response.body.find("spring-ws:ValidationError") != std::string::npos);
  }
  CHECK(tangoe.model.inventory().items().empty());
  // The schema knows 1 and 0 too, and any order.
  CHECK(tangoe.add("",
                   "status=1;vendor=Verizon;dateActivated=11/22/2026;costCenterNo=4100;"
                   "inventoryNumber=555-0100;serviceTypeID=6") == "0: OK");
  CHECK(tangoe.field("status") == "true");
}

TEST_CASE("tangoe: a secured server lets in who knows the password, once", "[sim][tangoe]") {
  Tangoe tangoe(secured());
  const std::string refused = "fault: The security token could not be authenticated or authorized";
  CHECK(tangoe.say(kTypes) == "fault: No WS-Security header found");
  CHECK(with_token(tangoe, Token()) == "0: OK");
  CHECK(with_token(tangoe, Token()) == refused);  // F10
  Token same_bytes;
  same_bytes.nonce = "vGLJ6YTnyVtmyLSzRqIJzB==";
  CHECK(with_token(tangoe, same_bytes) == refused);
  Token another_nonce;
  another_nonce.nonce = "wGLJ6YTnyVtmyLSzRqIJzA==";
  CHECK(with_token(tangoe, another_nonce) == refused);  // F08: the digest is of the first one.
  Tangoe other(secured());
  Token wrong;
  wrong.password = "b";
  CHECK(with_token(other, wrong) == refused);
  wrong = Token();
  wrong.user = "nobody";
  CHECK(with_token(other, wrong) == refused);
  for (const auto* created : {"2026-11-22T10:26:53Z", "2026-11-22T12:26:53+02:00",
                              "2026-11-22T10:22:00.000Z", "2026-11-22T10:27:50Z"}) {
    Tangoe another(secured());
    Token token;
    token.created = created;
    INFO(created);
    CHECK(with_token(another, token) == "0: OK");
  }
  for (const auto* created : {"2026-11-22T10:21:00Z", "2026-11-22T10:28:00Z", "yesterday", ""}) {
    Tangoe another(secured());
    Token token;
    token.created = created;
    INFO(created);
    CHECK(with_token(another, token) == refused);  // F09
  }
}

TEST_CASE("tangoe: a server without security does not understand a token", "[sim][tangoe]") {
  Tangoe tangoe;
  CHECK(with_token(tangoe, Token()) ==
        "fault: One or more mandatory SOAP header blocks not understood");
}

TEST_CASE("tangoe: the contract stands beside the service", "[sim][tangoe]") {
  Tangoe tangoe(secured());
  HttpRequest request("GET", std::string(kTangoePath) + "inventoryorder.wsdl");
  request.headers = {{"Host", "localhost:1"}};
  const auto wsdl = tangoe.model.handle(request, kTangoeNow);
  CHECK(wsdl.status == 200);
  CHECK(wsdl.body.find("http://localhost:1/asentinelws/services/") != std::string::npos);
  request.target = std::string(kTangoePath) + "inventoryorder.xsd";
  CHECK(tangoe.model.handle(request, kTangoeNow).body.find("FoundInventoryDetails") !=
        std::string::npos);
  request.method = "POST";
  CHECK(tangoe.model.handle(request, kTangoeNow).status == 405);
}

TEST_CASE("tangoe: the schema has the 81 fields of a find, one less elsewhere", "[sim][tangoe]") {
  const tangoe::Contract contract;
  CHECK(contract.fields().size() == 81);
  CHECK(contract.fields().back().name == "lastActionDate");
}

TEST_CASE("tangoe: faults tell adds and edits from questions", "[sim][tangoe]") {
  Tangoe tangoe;
  const auto route = [&](const std::string& payload) {
    HttpRequest request("POST", kTangoePath);
    request.body = envelope(payload);
    return tangoe.model.route_of(request);
  };
  CHECK(route(change("AddInventoryItem", "")) == "/asentinelws/services/write/AddInventoryItem");
  CHECK(route(change("EditInventoryItem", "")) == "/asentinelws/services/write/EditInventoryItem");
  CHECK(route(kTypes) == "/asentinelws/services/read/GetServiceTypes");
  HttpRequest broken("POST", kTangoePath);
  broken.body = "<half";
  CHECK(tangoe.model.route_of(broken) == kTangoePath);
}

TEST_CASE("tangoe: state shows items and operations, and a reset forgets them", "[sim][tangoe]") {
  Tangoe tangoe;
  REQUIRE(tangoe.add() == "0: OK");
  Json state = tangoe.model.state();
  REQUIRE(state.find("items")->items().size() == 1);
  CHECK(state.find("items")->items()[0].text_of("vendor") == "Verizon");
  CHECK(state.find("operations")->text_of("AddInventoryItem") == "1");
  tangoe.model.reset();
  CHECK(tangoe.model.counts().text_of("items") == "0");
  CHECK_FALSE(tangoe.model.configure(*parse_json(R"({"colour":1})")));
  CHECK_FALSE(tangoe.model.configure(*parse_json(R"({"first_record":2})")));
}

}  // namespace
}  // namespace handover::sim
