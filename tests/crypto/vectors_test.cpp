#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "crypto/sha256.hpp"
#include "crypto/validation_code.hpp"
#include "tests/crypto/vector_file.hpp"

using namespace handover;
using namespace handover::crypto;

namespace {

constexpr const char* kVectors = "tests/vectors/validation-code.json";

void check_answer(const nlohmann::json& vector) {
  const auto key_bytes = from_hex(vector.at("key").get<std::string>());
  const Key key{std::span<const std::byte>(*key_bytes)};
  const auto nonce = Nonce::parse(vector.at("nonce").get<std::string>());
  const auto terms = make_terms(terms_input_of(vector.at("transfer")));

  REQUIRE(nonce);
  REQUIRE(terms);
  CHECK(terms->json() == vector.at("terms").get<std::string>());
  const Codes codes = compute_codes(key, *nonce, *terms);
  CHECK(codes.sender_code == vector.at("sender_code").get<std::string>());
  CHECK(codes.receiver_code == vector.at("receiver_code").get<std::string>());
  CHECK(compute_line_checks(key, *nonce, *terms) ==
        vector.at("line_checks").get<std::vector<std::string>>());
  CHECK(nonce_of(codes.sender_code) == *nonce);
  CHECK(parse_typed_code(group_code(codes.sender_code), CodeSide::kSender) == codes.sender_code);
  CHECK(parse_typed_code(group_code(codes.receiver_code), CodeSide::kReceiver) ==
        codes.receiver_code);
}

void check_refusal(const nlohmann::json& vector) {
  const auto terms = make_terms(terms_input_of(vector.at("transfer")));
  const std::string reason = vector.at("error");

  REQUIRE_FALSE(terms);
  const auto& fields = terms.error().fields;
  CHECK(std::any_of(fields.begin(), fields.end(), [&](const FieldError& field) {
    return field.detail.find(reason) != std::string::npos;
  }));
}

}  // namespace

TEST_CASE("validation code: every case of the vectors gives its answer", "[crypto][vectors]") {
  const auto text = read_source_file(kVectors);
  REQUIRE(text);
  const auto vectors = nlohmann::json::parse(*text);
  REQUIRE(vectors.size() >= 18);

  for (const auto& vector : vectors) {
    DYNAMIC_SECTION(vector.at("name").get<std::string>()) {
      if (vector.contains("error")) {
        check_refusal(vector);
      } else {
        check_answer(vector);
      }
    }
  }
}

TEST_CASE("validation code: our vectors are the specification's", "[crypto][vectors]") {
  const auto specified = read_source_file("../shared/specs/vectors/validation-code.json");
  if (!specified) SKIP("the specification's vectors are not on this machine");

  CHECK(read_source_file(kVectors) == specified);
}
