#include "agent/domain/usage.hpp"

#include <map>

#include "agent/domain/field_reader.hpp"
#include "crypto/identifier.hpp"
#include "crypto/terms.hpp"

namespace handover {
namespace {

using crypto::Quantity;

constexpr std::size_t kLocationsMax = 50;
constexpr std::size_t kReasonsMax = 50;

bool is_count(const std::string& module) { return module == "1004" || module == "1005"; }

/// Zero is how ServiceMobility writes "none".
std::optional<Quantity> moved(FieldReader& item, std::string_view name) {
  auto quantity = item.count(name);
  if (quantity && quantity->is_zero()) quantity.reset();
  return quantity;
}

Json read_reasons(FieldReader& item, Complaints& complaints) {
  const Json* value = item.find("DispositionReasons");
  if (value == nullptr || value->is_null()) return {};
  std::size_t place = 0;
  for (const Json& reason : item.list("DispositionReasons", kReasonsMax)) {
    FieldReader reader(
        reason, item.pointer_to("DispositionReasons") + "/" + std::to_string(place++), complaints);
    reader.only({"Desc", "InQty", "InventoryQty", "OutQty", "Qty", "ReasonCode"});
    (void)reader.optional_text("Desc");
    (void)reader.required_text("ReasonCode");
    for (const auto* quantity : {"InQty", "InventoryQty", "OutQty", "Qty"})
      (void)reader.count(quantity);
  }
  return *value;
}

void check_lengths(const UsageItem& read, FieldReader& item, Complaints& complaints) {
  if (const auto prod = crypto::canonical_identifier(read.prod); !read.prod.empty() && !prod) {
    complaints.add(prod.error(), item.pointer_to("ProdNum"));
  }
  if (const auto batch = crypto::canonical_optional_identifier(read.batch); !batch) {
    complaints.add(batch.error(), item.pointer_to("BatchNum"));
  }
  if (const auto serial =
          crypto::canonical_optional_identifier(read.serial, crypto::kSerialCharactersMax);
      !serial) {
    complaints.add(serial.error(), item.pointer_to("SerialNum"));
  }
}

void check_movement(const UsageItem& read, FieldReader& item, bool count) {
  if (count && read.counted) {
    if (read.in || read.out)
      item.complain("InventoryQty",
                    "a counted line has no InQty or OutQty; the agent works them out");
    return;
  }
  if (!read.in && !read.out) {
    item.complain(
        count ? "InventoryQty" : "OutQty",
        count ? "missing; expected what was counted" : "missing; expected InQty or OutQty above 0");
    return;
  }
  if (read.in && read.out)
    item.complain("InQty", "a line goes one way; expected InQty or OutQty, not both");
  if (!read.serial.empty() && (read.in ? *read.in : *read.out) != Quantity::one()) {
    item.complain(read.in ? "InQty" : "OutQty", "a serialized line has quantity 1");
  }
}

UsageItem read_item(FieldReader item, bool count, Complaints& complaints) {
  if (count) {
    item.only({"ProdNum", "SerialNum", "BatchNum", "InQty", "OutQty", "InventoryQty",
               "ReportedDamagedQty", "DispositionReasons"});
  } else {
    item.only({"ProdNum", "SerialNum", "BatchNum", "InQty", "OutQty", "ReportedDamagedQty",
               "DispositionReasons"});
  }
  UsageItem read;
  const std::size_t complaints_before = complaints.size();
  read.prod = item.required_text("ProdNum");
  read.serial = item.optional_text("SerialNum");
  read.batch = item.optional_text("BatchNum");
  read.in = moved(item, "InQty");
  read.out = moved(item, "OutQty");
  if (count) read.counted = item.count("InventoryQty");
  read.reported_damaged = item.count("ReportedDamagedQty");
  read.disposition_reasons = read_reasons(item, complaints);
  check_lengths(read, item, complaints);
  const bool readable = complaints.size() == complaints_before;
  if (readable) check_movement(read, item, count);
  if (readable && read.counted && !read.serial.empty() && *read.counted != Quantity::one() &&
      !read.counted->is_zero()) {
    item.complain("InventoryQty", "a serialized line counts 0 or 1");
  }
  return read;
}

UsageLocation read_location(FieldReader location, bool count, Complaints& complaints) {
  location.only({"StorageLocationID", "Items"});
  UsageLocation read;
  read.id = location.required_text("StorageLocationID");
  if (const auto id = crypto::canonical_identifier(read.id); !read.id.empty() && !id) {
    complaints.add(id.error(), location.pointer_to("StorageLocationID"));
  }
  std::size_t place = 0;
  for (const Json& item : location.list("Items", crypto::kLinesMax)) {
    read.items.push_back(read_item(
        FieldReader(item, location.pointer_to("Items") + "/" + std::to_string(place++), complaints),
        count, complaints));
  }
  return read;
}

std::string canonical(const std::string& text,
                      std::size_t characters_max = crypto::kIdentifierCharactersMax) {
  return crypto::canonical_optional_identifier(text, characters_max).value_or(std::string());
}

/// Complains of what would be taken in twice: one serialized unit on two lines, or a line that was
/// counted and stands there again. Other lines of one product add up. Requires: no complaint yet.
void check_repeats(const Usage& usage, const FieldReader& object, Complaints& complaints) {
  struct First {
    std::string pointer;
    bool counted = false;
  };
  std::map<std::vector<std::string>, First> seen;
  for (std::size_t i = 0; i < usage.locations.size(); ++i) {
    const UsageLocation& location = usage.locations[i];
    for (std::size_t j = 0; j < location.items.size(); ++j) {
      const UsageItem& item = location.items[j];
      std::string pointer = object.pointer_to("StorageLocations") + "/" + std::to_string(i) +
                            "/Items/" + std::to_string(j);
      const auto [first, is_new] =
          seen.try_emplace({canonical(location.id), canonical(item.prod), canonical(item.batch),
                            canonical(item.serial, crypto::kSerialCharactersMax)},
                           First{pointer, item.counted.has_value()});
      if (is_new) continue;
      if (!item.serial.empty()) {
        complaints.add(pointer + "/SerialNum", "this unit stands in " + first->second.pointer +
                                                   "; expected each unit once");
      } else if (item.counted || first->second.counted) {
        complaints.add(pointer + "/ProdNum", "this was counted in " + first->second.pointer +
                                                 "; expected what was counted on one line alone");
      }
    }
  }
}

void set_if(Json& object, const char* name, const std::optional<Quantity>& quantity) {
  if (quantity) object.set(name, Json::number(quantity->to_string()));
}

Json item_object(const UsageItem& item) {
  Json object = Json::object({{"BatchNum", item.batch}});
  if (!item.disposition_reasons.is_null())
    object.set("DispositionReasons", item.disposition_reasons);
  set_if(object, "InQty", item.in);
  set_if(object, "InventoryQty", item.on_hand);
  set_if(object, "OutQty", item.out);
  object.set("ProdNum", item.prod);
  set_if(object, "ReportedDamagedQty", item.reported_damaged);
  object.set("SerialNum", item.serial);
  return object;
}

}  // namespace

bool is_positive(const Json& line, std::string_view quantity) {
  const std::string& digits = line.text_of(quantity);
  return !digits.starts_with('-') && digits.find_first_of("123456789") != std::string::npos;
}

Result<Usage> parse_usage(const Json& body) {
  Complaints complaints;
  FieldReader request(body, "", complaints);
  request.only({"usage", "site"});
  Usage usage;
  usage.site = request.optional_text("site");
  FieldReader object = request.object("usage");
  object.only({"RefModule", "RefObjID", "StorageLocations"});
  // 1003 is left out: only a completed transfer makes it.
  usage.ref_module =
      object.choice("RefModule", {"1001", "1002", "1004", "1005", "1006", "1007", "1008"});
  usage.ref_obj_id = object.required_text("RefObjID");
  std::size_t place = 0;
  for (const Json& location : object.list("StorageLocations", kLocationsMax)) {
    usage.locations.push_back(read_location(
        FieldReader(location, object.pointer_to("StorageLocations") + "/" + std::to_string(place++),
                    complaints),
        is_count(usage.ref_module), complaints));
  }
  std::size_t lines = 0;
  for (const UsageLocation& location : usage.locations) lines += location.items.size();
  if (lines > crypto::kLinesMax) {
    object.complain("StorageLocations", "too long; expected at most " +
                                            std::to_string(crypto::kLinesMax) + " lines in all");
  }
  if (complaints.empty()) check_repeats(usage, object, complaints);
  if (!complaints.empty()) return fail(std::move(complaints).to_error());
  return usage;
}

Json usage_object(const Usage& usage, const std::string& user_id, WallTime modified_utc) {
  Json locations = Json::array();
  for (const UsageLocation& location : usage.locations) {
    Json items = Json::array();
    for (const UsageItem& item : location.items) items.push_back(item_object(item));
    locations.push_back(
        Json::object({{"StorageLocationID", location.id}, {"Items", std::move(items)}}));
  }
  return Json::object({{"UserID", user_id},
                       {"ModifiedUTC", format_rfc3339_seconds(modified_utc)},
                       {"RefModule", usage.ref_module},
                       {"RefObjID", usage.ref_obj_id},
                       {"StorageLocations", std::move(locations)}});
}

}  // namespace handover
