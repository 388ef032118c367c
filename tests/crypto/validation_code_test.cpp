#include "crypto/validation_code.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <set>

#include "crypto/unicode.hpp"

using handover::Entropy;
using handover::Errc;
using namespace handover::crypto;

namespace {

constexpr const char* kSender = "483935842877";
constexpr const char* kReceiver = "21595208";

/// Gives the bytes of a counter: enough to see every nonce.
class CountingEntropy : public Entropy {
 public:
  void fill(std::span<std::byte> bytes) override {
    std::uint64_t number = next_++;
    for (std::size_t i = bytes.size(); i-- > 0; number >>= 8U)
      bytes[i] = static_cast<std::byte>(number & 0xFFU);
  }

 private:
  std::uint64_t next_ = 0;
};

std::string refusal(std::string_view typed, CodeSide side) {
  const auto code = parse_typed_code(typed, side);
  if (code) return "accepted";
  CHECK(code.error().code == Errc::kRefused);
  CHECK(code.error().problem == "code-mistyped");
  return code.error().detail;
}

}  // namespace

TEST_CASE("check digits: known values of ISO 7064 MOD 97-10", "[crypto][validation_code]") {
  CHECK(check_digits("794") == "44");
  CHECK(check_digits("0") == "98");
  CHECK(check_digits("4839358428") == "77");
  CHECK(check_digits("215952") == "08");
}

TEST_CASE("nonce: draws are four digits, and every one of them can come",
          "[crypto][validation_code]") {
  CountingEntropy entropy;
  std::set<std::string> drawn;
  for (int i = 0; i < 10'000; ++i) drawn.insert(Nonce::draw(entropy).text());

  CHECK(drawn.size() == 10'000);
  CHECK(*drawn.begin() == "0000");
  CHECK(*drawn.rbegin() == "9999");
  CHECK(std::all_of(drawn.begin(), drawn.end(), [](const auto& text) { return text.size() == 4; }));
}

TEST_CASE("nonce: only four ASCII digits are one", "[crypto][validation_code]") {
  CHECK(Nonce::parse("0042")->text() == "0042");
  for (const std::string_view text : {"", "042", "00042", "004a", "-042", " 042", "+042"}) {
    CHECK_FALSE(Nonce::parse(text));
  }
}

TEST_CASE("typed code: blanks, hyphens and width do not matter", "[crypto][validation_code]") {
  const std::u32string typed = GENERATE(
      as<std::u32string>(), U"483935842877", U"4839 3584 2877", U" 4839-3584-2877\r\n",
      U"4839\u00A03584\u00A02877", U"4839\u20113584\u20132877", U"4839\u20143584\u22122877",
      U"4839\u20283584\u30002877\t", U"4839\u00AD3584\u200B2877",
      U"\uFF14\uFF18\uFF13\uFF19\u3000\uFF13\uFF15\uFF18\uFF14\uFF0D\uFF12\uFF18\uFF17\uFF17",
      U"\u202A4839 3584 2877\u202C");

  CHECK(parse_typed_code(encode_utf8(typed), CodeSide::kSender) == kSender);
}

TEST_CASE("typed code: what is no code says what was expected", "[crypto][validation_code]") {
  const std::string again = ". Ask for it again and type it once more; this cost no try.";

  CHECK(refusal("", CodeSide::kSender) ==
        "Expected the sender code, 12 digits; there are 0" + again);
  CHECK(refusal(kReceiver, CodeSide::kSender) ==
        "Expected the sender code, 12 digits; there are 8" + again);
  CHECK(refusal(kSender, CodeSide::kReceiver) ==
        "Expected the receiver code, 8 digits; there are 12" + again);
  CHECK(refusal("483935842876", CodeSide::kSender) ==
        "Expected the sender code, 12 digits; one is wrong, or two are swapped" + again);
  CHECK(refusal("4839 3584 287O", CodeSide::kSender) ==
        "Expected the sender code, 12 digits; there is something else than digits, blanks and "
        "hyphens" +
            again);
}

TEST_CASE("typed code: hostile text is refused", "[crypto][validation_code]") {
  const std::string arabic =
      encode_utf8(U"\u0664\u0668\u0663\u0669\u0663\u0665\u0668\u0664\u0662\u0668\u0667\u0667");
  for (const std::string& typed :
       {arabic, std::string("483935842877\0", 13),
        std::string("4839\xFF"
                    "35842877"),
        std::string("+483935842877"), std::string("4839.3584.2877"), std::string(100'000, '4'),
        std::string(2000, ' ') + kSender, encode_utf8(U"48393584287\u2077\u00BD")}) {
    CHECK_FALSE(parse_typed_code(typed, CodeSide::kSender));
  }
}

TEST_CASE("typed code: a refusal does not repeat the code", "[crypto][validation_code]") {
  CHECK(refusal("483935842876", CodeSide::kSender).find("4839") == std::string::npos);
  CHECK(refusal(kSender, CodeSide::kReceiver).find("4839") == std::string::npos);
}

TEST_CASE("typed code: no wrong digit and no swap of neighbours passes the check digits",
          "[crypto][validation_code]") {
  const auto [code, side] =
      GENERATE(table<std::string, CodeSide>({{kSender, CodeSide::kSender},
                                             {kReceiver, CodeSide::kReceiver},
                                             {"000084608930", CodeSide::kSender}}));
  REQUIRE(parse_typed_code(code, side));

  for (std::size_t i = 0; i < code.size(); ++i) {
    for (char digit = '0'; digit <= '9'; ++digit) {
      std::string wrong = code;
      wrong[i] = digit;
      CHECK(parse_typed_code(wrong, side).has_value() == (wrong == code));
    }
    if (i == 0) continue;
    std::string swapped = code;
    std::swap(swapped[i - 1], swapped[i]);
    CHECK(parse_typed_code(swapped, side).has_value() == (swapped == code));
  }
}

TEST_CASE("codes: equal is equal in every digit and in length", "[crypto][validation_code]") {
  CHECK(codes_equal(kSender, kSender));
  CHECK_FALSE(codes_equal(kSender, "483935842878"));
  CHECK_FALSE(codes_equal(kSender, "48393584287"));
  CHECK_FALSE(codes_equal(kSender, ""));
}

TEST_CASE("codes: people see groups of four", "[crypto][validation_code]") {
  CHECK(group_code(kSender) == "4839 3584 2877");
  CHECK(group_code(kReceiver) == "2159 5208");
  CHECK(group_code("").empty());
}

TEST_CASE("codes: another key, nonce or transfer gives other codes", "[crypto][validation_code]") {
  const Key key{std::string(32, 'k')};
  const Key other_key{std::string(32, 'l')};
  const Nonce nonce = *Nonce::parse("1234");
  const Nonce other_nonce = *Nonce::parse("1235");
  const auto terms = make_terms({"A", "B", "s", "r", {{"P", "1", "", ""}}});
  const auto other_terms = make_terms({"A", "B", "s", "r", {{"P", "2", "", ""}}});
  REQUIRE((terms && other_terms));

  const Codes codes = compute_codes(key, nonce, *terms);

  CHECK(compute_codes(other_key, nonce, *terms).receiver_code != codes.receiver_code);
  CHECK(compute_codes(key, other_nonce, *terms).receiver_code != codes.receiver_code);
  CHECK(compute_codes(key, nonce, *other_terms).receiver_code != codes.receiver_code);
  CHECK(compute_codes(key, nonce, *other_terms).sender_code != codes.sender_code);
}
