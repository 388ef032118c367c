#include "agent/qr/code_text.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "agent/qr/qr_picture.hpp"
#include "tests/agent/qr/samples.hpp"

namespace handover::test {
namespace {

using qr::read_codes;
using qr::write_codes;

/// A message that zlib cannot make smaller.
std::string noise(std::size_t bytes) {
  SeededEntropy entropy(bytes);
  std::string text(bytes, '\0');
  entropy.fill(std::as_writable_bytes(std::span(text)));
  return text;
}

std::string problem_of(const std::vector<std::string>& codes) {
  const auto read = read_codes(codes);
  return read ? "none" : read.error().problem;
}

}  // namespace

TEST_CASE("qr text: one code for what fits, read with or without a scanner's Enter", "[qr]") {
  const auto codes = write_codes("a message").value();
  REQUIRE(codes.size() == 1);
  CHECK(codes[0].starts_with("HO1:"));
  CHECK(read_codes(codes)->message == "a message");
  CHECK(read_codes({codes[0] + "\r\n"})->message == "a message");
  CHECK(qr::write_whole("a message") == codes[0]);
}

TEST_CASE("qr text: parts in any order, repeated, and with parts of another message between",
          "[qr]") {
  const std::string message = noise(4000);
  auto codes = write_codes(message).value();
  REQUIRE(codes.size() == 5);
  const auto others = write_codes(noise(3000)).value();
  for (const auto& code : codes) CHECK(code.size() <= qr::kCodeCharactersMax);

  std::reverse(codes.begin(), codes.end());
  codes.insert(codes.begin(), {others[0], codes[2], others[1]});
  const auto read = read_codes(codes).value();
  CHECK(read.message == message);

  codes.erase(codes.begin() + 4);  // The fourth of five; in the order of scanning the second.
  const auto partial = read_codes(codes).value();
  CHECK(!partial.message);
  CHECK(partial.of == 5);
  CHECK(partial.have == std::vector<std::size_t>{1, 2, 3, 5});
  CHECK(partial.set.size() == 8);
}

TEST_CASE("qr text: every length comes back, around each split", "[qr]") {
  for (std::size_t bytes = 1; bytes < 4200; bytes += bytes % 40 == 0 ? 1U : 13U) {
    const std::string message = noise(bytes);
    const auto codes = write_codes(message).value();
    INFO(bytes);
    CHECK(read_codes(codes)->message == message);
    for (const auto& code : codes) {
      REQUIRE(code.size() <= qr::kCodeCharactersMax);
      REQUIRE(code.back() != ' ');
    }
  }
}

TEST_CASE("qr text: what is no code of ours, or of a later version, or damaged", "[qr]") {
  CHECK(problem_of({"https://example.com/"}) == "qr-foreign");
  CHECK(problem_of({""}) == "qr-foreign");
  CHECK(problem_of({"HC1:NCFOXN"}) == "qr-foreign");
  CHECK(problem_of({"ho1:ABC"}) == "qr-foreign");
  CHECK(problem_of({"HO:ABC"}) == "qr-foreign");
  CHECK(problem_of({"HO2:ABC"}) == "qr-newer");
  CHECK(problem_of({"HO12/1/2/00000000:ABC"}) == "qr-newer");
  CHECK(problem_of({"HO1:"}) == "qr-unreadable");
  CHECK(problem_of({"HO1:GGW"}) == "qr-unreadable");
  CHECK(problem_of({"HO1:BB8"}) == "qr-unreadable");
  CHECK(problem_of({}) == "qr-unreadable");
  CHECK(problem_of(std::vector<std::string>(65, "HO1:BB8")) == "qr-unreadable");
  CHECK(problem_of({"HO1:" + std::string(200'000, '0')}) == "qr-unreadable");
  const auto* part =
      GENERATE("HO1/", "HO1/1", "HO1/1/2", "HO1/0/2/00000000:BB8", "HO1/3/2/00000000:BB8",
               "HO1/1/1/00000000:BB8", "HO1/1/17/00000000:BB8", "HO1/1/2/0000:BB8",
               "HO1/001/2/00000000:BB8", "HO1/-1/2/00000000:BB8", "HO1/ 1/2/00000000:BB8");
  INFO(part);
  CHECK(problem_of({part}) == "qr-unreadable");
}

TEST_CASE("qr text: parts that were mixed up under one name do not pass", "[qr]") {
  auto codes = write_codes(noise(2000)).value();
  REQUIRE(codes.size() == 3);
  std::swap(codes[0][20], codes[0][21]);
  CHECK(problem_of(codes) == "qr-unreadable");
}

TEST_CASE("qr text: a bomb, and a list that is too long", "[qr]") {
  CHECK(problem_of({qr::write_whole(std::string(100'000, 'a'))}) == "qr-unreadable");
  CHECK(write_codes(noise(20'000)).error().problem == "no-qr");
  CHECK(write_codes(std::string(100'000, 'a')).error().problem == "no-qr");
}

TEST_CASE("qr picture: the matrix, with its quiet zone", "[qr]") {
  const auto codes = write_codes("a message").value();
  const std::string svg = qr::qr_svg(codes[0]).value();
  const int side = 17 + 4 * qr::qr_version(codes[0]).value() + 8;
  CHECK(svg.find("viewBox=\"0 0 " + std::to_string(side) + " " + std::to_string(side) + "\"") !=
        std::string::npos);
  // The finder pattern's upper edge: seven dark modules after four light ones.
  CHECK(svg.find("M4 4h7v1h-7z") != std::string::npos);
  CHECK(qr::qr_svg("").error().code == Errc::kInvalid);
  CHECK(qr::qr_svg("lower case").error().code == Errc::kInvalid);
  CHECK(qr::qr_svg(std::string(3391, 'A')));
  CHECK(!qr::qr_svg(std::string(3392, 'A')));
}

TEST_CASE("qr size: offers of 1 to 60 lines, in codes of version 25 at most at level M", "[qr]") {
  Company company;
  const auto anna = company.enroll(kAnna, "VAN-17", at(kStart));
  std::string table = "lines  bytes  characters  codes  version\n";
  for (std::size_t count = 1; count <= 60; ++count) {
    const std::string message = qr::sign_message(offer_of(lines(count)), anna);
    const auto codes = write_codes(message).value();
    const std::size_t characters = qr::write_whole(message).size();
    int version = 0;
    for (const auto& code : codes) version = std::max(version, qr::qr_version(code).value());
    table += std::to_string(count) + "  " + std::to_string(message.size()) + "  " +
             std::to_string(characters) + "  " + std::to_string(codes.size()) + "  " +
             std::to_string(version) + "\n";
    INFO(table);
    REQUIRE(version <= 25);
    REQUIRE(codes.size() <= 3);
    REQUIRE(characters <= 3391);  // One code of version 40 would hold even the longest.
    if (count <= 12) REQUIRE(codes.size() == 1);
    REQUIRE(read_codes(codes)->message == message);
  }
  UNSCOPED_INFO(table);
  SUCCEED();
}

}  // namespace handover::test
