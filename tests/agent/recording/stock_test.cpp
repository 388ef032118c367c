#include <catch2/catch_test_macros.hpp>

#include "tests/agent/recording/handheld.hpp"

namespace handover::test {
namespace {

constexpr const char* kTwoCables = R"([{"ProdNum":"CAB","Qty":2}])";
constexpr const char* kLoadThree = R"([{"ProdNum":"CAB","InQty":3}])";

}  // namespace

TEST_CASE("stock: under `warn` what is not there goes all the same, with a warning",
          "[recording][stock]") {
  Handheld device("tech.17", 1);
  good(device.use("1001", R"([{"ProdNum":"CAB","InQty":1}])"));

  const auto offer =
      good(device.start("outbound", R"([{"ProdNum":"CAB","Qty":2},{"ProdNum":"NONE","Qty":1}])"));

  REQUIRE(offer.warnings.size() == 2);
  CHECK(offer.warnings[0] == FieldError{"/transfer/Items/0", "only 1 in stock at VAN-17"});
  CHECK(offer.warnings[1] == FieldError{"/transfer/Items/1", "not in stock at VAN-17"});
  CHECK(good(device.use("1002", R"([{"ProdNum":"NONE","OutQty":1}])")).warnings[0].pointer ==
        "/usage/StorageLocations/0/Items/0");
  CHECK(device.in_stock("none") == "-1");
}

TEST_CASE("stock: under `enforce` it is refused, and nothing is written", "[recording][stock]") {
  Handheld device("tech.17", 1, StockPolicy::kEnforce);

  const auto offer = device.start("outbound", kTwoCables);
  const auto used = device.use("1002", R"([{"ProdNum":"CAB","OutQty":1}])");

  CHECK(offer.error().problem == "not-in-stock");
  CHECK(offer.error().fields.at(0).pointer == "/transfer/Items/0");
  CHECK(used.error().problem == "not-in-stock");
  CHECK(device.records().empty());
  CHECK(device.in_stock("cab") == "0");
  CHECK(good(device.world->transfers.list({}, 0, 10)).empty());
}

TEST_CASE("stock: under `enforce` what is there goes, and what is received needs no stock",
          "[recording][stock]") {
  Handheld device("tech.22", 1, StockPolicy::kEnforce);
  good(device.use("1001", kLoadThree));

  CHECK(device.use("1002", R"([{"ProdNum":"cab","OutQty":3}])").has_value());
  CHECK(device.start("inbound", kTwoCables).has_value());
}

TEST_CASE("stock: what is on offer already is not there twice", "[recording][stock]") {
  Handheld device("tech.17", 1, StockPolicy::kEnforce);
  good(device.use("1001", kLoadThree));
  const auto first = good(device.start("outbound", kTwoCables));

  CHECK(device.start("outbound", kTwoCables).error().fields.at(0).detail ==
        "only 3 in stock at VAN-17, of which 2 on offer in an open transfer");
  good(device.write([&] { return device.recorder->cancel(first.row.id); }));
  CHECK(device.start("outbound", kTwoCables).has_value());
}

TEST_CASE("stock: lines of one list for the same part count together", "[recording][stock]") {
  Handheld device("tech.17", 1, StockPolicy::kEnforce);
  good(device.use("1001", kLoadThree));

  const auto refused =
      device.start("outbound", R"([{"ProdNum":"CAB","Qty":2},{"ProdNum":"cab","Qty":2}])");

  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().fields.size() == 1);
  CHECK(refused.error().fields[0].pointer == "/transfer/Items/1");
}

TEST_CASE("stock: a count sets what is there, and tells the movement that it means",
          "[recording][stock]") {
  Handheld device("tech.17", 1, StockPolicy::kEnforce);
  good(device.use(
      "1001",
      R"([{"ProdNum":"MORE","InQty":5},{"ProdNum":"LESS","InQty":5},{"ProdNum":"SAME","InQty":5}])"));

  const auto counted = good(device.use(
      "1004", R"([{"ProdNum":"MORE","InventoryQty":7.5},)"
              R"({"ProdNum":"LESS","InventoryQty":0},{"ProdNum":"SAME","InventoryQty":5}])"));

  CHECK(counted.record.body.find("usage")
            ->find("StorageLocations")
            ->items()[0]
            .find("Items")
            ->dump() ==
        R"([{"BatchNum":"","InQty":2.5,"InventoryQty":7.5,"ProdNum":"MORE","SerialNum":""},)"
        R"({"BatchNum":"","InventoryQty":0,"OutQty":5,"ProdNum":"LESS","SerialNum":""},)"
        R"({"BatchNum":"","InventoryQty":5,"ProdNum":"SAME","SerialNum":""}])");
  CHECK(device.in_stock("more") == "7.5");
  CHECK(device.in_stock("less") == "0");
  CHECK(device.in_stock("same") == "5");
}

TEST_CASE("stock: a count of what was below zero brings it back", "[recording][stock]") {
  Handheld device("tech.17", 1);
  good(device.use("1002", R"([{"ProdNum":"CAB","OutQty":3}])"));

  good(device.use("1004", R"([{"ProdNum":"CAB","InventoryQty":2}])"));

  CHECK(device.in_stock("cab") == "2");
}

TEST_CASE("stock: the count after each line is that of the line before and its own movement",
          "[recording][stock]") {
  Handheld device("tech.17", 1);

  const auto view =
      good(device.use("1001", R"([{"ProdNum":"CAB","InQty":3},{"ProdNum":"cab","InQty":0.5}])"));

  const auto& items =
      view.record.body.find("usage")->find("StorageLocations")->items()[0].find("Items")->items();
  CHECK(items[0].text_of("InventoryQty") == "3");
  CHECK(items[1].text_of("InventoryQty") == "3.5");
}

TEST_CASE("stock: a dead offer is not offered again over the head of a later one",
          "[recording][stock]") {
  Handheld device("tech.17", 1, StockPolicy::kEnforce);
  good(device.use("1001", kLoadThree));
  const auto dead = good(device.start("outbound", kTwoCables));
  for (int wrong = 1; wrong <= 5; ++wrong) device.enter(dead, wrong_receiver_code(wrong));
  const auto later = good(device.start("outbound", kTwoCables));

  const auto again = [&] {
    return device.write([&] { return device.recorder->offer_again(dead.row.id); });
  };

  REQUIRE_FALSE(again().has_value());
  CHECK(again().error().problem == "not-in-stock");
  good(device.write([&] { return device.recorder->cancel(later.row.id); }));
  CHECK(again().has_value());
}

TEST_CASE("stock: a unit that is there twice, or less than not at all, is told",
          "[recording][stock]") {
  Handheld device("tech.17", 1);
  const auto take_in = [&] {
    return good(device.use("1001", R"([{"ProdNum":"P","SerialNum":"S","InQty":1}])")).warnings;
  };
  const auto use_up = [&] {
    return good(device.use("1002", R"([{"ProdNum":"P","SerialNum":"S","OutQty":1}])")).warnings;
  };

  CHECK(take_in().empty());
  const auto twice = take_in();
  REQUIRE(twice.size() == 1);
  CHECK(twice[0].pointer == "/usage/StorageLocations/0/Items/0");
  CHECK(twice[0].detail.find("now counts 2 of this one unit at VAN-17") != std::string::npos);
  CHECK(use_up().empty());
  CHECK(use_up().empty());
  // One line has one warning: that it was not there says it all.
  CHECK(use_up().size() == 1);
  CHECK(good(device.use("1004", R"([{"ProdNum":"P","SerialNum":"S","InventoryQty":1}])"))
            .warnings.empty());
}

TEST_CASE("stock: who receives a unit that he has already is told", "[recording][stock]") {
  TwoHandhelds both;
  constexpr const char* kUnit =
      R"([{"ProdNum":"CAB","Qty":1},{"ProdNum":"P","SerialNum":"S","Qty":1}])";
  const Json load = to_json(
      R"({"usage":{"RefModule":"1001","RefObjID":"R","StorageLocations":[{"StorageLocationID":"VAN-22",)"
      R"("Items":[{"ProdNum":"P","SerialNum":"S","InQty":1}]}]}})");
  good(both.receiver.write(
      [&] { return both.receiver.recorder->record_usage(good(parse_usage(load))); }));
  const auto offer = good(both.sender.start("outbound", kUnit));
  const auto receipt = good(both.receiver.start("inbound", kUnit));

  const auto received = both.receiver.enter(receipt, offer.row.public_code);

  REQUIRE(received.kind == CodeOutcome::Kind::kCompleted);
  REQUIRE(received.view.warnings.size() == 1);
  CHECK(received.view.warnings[0].pointer == "/transfer/Items/1");
}

}  // namespace handover::test
