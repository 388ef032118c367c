// Validation codes, version 1: two short numbers, said aloud, prove that two devices recorded the
// same transfer just now. Format and reasons: docs/format/validation-code.md. What counts tries and
// remembers nonces is not here.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/terms.hpp"
#include "platform/entropy.hpp"
#include "platform/result.hpp"
#include "platform/secret.hpp"

namespace handover::crypto {

/// A validation key: 32 bytes, from the key ring.
using Key = Secret;

/// Four decimal digits that make each offer's codes new.
class Nonce {
 public:
  [[nodiscard]] static Nonce draw(Entropy& entropy);
  /// Errors: kInvalid, pointer "".
  [[nodiscard]] static Result<Nonce> parse(std::string_view text);

  [[nodiscard]] const std::string& text() const { return text_; }
  bool operator==(const Nonce&) const = default;

 private:
  explicit Nonce(std::string text) : text_(std::move(text)) {}

  std::string text_;
};

/// Digits alone, as they go on the wire.
struct Codes {
  std::string sender_code;    ///< 12 digits
  std::string receiver_code;  ///< 8 digits
};

/// Requires: `key` has 32 bytes, here and below.
[[nodiscard]] Codes compute_codes(const Key& key, const Nonce& nonce, const Terms& terms);

/// Two digits for the header and for each canonical line, in the order of Terms::rows(): compared
/// aloud after a mismatch, they show which line differs.
[[nodiscard]] std::vector<std::string> compute_line_checks(const Key& key, const Nonce& nonce,
                                                           const Terms& terms);

enum class CodeSide { kSender, kReceiver };

/// The digits of a code as a person typed or scanned it: white space and dashes are dropped,
/// full-width digits are digits. Ensures: 12 digits (sender) or 8 (receiver) whose check digits are
/// right. Whether it matches is for codes_equal(). Errors: kRefused "code-mistyped". It costs no
/// try. The code is not in the error.
[[nodiscard]] Result<std::string> parse_typed_code(std::string_view typed, CodeSide side);

/// Requires: a sender code that parse_typed_code() or compute_codes() gave.
[[nodiscard]] Nonce nonce_of(std::string_view sender_code);

/// In constant time.
[[nodiscard]] bool codes_equal(std::string_view left, std::string_view right);

/// For people: "4839 3584 2877".
[[nodiscard]] std::string group_code(std::string_view code);

/// Two check digits over decimal digits: ISO 7064 MOD 97-10. "794" gives "44".
[[nodiscard]] std::string check_digits(std::string_view digits);

}  // namespace handover::crypto
