#include <catch2/catch_test_macros.hpp>

#include "agent/backends/cisco/grammar.hpp"
#include "agent/backends/cisco/xml_document.hpp"
#include "agent/backends/xml/xml_writer.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/test_store.hpp"

namespace handover::test {
namespace {

using backends::parse_xml;
using backends::XmlDocument;

constexpr const char* kDoctype =
    R"(<!DOCTYPE ReceiptAcknowledgment SYSTEM "AcknowledgmentOfReceipt_MS_V02_00.dtd">)";

TEST_CASE("cisco xml: what is written reads the same", "[cisco]") {
  XmlDocument document;
  document.root.name = "a";
  document.name_space = "urn:x";
  document.root.set("b/c", " <&>\"' \xC3\xA4\r\n ");
  document.root.set("d", "");
  CHECK(good(parse_xml(backends::write_xml(document))) == document);
}

TEST_CASE("cisco xml: what is not taken", "[cisco]") {
  TemporaryFolder folder;
  const std::string secret = folder.write("secret", "secret");
  std::string deep;
  for (int i = 0; i < 60; ++i) deep += "<a>";
  for (int i = 0; i < 60; ++i) deep += "</a>";
  const std::vector<std::string> table = {
      "",
      "text",
      "<a>",
      "<a></b>",
      "<a/><b/>",
      "<a><b/>text</a>",
      "<a x='1' x='2'/>",
      "<x:a/>",
      "<a xmlns='urn:a'><b xmlns='urn:b'/></a>",
      "<a>&undefined;</a>",
      "<a>\x01</a>",
      "<a>\xFF</a>",
      " <?xml version='1.0'?><a/>",
      "<!DOCTYPE a SYSTEM \"other.dtd\"><a/>",
      "<!DOCTYPE b SYSTEM \"Preamble_MS_V02_00.dtd\"><a/>",
      "<!DOCTYPE a PUBLIC \"x\" \"Preamble_MS_V02_00.dtd\"><a/>",
      "<!DOCTYPE Preamble SYSTEM \"http://x/Preamble_MS_V02_00.dtd\"><Preamble/>",
      "<!DOCTYPE Preamble SYSTEM \"Preamble_MS_V02_00.dtd\" [<!ENTITY a "
      "\"b\">]><Preamble>&a;</Preamble>",
      "<!DOCTYPE a [<!ENTITY a SYSTEM \"file://" + secret + "\">]><a>&a;</a>",
      "<!DOCTYPE a [<!ENTITY a \"x\"><!ENTITY b \"&a;&a;&a;\">]><a>&b;</a>",
      "<!DOCTYPE Preamble SYSTEM \"Preamble_MS_V02_00.dtd\"><Preamble>&a;</Preamble>",
      deep,
      "<a>" + std::string(std::size_t{1} << 20, 'x') + "</a>",
  };
  for (const auto& text : table) {
    INFO(text.substr(0, 120));
    const auto read = parse_xml(text);
    REQUIRE_FALSE(read);
    CHECK(read.error().code == Errc::kCorrupt);
    CHECK(read.error().detail.find("secret") == std::string::npos);
  }
}

TEST_CASE("cisco xml: what is taken", "[cisco]") {
  CHECK(parse_xml(std::string(kDoctype) + "<ReceiptAcknowledgment/>"));
  CHECK(parse_xml("<a><!-- c --><?p i?><b><![CDATA[<x>]]></b></a>")->root.text_at("b") == "<x>");
  CHECK(parse_xml("<a xml:lang='en'>&amp;&#65;</a>")->root.text == "&A");
  CHECK(parse_xml("<a xmlns='urn:x'><b/></a>")->name_space == "urn:x");
}

TEST_CASE("cisco xml: the characters of XML", "[cisco]") {
  CHECK(xml::can_carry("a\t\n\r\xC3\xA4\xF0\x9F\x98\x80"));
  for (const char* text : {"\x01", "\x7F\x1F", "\xC3", "\xC0\x80", "\xED\xA0\x80", "\xEF\xBF\xBE",
                           "\xF4\x90\x80\x80", "\x80"})
    CHECK_FALSE(xml::can_carry(text));
}

TEST_CASE("cisco grammar: texts", "[cisco]") {
  struct Row {
    const char* rule;
    const char* good;
    std::vector<std::string> bad;
  };
  const std::vector<Row> table = {
      {"text:3", "abc", {"", "abcd", "\x01"}},
      {"text:0-3", "", {"abcd"}},
      {"text:2-2", "DE", {"D", "DEU"}},
      {"=Yes|No", "No", {"", "no", "Yes|No", "Y"}},
      {"digits:9", "123456789", {"12345678", "1234567890", "12345678X", ""}},
      {"number", "12", {"0", "1.5", "-1", "", "000"}},
      {"amount", "12.50", {"-1", "1,5", ".5", "1.", ""}},
      {"date", "20261201Z", {"20261201", "20261301Z", "20261200Z", "2026-12-1Z"}},
      {"datetime", "20261201T235959.000Z", {"20261201T240000.000Z", "20261201T235959Z", ""}},
  };
  for (const Row& row : table) {
    const std::array<backends::GrammarRow, 1> rows = {{{0, "a", '1', row.rule}}};
    const backends::Grammar grammar("", "", rows);
    XmlDocument document;
    document.root.name = "a";
    document.root.text = row.good;
    INFO(row.rule);
    CHECK(grammar.check(document).empty());
    for (const auto& bad : row.bad) {
      INFO(bad);
      document.root.text = bad;
      CHECK(grammar.check(document).size() == 1);
    }
  }
}

}  // namespace
}  // namespace handover::test
