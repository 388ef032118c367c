#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "agent/backends/xml/xml_reader.hpp"
#include "agent/backends/xml/xml_writer.hpp"
#include "tests/support/temporary_folder.hpp"

namespace handover::xml {
namespace {

TEST_CASE("xml: names by namespace, text joined, comments gone", "[backends]") {
  const auto root = parse(
      "<?xml version=\"1.0\"?><!-- a --><a:r xmlns:a='urn:a' xmlns='urn:d' a:x='1' y='&lt;2'>"
      "one<!-- b --><c>in</c><![CDATA[<two>]]>&#x20AC;</a:r><!-- c -->");
  REQUIRE(root);
  CHECK(root->is("urn:a", "r"));
  CHECK(root->text == "one<two>\xE2\x82\xAC");
  CHECK(root->attribute("{urn:a}x") == "1");
  CHECK(root->attribute("y") == "<2");
  CHECK(root->attribute("z").empty());
  REQUIRE(root->find("urn:d", "c") != nullptr);
  CHECK(root->find("urn:d", "c")->text == "in");
  CHECK(root->find("urn:a", "c") == nullptr);
}

TEST_CASE("xml: what is not well-formed, or not allowed, is refused", "[backends]") {
  const std::vector<std::string> wrong = {
      "",
      " ",
      "text",
      "<a>",
      "<a></b>",
      "<a/><b/>",
      "<a/>junk",
      " <?xml version=\"1.0\"?><a/>",
      "<a x='1' x='2'/>",
      "<a>\x01</a>",
      "<a>&what;</a>",
      "<a>]]></a>",
      "<a>\xFF</a>",
      "<p:a/>",
      "<a p:x='1'/>",
      "<a xmlns:p='u' xmlns:q='u' p:x='1' q:x='2'/>",
      "<!DOCTYPE a><a/>",
      "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
      "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
      "<?pi x?><a/>",
      "<a><?pi x?></a>",
      "<a/><?pi x?>",
      std::string("<a>\0</a>", 8),
  };
  for (const auto& text : wrong) {
    INFO(text);
    CHECK_FALSE(parse(text));
  }
}

TEST_CASE("xml: no file is ever read", "[backends]") {
  test::TemporaryFolder folder;
  const std::string file = folder.write("secret", "canary");
  const auto root = parse("<!DOCTYPE a [<!ENTITY b SYSTEM 'file://" + file + "'>]><a>&b;</a>");
  REQUIRE_FALSE(root);
  CHECK(root.error().detail.find("canary") == std::string::npos);
}

std::string nested(std::size_t depth) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) text += "<a>";
  for (std::size_t i = 0; i < depth; ++i) text += "</a>";
  return text;
}

TEST_CASE("xml: nothing of a document is printed, whatever is wrong with it", "[backends]") {
  const test::TemporaryFolder folder;
  const int screen = ::dup(STDERR_FILENO);
  const int file = ::open(folder.file("printed").c_str(), O_WRONLY | O_CREAT, 0600);
  REQUIRE(screen >= 0);
  REQUIRE(::dup2(file, STDERR_FILENO) == STDERR_FILENO);
  for (const std::string encoding : {"UTF-8", "EUC-JP", "UTF-16", "ISO-2022-JP", "nonsense"}) {
    for (const std::string content : {"\xFF\xFF\xFF\xFF", "\x1B\x24", "&a;", "<b>"}) {
      (void)parse("<?xml version=\"1.0\" encoding=\"" + encoding + "\"?><a>" + content + "</a>");
    }
  }
  REQUIRE(::dup2(screen, STDERR_FILENO) == STDERR_FILENO);
  ::close(screen);
  ::close(file);
  CHECK(std::filesystem::file_size(folder.file("printed")) == 0);
}

TEST_CASE("xml: bounds hold", "[backends]") {
  CHECK(parse(nested(64)));
  CHECK_FALSE(parse(nested(65)));
  CHECK_FALSE(parse(nested(100'000)));
  Limits limits;
  limits.elements_max = 3;
  CHECK(parse("<a><b/><b/></a>", limits));
  CHECK_FALSE(parse("<a><b/><b/><b/></a>", limits));
  limits = Limits();
  limits.bytes_max = 4;
  CHECK(parse("<a/>", limits));
  CHECK_FALSE(parse("<ab/>", limits));
  // A billion laughs.
  std::string bomb = "<!DOCTYPE a [<!ENTITY x0 'ha'>";
  for (int i = 1; i < 30; ++i) {
    const std::string before = "&x" + std::to_string(i - 1) + ";";
    bomb += "<!ENTITY x" + std::to_string(i) + " '" + before + before + "'>";
  }
  CHECK_FALSE(parse(bomb + "]><a>&x29;</a>"));
}

TEST_CASE("xml: a tree is written so that it reads the same", "[backends]") {
  for (const auto* text :
       {"<a/>", "<a xmlns='u'><b xmlns=''>x</b><c xmlns='v' d='&#10;&quot;&lt;'/></a>",
        "<a xmlns:p='u' p:x='1' y='2' xml:lang='en'>t<b/>&#13;u</a>"}) {
    const auto root = parse(text);
    REQUIRE(root);
    const auto again = parse(to_text(*root));
    REQUIRE(again);
    CHECK(*again == *root);
  }
}

TEST_CASE("xml: what XML can carry", "[backends]") {
  for (const std::string good : {"", "a\tb\n\r", "\xC3\xA4", "\xEF\xBF\xBD", "\xF4\x8F\xBF\xBF"}) {
    CHECK(can_carry(good));
  }
  for (const std::string& bad :
       {std::string("\0", 1), std::string("\x0B"), std::string("\xC0\x80"), std::string("\xE2\x82"),
        std::string("\xED\xA0\x80"), std::string("\xEF\xBF\xBE"), std::string("\xF4\x90\x80\x80"),
        std::string("\x80"), std::string("\xFF")}) {
    CHECK_FALSE(can_carry(bad));
  }
}

}  // namespace
}  // namespace handover::xml
