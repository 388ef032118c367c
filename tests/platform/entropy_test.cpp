#include "platform/entropy.hpp"

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <set>
#include <vector>

#include "platform/posix/os_entropy.hpp"

using namespace handover;

namespace {

/// Gives the bytes it was told to, and ends the test if more are wanted.
class ScriptedEntropy final : public Entropy {
 public:
  explicit ScriptedEntropy(std::vector<unsigned> bytes) : bytes_(std::move(bytes)) {}
  void fill(std::span<std::byte> bytes) override {
    for (auto& byte : bytes) byte = std::byte(bytes_.at(next_++));
  }
  [[nodiscard]] std::size_t used() const { return next_; }

 private:
  std::vector<unsigned> bytes_;
  std::size_t next_ = 0;
};

}  // namespace

TEST_CASE("entropy: a number below a bound is drawn again where it would favour small numbers",
          "[platform][entropy]") {
  // 2^64 - 1 lies past the last whole multiple of 10; 23 does not.
  ScriptedEntropy entropy({255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 23});

  CHECK(uniform_below(entropy, 10) == 3);
  CHECK(entropy.used() == 16);
}

TEST_CASE("entropy: a bound that divides the range rejects nothing", "[platform][entropy]") {
  ScriptedEntropy entropy({255, 255, 255, 255, 255, 255, 255, 255});
  CHECK(uniform_below(entropy, 256) == 255);
}

TEST_CASE("entropy: every number below a small bound appears, and none above",
          "[platform][entropy]") {
  posix::OsEntropy entropy;
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(uniform_below(entropy, 5));
  CHECK(seen == std::set<std::uint64_t>{0, 1, 2, 3, 4});
}

TEST_CASE("entropy: a UUID has version 4 and the RFC's variant, whatever the bytes",
          "[platform][entropy]") {
  ScriptedEntropy zeros(std::vector<unsigned>(16, 0));
  ScriptedEntropy ones(std::vector<unsigned>(16, 255));
  CHECK(make_uuid(zeros) == "00000000-0000-4000-8000-000000000000");
  CHECK(make_uuid(ones) == "ffffffff-ffff-4fff-bfff-ffffffffffff");
}

TEST_CASE("entropy: the operating system fills every byte, and never the same way",
          "[platform][entropy]") {
  posix::OsEntropy entropy;
  std::array<std::byte, 4096> first{};
  std::array<std::byte, 4096> second{};

  entropy.fill(first);
  entropy.fill(second);

  CHECK(first != second);
  // 16 zero bytes in a row at the end mean that the end was not filled.
  CHECK(std::set<std::byte>(first.end() - 16, first.end()).size() > 1);
}
