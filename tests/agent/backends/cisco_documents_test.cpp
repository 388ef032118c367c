// Independent judges of what the agent and the simulated gateway write: xmllint with DTDs written
// by hand, Python's email package, openssl cms.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "agent/backends/cisco/grammar.hpp"
#include "agent/backends/cisco/rnif_mime.hpp"
#include "crypto/cms.hpp"
#include "sim/back-ends/cisco/answer_documents.hpp"
#include "tests/agent/backends/cisco_world.hpp"

namespace handover::test {
namespace {

namespace fs = std::filesystem;
using backends::XmlDocument;

constexpr const char* kHere = HANDOVER_SOURCE_DIR "/tests/agent/backends/";

int run(const std::string& command) { return std::system((command + " >/dev/null 2>&1").c_str()); }

/// A folder with the DTDs, in which xmllint finds them by the names in the DOCTYPE lines.
class Judge {
 public:
  Judge() {
    for (const auto& file : fs::directory_iterator(std::string(kHere) + "cisco_dtds"))
      if (file.path().extension() == ".dtd") fs::copy(file.path(), folder.path());
  }
  bool is_valid(const std::string& xml) {
    const std::string file = folder.write("judged.xml", xml);
    return run("xmllint --nonet --noout --valid '" + file + "'") == 0;
  }
  bool is_valid_file(const std::string& name) {
    return run("xmllint --nonet --noout --valid '" + folder.file(name) + "'") == 0;
  }
  /// What Python's email package makes of the message; its documents are then in the folder.
  Json read(const backends::PackedRnif& message) {
    const std::string file = folder.write("message", message.content_type + "\n" + message.body);
    const std::string out = folder.file("found.json");
    REQUIRE(std::system(("/usr/bin/python3 '" + std::string(kHere) + "mime_judge.py' '" + file +
                         "' '" + folder.path() + "' > '" + out + "'")
                            .c_str()) == 0);
    std::ifstream stream(out);
    std::stringstream text;
    text << stream.rdbuf();
    return good(parse_json(text.str()));
  }

  TemporaryFolder folder;
};

ServiceOrder filled(const std::string& text) {
  ServiceOrder order = order_from(text);
  order.bill_to = "1234567";
  order.order_type = "Service";
  order.requested_date = "2026-12-01";
  return order;
}

XmlDocument request_of(const ServiceOrder& order) {
  return good(backends::make_request_document(order, cisco_settings().parties, {}, WallTime()));
}

ServiceOrder full_order() {
  ServiceOrder order = filled(kLinkedOrder);
  order.comments = "OrderNotes=ring <twice> & wait";
  order.deal_id = "D-42";
  order.drop_ship = true;
  order.properties = {{"OrderAckEmail", "a@b.example, c@d.example"}};
  order.lines[0].reference = "REF;KEY;1";
  order.lines[3].contract_number = "USE_EXISTING";
  order.lines[0].properties = {{"VerticalMarket", "Retail"}};
  return order;
}

backends::PackedRnif packed(const XmlDocument& content,
                            const backends::RnifSigning* signing = nullptr) {
  backends::RnifEnvelope envelope;
  envelope.sender = "123456789";
  envelope.receiver = "364132837";
  envelope.initiator = "123456789";
  envelope.usage = "Test";
  envelope.tracking_id = "0b0f1a52-0000-4000-8000-000000000001";
  envelope.pip_instance_id = "3A4-1";
  envelope.action = backends::kRequestAction;
  return good(backends::pack_rnif(envelope, content, signing));
}

TEST_CASE("cisco documents: xmllint finds every request valid, and would find it wrong",
          "[cisco]") {
  Judge judge;
  for (const ServiceOrder& order : {filled(kLinkedOrder), filled(kSiteOrder), full_order()}) {
    const XmlDocument document = request_of(order);
    CHECK(judge.is_valid(backends::write_xml(document)));
    CHECK(backends::purchase_order_request().check(document).empty());
    CHECK(good(backends::parse_xml(backends::write_xml(document))) == document);

    // The judge and the checker see the same faults.
    XmlDocument swapped = document;
    auto& children = swapped.root.make("PurchaseOrder").children;
    std::swap(children.front(), children.back());
    CHECK_FALSE(judge.is_valid(backends::write_xml(swapped)));
    CHECK_FALSE(backends::purchase_order_request().check(swapped).empty());
    backends::purchase_order_request().arrange(swapped.root);
    CHECK(judge.is_valid(backends::write_xml(swapped)));
    XmlDocument less = document;
    less.root.children.pop_back();
    CHECK_FALSE(judge.is_valid(backends::write_xml(less)));
    CHECK_FALSE(backends::purchase_order_request().check(less).empty());
  }
}

TEST_CASE("cisco documents: the name/value texts of the examples", "[cisco]") {
  const ServiceOrder linked = filled(kLinkedOrder);
  CHECK(backends::order_text(linked) == "OrderPlatform=CCW");
  CHECK(backends::line_text(linked.lines[0], {}) == "ConfigurationInformation=10;0");
  CHECK(backends::line_text(linked.lines[3], {}) == "ConfigurationInformation=31;21");
  CHECK(backends::line_text(filled(kSiteOrder).lines[0], {}) ==
        "ConfigurationInformation=10;0|SerialNumber=FOC1234A1B2|SerialNumber=FOC1234A1B3");
  ServiceOrder partial = filled(kSiteOrder);
  partial.service_order_type = "PARTIAL";
  partial.properties = {{"OrderPlatform", "CCW"}};
  partial.lines[0].serial_numbers.clear();
  partial.lines[0].covered_product = "CISCO1801";
  CHECK(backends::order_text(partial) == "OrderPlatform=CCW|serviceOrderType=PARTIAL");
  CHECK(backends::line_text(partial.lines[0], {}) ==
        "ConfigurationInformation=10;0|coveredProductNumber=CISCO1801");
  CHECK(backends::line_text(full_order().lines[0], {}) ==
        "ConfigurationInformation=10;0;REF;KEY;1|VerticalMarket=Retail");
}

TEST_CASE("cisco documents: what the grammar does not allow is refused by rule C22", "[cisco]") {
  auto parties = cisco_settings().parties;
  parties.contact_phone = std::string(31, '5');
  const auto document =
      backends::make_request_document(filled(kSiteOrder), parties, {}, WallTime());
  REQUIRE_FALSE(document);
  CHECK(document.error().code == Errc::kInvalid);
  CHECK(document.error().detail.starts_with("C22: fromRole/PartnerRoleDescription"));
}

TEST_CASE("cisco documents: Python's email package takes a message apart as it was packed",
          "[cisco]") {
  Judge judge;
  const XmlDocument document = request_of(full_order());
  const auto message = packed(document);
  const Json found = judge.read(message);
  INFO(found.dump());
  CHECK(found.find("defects")->items().empty());
  CHECK(found.find("types")->dump() ==
        R"(["multipart/related","multipart/related",)"
        R"("application/xml","application/xml","application/xml","application/xml"])");
  CHECK(found.find("locations")->dump() ==
        R"(["RN-Preamble","RN-Delivery-Header","RN-Service-Header","RN-Service-Content"])");
  std::set<std::string> ids;
  for (const Json& id : found.find("ids")->items()) ids.insert(id.text());
  CHECK(ids.size() == 4);
  for (const char* name : {"Preamble.xml", "DeliveryHeader.xml", "ServiceHeader.xml",
                           "Pip3A4PurchaseOrderRequest.xml"}) {
    INFO(name);
    CHECK(judge.is_valid_file(name));
  }
  CHECK(packed(document).body == message.body);  // The same bytes each time.
  const auto read = backends::parse_rnif(message.content_type, message.body);
  REQUIRE(read);
  CHECK(read->content == document);
  CHECK(read->envelope.tracking_id == "0b0f1a52-0000-4000-8000-000000000001");
  CHECK(read->envelope.action == backends::kRequestAction);
}

TEST_CASE("cisco documents: what the simulated Cisco answers is valid too", "[cisco]") {
  Judge judge;
  const XmlDocument request = request_of(full_order());
  sim::OrderCheckOptions options;
  for (const bool accepted : {true, false}) {
    options.bill_tos = {accepted ? "1234567" : "7654321"};
    const auto checked = sim::check_order(request.root, false, options);
    CHECK(checked.accepted == accepted);
    const auto confirmation = sim::confirmation_document(
        request.root, checked, {accepted ? "Accept" : "Reject", "900001"}, WallTime());
    CHECK(judge.is_valid(backends::write_xml(confirmation)));
  }
  CHECK(judge.is_valid(backends::write_xml(sim::receipt_document())));
  CHECK(judge.is_valid(backends::write_xml(sim::exception_document("UNP.SCON.VALERR", "x", true))));
}

TEST_CASE("cisco documents: openssl cms verifies a signed message, and not a changed one",
          "[cisco]") {
  Judge judge;
  const std::string key = judge.folder.file("key.pem");
  const std::string certificate = judge.folder.file("certificate.pem");
  REQUIRE(run("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=buyer -keyout '" + key +
              "' -out '" + certificate + "'") == 0);
  const auto text_of = [](const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    std::stringstream text;
    text << stream.rdbuf();
    return text.str();
  };
  const std::string pem = text_of(certificate);
  const std::string key_pem = text_of(key);
  const std::string digest = GENERATE(std::string("sha-256"), std::string("sha1"));
  backends::RnifSigning signing;
  signing.micalg = digest;
  signing.sign = [&](std::string_view bytes) {
    return crypto::cms_sign(
        bytes, Secret(key_pem), pem,
        digest == "sha1" ? crypto::CmsDigest::kSha1 : crypto::CmsDigest::kSha256);
  };
  const auto message = packed(request_of(filled(kSiteOrder)), &signing);
  CHECK(packed(request_of(filled(kSiteOrder)), &signing).body == message.body);

  const Json found = judge.read(message);
  INFO(found.dump());
  CHECK(found.find("defects")->items().empty());
  const auto read = backends::parse_rnif(message.content_type, message.body);
  REQUIRE(read);
  REQUIRE_FALSE(read->signed_part.empty());
  CHECK(read->signature == text_of(judge.folder.file("signature.der")));
  CHECK(crypto::cms_verify(read->signed_part, read->signature, pem));
  CHECK_FALSE(crypto::cms_verify(read->signed_part + " ", read->signature, pem));
  CHECK_FALSE(crypto::cms_verify(read->signed_part, "no signature", pem));

  const std::string content = judge.folder.write("signed.part", read->signed_part);
  const std::string verify = "openssl cms -verify -inform DER -binary -in '" +
                             judge.folder.file("signature.der") + "' -CAfile '" + certificate +
                             "' -purpose any -auth_level 0 -content '";
  CHECK(run(verify + content + "'") == 0);
  CHECK(run(verify + judge.folder.write("changed.part", read->signed_part + " ") + "'") != 0);
}

TEST_CASE("cisco documents: a key that does not fit its certificate is told as a setting",
          "[cisco]") {
  const auto signature = crypto::cms_sign("x", Secret(std::string_view("no key")), "no certificate",
                                          crypto::CmsDigest::kSha256);
  REQUIRE_FALSE(signature);
  CHECK(signature.error().code == Errc::kConfig);
}

}  // namespace
}  // namespace handover::test
