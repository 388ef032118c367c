#include "agent/qr/list_changes.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/agent/qr/samples.hpp"

namespace handover::test {
namespace {

using qr::changes_between;
using qr::changes_json;

qr::List list(std::vector<Item> items) { return {"VAN-17", "VAN-22", std::move(items)}; }

}  // namespace

TEST_CASE("qr changes: none between lists that mean the same", "[qr]") {
  const auto offered =
      list({{"WS-C3850", "FCW1", "", quantity("1")}, {"CAB", "", "", quantity("3")}});
  qr::List counted = list({{"cab", "", "", quantity("1")},
                           {"CAB ", "", "", quantity("2.0")},
                           {"ws-c3850", "fcw1", "", quantity("1")}});
  counted.from = "van-17";
  CHECK(changes_between(offered, counted).empty());
}

TEST_CASE("qr changes: each line that differs, with both quantities, and the places", "[qr]") {
  const auto offered = list({{"WS-C3850", "FCW1", "", quantity("1")},
                             {"CAB", "", "B7", quantity("3")},
                             {"SFP", "", "", quantity("2")}});
  auto counted = list({{"CAB", "", "B7", quantity("2.5")},
                       {"SFP", "", "", quantity("2")},
                       {"WS-C3850", "FCW2", "", quantity("1")}});
  counted.to = "VAN-23";
  CHECK(changes_json(changes_between(offered, counted)).dump() ==
        R"([{"field":"ToStorageLocation","offered":"VAN-22","counted":"VAN-23"},)"
        R"({"ProdNum":"WS-C3850","SerialNum":"FCW1","BatchNum":"","offered":"1","counted":"0"},)"
        R"({"ProdNum":"CAB","SerialNum":"","BatchNum":"B7","offered":"3","counted":"2.5"},)"
        R"({"ProdNum":"WS-C3850","SerialNum":"FCW2","BatchNum":"","offered":"0","counted":"1"}])");
}

}  // namespace handover::test
