#include <catch2/catch_test_macros.hpp>

#include "tests/agent/recording/handheld.hpp"

namespace handover::test {

TEST_CASE("transfer: two technicians hand over with two codes", "[recording][transfer]") {
  TwoHandhelds both;

  const auto offer = good(both.sender.start("outbound"));
  const auto receipt = good(both.receiver.start("inbound"));
  CHECK(offer.row.state == TransferState::kOffered);
  CHECK(offer.row.public_code.size() == 12);
  CHECK(receipt.row.state == TransferState::kRecorded);
  CHECK(receipt.row.public_code.empty());

  const auto received = both.receiver.enter(receipt, crypto::group_code(offer.row.public_code));
  REQUIRE(received.kind == CodeOutcome::Kind::kCompleted);
  CHECK(received.view.row.public_code.size() == 8);
  const auto sent = both.sender.enter(offer, received.view.row.public_code);
  REQUIRE(sent.kind == CodeOutcome::Kind::kCompleted);

  CHECK(sent.view.row.state == TransferState::kCompleted);
  CHECK(both.sender.show(offer).row.record_id == sent.view.row.record_id);
}

TEST_CASE("transfer: each half holds both codes, crosswise, and one string form that is the same",
          "[recording][transfer]") {
  TwoHandhelds both;
  const auto offer = good(both.sender.start("outbound"));
  const auto receipt = good(both.receiver.start("inbound"));
  const std::string sender_code = offer.row.public_code;
  const std::string receiver_code = both.receiver.enter(receipt, sender_code).view.row.public_code;
  both.sender.enter(offer, receiver_code);

  const auto sent = both.sender.records();
  const auto received = both.receiver.records();
  REQUIRE((sent.size() == 2 && received.size() == 2));

  CHECK(text_at(sent[0], {"transfer", "ValidationCode", "PublicCode"}) == sender_code);
  CHECK(text_at(sent[0], {"transfer", "ValidationCode", "PrivateCode"}) == receiver_code);
  CHECK(text_at(received[0], {"transfer", "ValidationCode", "PublicCode"}) == receiver_code);
  CHECK(text_at(received[0], {"transfer", "ValidationCode", "PrivateCode"}) == sender_code);
  CHECK(text_at(sent[0], {"direction"}) == "outbound");
  CHECK(text_at(sent[0], {"transfer", "UserID"}) == "tech.17");
  CHECK(text_at(sent[0], {"transfer", "TransferType"}) == "1001");
  CHECK(text_at(received[0], {"transfer", "TransferType"}) == "1002");
  CHECK(text_at(sent[0], {"transfer_id"}) == offer.row.id);
  for (const Json& movement : {sent[1], received[1]}) {
    CHECK(text_at(movement, {"usage", "RefModule"}) == "1003");
    CHECK(text_at(movement, {"usage", "RefObjID"}) == sender_code + "-" + receiver_code);
  }
}

TEST_CASE("transfer: makes a usage of its own location on each side, and moves the stock",
          "[recording][transfer]") {
  TwoHandhelds both;
  good(both.sender.use("1001", R"([{"ProdNum":"cab-cat6","InQty":4,"BatchNum":"b7"}])"));
  const auto offer = good(both.sender.start("outbound"));
  const auto receipt = good(both.receiver.start("inbound"));
  const auto received = both.receiver.enter(receipt, offer.row.public_code);
  both.sender.enter(offer, received.view.row.public_code);

  CHECK(
      both.sender.records()[2].find("usage")->find("StorageLocations")->dump() ==
      R"([{"StorageLocationID":"VAN-17","Items":[)"
      R"({"BatchNum":"","InventoryQty":-1,"OutQty":1,"ProdNum":"WS-C3850-48U-S","SerialNum":"FCW1950C12F"},)"
      R"({"BatchNum":"B7","InventoryQty":1.5,"OutQty":2.5,"ProdNum":"CAB-CAT6","SerialNum":""}]}])");
  CHECK(
      both.receiver.records()[1].find("usage")->find("StorageLocations")->dump() ==
      R"([{"StorageLocationID":"VAN-22","Items":[)"
      R"({"BatchNum":"","InQty":1,"InventoryQty":1,"ProdNum":"WS-C3850-48U-S","SerialNum":"FCW1950C12F"},)"
      R"({"BatchNum":"B7","InQty":2.5,"InventoryQty":2.5,"ProdNum":"CAB-CAT6","SerialNum":""}]}])");
  CHECK(both.sender.in_stock("cab-cat6", "", "b7") == "1.5");
  CHECK(both.receiver.in_stock("cab-cat6", "", "b7", "van-22") == "2.5");
  CHECK(both.receiver.in_stock("ws-c3850-48u-s", "fcw1950c12f", "", "van-22") == "1");
}

TEST_CASE("transfer: nothing moves and nothing is recorded before the code",
          "[recording][transfer]") {
  TwoHandhelds both;
  good(both.sender.start("outbound"));
  good(both.receiver.start("inbound"));

  CHECK(both.sender.records().empty());
  CHECK(both.receiver.records().empty());
  CHECK(both.sender.in_stock("cab-cat6", "", "b7") == "0");
}

TEST_CASE("transfer: the order of lines, split lines and case do not matter",
          "[recording][transfer]") {
  TwoHandhelds both;
  const auto offer = good(both.sender.start("outbound"));
  const auto receipt = good(both.receiver.start(
      "inbound", R"([{"ProdNum":"cab-cat6","Qty":1.0,"BatchNum":"b7"},)"
                 R"({"ProdNum":"ws-c3850-48u-s","Qty":"1","SerialNum":"fcw1950c12f"},)"
                 R"({"ProdNum":"CAB-CAT6","Qty":1.5,"BatchNum":"B7 "}])"));

  CHECK(both.receiver.enter(receipt, offer.row.public_code).kind == CodeOutcome::Kind::kCompleted);
}

TEST_CASE("transfer: FlexAttrs are carried into the record, and are no part of the terms",
          "[recording][transfer]") {
  TwoHandhelds both;
  Transfer with_reason = transfer("outbound");
  with_reason.flex_attrs = to_json(R"({"HANDOVER":{"REASON":["swap"]}})");
  const auto offer =
      good(both.sender.write([&] { return both.sender.recorder->start(with_reason); }));
  const auto receipt = good(both.receiver.start("inbound"));

  const auto received = both.receiver.enter(receipt, offer.row.public_code);
  REQUIRE(received.kind == CodeOutcome::Kind::kCompleted);
  both.sender.enter(offer, received.view.row.public_code);

  CHECK(both.sender.records()[0].find("transfer")->find("FlexAttrs")->dump() ==
        R"({"HANDOVER":{"REASON":["swap"]}})");
}

TEST_CASE("transfer: the other side's code is shown only after it was entered",
          "[recording][transfer]") {
  TwoHandhelds both;
  const auto offer = good(both.sender.start("outbound"));
  const auto receipt = good(both.receiver.start("inbound"));
  const auto codes = [](const TransferView& view) {
    const Json* found = view.object.find("ValidationCode");
    return found != nullptr ? found->dump() : "none";
  };

  CHECK(codes(both.sender.show(offer)) == R"({"PublicCode":")" + offer.row.public_code + "\"}");
  CHECK(codes(both.receiver.show(receipt)) == "none");
  const auto received = both.receiver.enter(receipt, offer.row.public_code);
  CHECK(codes(received.view) == R"({"PublicCode":")" + received.view.row.public_code +
                                    R"(","PrivateCode":")" + offer.row.public_code + "\"}");
}

TEST_CASE("transfer: a completed half takes no more codes, offers or cancels",
          "[recording][transfer]") {
  TwoHandhelds both;
  const auto offer = good(both.sender.start("outbound"));
  const auto receipt = good(both.receiver.start("inbound"));
  const auto received = both.receiver.enter(receipt, offer.row.public_code);
  both.sender.enter(offer, received.view.row.public_code);

  CHECK(both.sender.enter(offer, received.view.row.public_code).kind == CodeOutcome::Kind::kClosed);
  CHECK(both.receiver.enter(receipt, offer.row.public_code).kind == CodeOutcome::Kind::kClosed);
  for (Handheld* device : {&both.sender, &both.receiver}) {
    const auto& id = device == &both.sender ? offer.row.id : receipt.row.id;
    CHECK(device->write([&] { return device->recorder->cancel(id); }).error().problem ==
          "transfer-closed");
    CHECK(device->write([&] { return device->recorder->offer_again(id); }).error().problem ==
          "transfer-closed");
    CHECK(device->records().size() == 2);
  }
}

TEST_CASE("transfer: can be cancelled in every state but completed, once",
          "[recording][transfer]") {
  TwoHandhelds both;
  const auto cancel = [](Handheld& device, const TransferView& view) {
    return device.write([&] { return device.recorder->cancel(view.row.id); });
  };
  const auto offer = good(both.sender.start("outbound"));
  const auto receipt = good(both.receiver.start("inbound"));
  const auto dying = good(both.sender.start("outbound"));
  for (int i = 0; i < 5; ++i) both.sender.enter(dying, wrong_receiver_code(i));
  REQUIRE(both.sender.show(dying).row.state == TransferState::kDead);

  CHECK(good(cancel(both.sender, offer)).row.state == TransferState::kCancelled);
  CHECK(good(cancel(both.receiver, receipt)).row.state == TransferState::kCancelled);
  CHECK(good(cancel(both.sender, dying)).row.state == TransferState::kCancelled);

  CHECK(cancel(both.sender, offer).error().problem == "transfer-closed");
  CHECK(both.sender.enter(offer, wrong_receiver_code(1)).kind == CodeOutcome::Kind::kClosed);
  CHECK(both.receiver.enter(receipt, offer.row.public_code).kind == CodeOutcome::Kind::kClosed);
  CHECK(both.sender.write([&] { return both.sender.recorder->offer_again(offer.row.id); })
            .error()
            .problem == "transfer-closed");
  CHECK(both.sender.records().empty());
}

TEST_CASE("transfer: to oneself it is refused, and leaves nothing behind",
          "[recording][transfer]") {
  Handheld device("TECH.22", 1);

  const auto refused = device.start("outbound");

  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().fields.front().pointer == "/transfer/TransferTech/UserID");
  CHECK(good(device.world->transfers.list({}, 0, 10)).empty());
}

TEST_CASE("transfer: an unknown id is not found", "[recording][transfer]") {
  Handheld device("tech.17", 1);

  CHECK(device.recorder->show("nothing").error().code == Errc::kNotFound);
  CHECK(device.write([&] { return device.recorder->enter_code("nothing", "1"); }).error().code ==
        Errc::kNotFound);
  CHECK(device.write([&] { return device.recorder->cancel("nothing"); }).error().code ==
        Errc::kNotFound);
  CHECK(device.write([&] { return device.recorder->offer_again("nothing"); }).error().code ==
        Errc::kNotFound);
}

TEST_CASE("transfer: an older key of either ring still fits while keys are changed",
          "[recording][transfer]") {
  for (const auto& [sender_ring, receiver_ring] :
       {std::pair("a", "ba"), std::pair("a", "cba"), std::pair("ba", "ab")}) {
    TwoHandhelds both(sender_ring, receiver_ring);
    const auto offer = good(both.sender.start("outbound"));
    const auto receipt = good(both.receiver.start("inbound"));

    const auto received = both.receiver.enter(receipt, offer.row.public_code);

    REQUIRE(received.kind == CodeOutcome::Kind::kCompleted);
    CHECK(both.sender.enter(offer, received.view.row.public_code).kind ==
          CodeOutcome::Kind::kCompleted);
  }
}

TEST_CASE("transfer: without a common key no code fits", "[recording][transfer]") {
  TwoHandhelds both("a", "bc");
  const auto offer = good(both.sender.start("outbound"));
  const auto receipt = good(both.receiver.start("inbound"));

  CHECK(both.receiver.enter(receipt, offer.row.public_code).kind == CodeOutcome::Kind::kMismatch);
}

TEST_CASE("transfer: the largest one that a call can hold is recorded, shown and completed",
          "[recording]") {
  std::string items;
  for (int line = 0; line < 500; ++line) {
    items += std::string(line == 0 ? "[" : ",") + R"({"ProdNum":"P)" + std::to_string(line) +
             R"(","Qty":1})";
  }
  Json body = transfer_body("outbound", items + "]");
  Json object = *body.find("transfer");
  // What is stored has every member of each line, and is longer than what was typed.
  const std::size_t room = (std::size_t{1} << 20) - body.dump().size() - 100;
  object.set("FlexAttrs",
             Json::object({{"F", Json::object({{"A", Json::array({std::string(room, 'x')})}})}}));
  body.set("transfer", object);
  REQUIRE(parse_json(body.dump()).has_value());
  Handheld sender("tech.17", 1);

  const auto offer =
      good(sender.write([&] { return sender.recorder->start(good(parse_transfer(body))); }));

  CHECK(offer.row.body.size() > (std::size_t{1} << 20));
  CHECK(sender.show(offer).object.find("Items")->items().size() == 500);
  CHECK(sender.start("outbound").has_value());
  CHECK(sender.enter(offer, offer.row.expected_code).kind == CodeOutcome::Kind::kCompleted);
}

}  // namespace handover::test
