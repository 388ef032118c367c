#include "sim/back-ends/servicemobility/quantity.hpp"

#include "tests/sim/support.hpp"

namespace handover::sim {

TEST_CASE("quantity: decimals are read exactly and written without trailing zeros",
          "[sim][servicemobility]") {
  CHECK(parse_quantity("1") == 1'000'000);
  CHECK(parse_quantity("0.1") == 100'000);
  CHECK(parse_quantity("2.50") == 2'500'000);
  CHECK(parse_quantity("-3.000001") == -3'000'001);
  CHECK(parse_quantity("999999999.999999") == 999'999'999'999'999);
  CHECK(format_quantity(2'500'000) == "2.5");
  CHECK(format_quantity(250'000) == "0.25");
  CHECK(format_quantity(-3'000'001) == "-3.000001");
  CHECK(format_quantity(0) == "0");
}

TEST_CASE("quantity: an exponent, a seventh place and a tenth digit are refused",
          "[sim][servicemobility]") {
  CHECK(!parse_quantity("1e0"));
  CHECK(!parse_quantity("0.0000001"));
  CHECK(!parse_quantity("1000000000"));
  CHECK(!parse_quantity(""));
  CHECK(!parse_quantity("-"));
}

}  // namespace handover::sim
