#include "crypto/key_ring.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "crypto/sha256.hpp"

using handover::Errc;
using handover::crypto::KeyRing;
using handover::crypto::to_hex;

namespace {

std::string key_line(char digit) { return std::string(64, digit); }

}  // namespace

TEST_CASE("key ring: keys stand in the order of the file", "[crypto][key_ring]") {
  const auto ring = KeyRing::parse("# made on Monday\n\n  " + key_line('A') + "\r\n" +
                                   key_line('1') + "\n\t\n" + key_line('2'));

  REQUIRE(ring);
  REQUIRE(ring->keys().size() == 3);
  CHECK(to_hex(ring->newest().bytes()) == key_line('a'));
  CHECK(to_hex(ring->keys()[1].bytes()) == key_line('1'));
  CHECK(to_hex(ring->keys()[2].bytes()) == key_line('2'));
}

TEST_CASE("key ring: one key is enough", "[crypto][key_ring]") {
  CHECK(KeyRing::parse(key_line('0'))->keys().size() == 1);
}

TEST_CASE("key ring: what is wrong is named by its line and never shown", "[crypto][key_ring]") {
  const auto refusal = [](const std::string& text) {
    const auto ring = KeyRing::parse(text);
    if (ring) return std::string("accepted");
    CHECK(ring.error().code == Errc::kConfig);
    CHECK(ring.error().detail.find("ab") == std::string::npos);
    return ring.error().detail;
  };
  const std::string good = key_line('1') + "\n";

  CHECK(refusal(good + "# x\nabab\n") == "key ring: line 3: expected 64 hex digits");
  CHECK(refusal(good + std::string(63, '1') + "g") == "key ring: line 2: expected 64 hex digits");
  CHECK(refusal(key_line('1') + "1") == "key ring: line 1: expected 64 hex digits");
  CHECK(refusal(key_line('1') + " # note") == "key ring: line 1: expected 64 hex digits");
  CHECK(refusal(good + good + good + good) ==
        "key ring: line 4: a fourth key; keep the newest three");
  CHECK(refusal("").starts_with("key ring: it has no key"));
  CHECK(refusal("# none yet\n\n").starts_with("key ring: it has no key"));
  CHECK(refusal(std::string(5000, '\n')) == "key ring: the file is longer than 4096 bytes");
}
