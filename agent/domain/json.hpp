// JSON values whose numbers are text, so that a quantity is the same digits from the caller to the
// wire. Not a general JSON library: nlohmann/json does the reading; this keeps what it would round
// (docs/adr/0002).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "platform/result.hpp"

namespace handover {

class Json {
 public:
  enum class Kind { kNull, kBoolean, kNumber, kString, kArray, kObject };
  using Member = std::pair<std::string, Json>;

  Json() = default;  ///< null
  Json(std::string text) : value_(std::move(text)) {}
  Json(std::string_view text) : value_(std::string(text)) {}
  Json(const char* text) : value_(std::string(text)) {}
  explicit Json(bool truth) : value_(truth) {}
  explicit Json(std::int64_t number) : value_(Literal{std::to_string(number)}) {}

  /// A number written exactly as `literal`. Requires: `literal` is a JSON number.
  [[nodiscard]] static Json number(std::string literal);
  [[nodiscard]] static Json array(std::vector<Json> items = {});
  [[nodiscard]] static Json object(std::vector<Member> members = {});

  [[nodiscard]] Kind kind() const { return static_cast<Kind>(value_.index()); }
  [[nodiscard]] bool is_null() const { return kind() == Kind::kNull; }
  [[nodiscard]] bool is_boolean() const { return kind() == Kind::kBoolean; }
  [[nodiscard]] bool is_number() const { return kind() == Kind::kNumber; }
  [[nodiscard]] bool is_string() const { return kind() == Kind::kString; }
  [[nodiscard]] bool is_array() const { return kind() == Kind::kArray; }
  [[nodiscard]] bool is_object() const { return kind() == Kind::kObject; }

  /// The characters of a string or the digits of a number; of anything else the empty string.
  [[nodiscard]] const std::string& text() const;
  /// True for `true`, false for anything else.
  [[nodiscard]] bool boolean() const;
  /// The elements of an array; none for anything else.
  [[nodiscard]] const std::vector<Json>& items() const;
  /// The members of an object in their order; none for anything else.
  [[nodiscard]] const std::vector<Member>& members() const;
  /// The member of that name, or nullptr.
  [[nodiscard]] const Json* find(std::string_view name) const;
  /// The text() of the member of that name, or the empty string.
  [[nodiscard]] const std::string& text_of(std::string_view name) const;

  /// Adds or replaces a member. Requires: an object.
  Json& set(std::string_view name, Json value);
  /// Requires: an array.
  Json& push_back(Json value);

  /// Compact JSON text, members in their order.
  [[nodiscard]] std::string dump() const;

  bool operator==(const Json& other) const = default;

 private:
  struct Literal {
    std::string digits;
    bool operator==(const Literal&) const = default;
  };
  // The order is that of Kind.
  std::variant<std::monostate, bool, Literal, std::string, std::vector<Json>, std::vector<Member>>
      value_;
};

/// What parse_json() accepts at most; more is refused before it is built.
struct JsonLimits {
  std::size_t bytes_max = std::size_t{1} << 20;
  std::size_t depth_max = 32;
};

/// For what we wrote ourselves from one bounded call: what the agent adds to it is a small
/// multiple.
inline constexpr JsonLimits kStoredJsonLimits{.bytes_max = std::size_t{64} << 20, .depth_max = 64};

/// Reads strict JSON (RFC 8259) in UTF-8. A member name that stands twice in one object is refused.
/// Errors: kInvalid with a pointer to the member where there is one, else "".
[[nodiscard]] Result<Json> parse_json(std::string_view text, JsonLimits limits = {});

/// `token` as one step of a JSON pointer (RFC 6901): "a/b" becomes "a~1b".
[[nodiscard]] std::string escape_pointer(std::string_view token);

}  // namespace handover
