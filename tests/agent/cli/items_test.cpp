#include "agent/cli/items.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

namespace handover::cli {

using crypto::Quantity;

TEST_CASE("items: product, quantity, serial number and batch are told apart", "[cli][items]") {
  CHECK(parse_item("CAB-6A").value() == TypedItem{"CAB-6A", "", "", Quantity::one()});
  CHECK(parse_item("CAB-6A:2.5").value() ==
        TypedItem{"CAB-6A", "", "", Quantity::parse("2.5").value()});
  CHECK(parse_item("WS-C3850@FCW1950C12F").value() ==
        TypedItem{"WS-C3850", "FCW1950C12F", "", Quantity::one()});
  CHECK(parse_item("AIR-CAP=:1@00:11:22#B 7").value() ==
        TypedItem{"AIR-CAP=", "00:11:22", "B 7", Quantity::one()});
  CHECK(parse_item("P#B").value() == TypedItem{"P", "", "B", Quantity::one()});
}

TEST_CASE("items: what cannot be read is wrong usage", "[cli][items]") {
  const auto* text =
      GENERATE("", ":2", "@S", "P:", "P:x", "P:-1", "P:1e3", "P:0", "P@", "P#", "P@S:2#");

  const auto item = parse_item(text);

  INFO(text);
  REQUIRE_FALSE(item);
  CHECK(exit_code_of(item.error()) == ExitCode::kWrongUsage);
}

TEST_CASE("items: zero can be counted", "[cli][items]") {
  CHECK(parse_item("P:0", ZeroQuantity::kAllowed).value().qty.is_zero());
}

TEST_CASE("items: a quantity keeps its digits on the way to the agent", "[cli][items]") {
  const auto item = parse_item("P:0.100001@S#B").value();

  CHECK(item_json(item, "OutQty").dump() ==
        R"({"ProdNum":"P","OutQty":0.100001,"SerialNum":"S","BatchNum":"B"})");
}

}  // namespace handover::cli
