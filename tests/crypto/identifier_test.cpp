#include "crypto/identifier.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "crypto/unicode.hpp"

using handover::Errc;
using handover::crypto::canonical_identifier;
using handover::crypto::canonical_optional_identifier;
using handover::crypto::encode_utf8;
using handover::crypto::trim_identifier;

namespace {

/// The text of these code points: u8"" literals are no std::string in C++20.
std::string utf8(std::u32string_view code_points) { return encode_utf8(code_points); }

std::string canonical(std::u32string_view typed) {
  const auto identifier = canonical_identifier(utf8(typed));
  return identifier ? *identifier : "refused: " + identifier.error().detail;
}

std::string repeat(std::string_view text, std::size_t times) {
  std::string repeated;
  for (std::size_t i = 0; i < times; ++i) repeated += text;
  return repeated;
}

}  // namespace

TEST_CASE("identifier: case, width, blanks and composition do not matter", "[crypto][identifier]") {
  const auto [typed, expected] = GENERATE(table<std::u32string, std::u32string>({
      {U"WS-C3850-48U-S", U"ws-c3850-48u-s"},
      {U"  a \u00A0\u3000 b\u2003", U"a b"},
      {U"a\u0085b\u2028c", U"a b c"},          // White space that NFKC leaves as it is.
      {U"\uFF34\uFF25\uFF0D\uFF11", U"te-1"},  // full-width
      {U"Stra\u00DFe", U"strasse"},            // sharp s
      {U"STRA\u1E9EE", U"strasse"},            // capital sharp s
      {U"\u0130", U"i\u0307"},  // Turkish capital dotted I: no locale, so not a plain i
      {U"\u0131", U"\u0131"},   // Turkish dotless i stays itself
      {U"I", U"i"},             // and I is i everywhere
      {U"e\u0301", U"\u00E9"},  // combining acute composes
      {U"A\u030A", U"\u00E5"},
      {U"\u212B", U"\u00E5"},                  // Angstrom sign
      {U"q\u0307\u0323", U"q\u0323\u0307"},    // marks in canonical order
      {U"\u03A3\u03C2", U"\u03C3\u03C3"},      // both small sigmas
      {U"\uFB01", U"fi"},                      // ligature
      {U"\u0661\u0662", U"\u0661\u0662"},      // Arabic digits are other characters than 12
      {U"\U0001F527", U"\U0001F527"},          // emoji
      {U"\u2764\uFE0F", U"\u2764"},            // variation selector is ignorable
      {U"A\u200B\u00AD\uFEFFB", U"ab"},        // zero width space, soft hyphen, byte order mark
      {U"A\U000E0FFFB\uFFF0C\u2065", U"abc"},  // reserved default ignorables
      {U"\uAC00\u11A7",
       U"\uAC00\u11A7"},  // a Hangul syllable, then a vowel that joins with nothing
      {U"\u1100\u1161\u11A8", U"\uAC01"},  // and three letters that do
      {U"\u00BD", U"1\u20442"},            // vulgar fraction
  }));

  CHECK(canonical(typed) == utf8(expected));
}

TEST_CASE("identifier: canonical form is canonical", "[crypto][identifier]") {
  // Every code point but controls and surrogates, alone between letters and marks that could join
  // with it.
  std::size_t checked = 0;
  for (char32_t c = 0x20; c <= 0x10FFFF; ++c) {
    if (c == 0x7F || (c >= 0xD800 && c <= 0xDFFF)) continue;
    const auto once = canonical_identifier(utf8(std::u32string{U'x', c, U'\u0345', U'\u0301'}));
    if (!once || canonical_identifier(*once).value_or("") != *once) {
      FAIL("U+" << std::hex << static_cast<std::uint32_t>(c));
    }
    ++checked;
  }
  CHECK(checked == 0x110000 - 0x20 - 1 - 0x800);
}

TEST_CASE("identifier: nothing but white space and ignorables is empty", "[crypto][identifier]") {
  const std::u32string typed =
      GENERATE(as<std::u32string>(), U"", U"   ", U"\u3000\u00A0", U"\u200B\u00AD");

  CHECK(canonical(typed) == "refused: empty identifier");
  CHECK(canonical_optional_identifier(utf8(typed)) == "");
}

TEST_CASE("identifier: control characters are refused", "[crypto][identifier]") {
  const char control = GENERATE('\0', '\a', '\t', '\n', '\r', '\x1F', '\x7F');
  const std::string typed = std::string("A") + control + "B";

  CHECK(canonical_identifier(typed).error().detail == "control character");
  CHECK(canonical_optional_identifier(typed).error().detail == "control character");
  CHECK(trim_identifier(typed).error().detail == "control character");
  CHECK_FALSE(canonical_identifier(std::string(1, control) + "AB"));
}

TEST_CASE("identifier: malformed UTF-8 is refused", "[crypto][identifier]") {
  const std::string_view bytes = GENERATE(
      as<std::string_view>(), "\x80", "\xC3", "\xC0\xAF", "\xE2\x82", "\xED\xA0\x80",
      "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xFF", "\xE0\x80\xAF", "\xF0\x80\x80\xAF");
  const std::string typed = "A" + std::string(bytes) + "B";

  CHECK(canonical_identifier(typed).error().detail == "not well-formed UTF-8");
  CHECK(trim_identifier(typed).error().detail == "not well-formed UTF-8");
  CHECK_FALSE(canonical_identifier(bytes));
}

TEST_CASE("identifier: the limit counts characters of the canonical form", "[crypto][identifier]") {
  CHECK(canonical_identifier(repeat("A", 64)));
  CHECK(canonical_identifier(repeat("A", 65)).error().detail == "longer than 64 characters");
  CHECK(canonical_identifier("  " + repeat("A", 64) + "  "));
  CHECK(canonical_identifier(repeat(utf8(U"\U0001F527"), 64)));
  CHECK_FALSE(canonical_identifier(repeat(utf8(U"\U0001F527"), 65)));
  CHECK(canonical_identifier(repeat(utf8(U"\u00DF"), 32)));
  CHECK_FALSE(canonical_identifier(repeat(utf8(U"\u00DF"), 33)));
  CHECK(canonical_identifier(repeat("A", 60), handover::crypto::kSerialCharactersMax));
  CHECK(canonical_identifier(repeat("A", 61), 60).error().detail == "longer than 60 characters");
}

TEST_CASE("identifier: more than 1024 bytes are refused before they are looked at",
          "[crypto][identifier]") {
  CHECK(canonical_identifier(repeat(" ", 1023) + "A") == "a");
  CHECK(canonical_identifier(repeat(" ", 1024) + "A").error().detail == "longer than 1024 bytes");
  CHECK(trim_identifier(repeat(" ", 1024) + "A").error().detail == "longer than 1024 bytes");
  CHECK_FALSE(canonical_identifier(repeat("\xFF", 5000)));
  // The longest expansion of one character there is.
  CHECK_FALSE(canonical_identifier(repeat(utf8(U"\uFDFA"), 341)));
}

TEST_CASE("identifier: trimming changes nothing but the ends", "[crypto][identifier]") {
  CHECK(trim_identifier("  Fcw1950  C12F ") == "Fcw1950  C12F");
  CHECK(trim_identifier(utf8(U"\u3000\u00A0\uFF34\u00DF\u2003")) == utf8(U"\uFF34\u00DF"));
  CHECK(trim_identifier("x") == "x");
  CHECK(trim_identifier("") == "");
  CHECK(trim_identifier("   ") == "");
}

TEST_CASE("identifier: a refusal points at the text itself and does not repeat it",
          "[crypto][identifier]") {
  const auto error = canonical_identifier("SECRET\x01").error();

  CHECK(error.code == Errc::kInvalid);
  REQUIRE(error.fields.size() == 1);
  CHECK(error.fields[0].pointer.empty());
  CHECK(error.detail.find("SECRET") == std::string::npos);
}
