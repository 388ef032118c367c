#include "sim/back-ends/servicemobility/transfer_book.hpp"

#include "tests/sim/support.hpp"

namespace handover::sim {
namespace {

using testing::half;
using testing::json;
using testing::kNow;

Half arrive(const Json& body, const std::string& key = "k") {
  Half arrived;
  REQUIRE_FALSE(check_transfer(body, {}, arrived.transfer));
  arrived.body = std::make_shared<const std::string>(body.dump());
  arrived.key = key;
  arrived.received = kNow;
  return arrived;
}

Json items(const char* text) { return json(text); }

}  // namespace

TEST_CASE("transfer book: two halves are paired in either order", "[sim][servicemobility]") {
  for (const bool outbound_first : {true, false}) {
    TransferBook book;
    book.add(arrive(half(outbound_first)));
    CHECK(book.unpaired_count() == 1);
    CHECK(book.pair_count() == 0);

    book.add(arrive(half(!outbound_first)));

    CHECK(book.unpaired_count() == 0);
    CHECK(book.pair_count() == 1);
    CHECK(book.halves()[0].partner == 1);
    CHECK(book.halves()[1].partner == 0);
  }
}

TEST_CASE("transfer book: halves with equal instead of crossed codes are paired too",
          "[sim][servicemobility]") {
  TransferBook book;
  const Json codes = *half(true).find("ValidationCode");

  book.add(arrive(half(true)));
  book.add(arrive(half(false).set("ValidationCode", codes)));

  CHECK(book.pair_count() == 1);
}

TEST_CASE("transfer book: order, spelling and splitting of lines do not matter",
          "[sim][servicemobility]") {
  TransferBook book;

  book.add(arrive(half(true).set(
      "Items",
      items(
          R"([{"ProdNum":"Cable  10m","Qty":3.0},{"ProdNum":"ws-c3850","Qty":1,"SerialNum":"fcw1"}])"))));
  book.add(arrive(half(false).set(
      "Items", items(R"([{"ProdNum":"WS-C3850","Qty":1,"SerialNum":"FCW1 "},)"
                     R"({"ProdNum":"cable 10m","Qty":1},{"ProdNum":"CABLE 10M","Qty":2}])"))));

  CHECK(book.pair_count() == 1);
  CHECK(book.mismatches().empty());
}

TEST_CASE("transfer book: halves whose codes fit but whose words do not are reported",
          "[sim][servicemobility]") {
  TransferBook book;
  Json receiver = half(false).set("Items", items(R"([{"ProdNum":"OTHER","Qty":1}])"));
  receiver.set("ToStorageLocation", "VAN-23").set("UserID", "tech.23");

  book.add(arrive(half(true)));
  book.add(arrive(receiver));

  CHECK(book.pair_count() == 0);
  CHECK(book.unpaired_count() == 2);
  REQUIRE(book.mismatches().size() == 1);
  CHECK(book.mismatches()[0].differs ==
        std::vector<std::string>{"ToStorageLocation", "UserID", "Items"});
}

TEST_CASE("transfer book: the same half twice is a copy and pairs with nothing",
          "[sim][servicemobility]") {
  TransferBook book;
  book.add(arrive(half(true), "k1"));
  book.add(arrive(half(true), "k2"));
  book.add(arrive(half(false), "k3"));
  book.add(arrive(half(false), "k4"));

  CHECK(book.pair_count() == 1);
  CHECK(book.copy_count() == 2);
  CHECK(book.unpaired_count() == 0);
  CHECK(book.halves()[1].copy_of == 0);
  CHECK(book.halves()[3].copy_of == 2);
}

TEST_CASE("transfer book: other transfers between the same people stay apart",
          "[sim][servicemobility]") {
  TransferBook book;
  Json other = half(false);
  other.set("ValidationCode", json(R"({"PublicCode":"1","PrivateCode":"2"})"));

  book.add(arrive(half(true)));
  book.add(arrive(other));

  CHECK(book.unpaired_count() == 2);
  CHECK(book.mismatches().empty());
}

}  // namespace handover::sim
