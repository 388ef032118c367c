#include "sim/back-ends/servicemobility/upload_rules.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "platform/time.hpp"

namespace handover::sim {
namespace {

std::string casefold(const std::string& text) {
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.c_str());
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> folded(
      utf8proc_NFKC_Casefold(bytes), &std::free);
  return folded == nullptr ? text : reinterpret_cast<const char*>(folded.get());
}

std::string fold(const std::string& text) {
  std::string out;
  bool blank_due = false;
  for (const char c : casefold(text)) {
    const bool blank = c == ' ' || (c >= '\t' && c <= '\r');
    if (!blank && blank_due && !out.empty()) out += ' ';
    blank_due = blank;
    if (!blank) out += c;
  }
  return out;
}

/// Reads members and remembers the first thing that is wrong. What is wrong reads as empty, so that
/// reading can go on.
class Reader {
 public:
  explicit Reader(const UploadRules& rules) : rules_(rules) {}

  std::optional<Violation> first;

  void refuse(const std::string& pointer, std::string reason, const Json* value = nullptr,
              int status = 400) {
    if (first) return;
    first = Violation{status, pointer, std::move(reason), value == nullptr ? "" : value->text()};
  }

  /// The text of a string member; "" where it is absent and not `required`.
  std::string text(const Json& object, const std::string& at, std::string_view name,
                   bool required = true) {
    const std::string pointer = at + "/" + std::string(name);
    const Json* member = object.find(name);
    if (member == nullptr || (member->is_null() && !required)) {
      if (required) refuse(pointer, "is required");
      return {};
    }
    if (!member->is_string()) refuse(pointer, "must be a string", member);
    return member->is_string() ? member->text() : std::string();
  }

  std::string identifier(const Json& object, const std::string& at, std::string_view name) {
    std::string value = text(object, at, name);
    if (fold(value).empty()) refuse(at + "/" + std::string(name), "must not be empty");
    return value;
  }

  /// A decimal, or nothing where the member is absent.
  std::optional<Micros> quantity(const Json& object, const std::string& at, std::string_view name) {
    const Json* member = object.find(name);
    if (member == nullptr) return std::nullopt;
    const auto value = member->is_number() ? parse_quantity(member->text()) : std::nullopt;
    if (!value) refuse(at + "/" + std::string(name), "must be a decimal such as 1.0", member);
    return value;
  }

  void time(const Json& object, std::string_view name) {
    const std::string value = text(object, "", name);
    if (!parse_rfc3339(value)) {
      refuse("/" + std::string(name), "must be a UTC time such as 2013-01-01T12:00:00Z",
             object.find(name));
    }
  }

  const std::vector<Json>& list(const Json& object, const std::string& at, std::string_view name) {
    static const std::vector<Json> kNone;
    const std::string pointer = at + "/" + std::string(name);
    const Json* member = object.find(name);
    if (member == nullptr || !member->is_array() || member->items().empty()) {
      refuse(pointer, "must be a collection with at least one element");
      return kNone;
    }
    for (std::size_t i = 0; i < member->items().size(); ++i) {
      if (!member->items()[i].is_object()) {
        refuse(pointer + "/" + std::to_string(i), "must be an object");
      }
    }
    return member->items();
  }

  std::string location(const Json& object, const std::string& at, std::string_view name) {
    std::string value = identifier(object, at, name);
    if (rules_.locations && !rules_.locations->contains(value)) {
      refuse(at + "/" + std::string(name), "storage location does not exist", object.find(name),
             410);
    }
    return value;
  }

  ItemKey item(const Json& line, const std::string& at) {
    const std::string product = identifier(line, at, "ProdNum");
    const std::string serial = text(line, at, "SerialNum", false);
    const std::string batch = text(line, at, "BatchNum", false);
    if (rules_.products) {
      const auto known = rules_.products->find(product);
      if (known == rules_.products->end()) {
        refuse(at + "/ProdNum", "product does not exist", line.find("ProdNum"), 410);
      } else {
        if (known->second.is_serialized && serial.empty()) {
          refuse(at + "/SerialNum", "is required for this product");
        }
        if (known->second.is_batch && batch.empty()) {
          refuse(at + "/BatchNum", "is required for this product");
        }
      }
    }
    return {fold(product), fold(serial), fold(batch)};
  }

 private:
  const UploadRules& rules_;
};

void read_transfer_items(const Json& body, Reader& reader, ParsedTransfer& transfer) {
  const auto& lines = reader.list(body, "", "Items");
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string at = "/Items/" + std::to_string(i);
    const ItemKey item = reader.item(lines[i], at);
    const auto quantity = reader.quantity(lines[i], at, "Qty");
    if (!quantity) reader.refuse(at + "/Qty", "is required");
    if (quantity && *quantity <= 0) {
      reader.refuse(at + "/Qty", "must be greater than 0", lines[i].find("Qty"));
    }
    if (!item.serial.empty() && quantity != kOneUnit) {
      reader.refuse(at + "/Qty", "must be 1 for a serialized item", lines[i].find("Qty"));
    }
    transfer.items[item] += quantity.value_or(0);
  }
}

bool is_flex_form(const Json& form) {
  for (const auto& [attribute, values] : form.members()) {
    if (!values.is_array()) return false;
    for (const auto& value : values.items()) {
      if (!value.is_string()) return false;
    }
  }
  return form.is_object();
}

void check_flex_attrs(const Json& body, Reader& reader) {
  const Json* forms = body.find("FlexAttrs");
  if (forms == nullptr || forms->is_null()) return;
  if (!forms->is_object()) reader.refuse("/FlexAttrs", "must be an object");
  for (const auto& [name, form] : forms->members()) {
    if (!is_flex_form(form)) {
      reader.refuse("/FlexAttrs/" + escape_pointer(name),
                    "must map attributes to arrays of strings");
    }
  }
}

void read_codes(const Json& body, Reader& reader, ParsedTransfer& transfer) {
  const Json* codes = body.find("ValidationCode");
  if (codes == nullptr || !codes->is_object()) {
    reader.refuse("/ValidationCode", "must be an object with PublicCode and PrivateCode");
    return;
  }
  transfer.public_code = reader.identifier(*codes, "/ValidationCode", "PublicCode");
  transfer.private_code = reader.identifier(*codes, "/ValidationCode", "PrivateCode");
}

void read_partner(const Json& body, Reader& reader, ParsedTransfer& transfer) {
  const Json* partner = body.find("TransferTech");
  if (partner == nullptr || !partner->is_object()) {
    reader.refuse("/TransferTech", "must be an object with UserID, FirstName and LastName");
    return;
  }
  transfer.partner = fold(reader.identifier(*partner, "/TransferTech", "UserID"));
  static_cast<void>(reader.text(*partner, "/TransferTech", "FirstName"));
  static_cast<void>(reader.text(*partner, "/TransferTech", "LastName"));
}

void check_dispositions(const Json& line, const std::string& at, Reader& reader) {
  const Json* reasons = line.find("DispositionReasons");
  if (reasons == nullptr || (reasons->is_array() && reasons->items().empty())) return;
  const auto& list = reader.list(line, at, "DispositionReasons");
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string here = at + "/DispositionReasons/" + std::to_string(i);
    static_cast<void>(reader.text(list[i], here, "Desc", false));
    static_cast<void>(reader.identifier(list[i], here, "ReasonCode"));
    for (const auto* name : {"InQty", "InventoryQty", "OutQty", "Qty"}) {
      static_cast<void>(reader.quantity(list[i], here, name));
    }
  }
}

Micros read_usage_item(const Json& line, const std::string& at, Reader& reader) {
  const ItemKey item = reader.item(line, at);
  const auto in = reader.quantity(line, at, "InQty");
  const auto out = reader.quantity(line, at, "OutQty");
  const auto count = reader.quantity(line, at, "InventoryQty");
  static_cast<void>(reader.quantity(line, at, "InventoryDamagedQty"));
  static_cast<void>(reader.quantity(line, at, "ReportedDamagedQty"));
  if (!in && !out && !count) reader.refuse(at, "needs InQty, OutQty or InventoryQty");
  if (in.value_or(0) < 0) reader.refuse(at + "/InQty", "must not be negative", line.find("InQty"));
  if (out.value_or(0) < 0) {
    reader.refuse(at + "/OutQty", "must not be negative", line.find("OutQty"));
  }
  if (!item.serial.empty() && in.value_or(0) + out.value_or(0) > kOneUnit) {
    reader.refuse(at, "a serialized item moves one at a time");
  }
  check_dispositions(line, at, reader);
  return in.value_or(0) - out.value_or(0);
}

}  // namespace

std::optional<Violation> check_transfer(const Json& body, const UploadRules& rules,
                                        ParsedTransfer& transfer) {
  Reader reader(rules);
  if (!body.is_object()) return Violation{400, "", "the body must be an object", ""};
  transfer.from = fold(reader.location(body, "", "FromStorageLocation"));
  read_transfer_items(body, reader, transfer);
  check_flex_attrs(body, reader);
  transfer.to = fold(reader.location(body, "", "ToStorageLocation"));
  read_partner(body, reader, transfer);
  const std::string type = reader.text(body, "", "TransferType");
  if (type != rules.outbound_type && type != rules.inbound_type) {
    reader.refuse("/TransferType", "is not in the category Inventory Transfer Types",
                  body.find("TransferType"));
  }
  transfer.outbound = type == rules.outbound_type;
  reader.time(body, "TransferUTC");
  transfer.user = fold(reader.identifier(body, "", "UserID"));
  read_codes(body, reader, transfer);
  return reader.first;
}

std::optional<Violation> check_usage(const Json& body, const UploadRules& rules,
                                     ParsedUsage& usage) {
  static constexpr std::array<std::string_view, 8> kModules = {"1001", "1002", "1003", "1004",
                                                               "1005", "1006", "1007", "1008"};
  Reader reader(rules);
  if (!body.is_object()) return Violation{400, "", "the body must be an object", ""};
  usage.user = reader.identifier(body, "", "UserID");
  reader.time(body, "ModifiedUTC");
  usage.module = reader.text(body, "", "RefModule");
  if (std::find(kModules.begin(), kModules.end(), usage.module) == kModules.end()) {
    reader.refuse("/RefModule", "must be a code from 1001 to 1008", body.find("RefModule"));
  }
  usage.object = reader.identifier(body, "", "RefObjID");
  const auto& places = reader.list(body, "", "StorageLocations");
  for (std::size_t i = 0; i < places.size(); ++i) {
    const std::string at = "/StorageLocations/" + std::to_string(i);
    const std::string location = reader.location(places[i], at, "StorageLocationID");
    const auto& lines = reader.list(places[i], at, "Items");
    for (std::size_t j = 0; j < lines.size(); ++j) {
      const Micros change = read_usage_item(lines[j], at + "/Items/" + std::to_string(j), reader);
      usage.movements.push_back({location, lines[j].text_of("ProdNum"), change});
    }
  }
  return reader.first;
}

}  // namespace handover::sim
