#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "crypto/cose.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/sealed.hpp"
#include "tests/support/hex.hpp"
#include "tests/support/seeded_entropy.hpp"

namespace handover::test {
namespace {

using crypto::SigningKey;

SigningKey key_of(std::string_view hex) {
  return SigningKey::from_seed(Secret(std::string_view(bytes_of(hex)))).value();
}

// RFC 8032, section 7.1, tests 1 to 3.
struct Vector {
  const char* seed;
  const char* public_key;
  const char* message;
  const char* signature;
};
constexpr Vector kVectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b"
     "46b"
     "d25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11"
     "d8c"
     "387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc"
     "659"
     "4a7c15e9716ed28dc027beceea1ec40a"},
};

}  // namespace

TEST_CASE("ed25519: RFC 8032's own vectors", "[crypto][ed25519]") {
  for (const Vector& vector : kVectors) {
    const SigningKey key = key_of(vector.seed);
    const std::string message = bytes_of(vector.message);
    CHECK(hex_of(key.public_key()) == vector.public_key);
    CHECK(hex_of(key.sign(message)) == vector.signature);
    CHECK(crypto::ed25519_verify(key.public_key(), message, bytes_of(vector.signature)));
    CHECK(!crypto::ed25519_verify(key.public_key(), message + "x", bytes_of(vector.signature)));
  }
}

TEST_CASE("ed25519: wrong sizes and wrong keys verify nothing", "[crypto][ed25519]") {
  SeededEntropy entropy(1);
  const SigningKey key = SigningKey::draw(entropy);
  const SigningKey other = SigningKey::draw(entropy);
  const std::string signature = key.sign("text");
  CHECK(key.public_key() != other.public_key());
  CHECK(!crypto::ed25519_verify(other.public_key(), "text", signature));
  CHECK(!crypto::ed25519_verify("", "text", signature));
  CHECK(!crypto::ed25519_verify(key.public_key(), "text", ""));
  CHECK(!crypto::ed25519_verify(key.public_key(), "text", signature + "x"));
  CHECK(!crypto::ed25519_verify(std::string(32, '\xff'), "text", signature));
  CHECK(!SigningKey::from_seed(Secret(std::string_view("short"))));
}

TEST_CASE("cose: the EdDSA example of the COSE working group", "[crypto][cose]") {
  // cose-wg/Examples, eddsa-examples/eddsa-sig-01.json
  const auto message =
      crypto::parse_cose_sign1(bytes_of("D28445A201270300A10442313154546869732069732074686520636F6E"
                                        "74656E742E58407142FD2FF96D56DB85BEE905"
                                        "A76BA1D0B7321A95C8C4D3607C5781932B7AFB8711497DFA751BF40B58"
                                        "B3BCC32300B1487F3DB34085EEF013BF08F4A4"
                                        "4D6FEF0D"));
  REQUIRE(message);
  CHECK(message->payload == "This is the content.");
  const SigningKey key = key_of(kVectors[0].seed);
  CHECK(crypto::cose_verify(*message, "", key.public_key()));
  CHECK(!crypto::cose_verify(*message, "a purpose", key.public_key()));
}

TEST_CASE("cose: what we sign is read, and proved for its purpose alone", "[crypto][cose]") {
  SeededEntropy entropy(1);
  const SigningKey key = SigningKey::draw(entropy);
  const std::string bytes = crypto::cose_sign("payload", "offer", key, "key id");
  auto message = crypto::parse_cose_sign1(bytes).value();
  CHECK(message.payload == "payload");
  CHECK(message.key_id == "key id");
  CHECK(crypto::cose_verify(message, "offer", key.public_key()));
  CHECK(!crypto::cose_verify(message, "receipt", key.public_key()));
  message.payload = "payloae";
  CHECK(!crypto::cose_verify(message, "offer", key.public_key()));
  CHECK(crypto::cose_sign("payload", "offer", key, "key id") == bytes);
}

TEST_CASE("cose: another structure is refused", "[crypto][cose]") {
  const auto* hex = GENERATE("",                          // nothing
                             "00",                        // a number
                             "8443a10127a04040",          // without the tag
                             "d18443a10127a04040",        // COSE_Mac0
                             "d28343a10127a040",          // three elements
                             "d28443a10126a04040",        // ES256
                             "d28441a0a04040",            // no algorithm
                             "d28440a04040",              // no header
                             "d28443a10127a0f640",        // detached
                             "d28446a2012702810aa04040",  // crit
                             "d28443a10127804040");       // unprotected is no map
  INFO(hex);
  CHECK(crypto::parse_cose_sign1(bytes_of(hex)).error().code == Errc::kInvalid);
}

TEST_CASE("sealed: opens with the code alone, and only untouched", "[crypto][sealed]") {
  SeededEntropy entropy(1);
  const Secret code(std::string_view("0123 4567"));
  const std::string sealed = crypto::seal(Secret(std::string_view("a secret")), code, entropy);

  CHECK(sealed.find("a secret") == sealed.npos);
  CHECK(crypto::unseal(sealed, code).value().reveal() == "a secret");
  CHECK(!crypto::unseal(sealed, Secret(std::string_view("0123 4568"))));
  CHECK(!crypto::unseal("", code));
  for (const std::size_t place :
       {std::size_t{0}, std::size_t{20}, std::size_t{30}, sealed.size() - 1}) {
    std::string changed = sealed;
    changed[place] = static_cast<char>(changed[place] ^ 1);
    CHECK(!crypto::unseal(changed, code));
  }
}

}  // namespace handover::test
