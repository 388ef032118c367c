#include <catch2/catch_test_macros.hpp>

#include "tests/agent/recording/qr_world.hpp"

namespace handover::test {
namespace {

struct Offered : EnrolledHandhelds {
  using EnrolledHandhelds::EnrolledHandhelds;
  TransferView offer = good(sender.start("outbound"));
  Codes codes = shown(sender, offer);
};

/// Nothing was written by a scan that was refused.
void check_untouched(Handheld& device) {
  CHECK(device.records().empty());
  CHECK(good(device.world->transfers.list(std::nullopt, 0, 10)).empty());
}

}  // namespace

TEST_CASE("qr refused: a replayed offer", "[recording][qr]") {
  Offered world;
  const auto form = *reading(world.receiver, world.codes).transfer;
  good(receive(world.receiver, form, world.codes));
  CHECK(problem_of(world.receiver.recorder->read_scan(world.codes)) == "code-replayed");
  CHECK(problem_of(receive(world.receiver, form, world.codes)) == "code-replayed");
  const auto half = good(world.receiver.start("inbound"));
  CHECK(problem_of(scan(world.receiver, half, world.codes)) == "code-replayed");
  CHECK(world.receiver.records().size() == 2);  // One half, and its usage.
}

TEST_CASE("qr refused: an offer for somebody else", "[recording][qr]") {
  Offered world;
  Handheld third("tech.33", 3);
  third.enroll(world.company, "VAN-33");
  CHECK(problem_of(third.recorder->read_scan(world.codes)) == "not-for-this-technician");
  CHECK(problem_of(receive(third, transfer("inbound"), world.codes)) == "not-for-this-technician");
  check_untouched(third);
  // The sender scans his own screen.
  CHECK(problem_of(world.sender.recorder->read_scan(world.codes)) == "not-for-this-technician");
}

TEST_CASE("qr refused: a receipt by somebody whom the offer was not made to", "[recording][qr]") {
  Offered world;
  Handheld third("tech.33", 3);
  third.enroll(world.company, "VAN-33");
  const auto read = good(qr::read_codes(world.codes));
  qr::Message receipt;
  receipt.kind = qr::MessageKind::kReceipt;
  receipt.issued_at = at(1795343213);
  receipt.offer_hash = qr::hash_of(*read.message);
  receipt.code = world.offer.row.expected_code;
  const Codes codes = {qr::write_whole(qr::sign_message(receipt, *third.enrollment()))};
  CHECK(problem_of(scan(world.sender, world.offer, codes)) == "not-for-this-technician");
  CHECK(problem_of(world.sender.recorder->read_scan(codes)) == "not-for-this-technician");
  CHECK(world.sender.records().empty());
}

TEST_CASE("qr refused: a signed receipt with a wrong code costs a try", "[recording][qr]") {
  Offered world;
  const auto read = good(qr::read_codes(world.codes));
  qr::Message receipt;
  receipt.kind = qr::MessageKind::kReceipt;
  receipt.issued_at = at(1795343213);
  receipt.offer_hash = qr::hash_of(*read.message);
  receipt.code = wrong_receiver_code(1);
  const Codes codes = {qr::write_whole(qr::sign_message(receipt, *world.receiver.enrollment()))};
  const auto refused = good(scan(world.sender, world.offer, codes));
  CHECK(refused.kind == CodeOutcome::Kind::kMismatch);
  CHECK(world.sender.show(world.offer).row.tries_left == 4);
}

TEST_CASE("qr refused: another company, an expired certificate; the spoken code still works",
          "[recording][qr]") {
  Offered world;
  Company other(99);
  const auto half = good(world.receiver.start("inbound"));
  SECTION("another company") {
    world.receiver.enroll(other, "VAN-22");
    CHECK(problem_of(world.receiver.recorder->read_scan(world.codes)) == "certificate-unknown");
    CHECK(problem_of(scan(world.receiver, half, world.codes)) == "certificate-unknown");
  }
  SECTION("expired") {
    world.receiver.world.clock.advance(std::chrono::hours(24 * 366));
    CHECK(problem_of(world.receiver.recorder->read_scan(world.codes)) == "certificate-expired");
    CHECK(problem_of(scan(world.receiver, half, world.codes)) == "certificate-expired");
    world.sender.world.clock.advance(std::chrono::hours(24 * 366));
    CHECK(problem_of(world.sender.recorder->shown_codes(world.offer.row.id)) ==
          "certificate-expired");
  }
  SECTION("a clock that is a day behind") {
    world.receiver.world.clock.set_wall(world.receiver.world.clock.wall_now() -
                                        std::chrono::hours(24));
    CHECK(problem_of(scan(world.receiver, half, world.codes)) == "certificate-not-yet-valid");
  }
  const auto received = world.receiver.enter(half, world.offer.row.public_code);
  REQUIRE(received.kind == CodeOutcome::Kind::kCompleted);
  CHECK(world.sender.enter(world.offer, received.view.row.public_code).kind ==
        CodeOutcome::Kind::kCompleted);
}

TEST_CASE("qr refused: a device without enrollment shows and reads nothing", "[recording][qr]") {
  Offered world;
  Handheld plain("tech.22", 5);
  CHECK(problem_of(plain.recorder->read_scan(world.codes)) == "not-enrolled");
  const auto half = good(plain.start("inbound"));
  CHECK(problem_of(scan(plain, half, world.codes)) == "not-enrolled");
  CHECK(problem_of(plain.recorder->shown_codes(half.row.id)) == "not-enrolled");
  CHECK(plain.enter(half, world.offer.row.public_code).kind == CodeOutcome::Kind::kCompleted);
}

TEST_CASE("qr refused: an offer from before the enrollment has no code, and one anew has",
          "[recording][qr]") {
  Company company;
  Handheld sender("tech.17", 1);
  const auto offer = good(sender.start("outbound"));
  sender.enroll(company, "VAN-17");
  CHECK(problem_of(sender.recorder->shown_codes(offer.row.id)) == "no-qr");
  good(sender.write([&] { return sender.recorder->offer_again(offer.row.id); }));
  CHECK(kind_shown(sender, offer) == "offer");
}

TEST_CASE("qr refused: the wrong kind of code for this side", "[recording][qr]") {
  Offered world;
  CHECK(problem_of(scan(world.sender, world.offer, world.codes)) == "qr-wrong-kind");
  const auto form = *reading(world.receiver, world.codes).transfer;
  const auto half = good(world.receiver.start("inbound"));
  const auto received = good(receive(world.receiver, form, world.codes));
  const auto receipt = shown(world.receiver, received.view);
  CHECK(problem_of(scan(world.receiver, half, receipt)) == "qr-wrong-kind");
  CHECK(problem_of(receive(world.receiver, form, receipt)) == "qr-wrong-kind");
  CHECK(good(scan(world.sender, world.offer, receipt)).kind == CodeOutcome::Kind::kCompleted);
  CHECK(good(scan(world.sender, world.offer, receipt)).kind == CodeOutcome::Kind::kClosed);
}

TEST_CASE("qr refused: the half of another technician, or an outbound one", "[recording][qr]") {
  Offered world;
  auto form = *reading(world.receiver, world.codes).transfer;
  form.other.user_id = "tech.18";
  const auto refused = receive(world.receiver, form, world.codes);
  REQUIRE(!refused);
  REQUIRE(refused.error().fields.size() == 1);
  CHECK(refused.error().fields[0].pointer == "/transfer/TransferTech/UserID");
  CHECK(receive(world.receiver, transfer("outbound"), world.codes).error().fields[0].pointer ==
        "/direction");
  check_untouched(world.receiver);
}

TEST_CASE("qr refused: validation keys that differ are named, and nothing is left behind",
          "[recording][qr]") {
  Offered world("a", "b");
  const auto form = *reading(world.receiver, world.codes).transfer;
  CHECK(problem_of(receive(world.receiver, form, world.codes)) == "validation-keys-differ");
  check_untouched(world.receiver);
  CHECK(good(world.receiver.world->transfers.wrong_codes(world.offer.row.header_hash,
                                                         world.offer.row.nonce)) == 0);
}

TEST_CASE("qr refused: validation keys that differ cost a waiting half no try", "[recording][qr]") {
  Offered world("a", "b");
  const auto half = good(world.receiver.start("inbound"));
  for (int time = 0; time < 6; ++time)
    CHECK(problem_of(scan(world.receiver, half, world.codes)) == "validation-keys-differ");
  CHECK(world.receiver.show(half).row.tries_left == 5);
}

TEST_CASE("qr: of several waiting halves the scan means the one with the same list",
          "[recording][qr]") {
  Offered world;
  const auto same = good(world.receiver.start("inbound"));
  auto other = transfer("inbound");
  other.items.pop_back();
  good(world.receiver.write([&] { return world.receiver.recorder->start(other); }));
  const auto read = reading(world.receiver, world.codes);
  CHECK(read.transfer_id == same.row.id);
  CHECK(read.changes.empty());
}

TEST_CASE("qr refused: a half that an earlier technician of the device recorded",
          "[recording][qr]") {
  Offered world;
  const auto half = good(world.receiver.start("inbound"));
  world.receiver.hand_to("tech.23");
  world.receiver.enroll(world.company, "VAN-22");
  CHECK(problem_of(scan(world.receiver, half, world.codes)) == "not-for-this-technician");
  world.sender.hand_to("tech.18");
  world.sender.enroll(world.company, "VAN-17");
  good(world.sender.write([&] { return world.sender.recorder->offer_again(world.offer.row.id); }));
  CHECK(world.sender.show(world.offer).row.public_code != world.offer.row.public_code);
  // What the earlier one signed is not what is offered now.
  CHECK(problem_of(world.sender.recorder->shown_codes(world.offer.row.id)) == "no-qr");
}

TEST_CASE("qr: a place that is not the sender's own is a warning", "[recording][qr]") {
  EnrolledHandhelds both;
  both.sender.enroll(both.company, "VAN-18");
  const auto offer = good(both.sender.start("outbound"));
  const auto filled = reading(both.receiver, shown(both.sender, offer));
  REQUIRE(filled.warnings.size() == 1);
  CHECK(filled.warnings[0].pointer == "/transfer/FromStorageLocation");
}

TEST_CASE("qr: what was signed and is damaged on the disk is told, not passed over",
          "[recording][qr]") {
  Offered world;
  good(world.sender.world->database().execute("UPDATE signed_messages SET message = x'00'"));
  CHECK(world.sender.recorder->shown_codes(world.offer.row.id).error().code == Errc::kCorrupt);

  // Everything else goes on without it.
  CHECK_FALSE(world.sender.recorder->qr_of(world.sender.show(world.offer).row).shows);
  const auto half = good(world.receiver.start("inbound"));
  const auto received = world.receiver.enter(half, world.offer.row.public_code);
  REQUIRE(received.kind == CodeOutcome::Kind::kCompleted);
  CHECK(world.sender.enter(world.offer, received.view.row.public_code).kind ==
        CodeOutcome::Kind::kCompleted);
}

}  // namespace handover::test
