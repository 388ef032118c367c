#include "agent/domain/field_reader.hpp"

#include <algorithm>

#include "crypto/identifier.hpp"
#include "platform/assert.hpp"

namespace handover {
namespace {

const Json kEmptyObject = Json::object();
const std::vector<Json> kNoElements;

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substitution = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitution});
    }
  }
  return row[b.size()];
}

std::string join(std::initializer_list<std::string_view> names) {
  std::string text;
  for (const auto name : names) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

}  // namespace

void Complaints::add(const Error& error, std::string_view below) {
  if (error.fields.empty()) add(std::string(below), error.detail);
  for (const auto& field : error.fields) add(std::string(below) + field.pointer, field.detail);
}

Error Complaints::to_error() && {
  INVARIANT(!fields_.empty());
  const FieldError& first = fields_.front();
  std::string detail =
      (first.pointer.empty() ? std::string("the input") : first.pointer) + ": " + first.detail;
  if (fields_.size() > 1) detail += " (and " + std::to_string(fields_.size() - 1) + " more)";
  Error error(Errc::kInvalid, std::move(detail));
  error.fields = std::move(fields_);
  return error;
}

FieldReader::FieldReader(const Json& value, std::string pointer, Complaints& complaints)
    : value_(&value), pointer_(std::move(pointer)), complaints_(&complaints) {
  if (!value.is_object()) {
    complaints.add(pointer_, "expected an object");
    value_ = &kEmptyObject;
  }
}

std::string FieldReader::pointer_to(std::string_view name) const {
  return pointer_ + "/" + escape_pointer(name);
}

void FieldReader::only(std::initializer_list<std::string_view> names) {
  for (const auto& [name, value] : value_->members()) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    const std::string near = nearest_name(name, names);
    complain(name.substr(0, 80), near.empty() ? "unknown field; expected one of: " + join(names)
                                              : "unknown field; did you mean " + near + "?");
  }
}

std::string FieldReader::required_text(std::string_view name) {
  const Json* value = find(name);
  if (value == nullptr || value->is_null()) {
    complain(name, "missing; expected a string");
    return {};
  }
  const std::size_t complaints_before = complaints_->size();
  std::string text = optional_text(name);
  if (text.empty() && complaints_->size() == complaints_before)
    complain(name, "empty identifier; expected a string that is not blank");
  return text;
}

std::string FieldReader::optional_text(std::string_view name) {
  const Json* value = find(name);
  if (value == nullptr || value->is_null()) return {};
  if (!value->is_string()) {
    complain(name, "wrong type; expected a string");
    return {};
  }
  auto trimmed = crypto::trim_identifier(value->text());
  if (!trimmed) {
    complaints_->add(trimmed.error(), pointer_to(name));
    return {};
  }
  return *trimmed;
}

std::string FieldReader::choice(std::string_view name,
                                std::initializer_list<std::string_view> choices) {
  std::string text = required_text(name);
  if (text.empty() || std::find(choices.begin(), choices.end(), text) != choices.end()) return text;
  complain(name, "expected one of: " + join(choices));
  return {};
}

std::optional<crypto::Quantity> FieldReader::quantity(std::string_view name) {
  return number(name, &crypto::Quantity::parse);
}

std::optional<crypto::Quantity> FieldReader::count(std::string_view name) {
  return number(name, &crypto::Quantity::parse_count);
}

std::optional<crypto::Quantity> FieldReader::number(
    std::string_view name, Result<crypto::Quantity> (*parse)(std::string_view text)) {
  const Json* value = find(name);
  if (value == nullptr || value->is_null()) return std::nullopt;
  if (!value->is_number() && !value->is_string()) {
    complain(name, "wrong type; expected a decimal number");
    return std::nullopt;
  }
  auto parsed = parse(value->text());
  if (!parsed) {
    complaints_->add(parsed.error(), pointer_to(name));
    return std::nullopt;
  }
  return *parsed;
}

FieldReader FieldReader::object(std::string_view name) {
  const Json* value = find(name);
  if (value == nullptr) {
    complain(name, "missing; expected an object");
    return FieldReader(kEmptyObject, pointer_to(name), *complaints_);
  }
  return FieldReader(*value, pointer_to(name), *complaints_);
}

const std::vector<Json>& FieldReader::list(std::string_view name, std::size_t most) {
  const Json* value = find(name);
  if (value == nullptr || !value->is_array() || value->items().empty()) {
    complain(name, value != nullptr && value->is_array() ? "empty; expected at least one element"
                                                         : "expected a list");
    return kNoElements;
  }
  if (value->items().size() > most) {
    complain(name, "too long; expected at most " + std::to_string(most) + " elements");
    return kNoElements;
  }
  return value->items();
}

std::string nearest_name(std::string_view name, std::initializer_list<std::string_view> names) {
  std::string_view nearest;
  std::size_t least = std::min<std::size_t>(3, name.size() / 2 + 1);
  if (name.size() > 80) return {};
  for (const auto candidate : names) {
    const std::size_t distance = edit_distance(name, candidate);
    if (distance < least) {
      least = distance;
      nearest = candidate;
    }
  }
  return std::string(nearest);
}

}  // namespace handover
