#include "agent/qr/message.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "crypto/cbor.hpp"
#include "crypto/cose.hpp"
#include "tests/agent/qr/samples.hpp"

namespace handover::test {
namespace {

using qr::MessageKind;

struct Signed {
  Company company;
  qr::Enrollment anna = company.enroll(kAnna, "VAN-17", at(kStart));
  std::string offer = qr::sign_message(offer_of(lines(3)), anna);

  [[nodiscard]] Result<qr::Message> read(std::string_view bytes,
                                         WallTime now = at(kStart + 60)) const {
    return qr::read_message(bytes, company.keys(), now);
  }
};

std::string problem_of(const Result<qr::Message>& read) {
  return read ? "none" : read.error().problem;
}

}  // namespace

TEST_CASE("qr message: an offer comes back as it was signed, with who signed it", "[qr]") {
  const Signed made;
  const auto read = made.read(made.offer).value();

  CHECK(read.kind == MessageKind::kOffer);
  CHECK(read.code == "483935842877");
  CHECK(read.from == "VAN-17");
  CHECK(read.to == "VAN-22");
  CHECK(read.receiver.user_id == "tech.22");
  CHECK(read.receiver.last_name == "Cole");
  CHECK(read.issued_at == at(kStart + 60));
  CHECK(read.signer.technician.first_name == "Anna");
  CHECK(read.signer.device_id == "VAN-17-a");
  CHECK(read.signer.company == "Example");
  CHECK(read.signer.locations == std::vector<std::string>{"VAN-17"});
  const auto typed = lines(3);
  REQUIRE(read.items.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(read.items[i].prod == typed[i].prod);
    CHECK(read.items[i].serial == typed[i].serial);
    CHECK(read.items[i].qty == typed[i].qty);
  }
  CHECK(read.bytes == made.offer);
}

TEST_CASE("qr message: receipts and counts name the offer that they answer", "[qr]") {
  const Signed made;
  qr::Message receipt;
  receipt.kind = MessageKind::kReceipt;
  receipt.code = "88760530";
  receipt.issued_at = at(kStart + 60);
  receipt.offer_hash = qr::hash_of(made.offer);
  const auto read = made.read(qr::sign_message(receipt, made.anna)).value();
  CHECK(read.kind == MessageKind::kReceipt);
  CHECK(read.code == "88760530");
  CHECK(read.offer_hash == receipt.offer_hash);

  qr::Message count = offer_of({{"P1", "", "B7", quantity("2.5")}});
  count.kind = MessageKind::kCount;
  count.offer_hash = qr::hash_of(made.offer);
  const auto counted = made.read(qr::sign_message(count, made.anna)).value();
  CHECK(counted.items.at(0).batch == "B7");
  CHECK(counted.items.at(0).qty.to_string() == "2.5");
  CHECK(counted.code.empty());
}

TEST_CASE("qr message: each changed byte is a refusal", "[qr]") {
  const Signed made;
  for (std::size_t place = 0; place < made.offer.size(); ++place) {
    std::string changed = made.offer;
    changed[place] = static_cast<char>(changed[place] ^ 1);
    INFO(place);
    CHECK(!made.read(changed));
  }
  for (std::size_t size = 0; size < made.offer.size(); ++size)
    CHECK(!made.read(made.offer.substr(0, size)));
}

TEST_CASE("qr message: another company, another device's key, another purpose", "[qr]") {
  const Signed made;
  Company other(8);
  CHECK(problem_of(qr::read_message(made.offer, other.keys(), at(kStart + 60))) ==
        "certificate-unknown");

  // Anna's certificate, and a message that somebody else signed.
  qr::Enrollment thief{crypto::SigningKey::from_seed(other.key.seed()).value(),
                       made.anna.certificate, made.company.keys()};
  CHECK(problem_of(made.read(qr::sign_message(offer_of(lines(1)), thief))) == "signature-wrong");

  // The same key id, and a certificate that the company did not sign.
  auto forged = made.anna.certificate;
  forged.technician.user_id = "tech.99";
  const auto honest = crypto::parse_cose_sign1(forged.bytes).value();
  forged.bytes =
      crypto::cose_sign(honest.payload, "handover/certificate/1", other.key, honest.key_id);
  qr::Enrollment forger{crypto::SigningKey::from_seed(made.anna.key.seed()).value(), forged,
                        made.company.keys()};
  CHECK(problem_of(made.read(qr::sign_message(offer_of(lines(1)), forger))) == "signature-wrong");

  // A signature for a receipt is none for an offer.
  const auto offer = crypto::parse_cose_sign1(made.offer).value();
  const auto for_receipt = crypto::cose_sign(offer.payload, "handover/receipt/1", made.anna.key);
  CHECK(problem_of(made.read(for_receipt)) == "signature-wrong");
}

TEST_CASE("qr message: a certificate counts in its time, an hour more at both ends", "[qr]") {
  const Signed made;
  const auto at_second = [&](std::int64_t seconds) {
    return problem_of(made.read(made.offer, at(seconds)));
  };
  CHECK(at_second(kStart - 3601) == "certificate-not-yet-valid");
  CHECK(at_second(kStart - 3600) == "none");
  CHECK(at_second(kStart + kYear + 3600) == "none");
  CHECK(at_second(kStart + kYear + 3601) == "certificate-expired");
  CHECK(made.read(made.offer, at(kStart + 2 * kYear)).error().detail.find("say the code aloud") !=
        std::string::npos);
}

TEST_CASE("qr message: an older company key still counts while it is in the ring", "[qr]") {
  Company older(1);
  Company newer(2);
  const auto anna = older.enroll(kAnna, "VAN-17", at(kStart));
  const std::string offer = qr::sign_message(offer_of(lines(1)), anna);
  const auto both = qr::CompanyKeys::of({newer.key.public_key(), older.key.public_key()});
  CHECK(qr::read_message(offer, both, at(kStart)));
  CHECK(!qr::read_message(offer, newer.keys(), at(kStart)));
}

TEST_CASE("qr message: signed nonsense is refused as well", "[qr]") {
  using crypto::Cbor;
  const Signed made;
  const auto honest = crypto::parse_cbor(crypto::parse_cose_sign1(made.offer)->payload).value();
  const auto with = [&](std::int64_t key, std::optional<Cbor> value) {
    std::vector<Cbor::Entry> entries;
    for (const auto& [name, old] : honest.entries()) {
      if (name.number() != key) entries.emplace_back(name, old);
    }
    if (value) entries.emplace_back(Cbor(key), *value);
    return made.read(
        crypto::cose_sign(Cbor::map(entries).encode(), "handover/offer/1", made.anna.key));
  };
  CHECK(with(100, Cbor(std::int64_t{1})));  // What a later version adds is passed over.
  CHECK(problem_of(with(0, Cbor(std::int64_t{4}))) == "qr-unreadable");
  CHECK(problem_of(with(0, Cbor::text("1"))) == "qr-unreadable");
  for (const std::int64_t key : {1, 2, 3, 4, 5, 6, 7}) {
    INFO(key);
    CHECK(problem_of(with(key, std::nullopt)) == "qr-unreadable");
    CHECK(problem_of(with(key, Cbor::map({}))) == "qr-unreadable");
  }
  const auto with_item = [&](std::vector<Cbor> parts) {
    return problem_of(with(7, Cbor::array({Cbor::array(std::move(parts))})));
  };
  CHECK(with_item({Cbor::text("P1"), Cbor::text("1")}) == "none");
  CHECK(with_item({Cbor::text("P1")}) == "qr-unreadable");
  CHECK(with_item({Cbor::text(""), Cbor::text("1")}) == "qr-unreadable");
  CHECK(with_item({Cbor::text("P1"), Cbor::text("0")}) == "qr-unreadable");
  CHECK(with_item({Cbor::text("P1"), Cbor(std::int64_t{1})}) == "qr-unreadable");
  CHECK(with_item({Cbor::text("P\n1"), Cbor::text("1")}) == "qr-unreadable");
  CHECK(problem_of(with(7, Cbor::array(std::vector<Cbor>(
                               501, Cbor::array({Cbor::text("P"), Cbor::text("1")}))))) ==
        "qr-unreadable");
  CHECK(problem_of(with(2, Cbor(std::int64_t{-1}))) == "qr-unreadable");
  CHECK(problem_of(with(2, Cbor(INT64_MAX))) == "qr-unreadable");
}

TEST_CASE("qr message: company keys are read from a file of hex digits", "[qr]") {
  const Company company;
  CHECK(qr::CompanyKeys::parse(company.keys().file_text()).value().keys() == company.keys().keys());
  CHECK(qr::CompanyKeys::parse("# ours\r\n\n" + company.keys().file_text()));
  const auto text = GENERATE(std::string(""), std::string("abc\n"), std::string(64, 'g') + "\n",
                             std::string(66, 'a') + "\n", std::string(5000, '\n'));
  CHECK(qr::CompanyKeys::parse(text).error().code == Errc::kConfig);
  std::string four;
  for (int i = 0; i < 4; ++i) four += company.keys().file_text();
  CHECK(!qr::CompanyKeys::parse(four));
}

TEST_CASE("qr message: what the signature does not cover makes no other message of it", "[qr]") {
  using crypto::Cbor;
  const Signed made;
  const Cbor tree = crypto::parse_cbor(made.offer).value();
  auto elements = tree.tagged_value()->items();
  elements[1] = Cbor::map({{Cbor(99), Cbor(0)}});
  const auto changed = Cbor::tagged(tree.tag(), Cbor::array(std::move(elements))).encode();
  CHECK(problem_of(made.read(changed)) == "qr-unreadable");
}

TEST_CASE("qr message: a code is written in one way, and nothing turns the direction of writing",
          "[qr]") {
  const Signed made;
  auto offer = offer_of(lines(1));
  SECTION("grouped digits") { offer.code = "4839-35842877"; }
  SECTION("a digit less") { offer.code = "48393584287"; }
  SECTION("a serial number that reads otherwise than it is") {
    offer.items[0].serial =
        "\xE2\x80\xAE"
        "F21C0591WCF";
  }
  SECTION("a place that does") { offer.from = "VAN\xE2\x81\xA6-17"; }
  CHECK(problem_of(made.read(qr::sign_message(offer, made.anna))) == "qr-unreadable");
}

TEST_CASE("qr message: signed outside the certificate's own time", "[qr]") {
  const Signed made;
  auto offer = offer_of(lines(1));
  offer.issued_at = at(0);
  CHECK(problem_of(made.read(qr::sign_message(offer, made.anna))) == "certificate-not-yet-valid");
  offer.issued_at = at(253'402'300'799);
  CHECK(problem_of(made.read(qr::sign_message(offer, made.anna))) == "certificate-expired");
}

}  // namespace handover::test
