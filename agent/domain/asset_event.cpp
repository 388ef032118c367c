#include "agent/domain/asset_event.hpp"

#include <map>

#include "agent/domain/field_reader.hpp"
#include "crypto/identifier.hpp"
#include "crypto/terms.hpp"

namespace handover {
namespace {

constexpr std::size_t kKeyBytesMax = 255;

void set_if_given(Json& object, std::string_view name, std::string text) {
  if (!text.empty()) object.set(name, std::move(text));
}

using Names = std::initializer_list<std::string_view>;

/// The texts of an object that may be absent; nothing if none of them was given.
Json read_texts(FieldReader& item, std::string_view name, Names names) {
  Json read = Json::object();
  const Json* given = item.find(name);
  if (given == nullptr || given->is_null()) return read;
  FieldReader texts = item.object(name);
  texts.only(names);
  for (const auto text : names) set_if_given(read, text, texts.optional_text(text));
  return read;
}

void read_classification(Json& read, FieldReader& item) {
  Json classification = read_texts(item, "classification", kAssetClassification);
  const auto check = [&](std::string_view name, std::string_view one, std::string_view other) {
    const std::string& text = classification.text_of(name);
    if (text.empty() || text == one || text == other) return;
    item.object("classification")
        .complain(name, "expected " + std::string(one) + " or " + std::string(other));
  };
  check("structure", "master", "standalone");
  check("serialized", "yes", "no");
  if (!classification.members().empty()) read.set("classification", std::move(classification));
}

Json read_item(FieldReader item, Complaints& complaints) {
  item.only({"serialNumber", "manufacturerPartNumber", "asset_tag", "type", "quantity", "data",
             "classification"});
  Json read = Json::object();
  const Json* given = item.find("quantity");
  const bool counted =
      given != nullptr && !given->is_null() && item.find("serialNumber") == nullptr;
  const std::string serial = counted ? std::string() : item.required_text("serialNumber");
  const auto canonical = crypto::canonical_identifier(serial, crypto::kSerialCharactersMax);
  if (!serial.empty() && !canonical) {
    complaints.add(canonical.error(), item.pointer_to("serialNumber"));
  }
  if (!counted) read.set("serialNumber", serial);
  read.set("manufacturerPartNumber", item.required_text("manufacturerPartNumber"));
  set_if_given(read, "asset_tag", item.optional_text("asset_tag"));
  set_if_given(read, "type", item.optional_text("type"));
  if (const auto quantity = item.quantity("quantity")) {
    if (!counted && *quantity != crypto::Quantity::one())
      item.complain("quantity", "a unit with a serial number is one; expected 1 or no quantity");
    if (counted) read.set("quantity", Json::number(quantity->to_string()));
  }
  if (Json data = read_texts(item, "data", kAssetDataPoints); !data.members().empty())
    read.set("data", std::move(data));
  read_classification(read, item);
  return read;
}

/// Complains of a unit that stands there twice. Lines without a serial number are quantities, and
/// add up. Requires: no complaint yet.
void check_repeats(const Json& items, Complaints& complaints) {
  std::map<std::pair<std::string, std::string>, std::size_t> seen;
  for (std::size_t i = 0; i < items.items().size(); ++i) {
    const Json& item = items.items()[i];
    const std::string& serial = item.text_of("serialNumber");
    if (serial.empty()) continue;
    const auto unit = crypto::canonical_identifier(serial, crypto::kSerialCharactersMax);
    const auto part = crypto::canonical_identifier(item.text_of("manufacturerPartNumber"));
    if (!unit || !part) continue;  // A part number that is no identifier is the customer's affair.
    const auto [first, is_new] = seen.try_emplace({*unit, *part}, i);
    if (is_new) continue;
    complaints.add("/items/" + std::to_string(i) + "/serialNumber",
                   "this unit stands in /items/" + std::to_string(first->second) +
                       "; expected each unit once");
  }
}

}  // namespace

Result<Json> parse_asset_event(const Json& body) {
  Complaints complaints;
  FieldReader request(body, "", complaints);
  request.only({"event", "location", "stockroom", "items", "key"});
  Json event = Json::object();
  event.set("event", request.choice("event", kAssetEvents));
  event.set("location", request.required_text("location"));
  event.set("stockroom", request.required_text("stockroom"));
  Json items = Json::array();
  std::size_t place = 0;
  for (const Json& item : request.list("items", crypto::kLinesMax)) {
    items.push_back(
        read_item(FieldReader(item, "/items/" + std::to_string(place++), complaints), complaints));
  }
  if (complaints.empty()) check_repeats(items, complaints);
  event.set("items", std::move(items));
  std::string key = request.optional_text("key");
  if (key.size() > kKeyBytesMax)
    request.complain("key", "longer than " + std::to_string(kKeyBytesMax) + " bytes");
  set_if_given(event, "key", std::move(key));
  if (!complaints.empty()) return fail(std::move(complaints).to_error());
  return event;
}

}  // namespace handover
