#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <iterator>

#include "tests/agent/qr/samples.hpp"
#include "tests/support/hex.hpp"

namespace handover::test {
namespace {

Json read_vectors() {
  std::ifstream file(std::string(HANDOVER_SOURCE_DIR) + "/tests/vectors/qr-handover.json");
  return parse_json(std::string(std::istreambuf_iterator<char>(file), {})).value();
}

crypto::SigningKey key_of(const std::string& hex) {
  return crypto::SigningKey::from_seed(Secret(std::string_view(bytes_of(hex)))).value();
}
WallTime time_of(const Json& object, std::string_view name) {
  return at(std::stoll(object.text_of(name)));
}

qr::Certificate certificate_of(const Json& vectors) {
  const Json& given = *vectors.find("certificate");
  qr::Certificate certificate;
  certificate.company = given.text_of("company");
  certificate.technician = {given.text_of("UserID"), given.text_of("FirstName"),
                            given.text_of("LastName")};
  certificate.device_id = given.text_of("device");
  for (const Json& location : given.find("locations")->items())
    certificate.locations.push_back(location.text());
  certificate.public_key = bytes_of(vectors.text_of("device_public_key"));
  certificate.valid_from = time_of(given, "valid_from");
  certificate.valid_until = time_of(given, "valid_until");
  return certificate;
}

qr::Message message_of(const Json& given) {
  qr::Message message;
  const std::string& kind = given.text_of("kind");
  message.kind = kind == "offer"     ? qr::MessageKind::kOffer
                 : kind == "receipt" ? qr::MessageKind::kReceipt
                                     : qr::MessageKind::kCount;
  message.issued_at = time_of(given, "issued_at");
  message.code = given.text_of("code");
  message.from = given.text_of("FromStorageLocation");
  message.to = given.text_of("ToStorageLocation");
  if (const Json* receiver = given.find("TransferTech")) {
    message.receiver = {receiver->text_of("UserID"), receiver->text_of("FirstName"),
                        receiver->text_of("LastName")};
  }
  if (const Json* items = given.find("Items")) {
    for (const Json& item : items->items()) {
      message.items.push_back({item.text_of("ProdNum"), item.text_of("SerialNum"),
                               item.text_of("BatchNum"), quantity(item.text_of("Qty"))});
    }
  }
  message.offer_hash = bytes_of(given.text_of("offer_hash"));
  return message;
}

}  // namespace

TEST_CASE("qr vectors: tests/vectors/qr-handover.json, made and read", "[qr][vectors]") {
  const Json vectors = read_vectors();
  const auto company = key_of(vectors.text_of("company_key"));
  CHECK(hex_of(company.public_key()) == vectors.text_of("company_public_key"));
  auto certificate = certificate_of(vectors);
  certificate.bytes = qr::make_certificate(certificate, company);
  CHECK(hex_of(certificate.bytes) == vectors.text_of("certificate_bytes"));
  const auto keys = qr::CompanyKeys::of({company.public_key()});
  const qr::Enrollment device{key_of(vectors.text_of("device_key")), certificate, keys};

  REQUIRE(vectors.find("messages")->items().size() == 4);
  for (const Json& given : vectors.find("messages")->items()) {
    INFO(given.text_of("name"));
    const std::string bytes = qr::sign_message(message_of(*given.find("message")), device);
    CHECK(hex_of(bytes) == given.text_of("bytes"));
    CHECK(hex_of(qr::hash_of(bytes)) == given.text_of("sha256"));
    std::vector<std::string> codes;
    for (const Json& code : given.find("codes")->items()) codes.push_back(code.text());
    CHECK(qr::read_codes(codes)->message == bytes);
    const auto read = qr::read_message(bytes, keys, certificate.valid_from);
    REQUIRE(read);
    CHECK(read->signer.locations == certificate.locations);
  }
}

}  // namespace handover::test
