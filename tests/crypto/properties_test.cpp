// Properties of terms and codes over random transfers. A failure prints the seed;
// RC_PARAMS="seed=…" repeats it.
#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "crypto/identifier.hpp"
#include "crypto/quantity.hpp"
#include "crypto/unicode.hpp"
#include "crypto/validation_code.hpp"

using namespace handover::crypto;

namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789-./\"\\";

/// Canonical already, and never empty.
rc::Gen<std::string> identifier() {
  return rc::gen::map(rc::gen::container<std::string>(rc::gen::elementOf(std::string(kLetters))),
                      [](const std::string& tail) { return ("x" + tail).substr(0, 40); });
}

rc::Gen<Quantity> quantity() {
  return rc::gen::map(rc::gen::inRange<std::int64_t>(1, 1'000'000'000), Quantity::from_millionths);
}

TermsItem draw_item(std::size_t number) {
  TermsItem item{*identifier(), (*quantity()).to_string(), "",
                 *rc::gen::element(std::string(), std::string("b7"))};
  if (*rc::gen::arbitrary<bool>()) {
    item.serial = "s" + std::to_string(number);
    item.qty = "1";
  }
  return item;
}

TermsInput draw_transfer() {
  TermsInput input{*identifier(), *identifier(), *identifier(), *identifier(), {}};
  const auto lines = *rc::gen::inRange<std::size_t>(1, 8);
  for (std::size_t i = 0; i < lines; ++i) input.items.push_back(draw_item(i));
  return input;
}

/// The same identifier as another honest person might type it.
std::string retype(const std::string& canonical) {
  std::u32string typed =
      *rc::gen::element(std::u32string(), std::u32string(U" "), std::u32string(U"\u3000\u00A0"));
  for (const char c : canonical) {
    const auto plain = static_cast<char32_t>(c);
    const bool is_letter = c >= 'a' && c <= 'z';
    const char32_t upper = is_letter ? plain - 32 : plain;
    constexpr char32_t kFullWidth = 0xFEE0;
    typed.push_back(*rc::gen::element(plain, upper, plain + kFullWidth, upper + kFullWidth));
    if (*rc::gen::inRange(0, 10) == 0) typed.push_back(U'\u200B');
  }
  return encode_utf8(typed + *rc::gen::element(std::u32string(), std::u32string(U"  ")));
}

std::string retype_quantity(Quantity quantity) {
  std::string text = quantity.to_string();
  if (text.find('.') == std::string::npos)
    text += *rc::gen::element(std::string(), std::string(".0"));
  return *rc::gen::element(std::string(), std::string("00")) + text;
}

void add_retyped(std::vector<TermsItem>& items, const TermsItem& item) {
  const auto whole = *Quantity::parse(item.qty);
  const std::int64_t part = *rc::gen::inRange<std::int64_t>(0, whole.millionths());
  const bool split = item.serial.empty() && part > 0;
  const auto add = [&](Quantity quantity) {
    items.push_back({retype(item.prod), retype_quantity(quantity),
                     item.serial.empty() ? "" : retype(item.serial),
                     item.batch.empty() ? "  " : retype(item.batch)});
  };
  const auto first = split ? Quantity::from_millionths(part) : whole;
  add(first);
  if (split) add(whole - first);
}

TermsInput retype(const TermsInput& input) {
  TermsInput typed{
      retype(input.from), retype(input.to), retype(input.sender), retype(input.receiver), {}};
  for (const TermsItem& item : input.items) add_retyped(typed.items, item);
  for (std::size_t i = typed.items.size(); i > 1; --i) {
    std::swap(typed.items[i - 1], typed.items[*rc::gen::inRange<std::size_t>(0, i)]);
  }
  return typed;
}

/// One field made another.
void change_one_field(TermsInput& input) {
  TermsItem& item = input.items[*rc::gen::inRange<std::size_t>(0, input.items.size())];
  switch (*rc::gen::inRange(0, 8)) {
    case 0:
      input.from += "y";
      break;
    case 1:
      input.to += "y";
      break;
    case 2:
      input.sender += "y";
      break;
    case 3:
      input.receiver += "y";
      break;
    case 4:
      item.prod += "y";
      break;
    case 5:
      item.batch += "y";
      break;
    case 6:
      input.items.push_back({"another", "1", "", ""});
      break;
    default:
      if (item.serial.empty()) {
        item.qty = (*Quantity::parse(item.qty) + Quantity::from_millionths(1)).to_string();
      } else {
        item.serial += "y";
      }
  }
}

Codes codes_of(const Terms& terms) {
  static const Key key{std::string(32, 'k')};
  return compute_codes(key, *Nonce::parse("4839"), terms);
}

}  // namespace

TEST_CASE("terms: two honest people's records of one transfer are one text", "[crypto][property]") {
  CHECK(rc::check("retyped, shuffled, split", [] {
    const TermsInput input = draw_transfer();

    const auto terms = make_terms(input);
    const auto retyped = make_terms(retype(input));

    RC_ASSERT(terms.has_value());
    RC_ASSERT(retyped.has_value());
    RC_ASSERT(terms->json() == retyped->json());
    RC_ASSERT(terms->rows() == retyped->rows());
    RC_ASSERT(codes_of(*terms).sender_code == codes_of(*retyped).sender_code);
    RC_ASSERT(codes_of(*terms).receiver_code == codes_of(*retyped).receiver_code);
  }));
}

TEST_CASE("terms: any field that differs gives another text", "[crypto][property]") {
  CHECK(rc::check("one field changed", [] {
    const TermsInput input = draw_transfer();
    TermsInput changed = input;
    change_one_field(changed);

    const auto terms = make_terms(input);
    const auto other = make_terms(changed);

    RC_ASSERT(terms.has_value());
    RC_ASSERT(other.has_value());
    RC_ASSERT(terms->json() != other->json());
  }));
}

TEST_CASE("typed code: any code's check digits catch a wrong digit and a swap",
          "[crypto][property]") {
  CHECK(rc::check("one digit or two neighbours", [] {
    const bool sender = *rc::gen::arbitrary<bool>();
    const CodeSide side = sender ? CodeSide::kSender : CodeSide::kReceiver;
    const auto payload =
        *rc::gen::container<std::string>(sender ? 10 : 6, rc::gen::inRange('0', ':'));
    const std::string code = payload + check_digits(payload);
    RC_ASSERT(parse_typed_code(code, side).has_value());

    const auto at = *rc::gen::inRange<std::size_t>(1, code.size());
    std::string wrong = code;
    wrong[at] = *rc::gen::inRange('0', ':');
    std::string swapped = code;
    std::swap(swapped[at - 1], swapped[at]);

    RC_ASSERT(parse_typed_code(wrong, side).has_value() == (wrong == code));
    RC_ASSERT(parse_typed_code(swapped, side).has_value() == (swapped == code));
  }));
}

TEST_CASE("codes: neither code can stand in for the other", "[crypto][property]") {
  CHECK(rc::check("sender's for receiver's and back", [] {
    const auto terms = make_terms(draw_transfer());
    RC_ASSERT(terms.has_value());

    const Codes codes = codes_of(*terms);

    RC_ASSERT(parse_typed_code(codes.sender_code, CodeSide::kSender).has_value());
    RC_ASSERT(parse_typed_code(codes.receiver_code, CodeSide::kReceiver).has_value());
    RC_ASSERT_FALSE(parse_typed_code(codes.sender_code, CodeSide::kReceiver).has_value());
    RC_ASSERT_FALSE(parse_typed_code(codes.receiver_code, CodeSide::kSender).has_value());
    RC_ASSERT_FALSE(codes_equal(codes.sender_code, codes.receiver_code));
  }));
}

TEST_CASE("quantity: what is written reads back as the same", "[crypto][property]") {
  CHECK(rc::check("write, read", [] {
    const auto millionths =
        *rc::gen::inRange<std::int64_t>(1, Quantity::largest().millionths() + 1);
    const auto quantity = Quantity::from_millionths(millionths);

    RC_ASSERT(Quantity::parse(quantity.to_string()) == quantity);
  }));
}

TEST_CASE("untrusted bytes: every parser answers", "[crypto][property]") {
  CHECK(rc::check("any bytes", [] {
    const auto bytes = *rc::gen::arbitrary<std::string>();

    const auto identifier = canonical_optional_identifier(bytes);
    if (identifier) RC_ASSERT(canonical_optional_identifier(*identifier) == *identifier);
    const auto quantity = Quantity::parse_count(bytes);
    if (quantity) RC_ASSERT_FALSE(quantity->is_negative());
    RC_ASSERT_FALSE(parse_typed_code(bytes + "x", CodeSide::kSender).has_value());
  }));
}
