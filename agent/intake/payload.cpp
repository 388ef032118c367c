#include "agent/intake/payload.hpp"

#include <algorithm>
#include <array>

#include "agent/domain/field_reader.hpp"

namespace handover::intake {
namespace {

using Named = std::pair<RowType, std::string_view>;
constexpr std::array<Named, 4> kTypes = {{
    {RowType::kInventoryUsage, "InventoryUsage"},
    {RowType::kInventoryTransfer, "InventoryTransfer"},
    {RowType::kLoadInventory, "LoadInventory"},
    {RowType::kPhysicalInventoryRequest, "PhysicalInventoryRequest"},
}};

constexpr JsonLimits kPayloadJson{.bytes_max = std::size_t{1} << 20, .depth_max = 32};
constexpr std::size_t kIdBytesMax = 512;
constexpr std::size_t kRowverBytesMax = 256;
constexpr std::size_t kRowsMax = 10'000;

/// A string, or a number as it is written.
std::string text_member(const Json& object, std::string_view name) {
  const Json* value = object.find(name);
  return value != nullptr && (value->is_string() || value->is_number()) ? value->text()
                                                                        : std::string();
}

/// "PhysicalInventory" is what one page calls the type that the others call
/// "PhysicalInventoryRequest".
const Json* find_object(const Json& row, RowType type) {
  const Json* object = row.find(to_string(type));
  if (object == nullptr && type == RowType::kPhysicalInventoryRequest)
    object = row.find("PhysicalInventory");
  return object;
}

Row read_row_of(const Json& row, RowType type) {
  Row read;
  read.rowver = text_member(row, "rowver");
  const Json* object = find_object(row, type);
  if (object != nullptr && object->is_object() && read.rowver.size() <= kRowverBytesMax) {
    read.object = *object;
    return read;
  }
  if (read.rowver.size() > kRowverBytesMax) {
    read.flaw = "the row's rowver is longer than 256 bytes";
    read.rowver.clear();
  } else {
    read.flaw = "the row holds no object " + std::string(to_string(type));
  }
  read.object = row;
  return read;
}

void check_length(FieldReader& reader, std::string_view name, const std::string& text) {
  if (text.size() > kIdBytesMax) reader.complain(name, "longer than 512 bytes");
}

void check_envelope(FieldReader& reader, RowType type, Complaints& complaints) {
  const std::string named = reader.required_text("type");
  const bool other_name =
      type == RowType::kPhysicalInventoryRequest && named == "PhysicalInventory";
  if (!named.empty() && named != to_string(type) && !other_name)
    reader.complain("type", "expected " + std::string(to_string(type)) + " at this path");
  const std::string version = reader.required_text("specversion");
  if (!version.empty() && !version.starts_with("1."))
    reader.complain("specversion", "expected 1.0");
  const std::string content = reader.optional_text("datacontenttype");
  if (!content.empty() && !content.starts_with("application/json"))
    reader.complain("datacontenttype", "expected application/json");
  const Json* data = reader.find("data");
  if (data == nullptr || !data->is_object())
    complaints.add("/data", data == nullptr ? "missing; expected an object" : "expected an object");
}

void append_number(std::string& text, std::string_view digits) {
  const bool plain = digits.find_first_of("eE") == digits.npos;
  if (plain && digits.find('.') != digits.npos) {
    while (digits.ends_with('0')) digits.remove_suffix(1);
    if (digits.ends_with('.')) digits.remove_suffix(1);
  }
  text += digits == "-0" ? "0" : digits;
}

void append_canonical(std::string& text, const Json& value) {
  if (value.is_number()) {
    append_number(text, value.text());
  } else if (value.is_array()) {
    text += '[';
    for (const Json& item : value.items()) {
      append_canonical(text, item);
      text += ',';
    }
    text += ']';
  } else if (value.is_object()) {
    std::vector<const Json::Member*> members;
    for (const auto& member : value.members()) {
      if (!member.second.is_null()) members.push_back(&member);
    }
    std::sort(members.begin(), members.end(),
              [](const auto* left, const auto* right) { return left->first < right->first; });
    text += '{';
    for (const auto* member : members) {
      text += Json(member->first).dump() + ":";
      append_canonical(text, member->second);
      text += ',';
    }
    text += '}';
  } else {
    text += value.dump();
  }
}

}  // namespace

std::string_view to_string(RowType type) {
  return std::find_if(kTypes.begin(), kTypes.end(),
                      [&](const Named& named) { return named.first == type; })
      ->second;
}

std::optional<RowType> row_type_named(std::string_view name) {
  const auto* found = std::find_if(kTypes.begin(), kTypes.end(),
                                   [&](const Named& named) { return named.second == name; });
  if (found == kTypes.end()) return std::nullopt;
  return found->first;
}

Result<Rows> read_rows(const Json& data, RowType type, const std::string& pointer) {
  const Json* list = data.find("rows");
  if (list == nullptr || !list->is_array())
    return fail(Error::invalid(pointer + "/rows", "expected a list of rows"));
  if (list->items().size() > kRowsMax)
    return fail(Error::invalid(pointer + "/rows", "more than 10000 rows"));
  Rows read;
  read.rowver = text_member(data, "rowver");
  if (read.rowver.size() > kRowverBytesMax)
    return fail(Error::invalid(pointer + "/rowver", "longer than 256 bytes"));
  for (const Json& row : list->items()) read.rows.push_back(read_row_of(row, type));
  return read;
}

Result<Payload> parse_payload(std::string_view body, RowType type) {
  TRY_ASSIGN(const Json json, parse_json(body, kPayloadJson));
  Complaints complaints;
  FieldReader reader(json, "", complaints);
  if (!complaints.empty()) return fail(std::move(complaints).to_error());
  Payload payload;
  payload.type = type;
  payload.id = reader.required_text("id");
  payload.source = reader.optional_text("source");
  check_length(reader, "id", payload.id);
  check_length(reader, "source", payload.source);
  payload.time = reader.optional_text("time");
  check_envelope(reader, type, complaints);
  if (!complaints.empty()) return fail(std::move(complaints).to_error());
  TRY_ASSIGN(payload.data, read_rows(*json.find("data"), type, "/data"));
  return payload;
}

std::string canonical_text(const Json& value) {
  std::string text;
  append_canonical(text, value);
  return text;
}

}  // namespace handover::intake
