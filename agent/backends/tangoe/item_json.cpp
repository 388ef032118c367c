#include "agent/backends/tangoe/item_json.hpp"

#include <algorithm>

namespace handover::backends::tangoe {
namespace {

template <typename T, std::size_t N>
Json object_of(const T& value, const std::array<Part<T>, N>& parts) {
  Json object = Json::object();
  for (const Part<T>& part : parts) {
    const std::string& text = value.*part.member;
    if (!part.optional || !text.empty()) object.set(part.name, Json(text));
  }
  return object;
}

template <typename T, std::size_t N>
Json array_of(const std::vector<T>& values, const std::array<Part<T>, N>& parts) {
  Json array = Json::array();
  for (const T& value : values) array.push_back(object_of(value, parts));
  return array;
}

tl::unexpected<Error> wrong(const std::string& pointer, const std::string& what) {
  return fail(Error::invalid(pointer, pointer.substr(1) + ": " + what));
}

Result<std::string> text_from(const Json& value, const std::string& pointer) {
  if (value.is_boolean()) return std::string(value.boolean() ? "true" : "false");
  if (value.is_string() || value.is_number()) return value.text();
  return wrong(pointer, "expected a text");
}

template <typename T, std::size_t N>
Result<T> value_from(const Json& object, const std::string& pointer,
                     const std::array<Part<T>, N>& parts) {
  if (!object.is_object()) return wrong(pointer, "expected an object");
  T value;
  for (const Json::Member& member : object.members()) {
    const auto part = std::find_if(parts.begin(), parts.end(), [&](const Part<T>& known) {
      return known.name == member.first;
    });
    const std::string place = pointer + "/" + escape_pointer(member.first);
    if (part == parts.end()) return wrong(place, "Tangoe has no such part");
    TRY_ASSIGN(value.*part->member, text_from(member.second, place));
  }
  return value;
}

template <typename T, std::size_t N>
Result<std::vector<T>> list_from(const Json& array, const std::string& pointer,
                                 const std::array<Part<T>, N>& parts) {
  if (!array.is_array()) return wrong(pointer, "expected a list");
  std::vector<T> values;
  for (const Json& entry : array.items()) {
    const std::string place = pointer + "/" + std::to_string(values.size());
    TRY_ASSIGN(T value, value_from(entry, place, parts));
    values.push_back(std::move(value));
  }
  return values;
}

}  // namespace

Json to_json(const InventoryItem& item) {
  Json object = Json::object();
  for (std::size_t i = 0; i < kFieldCount; ++i) {
    const Field& field = fields()[i];
    if (field.type == FieldType::kCircuitMappings) {
      if (item.circuit_mappings) {
        object.set(field.name, array_of(*item.circuit_mappings, circuit_mapping_parts()));
      }
    } else if (field.type == FieldType::kCustomFields) {
      if (item.custom_fields) {
        object.set(field.name, array_of(*item.custom_fields, custom_field_parts()));
      }
    } else if (item.at(i)) {
      object.set(field.name, Json(*item.at(i)));
    }
  }
  return object;
}

Json to_json(const LogItem& entry) { return object_of(entry, log_item_parts()); }

Json to_json(const ServiceType& type) {
  return Json::object({{"id", Json(type.id)},
                       {"description", Json(type.description)},
                       {"majorTypeDescription", Json(type.major_type)}});
}

Json to_json(const CustomField& field) { return object_of(field, custom_field_parts()); }

Result<InventoryItem> item_from_json(const Json& object) {
  if (!object.is_object()) return fail(Error::invalid("", "expected an object of fields"));
  InventoryItem item;
  for (const auto& [name, value] : object.members()) {
    const std::string pointer = "/" + escape_pointer(name);
    const auto index = field_index(name);
    if (!index) return wrong(pointer, "Tangoe has no such field");
    const FieldType type = fields()[*index].type;
    if (type == FieldType::kCircuitMappings) {
      TRY_ASSIGN(item.circuit_mappings, list_from(value, pointer, circuit_mapping_parts()));
    } else if (type == FieldType::kCustomFields) {
      TRY_ASSIGN(item.custom_fields, list_from(value, pointer, custom_field_parts()));
    } else {
      TRY_ASSIGN(std::string text, text_from(value, pointer));
      item.set_at(*index, std::move(text));
    }
  }
  return item;
}

}  // namespace handover::backends::tangoe
