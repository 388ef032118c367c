#include <catch2/catch_test_macros.hpp>

#include "agent/domain/name_value_text.hpp"

namespace handover {
namespace {

using Pairs = std::vector<NameValue>;

TEST_CASE("name/value text: what is written reads the same", "[domain]") {
  const Pairs pairs = {{"OrderPlatform", "CCW"}, {"SerialNumber", "A=B"}, {"SerialNumber", "C D"}};
  const std::string text = write_pairs(pairs);
  CHECK(text == "OrderPlatform=CCW|SerialNumber=A=B|SerialNumber=C D");
  const ReadPairs read = read_pairs(text);
  CHECK(read.pairs == pairs);
  CHECK(read.unreadable.empty());
}

TEST_CASE("name/value text: a blank beside the = makes a pair unreadable, unless lenient (K5)",
          "[domain]") {
  for (const char* text : {"serviceOrderType = PARTIAL", "coveredProductNumber= Cisco1801", " a=b",
                           "a=b ", "=x", "novalue", "a="}) {
    INFO(text);
    const ReadPairs read = read_pairs(text);
    CHECK(read.pairs.empty());
    CHECK(read.unreadable.size() == 1);
  }
  CHECK(read_pairs("serviceOrderType = PARTIAL", true).pairs ==
        Pairs{{"serviceOrderType", "PARTIAL"}});
  CHECK(read_pairs("a=b|| |c=d").pairs == Pairs{{"a", "b"}, {"c", "d"}});
}

TEST_CASE("name/value text: the configuration of Cisco's own example", "[domain]") {
  CHECK(read_configuration("10; 0;") == Configuration{"10", "0", ""});
  CHECK(read_configuration("21;10") == Configuration{"21", "10", ""});
  CHECK(read_configuration("10;0;REF;a b; c") == Configuration{"10", "0", "REF;a b; c"});
  CHECK(read_configuration("") == Configuration{"", "", ""});
  CHECK(write_configuration({"10", "0", ""}) == "10;0");
  CHECK(write_configuration({"10", "0", "REF;;"}) == "10;0;REF;;");
}

}  // namespace
}  // namespace handover
