#include "crypto/sha256.hpp"

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <string>

using handover::Errc;
using handover::Secret;
using handover::crypto::from_hex;
using handover::crypto::hmac_sha256;
using handover::crypto::sha256;
using handover::crypto::to_base64;
using handover::crypto::to_hex;

TEST_CASE("sha256: known answers of FIPS 180-4", "[crypto][sha256]") {
  const std::string million(1'000'000, 'a');

  CHECK(to_hex(sha256(std::span<const std::byte>())) ==
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(to_hex(sha256(std::as_bytes(std::span(std::string_view("abc"))))) ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(to_hex(sha256({std::string_view(million)})) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("sha256: the digest of parts is that of the whole", "[crypto][sha256]") {
  const std::string_view whole = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";

  CHECK(sha256({whole.substr(0, 7), "", whole.substr(7)}) ==
        sha256(std::as_bytes(std::span(whole))));
  CHECK(to_hex(sha256({whole})) ==
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST_CASE("hmac_sha256: known answers of RFC 4231", "[crypto][sha256]") {
  const std::array<std::string_view, 2> parts = {"what do ya want ", "for nothing?"};
  CHECK(to_hex(hmac_sha256(Secret("Jefe"), parts)) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");

  const std::array<std::string_view, 1> long_key = {
      "Test Using Larger Than Block-Size Key - Hash Key First"};
  CHECK(to_hex(hmac_sha256(Secret(std::string(131, '\xaa')), long_key)) ==
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("hex: bytes survive the way there and back", "[crypto][sha256]") {
  const auto bytes = from_hex("00fFa5");

  REQUIRE(bytes);
  CHECK(to_hex(*bytes) == "00ffa5");
  CHECK(from_hex("")->empty());
}

TEST_CASE("hex: what is no hex is refused", "[crypto][sha256]") {
  for (const std::string_view text : {"abc", "0g", "0x", " 0", "a\xC3"})
    CHECK_FALSE(from_hex(text));

  const auto error = from_hex("SECRET").error();
  CHECK(error.code == Errc::kInvalid);
  CHECK(error.detail.find("SECRET") == std::string::npos);
}

TEST_CASE("base64: known answers of RFC 4648", "[crypto][sha256]") {
  CHECK(to_base64("").empty());
  CHECK(to_base64("f") == "Zg==");
  CHECK(to_base64("fo") == "Zm8=");
  CHECK(to_base64("foo") == "Zm9v");
  CHECK(to_base64("foobar") == "Zm9vYmFy");
  CHECK(to_base64("\xFB\xFF") == "+/8=");
  CHECK(to_base64(std::string(100, 'x')).find('\n') == std::string::npos);
}
