// What wrong, mistyped and old codes do.
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "tests/agent/recording/handheld.hpp"

namespace handover::test {
namespace {

constexpr const char* kOtherItems =
    R"([{"ProdNum":"WS-C3850-48U-S","Qty":1,"SerialNum":"FCW1950C12F"},)"
    R"({"ProdNum":"CAB-CAT6","Qty":3,"BatchNum":"B7"}])";

std::string mistype(std::string code) {
  code.back() = code.back() == '9' ? '0' : static_cast<char>(code.back() + 1);
  return code;
}

}  // namespace

TEST_CASE("codes: a mistyped one costs no try", "[recording][codes]") {
  TwoHandhelds both;
  const auto offer = good(both.sender.start("outbound"));
  const auto receipt = good(both.receiver.start("inbound"));

  for (const std::string& typed :
       {mistype(offer.row.public_code), std::string("12"), std::string(), std::string(500, '1')}) {
    const auto outcome = both.receiver.enter(receipt, typed);
    CHECK(outcome.kind == CodeOutcome::Kind::kMistyped);
    CHECK_FALSE(outcome.words.empty());
    CHECK(both.sender.enter(offer, typed).kind == CodeOutcome::Kind::kMistyped);
  }
  // A code of the other side's length is mistyped too.
  CHECK(both.sender.enter(offer, offer.row.public_code).kind == CodeOutcome::Kind::kMistyped);

  CHECK(both.receiver.show(receipt).row.tries_left == 5);
  CHECK(both.sender.show(offer).row.tries_left == 5);
}

TEST_CASE("codes: five wrong ones end the sender's offer, also over a restart",
          "[recording][codes]") {
  Handheld sender("tech.17", 1);
  const auto offer = good(sender.start("outbound"));

  for (int wrong = 1; wrong <= 5; ++wrong) {
    const auto outcome = sender.enter(offer, wrong_receiver_code(wrong));
    CHECK(outcome.kind == CodeOutcome::Kind::kMismatch);
    CHECK(outcome.view.row.tries_left == 5 - wrong);
    sender.restart();
    CHECK(sender.show(offer).row.tries_left == 5 - wrong);
  }

  CHECK(sender.show(offer).row.state == TransferState::kDead);
  CHECK(sender.enter(offer, offer.row.expected_code).kind == CodeOutcome::Kind::kClosed);
}

TEST_CASE(
    "codes: a new offer has a new nonce, new codes and five tries; the old code is worth nothing",
    "[recording][codes]") {
  TwoHandhelds both;
  const auto offer = good(both.sender.start("outbound"));
  for (int wrong = 1; wrong <= 5; ++wrong) both.sender.enter(offer, wrong_receiver_code(wrong));

  const auto again =
      good(both.sender.write([&] { return both.sender.recorder->offer_again(offer.row.id); }));

  CHECK(again.row.state == TransferState::kOffered);
  CHECK(again.row.tries_left == 5);
  CHECK(again.row.nonce != offer.row.nonce);
  CHECK(again.row.public_code != offer.row.public_code);
  CHECK(both.sender.enter(again, offer.row.expected_code).kind == CodeOutcome::Kind::kMismatch);
  const auto receipt = good(both.receiver.start("inbound"));
  const auto received = both.receiver.enter(receipt, again.row.public_code);
  CHECK(both.sender.enter(again, received.view.row.public_code).kind ==
        CodeOutcome::Kind::kCompleted);
}

TEST_CASE("codes: the same list offered again and again never has the same nonce",
          "[recording][codes]") {
  Handheld sender("tech.17", 1);
  std::set<std::string> nonces;
  auto offer = good(sender.start("outbound"));
  for (int i = 0; i < 300; ++i) {
    nonces.insert(offer.row.nonce);
    offer = i % 2 == 0
                ? good(sender.write([&] { return sender.recorder->offer_again(offer.row.id); }))
                : good(sender.start("outbound"));
  }

  CHECK(nonces.size() == 300);
}

TEST_CASE("codes: when every nonce of a list was used, it is refused", "[recording][codes]") {
  Handheld sender("tech.17", 1);
  const auto offer = good(sender.start("outbound"));
  good(sender.write([&]() -> Result<void> {
    for (int i = 0; i < 10'000; ++i) {
      const std::string digits = std::to_string(10'000 + i).substr(1);
      RETURN_IF_ERROR(sender.world->transfers.use_nonce(offer.row.terms_hash, digits));
    }
    return {};
  }));

  CHECK(sender.start("outbound").error().problem == "nonces-used-up");
}

TEST_CASE("codes: an accepted sender code opens nothing again", "[recording][codes]") {
  TwoHandhelds both;
  const auto offer = good(both.sender.start("outbound"));
  const auto first = good(both.receiver.start("inbound"));
  REQUIRE(both.receiver.enter(first, offer.row.public_code).kind == CodeOutcome::Kind::kCompleted);
  both.receiver.restart();
  const auto second = good(both.receiver.start("inbound"));

  const auto replayed = both.receiver.enter(second, offer.row.public_code);

  CHECK(replayed.kind == CodeOutcome::Kind::kReplayed);
  CHECK(replayed.view.row.tries_left == 5);
  CHECK(both.receiver.records().size() == 2);
  const auto again =
      good(both.sender.write([&] { return both.sender.recorder->offer_again(offer.row.id); }));
  CHECK(both.receiver.enter(second, again.row.public_code).kind == CodeOutcome::Kind::kCompleted);
}

TEST_CASE("codes: after a mismatch the line checks differ on the differing line alone",
          "[recording][codes]") {
  TwoHandhelds both;
  const auto offer = good(both.sender.start("outbound"));
  const auto receipt = good(both.receiver.start("inbound", kOtherItems));
  CHECK(receipt.line_checks.empty());

  const auto outcome = both.receiver.enter(receipt, offer.row.public_code);

  REQUIRE(outcome.kind == CodeOutcome::Kind::kMismatch);
  const auto& ours = outcome.view.line_checks;
  const auto theirs = both.sender.show(offer).line_checks;
  REQUIRE((ours.size() == 3 && theirs.size() == 3));
  CHECK(ours[0] == theirs[0]);
  CHECK(ours[1] != theirs[1]);  // CAB-CAT6 comes first in canonical order.
  CHECK(ours[2] == theirs[2]);
  CHECK(both.receiver.show(receipt).line_checks == ours);
}

TEST_CASE("codes: five wrong ones end the offer for the receiver, even with a new list",
          "[recording][codes]") {
  TwoHandhelds both;
  const auto offer = good(both.sender.start("outbound"));
  const auto receipt = good(both.receiver.start("inbound", kOtherItems));
  for (int wrong = 1; wrong <= 5; ++wrong) {
    const auto outcome = both.receiver.enter(receipt, offer.row.public_code);
    CHECK(outcome.kind == CodeOutcome::Kind::kMismatch);
    CHECK(outcome.view.row.tries_left == 5 - wrong);
    both.receiver.restart();
  }
  CHECK(both.receiver.show(receipt).row.state == TransferState::kDead);

  const auto corrected = good(both.receiver.start("inbound"));
  CHECK(both.receiver.enter(corrected, offer.row.public_code).kind ==
        CodeOutcome::Kind::kDeadOffer);

  const auto again =
      good(both.sender.write([&] { return both.sender.recorder->offer_again(offer.row.id); }));
  CHECK(both.receiver.enter(corrected, again.row.public_code).kind ==
        CodeOutcome::Kind::kCompleted);
}

TEST_CASE("codes: cancelling and recording once more opens no new tries for the same offer",
          "[recording][codes]") {
  TwoHandhelds both;
  const auto offer = good(both.sender.start("outbound"));
  int wrong = 0;
  for (int i = 0; i < 4; ++i) {
    const auto receipt = good(both.receiver.start("inbound"));
    const auto outcome =
        both.receiver.enter(receipt, wrong_sender_code(offer.row.public_code, ++wrong));
    CHECK(outcome.view.row.tries_left == 5 - wrong);
    good(both.receiver.write([&] { return both.receiver.recorder->cancel(receipt.row.id); }));
  }

  const auto last = good(both.receiver.start("inbound"));
  CHECK(
      both.receiver.enter(last, wrong_sender_code(offer.row.public_code, ++wrong)).view.row.state ==
      TransferState::kDead);
  const auto more = good(both.receiver.start("inbound"));
  CHECK(both.receiver.enter(more, offer.row.public_code).kind == CodeOutcome::Kind::kDeadOffer);
}

TEST_CASE("codes: the receiver cannot offer again", "[recording][codes]") {
  TwoHandhelds both;
  const auto receipt = good(both.receiver.start("inbound"));

  CHECK(both.receiver.write([&] { return both.receiver.recorder->offer_again(receipt.row.id); })
            .error()
            .problem == "transfer-closed");
}

TEST_CASE("codes: the right one ends the count of wrong ones for its nonce", "[recording][codes]") {
  TwoHandhelds both;
  const auto offer = good(both.sender.start("outbound"));
  const auto receipt = good(both.receiver.start("inbound"));
  const std::string code = offer.row.public_code;
  for (int wrong = 1; wrong <= 4; ++wrong)
    both.receiver.enter(receipt, wrong_sender_code(code, wrong));
  REQUIRE(both.receiver.show(receipt).row.tries_left == 1);

  REQUIRE(both.receiver.enter(receipt, code).kind == CodeOutcome::Kind::kCompleted);

  // Years later another list has the same nonce.
  const auto later = good(both.receiver.start("inbound", kOtherItems));
  CHECK(both.receiver.enter(later, wrong_sender_code(code, 7)).view.row.tries_left == 4);
}

TEST_CASE(
    "codes: a half is completed with the terms it was recorded with, whoever has the device now",
    "[recording][codes]") {
  TwoHandhelds both;
  const auto offer = good(both.sender.start("outbound"));
  const auto receipt = good(both.receiver.start("inbound"));
  both.sender.hand_to("tech.99");
  both.receiver.hand_to("Tech.22");

  const auto received = both.receiver.enter(receipt, offer.row.public_code);
  REQUIRE(received.kind == CodeOutcome::Kind::kCompleted);
  const auto sent = both.sender.enter(offer, received.view.row.public_code);

  REQUIRE(sent.kind == CodeOutcome::Kind::kCompleted);
  CHECK(sent.view.object.text_of("UserID") == "tech.17");
  CHECK(received.view.object.text_of("UserID") == "Tech.22");
  CHECK(text_at(both.sender.records().at(1), {"usage", "UserID"}) == "tech.17");
  CHECK(good(both.sender.start("outbound")).object.text_of("UserID") == "tech.99");
}

TEST_CASE("codes: a replayed one is known after the device's UserID was changed",
          "[recording][codes]") {
  TwoHandhelds both;
  const auto offer = good(both.sender.start("outbound"));
  const auto first = good(both.receiver.start("inbound"));
  const auto second = good(both.receiver.start("inbound"));
  REQUIRE(both.receiver.enter(first, offer.row.public_code).kind == CodeOutcome::Kind::kCompleted);
  both.receiver.hand_to("tech.99");

  CHECK(both.receiver.enter(second, offer.row.public_code).kind == CodeOutcome::Kind::kReplayed);
}

}  // namespace handover::test
