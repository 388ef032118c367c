#include "crypto/base45.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

namespace handover::test {

using crypto::from_base45;
using crypto::to_base45;

TEST_CASE("base45: the RFC's own examples, both ways", "[crypto][base45]") {
  const auto [bytes, text] = GENERATE(table<std::string, std::string>({{"AB", "BB8"},
                                                                       {"Hello!!", "%69 VD92EX0"},
                                                                       {"base-45", "UJCLQE7W581"},
                                                                       {"ietf!", "QED8WEX0"}}));

  CHECK(to_base45(bytes) == text);
  CHECK(from_base45(text).value() == bytes);
}

TEST_CASE("base45: every byte and every length comes back", "[crypto][base45]") {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) {
    bytes.push_back(static_cast<char>(byte));
    CHECK(from_base45(to_base45(bytes)).value() == bytes);
  }
}

TEST_CASE("base45: what no bytes make is refused", "[crypto][base45]") {
  // The RFC: "GGW" is 65536 in two bytes, and ":::" more still.
  const auto* text = GENERATE("GGW", ":::", "::", "0", "BB8A", "bb8", "BB\n", "A_B", "\xC3\xA4");
  INFO(text);
  CHECK(from_base45(text).error().code == Errc::kInvalid);
}

}  // namespace handover::test
