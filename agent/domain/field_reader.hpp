// Reads an object that came from outside, member by member, and collects every complaint instead of
// the first one.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/domain/json.hpp"
#include "crypto/quantity.hpp"
#include "platform/result.hpp"

namespace handover {

/// The complaints of one input. A reader adds to it; the caller asks for the outcome at the end.
class Complaints {
 public:
  void add(std::string pointer, std::string detail) {
    fields_.push_back({std::move(pointer), std::move(detail)});
  }
  void add(const Error& error, std::string_view below);
  [[nodiscard]] bool empty() const { return fields_.empty(); }
  [[nodiscard]] std::size_t size() const { return fields_.size(); }
  /// The kInvalid error with every complaint. Requires: not empty.
  [[nodiscard]] Error to_error() &&;

 private:
  std::vector<FieldError> fields_;
};

class FieldReader {
 public:
  /// `pointer` is where `value` stands in what the caller sent. A value that is no object is a
  /// complaint, and reads as empty.
  FieldReader(const Json& value, std::string pointer, Complaints& complaints);

  /// Complains of every member that is not among `names`, with the nearest of them.
  void only(std::initializer_list<std::string_view> names);

  /// A string that must be there and not be blank, trimmed at both ends.
  std::string required_text(std::string_view name);
  /// A string; absent and null read as empty.
  std::string optional_text(std::string_view name);
  /// A string that must be one of `choices`; empty after a complaint.
  std::string choice(std::string_view name, std::initializer_list<std::string_view> choices);
  /// A quantity as JSON number or as text; nothing if absent or null.
  std::optional<crypto::Quantity> quantity(std::string_view name);
  /// The same, with zero allowed: for what was counted.
  std::optional<crypto::Quantity> count(std::string_view name);

  /// The member as an object to read on; an absent one reads as empty after a complaint.
  FieldReader object(std::string_view name);
  /// The elements of a list that must be there and hold 1 to `most` elements.
  const std::vector<Json>& list(std::string_view name, std::size_t most);

  [[nodiscard]] const Json* find(std::string_view name) const { return value_->find(name); }
  [[nodiscard]] std::string pointer_to(std::string_view name) const;
  [[nodiscard]] const std::string& pointer() const { return pointer_; }
  void complain(std::string_view name, std::string detail) {
    complaints_->add(pointer_to(name), std::move(detail));
  }

 private:
  std::optional<crypto::Quantity> number(std::string_view name,
                                         Result<crypto::Quantity> (*parse)(std::string_view text));

  const Json* value_;
  std::string pointer_;
  Complaints* complaints_;
};

/// The one of `names` that a typing error would most likely have meant, or empty if none is near.
[[nodiscard]] std::string nearest_name(std::string_view name,
                                       std::initializer_list<std::string_view> names);

}  // namespace handover
