#include <catch2/catch_test_macros.hpp>

#include "tests/agent/recording/qr_world.hpp"

namespace handover::test {
namespace {

constexpr const char* kOneItem =
    R"([{"ProdNum":"WS-C3850-48U-S","SerialNum":"FCW1950C12F","Qty":1}])";

/// The signed message in a record's evidence, proved.
qr::Message evidence(const Company& company, const Json& record, std::string_view name) {
  const auto scanned = good(qr::read_codes({text_at(record, {"evidence", name})}));
  return good(qr::read_message(scanned.message.value(), company.keys(), at(1795343213)));
}

}  // namespace

TEST_CASE("qr: scan, confirm, scan: both halves are complete, with both signatures",
          "[recording][qr]") {
  EnrolledHandhelds both;
  const auto offer = good(both.sender.start("outbound"));
  const auto filled = reading(both.receiver, shown(both.sender, offer));
  REQUIRE(filled.transfer);
  CHECK(filled.transfer->other.user_id == "tech.17");
  CHECK(filled.transfer->from == "VAN-17");
  CHECK(filled.transfer->items.size() == 2);
  CHECK(filled.transfer_id.empty());
  CHECK(filled.warnings.empty());

  const auto received = good(receive(both.receiver, *filled.transfer, shown(both.sender, offer)));
  REQUIRE(received.kind == CodeOutcome::Kind::kCompleted);
  CHECK(received.view.row.public_code.size() == 8);
  CHECK(kind_shown(both.receiver, received.view) == "receipt");
  const auto receipt = shown(both.receiver, received.view);
  CHECK(reading(both.sender, receipt).transfer_id == offer.row.id);
  const auto sent = good(scan(both.sender, offer, receipt));
  REQUIRE(sent.kind == CodeOutcome::Kind::kCompleted);

  for (Handheld* device : {&both.sender, &both.receiver}) {
    const Json half = device->records()[0];
    CHECK(evidence(both.company, half, "offer").signer.technician.user_id == "tech.17");
    const auto signed_receipt = evidence(both.company, half, "receipt");
    CHECK(signed_receipt.signer.technician.user_id == "tech.22");
    CHECK(signed_receipt.offer_hash == qr::hash_of(evidence(both.company, half, "offer").bytes));
    CHECK(device->records()[1].find("evidence") == nullptr);
  }
}

TEST_CASE("qr: the records are those of the spoken code, but for the evidence", "[recording][qr]") {
  EnrolledHandhelds scanned;
  TwoHandhelds spoken;
  const auto offer = good(scanned.sender.start("outbound"));
  const auto codes = shown(scanned.sender, offer);
  const auto received =
      good(receive(scanned.receiver, *reading(scanned.receiver, codes).transfer, codes));
  good(scan(scanned.sender, offer, shown(scanned.receiver, received.view)));
  const auto said = good(spoken.sender.start("outbound"));
  const auto heard = good(spoken.receiver.start("inbound"));
  const auto entered = spoken.receiver.enter(heard, said.row.public_code);
  spoken.sender.enter(said, entered.view.row.public_code);

  const auto members = [](const Json& record) {
    std::vector<std::string> names;
    for (const auto& [name, value] : record.members()) {
      if (name != "evidence") names.push_back(name);
    }
    return names;
  };
  for (const auto device : {&TwoHandhelds::sender, &TwoHandhelds::receiver}) {
    const auto with = (scanned.*device).records();
    const auto without = (spoken.*device).records();
    REQUIRE(with.size() == without.size());
    for (std::size_t i = 0; i < with.size(); ++i) CHECK(members(with[i]) == members(without[i]));
    CHECK(with[0].find("transfer")->find("Items")->dump() ==
          without[0].find("transfer")->find("Items")->dump());
    CHECK(without[0].find("evidence") == nullptr);
  }
  CHECK(scanned.receiver.in_stock("cab-cat6", "", "b7", "van-22") == "2.5");
}

TEST_CASE("qr: a half that was counted and typed before completes by the scan", "[recording][qr]") {
  EnrolledHandhelds both;
  const auto offer = good(both.sender.start("outbound"));
  const auto half = good(both.receiver.start("inbound"));
  CHECK(reading(both.receiver, shown(both.sender, offer)).transfer_id == half.row.id);
  const auto received = good(scan(both.receiver, half, shown(both.sender, offer)));
  REQUIRE(received.kind == CodeOutcome::Kind::kCompleted);
  CHECK(both.receiver.records()[0].find("evidence") != nullptr);
}

TEST_CASE("qr: a line that was counted otherwise is shown to both, and nothing is completed",
          "[recording][qr]") {
  EnrolledHandhelds both;
  const auto offer = good(both.sender.start("outbound"));
  auto half = *reading(both.receiver, shown(both.sender, offer)).transfer;
  half.items.pop_back();
  const auto differs = good(receive(both.receiver, half, shown(both.sender, offer)));
  REQUIRE(differs.kind == CodeOutcome::Kind::kListsDiffer);
  CHECK(differs.view.row.state == TransferState::kRecorded);
  CHECK(both.receiver.records().empty());
  const auto at_receiver = changes(both.receiver, differs.view);
  REQUIRE(at_receiver.size() == 1);
  CHECK(at_receiver[0].item.prod == "CAB-CAT6");
  CHECK(at_receiver[0].offered == "2.5");
  CHECK(at_receiver[0].counted == "0");
  CHECK(kind_shown(both.receiver, differs.view) == "count");

  const auto count = shown(both.receiver, differs.view);
  const auto at_sender = reading(both.sender, count);
  CHECK(at_sender.transfer_id == offer.row.id);
  CHECK(at_sender.changes.size() == 1);
  CHECK(good(scan(both.sender, offer, count)).kind == CodeOutcome::Kind::kListsDiffer);
  CHECK(changes(both.sender, offer).size() == 1);
  CHECK(both.sender.show(offer).row.tries_left == 5);
  CHECK(both.sender.records().empty());

  // He agrees: he offers what was counted, and the receiver's half, which waits, completes.
  good(both.sender.write([&] { return both.sender.recorder->cancel(offer.row.id); }));
  const auto again =
      good(both.sender.write([&] { return both.sender.recorder->start(*at_sender.transfer); }));
  const auto received = good(scan(both.receiver, differs.view, shown(both.sender, again)));
  REQUIRE(received.kind == CodeOutcome::Kind::kCompleted);
  CHECK(changes(both.receiver, differs.view).empty());
  const auto sent = good(scan(both.sender, again, shown(both.receiver, received.view)));
  REQUIRE(sent.kind == CodeOutcome::Kind::kCompleted);
  CHECK(both.sender.records()[0].find("evidence") != nullptr);
}

TEST_CASE("qr: what is scanned survives a restart on both devices", "[recording][qr]") {
  EnrolledHandhelds both;
  const auto offer = good(both.sender.start("outbound", kOneItem));
  const auto before = shown(both.sender, offer);
  both.sender.restart();
  CHECK(shown(both.sender, offer) == before);
  const auto received =
      good(receive(both.receiver, *reading(both.receiver, before).transfer, before));
  both.receiver.restart();
  const auto receipt = shown(both.receiver, received.view);
  both.sender.restart();
  CHECK(good(scan(both.sender, offer, receipt)).kind == CodeOutcome::Kind::kCompleted);
}

TEST_CASE("qr: sixty lines go over in parts, in any order", "[recording][qr]") {
  EnrolledHandhelds both;
  std::string items;
  for (int i = 0; i < 60; ++i) {
    items += (items.empty() ? "[" : ",") + std::string(R"({"Qty":1,"ProdNum":"PROD-)") +
             std::to_string(i * 7919 % 1000) + R"(","BatchNum":")" +
             std::to_string(std::int64_t{i} * 982451653 * 7919) + R"(","SerialNum":"S)" +
             std::to_string(std::int64_t{i + 1} * 777767777) + "\"}";
  }
  const auto offer = good(both.sender.start("outbound", items + "]"));
  auto codes = shown(both.sender, offer);
  REQUIRE(codes.size() >= 2);
  const auto partly = reading(both.receiver, {codes.back()});
  CHECK(!partly.message);
  CHECK(partly.scanned.of == codes.size());
  std::reverse(codes.begin(), codes.end());
  const auto filled = reading(both.receiver, codes);
  const auto received = good(receive(both.receiver, *filled.transfer, codes));
  CHECK(received.kind == CodeOutcome::Kind::kCompleted);
  CHECK(problem_of(receive(both.receiver, *filled.transfer, {codes[0]})) == "qr-incomplete");
}

TEST_CASE("qr: the spoken code works beside it, and then there is no evidence", "[recording][qr]") {
  EnrolledHandhelds both;
  const auto offer = good(both.sender.start("outbound"));
  const auto half = good(both.receiver.start("inbound"));
  const auto received = both.receiver.enter(half, offer.row.public_code);
  REQUIRE(received.kind == CodeOutcome::Kind::kCompleted);
  CHECK(!both.receiver.recorder->qr_of(received.view.row).shows);
  CHECK(both.sender.enter(offer, received.view.row.public_code).kind ==
        CodeOutcome::Kind::kCompleted);
  CHECK(both.sender.records()[0].find("evidence") == nullptr);
  CHECK(both.receiver.records()[0].find("evidence") == nullptr);
}

TEST_CASE("qr: scanned on one side, spoken on the other", "[recording][qr]") {
  EnrolledHandhelds both;
  const auto offer = good(both.sender.start("outbound"));
  const auto codes = shown(both.sender, offer);
  const auto received =
      good(receive(both.receiver, *reading(both.receiver, codes).transfer, codes));
  CHECK(both.sender.enter(offer, received.view.row.public_code).kind ==
        CodeOutcome::Kind::kCompleted);
  CHECK(both.receiver.records()[0].find("evidence") != nullptr);
  CHECK(both.sender.records()[0].find("evidence") == nullptr);
}

TEST_CASE("qr: an offer that is made again shows another code, and answers to the old one are over",
          "[recording][qr]") {
  EnrolledHandhelds both;
  const auto offer = good(both.sender.start("outbound"));
  const auto old = shown(both.sender, offer);
  const auto received = good(receive(both.receiver, *reading(both.receiver, old).transfer, old));
  const auto receipt = shown(both.receiver, received.view);
  const auto again =
      good(both.sender.write([&] { return both.sender.recorder->offer_again(offer.row.id); }));
  CHECK(shown(both.sender, again) != old);
  CHECK(problem_of(scan(both.sender, again, receipt)) == "receipt-of-another-offer");
  CHECK(problem_of(both.sender.recorder->read_scan(receipt)) == "receipt-of-another-offer");
  CHECK(both.sender.show(again).row.tries_left == 5);
}

}  // namespace handover::test
