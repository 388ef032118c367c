#include "crypto/deflate.hpp"

#include <catch2/catch_test_macros.hpp>

namespace handover::test {

using crypto::deflate;
using crypto::inflate;

TEST_CASE("deflate: comes back, up to the very bound", "[crypto][deflate]") {
  const std::string text(1000, 'a');
  CHECK(inflate(deflate(text), 1000).value() == text);
  CHECK(inflate(deflate(""), 1000).value().empty());
}

TEST_CASE("deflate: a bomb ends at the bound", "[crypto][deflate]") {
  const std::string bomb = deflate(std::string(10'000'000, 'a'));
  REQUIRE(bomb.size() < 20'000);
  const auto refused = inflate(bomb, 65536);
  REQUIRE(!refused);
  CHECK(refused.error().detail == "holds more than 65536 bytes");
}

TEST_CASE("deflate: cut off, damaged, with more behind it: refused", "[crypto][deflate]") {
  const std::string stream = deflate("some text that is long enough to be cut");
  for (std::size_t size = 0; size < stream.size(); ++size)
    CHECK(!inflate(stream.substr(0, size), 100));
  CHECK(!inflate(stream + "x", 100));
  std::string damaged = stream;
  damaged.back() = static_cast<char>(damaged.back() ^ 1);  // Of the checksum.
  CHECK(!inflate(damaged, 100));
}

}  // namespace handover::test
