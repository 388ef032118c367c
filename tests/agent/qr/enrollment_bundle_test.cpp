#include "agent/qr/enrollment_bundle.hpp"

#include <catch2/catch_test_macros.hpp>

#include "crypto/cose.hpp"
#include "tests/agent/qr/samples.hpp"

namespace handover::test {
namespace {

using qr::open_bundle;

struct Made {
  Company company;
  qr::Enrollment anna = company.enroll(kAnna, "VAN-17", at(kStart));
  SeededEntropy entropy{3};
  Secret code = qr::draw_bundle_code(entropy);

  [[nodiscard]] qr::Bundle bundle(const std::string& file = "validation.keys") const {
    qr::Bundle made;
    made.certificate = anna.certificate;
    made.device_seed = anna.key.seed().clone();
    made.company_keys = company.keys();
    made.config = "[device]\n";
    made.files.emplace_back(file, Secret(std::string_view("the key ring")));
    return made;
  }
  [[nodiscard]] std::string problem_of(const qr::Bundle& bundle, const crypto::SigningKey& key) {
    const auto opened = open_bundle(qr::make_bundle(bundle, key, code, entropy), code);
    return opened ? "none" : opened.error().problem;
  }
};

}  // namespace

TEST_CASE("enrollment bundle: opens with its code, and shows nothing without it",
          "[qr][enrollment]") {
  Made made;
  const std::string bytes =
      qr::make_bundle(made.bundle(), made.company.key, made.code, made.entropy);

  const auto opened = open_bundle(bytes, made.code).value();
  CHECK(opened.certificate.technician.user_id == "tech.17");
  CHECK(opened.device_seed.reveal() == made.anna.key.seed().reveal());
  CHECK(opened.company_keys.keys() == made.company.keys().keys());
  CHECK(opened.config == "[device]\n");
  REQUIRE(opened.files.size() == 1);
  CHECK(opened.files[0].first == "validation.keys");
  CHECK(opened.files[0].second.reveal() == "the key ring");
  for (const auto* secret : {"the key ring", "tech.17", "validation.keys"})
    CHECK(bytes.find(secret) == bytes.npos);
  CHECK(bytes.find(made.anna.key.seed().reveal()) == bytes.npos);
  CHECK(open_bundle(bytes, qr::draw_bundle_code(made.entropy)).error().problem ==
        "enrollment-code-wrong");
}

TEST_CASE("enrollment bundle: changed, cut off, or signed by somebody else", "[qr][enrollment]") {
  Made made;
  Company other(9);
  const std::string bytes =
      qr::make_bundle(made.bundle(), made.company.key, made.code, made.entropy);
  for (std::size_t place = 0; place < bytes.size(); place += 37) {
    std::string changed = bytes;
    changed[place] = static_cast<char>(changed[place] ^ 1);
    CHECK(!open_bundle(changed, made.code));
  }
  CHECK(open_bundle("", made.code).error().problem == "enrollment-unreadable");
  CHECK(open_bundle(std::string(300'000, 'x'), made.code).error().problem ==
        "enrollment-unreadable");
  CHECK(made.problem_of(made.bundle(), other.key) == "signature-wrong");

  auto foreign = made.bundle();
  foreign.company_keys = other.keys();
  CHECK(made.problem_of(foreign, other.key) == "certificate-unknown");
  auto another_key = made.bundle();
  another_key.device_seed = other.key.seed().clone();
  CHECK(made.problem_of(another_key, made.company.key) == "enrollment-unreadable");
}

TEST_CASE("enrollment bundle: its files stay in the folder", "[qr][enrollment]") {
  Made made;
  CHECK(made.problem_of(made.bundle("a-file.2"), made.company.key) == "none");
  for (const auto* name : {"../evil", "/etc/passwd", "a/b", ".hidden", "", "Upper", "a b"}) {
    INFO(name);
    CHECK(made.problem_of(made.bundle(name), made.company.key) == "enrollment-unreadable");
  }
}

TEST_CASE("enrollment code: 28 digits that check themselves", "[qr][enrollment]") {
  SeededEntropy entropy(5);
  const Secret code = qr::draw_bundle_code(entropy);
  std::string digits(code.reveal());
  REQUIRE(digits.size() == 28);
  CHECK(qr::parse_bundle_code(digits.substr(0, 4) + " " + digits.substr(4, 10) + "-" +
                              digits.substr(14) + "\n")
            ->reveal() == digits);
  std::swap(digits[3], digits[9]);
  if (digits[3] != digits[9]) CHECK(!qr::parse_bundle_code(digits));
  CHECK(!qr::parse_bundle_code(""));
  CHECK(!qr::parse_bundle_code(std::string(code.reveal()) + "1"));
  CHECK(!qr::parse_bundle_code("x" + std::string(code.reveal())));
}

}  // namespace handover::test
