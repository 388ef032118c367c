// MIME that means harm, or is only unusual.
#include <catch2/catch_test_macros.hpp>

#include "agent/backends/cisco/cisco_reply.hpp"
#include "agent/backends/cisco/grammar.hpp"
#include "agent/backends/cisco/rnif_message.hpp"
#include "agent/backends/cisco/rnif_mime.hpp"
#include "sim/back-ends/cisco/answer_documents.hpp"
#include "tests/support/test_store.hpp"

namespace handover::test {
namespace {

using backends::parse_multipart;
using backends::parse_rnif;

std::string body_of(const std::string& text, std::size_t part = 0) {
  const auto parts = parse_multipart(text, "B");
  return parts && parts->size() > part ? (*parts)[part].body : "refused";
}

TEST_CASE("cisco mime: boundaries", "[cisco]") {
  CHECK(body_of("--B\r\n\r\none\r\n--B--\r\n") == "one");
  CHECK(body_of("before\r\n--B\r\n\r\none\r\n--B--\r\nafter") == "one");
  CHECK(body_of("--B\n\none\n--B--\n") == "one");
  CHECK(body_of("--B \t\r\n\r\none\r\n--B--") == "one");
  CHECK(body_of("--B\r\n\r\na --B\r\n --B\r\n--Bx\r\n\r\n--B--") == "a --B\r\n --B\r\n--Bx\r\n");
  CHECK(body_of("--B\r\n\r\none\r\n--B\r\nA: b\r\n\r\ntwo\r\n--B--", 1) == "two");
  CHECK(body_of("--B\r\n\r\n--B--") == "");
  CHECK(parse_multipart("--B--\r\n", "B")->empty());
  for (const char* text :
       {"", "--B\r\n\r\none", "--B\r\n\r\none\r\n--B\r\n", "none", "--B",
        "--B\r\n folded: first\r\n\r\n--B--", "--B\r\nno header\r\n\r\nx\r\n--B--"}) {
    INFO(text);
    CHECK_FALSE(parse_multipart(text, "B"));
  }
  CHECK_FALSE(parse_multipart("--\r\n\r\nx\r\n----", ""));
  std::string many;
  for (int i = 0; i < 40; ++i) many += "--B\r\n\r\nx\r\n";
  CHECK_FALSE(parse_multipart(many + "--B--", "B"));
}

TEST_CASE("cisco mime: content types", "[cisco]") {
  const auto quoted = backends::parse_content_type(
      R"(Multipart/Related; type="application/xml"; Boundary = "a;\"b")");
  REQUIRE(quoted);
  CHECK(quoted->type == "multipart/related");
  CHECK(quoted->parameter("boundary") == "a;\"b");
  CHECK(backends::parse_content_type("a/b;boundary=x;")->parameter("boundary") == "x");
  for (const char* text : {"", "text", "a/b; x", "a/b; x=\"y", "a/b c; x=y", "a/b, c/d"}) {
    INFO(text);
    CHECK_FALSE(backends::parse_content_type(text));
  }
}

TEST_CASE("cisco mime: transfer encodings", "[cisco]") {
  const auto decoded = [](const char* encoding, const char* body) {
    backends::MimePart part;
    part.headers = {{"content-transfer-encoding", encoding}};
    part.body = body;
    const auto bytes = backends::decode_body(part);
    return bytes ? *bytes : "refused";
  };
  CHECK(decoded("BASE64", "aGFu\r\nZG92ZXI=\r\n") == "handover");
  CHECK(decoded("base64", "aGFuZG92ZXI") == "refused");
  CHECK(decoded("base64", "a=Gu") == "refused");
  CHECK(decoded("base64", "!!!!") == "refused");
  CHECK(decoded("quoted-printable", "a=3Db=\r\nc  \r\nd") == "a=bc\r\nd");
  CHECK(decoded("quoted-printable", "a=3") == "refused");
  CHECK(decoded("quoted-printable", "a=zz") == "refused");
  CHECK(decoded("binary", "a=3Db") == "a=3Db");
  CHECK(decoded("x-gzip", "a") == "refused");
}

backends::RnifEnvelope receipt_envelope() {
  backends::RnifEnvelope envelope;
  envelope.sender = "364132837";
  envelope.receiver = "123456789";
  envelope.initiator = "123456789";
  envelope.from_buyer = false;
  envelope.usage = "Test";
  envelope.tracking_id = "cisco-1";
  envelope.pip_instance_id = "pip-1";
  envelope.signal = backends::kReceiptSignal;
  envelope.reply_to_tracking_id = "ours-1";
  envelope.reply_to_action = backends::kRequestAction;
  return envelope;
}

std::string replaced(std::string text, const std::string& piece, const std::string& instead) {
  const auto place = text.find(piece);
  REQUIRE(place != std::string::npos);
  return text.replace(place, piece.size(), instead);
}

TEST_CASE("cisco mime: a message that was tampered with says why it is not usable", "[cisco]") {
  const auto packed = good(backends::pack_rnif(receipt_envelope(), sim::receipt_document()));
  REQUIRE(parse_rnif(packed.content_type, packed.body));
  const auto reply = backends::read_reply(packed.content_type, packed.body);
  REQUIRE(reply);
  CHECK(reply->in_reply_to == "ours-1");

  struct Row {
    const char* piece;
    const char* instead;
    const char* code;
    bool silent;
  };
  const std::vector<Row> table = {
      {"Content-Type: application/xml", "Content-Type: Application/XML; charset=UTF-8", "", false},
      {"Content-Location: RN-Preamble", "Content-Location: rn-preamble", "", false},
      {"Content-ID: <RN-Preamble", "Content-ID: <RN-Delivery-Header", "PKG.MESG.GENERR", true},
      {"Content-ID: <RN-Preamble", "X-ID: <", "PKG.MESG.GENERR", true},
      {"RosettaNet</", "Rosettanet</", "UNP.PRMB.VALERR", true},
      {"<Preamble", "<!-- <", "UNP.PRMB.READERR", true},
      {"DOCTYPE Preamble SYSTEM", "DOCTYPE Preamble [<!ENTITY a \"b\">] SYSTEM", "UNP.PRMB.READERR",
       true},
      {"<isSecureTransportRequired>", "<isSecure>", "UNP.DHDR.READERR", true},
      {"<FreeFormText>DUNS<", "<FreeFormText>GLN<", "UNP.DHDR.VALERR", true},
      {"<GlobalUsageCode>Test<", "<GlobalUsageCode>test<", "UNP.SHDR.VALERR", true},
      {"<CountableAmount>0<", "<CountableAmount>1<", "UNP.SHDR.MNFSTERR", false},
      {"<ReceiptAcknowledgment", "<ReceiptAcknowledgment a=", "UNP.SCON.READERR", false},
  };
  for (const Row& row : table) {
    INFO(row.piece << " -> " << row.instead);
    const auto read =
        parse_rnif(packed.content_type, replaced(packed.body, row.piece, row.instead));
    if (*row.code == '\0') {
      CHECK(read);
      continue;
    }
    REQUIRE_FALSE(read);
    CHECK(read.error().code == row.code);
    CHECK(read.error().silent == row.silent);
    CHECK(read.error().envelope.has_value() != row.silent);
  }
}

TEST_CASE("cisco mime: packages that are none", "[cisco]") {
  const auto packed = good(backends::pack_rnif(receipt_envelope(), sim::receipt_document()));
  for (const char* type : {"", "text/plain", "multipart/related", "multipart/related; boundary=no",
                           "multipart/mixed; boundary=\"x\""})
    CHECK_FALSE(parse_rnif(type, packed.body));
  for (std::size_t size = 0; size < packed.body.size() - 10; size += 7)
    CHECK_FALSE(parse_rnif(packed.content_type, packed.body.substr(0, size)));
  CHECK_FALSE(parse_rnif("multipart/related; boundary=B", "--B\r\n\r\n\r\n--B--"));
  // Wrapped in itself without end.
  std::string nested = "x";
  for (int i = 0; i < 20; ++i)
    nested =
        "--B\r\nContent-Type: multipart/related; boundary=B\r\n\r\n" + nested + "\r\n--B--\r\n";
  CHECK_FALSE(parse_rnif("multipart/related; boundary=B", nested));
}

TEST_CASE("cisco mime: LF alone between the lines is read too", "[cisco]") {
  auto packed = good(backends::pack_rnif(receipt_envelope(), sim::receipt_document()));
  std::string unix_lines;
  for (const char c : packed.body)
    if (c != '\r') unix_lines += c;
  CHECK(parse_rnif(packed.content_type, unix_lines));
}

}  // namespace
}  // namespace handover::test
