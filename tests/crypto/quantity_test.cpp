#include "crypto/quantity.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <limits>
#include <utility>

using handover::Errc;
using handover::crypto::Quantity;

namespace {

std::string canonical(std::string_view text) {
  const auto quantity = Quantity::parse(text);
  return quantity ? quantity->to_string() : "refused: " + quantity.error().detail;
}

}  // namespace

TEST_CASE("quantity: what was typed is written in one way only", "[crypto][quantity]") {
  const auto [typed, written] = GENERATE(table<const char*, const char*>({
      {"1", "1"},
      {"1.0", "1"},
      {"007", "7"},
      {"0000000000000000000007.5", "7.5"},
      {"00.250", "0.25"},
      {"2.500000", "2.5"},
      {"0.000001", "0.000001"},
      {"10", "10"},
      {"100.010", "100.01"},
      {"999999999.999999", "999999999.999999"},
  }));

  CHECK(canonical(typed) == written);
}

TEST_CASE("quantity: what is no positive decimal of six places is refused with the reason",
          "[crypto][quantity]") {
  const auto [typed, reason] = GENERATE(table<const char*, const char*>({
      {"0", "quantity must be positive"},
      {"0.000000", "quantity must be positive"},
      {"-1", "quantity must be positive"},
      {"-0", "quantity must be positive"},
      {"1e3", "exponent is not accepted; write 1000 instead of 1e3"},
      {"1E3", "exponent is not accepted; write 1000 instead of 1e3"},
      {"1.5e-3", "exponent is not accepted; write 1000 instead of 1e3"},
      {"0.0000001", "more than 6 decimals"},
      {"1.2500000", "more than 6 decimals"},
      {"1000000000", "more than 999999999.999999"},
      {"999999999999999999999999999999", "more than 999999999.999999"},
      {"+1", "a plus sign is not accepted"},
      {"", "empty quantity"},
      {".5", "expected a digit before and after the point"},
      {"5.", "expected a digit before and after the point"},
      {".", "expected a digit before and after the point"},
      {" 1", "expected digits, with a point before decimals, such as 2.5"},
      {"1 ", "expected digits, with a point before decimals, such as 2.5"},
      {"1 000", "expected digits, with a point before decimals, such as 2.5"},
      {"2,5", "expected digits, with a point before decimals, such as 2.5"},
      {"1.2.3", "expected digits, with a point before decimals, such as 2.5"},
      {"0x10", "expected digits, with a point before decimals, such as 2.5"},
      {"e3", "expected digits, with a point before decimals, such as 2.5"},
      {"two", "expected digits, with a point before decimals, such as 2.5"},
      {"\xEF\xBC\x91",
       "expected digits, with a point before decimals, such as 2.5"},  // full-width 1
      {"NaN", "expected digits, with a point before decimals, such as 2.5"},
  }));

  const auto quantity = Quantity::parse(typed);

  REQUIRE_FALSE(quantity);
  CHECK(quantity.error().code == Errc::kInvalid);
  CHECK(quantity.error().detail == reason);
  REQUIRE(quantity.error().fields.size() == 1);
  CHECK(quantity.error().fields[0].pointer.empty());
}

TEST_CASE("quantity: a NUL inside the text ends nothing early", "[crypto][quantity]") {
  CHECK_FALSE(Quantity::parse(std::string_view("1\0", 2)));
}

TEST_CASE("quantity: a count may be zero, and keeps every other rule", "[crypto][quantity]") {
  CHECK(Quantity::parse_count("0")->is_zero());
  CHECK(Quantity::parse_count("0.000")->is_zero());
  CHECK(Quantity::parse_count("12.5")->to_string() == "12.5");
  CHECK(Quantity::parse_count("-1").error().detail == "quantity must not be negative");
  CHECK(Quantity::parse_count("0.0000000").error().detail == "more than 6 decimals");
  CHECK(Quantity::parse_count("0e0").error().detail ==
        "exponent is not accepted; write 1000 instead of 1e3");
}

TEST_CASE("quantity: a tenth and two tenths are exactly three tenths", "[crypto][quantity]") {
  CHECK(*Quantity::parse("0.1") + *Quantity::parse("0.2") == *Quantity::parse("0.3"));
}

TEST_CASE("quantity: arithmetic is exact and goes below zero", "[crypto][quantity]") {
  const Quantity half = Quantity::from_millionths(500'000);

  CHECK((half - Quantity::one()).to_string() == "-0.5");
  CHECK((half - Quantity::one()).is_negative());
  CHECK(-Quantity::one() < Quantity());
  CHECK((Quantity::largest() - Quantity::from_millionths(1)).to_string() == "999999999.999998");
  CHECK(Quantity().to_string() == "0");
  CHECK(Quantity::largest().millionths() == 999'999'999'999'999);
}

TEST_CASE("quantity: sums saturate instead of wrapping round", "[crypto][quantity]") {
  const Quantity top = Quantity::from_millionths(std::numeric_limits<std::int64_t>::max());
  const Quantity bottom = Quantity::from_millionths(std::numeric_limits<std::int64_t>::min());

  CHECK(top + Quantity::one() == top);
  CHECK(bottom - Quantity::one() == bottom);
  CHECK(bottom + -Quantity::one() == bottom);
  CHECK(top - bottom == top);
  CHECK(-bottom == top);
  CHECK(bottom.to_string() == "-9223372036854.775808");
}
