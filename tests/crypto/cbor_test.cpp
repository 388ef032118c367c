#include "crypto/cbor.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "tests/support/hex.hpp"

namespace handover::test {
namespace {

using crypto::Cbor;
using crypto::parse_cbor;

Cbor n(std::int64_t number) { return Cbor(number); }

}  // namespace

TEST_CASE("cbor: RFC 8949, appendix A, as far as it is used here, both ways", "[crypto][cbor]") {
  const std::vector<std::pair<Cbor, std::string>> examples = {
      {n(0), "00"},
      {n(23), "17"},
      {n(24), "1818"},
      {n(100), "1864"},
      {n(1000), "1903e8"},
      {n(1000000), "1a000f4240"},
      {n(1000000000000), "1b000000e8d4a51000"},
      {n(-1), "20"},
      {n(-100), "3863"},
      {n(-1000), "3903e7"},
      {Cbor::tagged(1, n(1363896240)), "c11a514b67b0"},
      {Cbor::tagged(32, Cbor::text("http://www.example.com")),
       "d82076687474703a2f2f7777772e6578616d706c652e636f6d"},
      {Cbor::bytes(""), "40"},
      {Cbor::bytes("\x01\x02\x03\x04"), "4401020304"},
      {Cbor::text(""), "60"},
      {Cbor::text("IETF"), "6449455446"},
      {Cbor::text("\"\\"), "62225c"},
      {Cbor::text("\xc3\xbc"), "62c3bc"},
      {Cbor::text("\xf0\x90\x85\x91"), "64f0908591"},
      {Cbor::array({}), "80"},
      {Cbor::array({n(1), Cbor::array({n(2), n(3)}), Cbor::array({n(4), n(5)})}),
       "8301820203820405"},
      {Cbor::map({}), "a0"},
      {Cbor::map({{n(3), n(4)}, {n(1), n(2)}}), "a201020304"},
      {Cbor::map({{Cbor::text("b"), Cbor::array({n(2), n(3)})}, {Cbor::text("a"), n(1)}}),
       "a26161016162820203"},
      {n(INT64_MAX), "1b7fffffffffffffff"},
      {n(INT64_MIN), "3b7fffffffffffffff"},
  };
  for (const auto& [value, hex] : examples) {
    INFO(hex);
    CHECK(hex_of(value.encode()) == hex);
    CHECK(parse_cbor(bytes_of(hex)).value() == value);
  }
}

TEST_CASE("cbor: keys are in the order of section 4.2.1", "[crypto][cbor]") {
  // The RFC's own list: 10, 100, -1, "z", "aa", [100], [-1] (and false, which is not used here).
  const Cbor map = Cbor::map({{Cbor::array({n(-1)}), n(0)},
                              {Cbor::text("aa"), n(0)},
                              {n(-1), n(0)},
                              {Cbor::array({n(100)}), n(0)},
                              {Cbor::text("z"), n(0)},
                              {n(100), n(0)},
                              {n(10), n(0)}});
  CHECK(hex_of(map.encode()) ==
        "a70a001864002000617a0062616100811864008120"
        "00");
}

TEST_CASE("cbor: what is well-formed but not deterministic is refused", "[crypto][cbor]") {
  const auto* hex = GENERATE("1817",                // 23 in two bytes
                             "190018",              // 24 in three
                             "1a00000100",          //
                             "1b0000000000000001",  //
                             "5f42010243030405ff",  // lengths that are not given
                             "7f657374726561646d696e67ff", "9fff", "bf61610161629f0203ffff",
                             "a203040102",   // keys out of order
                             "a201020103",   // a key twice
                             "5803010203");  // a length not in its shortest form
  INFO(hex);
  CHECK(parse_cbor(bytes_of(hex)).error().code == Errc::kInvalid);
}

TEST_CASE("cbor: what is not used, not whole, or too much is refused", "[crypto][cbor]") {
  const auto* hex =
      GENERATE("", "18", "19ff", "44010203", "6449", "8301", "a101", "c1", "f4", "f6", "f90000",
               "fb3ff199999999999a", "ff", "1c", "0000", "1bffffffffffffffff", "3b8000000000000000",
               "62c328",                                    // no UTF-8
               "9b0000000100000000", "bb0000000100000000",  // counts that lie
               "5b7fffffffffffffff", "7b7fffffffffffffff");
  INFO(hex);
  CHECK(parse_cbor(bytes_of(hex)).error().code == Errc::kInvalid);
}

TEST_CASE("cbor: sixteen levels, and no more", "[crypto][cbor]") {
  std::string nested = "00";
  for (int level = 0; level < 16; ++level) nested = "81" + nested;
  CHECK(parse_cbor(bytes_of(nested)));
  CHECK(!parse_cbor(bytes_of("81" + nested)));
  CHECK(!parse_cbor(std::string(100'000, '\x81')));
}

}  // namespace handover::test
