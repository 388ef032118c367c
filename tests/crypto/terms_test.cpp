#include "crypto/terms.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

using handover::Errc;
using handover::FieldError;
using handover::crypto::kLinesMax;
using handover::crypto::make_terms;
using handover::crypto::TermsInput;
using handover::crypto::TermsItem;

namespace {

TermsInput transfer_of(std::vector<TermsItem> items) {
  return {"VAN-17", "VAN-22", "tech.17", "tech.22", std::move(items)};
}

std::vector<FieldError> wrong_fields(const TermsInput& input) {
  const auto terms = make_terms(input);
  REQUIRE_FALSE(terms);
  CHECK(terms.error().code == Errc::kInvalid);
  return terms.error().fields;
}

}  // namespace

TEST_CASE("terms: the text is what RFC 8785 makes of the same value", "[crypto][terms]") {
  // Full-width quote and backslash become ASCII ones by folding, so they must be escaped after it.
  const auto input =
      transfer_of({{"a\"b\\c/\xEF\xBC\x82\xEF\xBC\xBC", "2.50", "", "\xC3\xA9\xE2\x82\xAC"}});

  const auto terms = make_terms(input);

  REQUIRE(terms);
  // Its objects are sorted maps, and it escapes no more than it must: on strings, this is RFC 8785.
  const auto value = nlohmann::json::parse(terms->json());
  CHECK(value.dump() == terms->json());
  CHECK(value["items"][0]["prod"] == "a\"b\\c/\"\\");
  CHECK(value["v"] == 1);
}

TEST_CASE("terms: rows are the header, then the lines in canonical order", "[crypto][terms]") {
  const auto terms =
      make_terms(transfer_of({{"b", "1", "", ""}, {"A", "2", "", "z"}, {"a", "1", "s", ""}}));

  REQUIRE(terms);
  const std::vector<std::string> expected = {
      R"({"from":"van-17","receiver":"tech.22","sender":"tech.17","to":"van-22"})",
      R"({"batch":"z","prod":"a","qty":"2","serial":""})",
      R"({"batch":"","prod":"a","qty":"1","serial":"s"})",
      R"({"batch":"","prod":"b","qty":"1","serial":""})",
  };
  CHECK(terms->rows() == expected);
}

TEST_CASE("terms: lines are sorted by UTF-8 bytes, not as signed characters", "[crypto][terms]") {
  const auto terms = make_terms(transfer_of({{"\xC3\xA9", "1", "", ""}, {"z", "1", "", ""}}));

  REQUIRE(terms);
  CHECK(terms->rows()[1].find("\"z\"") != std::string::npos);
}

TEST_CASE("terms: every wrong field is named, not only the first", "[crypto][terms]") {
  TermsInput input = transfer_of({
      {"", "1e3", "", ""},
      {"P", "1", "", ""},
      {"P", "2", "S", std::string(65, 'b')},
      {"p", "1", " s ", ""},
      {"P", "x", std::string(61, 's'), ""},
  });
  input.from = " ";
  input.receiver = "\xFF";

  const std::vector<FieldError> expected = {
      {"/FromStorageLocation", "empty identifier"},
      {"/receiver", "not well-formed UTF-8"},
      {"/Items/0/ProdNum", "empty identifier"},
      {"/Items/0/Qty", "exponent is not accepted; write 1000 instead of 1e3"},
      {"/Items/2/BatchNum", "longer than 64 characters"},
      {"/Items/2/Qty", "a serialized line has quantity 1"},
      {"/Items/3/SerialNum", "serial number listed twice"},
      {"/Items/4/Qty", "expected digits, with a point before decimals, such as 2.5"},
      {"/Items/4/SerialNum", "longer than 60 characters"},
  };
  CHECK(wrong_fields(input) == expected);
}

TEST_CASE("terms: one mistake is one complaint", "[crypto][terms]") {
  const auto input = transfer_of({{"", "999999999", "", ""},
                                  {"", "999999999", "", ""},
                                  {" ", "1", "S", ""},
                                  {" ", "1", "S", ""},
                                  {"P", "0", "T", ""}});

  const std::vector<FieldError> expected = {
      {"/Items/0/ProdNum", "empty identifier"},      {"/Items/1/ProdNum", "empty identifier"},
      {"/Items/2/ProdNum", "empty identifier"},      {"/Items/3/ProdNum", "empty identifier"},
      {"/Items/4/Qty", "quantity must be positive"},
  };
  CHECK(wrong_fields(input) == expected);
}

TEST_CASE("terms: the sentence names the first wrong field and counts the rest",
          "[crypto][terms]") {
  const auto one = make_terms(transfer_of({{"P", "0", "", ""}}));
  const auto two = make_terms(transfer_of({{"P", "0", "", ""}, {"", "1", "", ""}}));

  CHECK(one.error().detail == "/Items/0/Qty: quantity must be positive");
  CHECK(two.error().detail == "/Items/0/Qty: quantity must be positive; and 1 more");
}

TEST_CASE("terms: a serial number may stand on lines of two products", "[crypto][terms]") {
  CHECK(make_terms(transfer_of({{"P", "1", "S", ""}, {"Q", "1", "S", ""}})));
}

TEST_CASE("terms: a transfer has one to 500 lines", "[crypto][terms]") {
  CHECK(wrong_fields(transfer_of({})) ==
        std::vector<FieldError>{{"/Items", "at least one line is needed"}});

  std::vector<TermsItem> items(kLinesMax, TermsItem{"P", "1", "", ""});
  const auto full = make_terms(transfer_of(items));
  REQUIRE(full);
  CHECK(full->rows()[1] == R"({"batch":"","prod":"p","qty":"500","serial":""})");

  items.push_back(items[0]);
  CHECK(wrong_fields(transfer_of(items)) ==
        std::vector<FieldError>{{"/Items", "more than 500 lines"}});
}

TEST_CASE("terms: lines that add up to too much are refused where they do", "[crypto][terms]") {
  const auto at_limit = transfer_of({{"P", "999999999", "", ""}, {"p", "0.999999", "", ""}});
  CHECK(make_terms(at_limit)->rows()[1].find("\"999999999.999999\"") != std::string::npos);

  const auto beyond = transfer_of(
      {{"P", "999999999.999999", "", ""}, {"Q", "1", "", ""}, {"p", "0.000001", "", ""}});
  const auto fields = wrong_fields(beyond);
  REQUIRE(fields.size() == 1);
  CHECK(fields[0].pointer == "/Items/2/Qty");
}

TEST_CASE("terms: a refusal never repeats what was typed", "[crypto][terms]") {
  const auto terms =
      make_terms(transfer_of({{"TOPSECRET\x01", "TOPSECRET", "TOPSECRET\xFF", "TOPSECRET\t"}}));

  REQUIRE_FALSE(terms);
  CHECK(terms.error().fields.size() == 4);
  CHECK(terms.error().detail.find("TOPSECRET") == std::string::npos);
  for (const auto& field : terms.error().fields)
    CHECK(field.detail.find("TOPSECRET") == std::string::npos);
}
