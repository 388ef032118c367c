// Tangoe's InventoryDetails: one table of its fields drives the reader, the writer, the checks, and
// the forms that operators see. Values stay the text that stands on the wire, so that money and
// whatever we cannot type survive unchanged.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/backends/xml/xml_reader.hpp"
#include "agent/backends/xml/xml_writer.hpp"
#include "platform/result.hpp"

namespace handover::backends::tangoe {

/// The namespace of every element of a payload.
inline constexpr std::string_view kSpace = "http://www.asentinel.com/asentinelws/schemas/invord";

enum class FieldType {
  kText,
  kInteger,
  kBoolean,  ///< `true` or `false`; the schema knows 1 and 0 too, which we never send.
  kNumber,   ///< A decimal without exponent and grouping, for xsd:double.
  kDate,     ///< `mm/dd/yyyy`, a text for the schema.
  kCircuitMappings,
  kCustomFields,
};

struct Field {
  std::string_view name;
  FieldType type = FieldType::kText;
  bool find_only = false;
};

inline constexpr std::size_t kFieldCount = 81;
/// In the order of the vendor's document. `serviceTypeID` alone is mandatory in the schema.
[[nodiscard]] const std::array<Field, kFieldCount>& fields();
/// The place of a field in the table, or nothing.
[[nodiscard]] std::optional<std::size_t> field_index(std::string_view name);

struct CircuitMapping {
  std::string id;  ///< Empty: not written.
  std::string mapped_from;
  std::string from_value;
  std::string mapped_to;
  std::string to_value;
  std::string cir;
  std::string cost;
  std::string range_from;
  std::string range_to;

  bool operator==(const CircuitMapping&) const = default;
};

struct CustomField {
  std::string id;  ///< Empty, like the last two: not written.
  std::string name;
  std::string value;
  std::string field_type;
  std::string required;

  bool operator==(const CustomField&) const = default;
};

/// One part of a mapping or of a custom field: its element, where its text is, and whether an empty
/// one is left out.
template <typename T>
struct Part {
  std::string_view name;
  std::string T::*member;
  bool optional = false;
};
[[nodiscard]] const std::array<Part<CircuitMapping>, 9>& circuit_mapping_parts();
[[nodiscard]] const std::array<Part<CustomField>, 5>& custom_field_parts();

class InventoryItem {
 public:
  /// The text of a field, or nullptr if it is absent. Requires: the name of a field of text.
  [[nodiscard]] const std::string* find(std::string_view field) const;
  /// The same; an absent one reads as the empty text.
  [[nodiscard]] const std::string& text_of(std::string_view field) const;
  void set(std::string_view field, std::string text);

  [[nodiscard]] const std::optional<std::string>& at(std::size_t index) const {
    return values_[index];
  }
  void set_at(std::size_t index, std::string text) { values_[index] = std::move(text); }
  /// One more custom field, known by its name.
  void add_custom(std::string name, std::string value);

  std::optional<std::vector<CircuitMapping>> circuit_mappings;
  std::optional<std::vector<CustomField>> custom_fields;

  bool operator==(const InventoryItem&) const = default;

 private:
  std::array<std::optional<std::string>, kFieldCount> values_;
};

/// What an item is written for: each allows other fields.
enum class Purpose { kAdd, kEdit, kFilter };

/// What is wrong with an item that we are about to send, before the server says so: types, dates,
/// texts that XML cannot carry or that are too long, fields that the purpose does not know, and for
/// kAdd and kEdit the two keys, for kAdd the compulsory fields. Errors: kInvalid with every field.
[[nodiscard]] Result<void> check(const InventoryItem& item, Purpose purpose);

/// Writes the children of an InventoryDetails, in the table's order.
void write_item(xml::Writer& writer, const InventoryItem& item);
/// Reads them. Never fails: unknown elements are ignored, and a value that is not of its type stays
/// as the text it is.
[[nodiscard]] InventoryItem read_item(const xml::Element& element);

/// True if every field that `sent` has reads so in `found`: numbers by value, booleans by meaning,
/// custom fields by name. A new number counts as the number.
[[nodiscard]] bool shows(const InventoryItem& found, const InventoryItem& sent);
/// The first field of `sent` that reads otherwise in `found`, for a sentence; empty if there is
/// none.
[[nodiscard]] std::string first_difference(const InventoryItem& found, const InventoryItem& sent);

}  // namespace handover::backends::tangoe
