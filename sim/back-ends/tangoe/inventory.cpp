#include "sim/back-ends/tangoe/inventory.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>

#include "platform/assert.hpp"
#include "sim/back-ends/tangoe/inventory_rules.hpp"

namespace handover::sim::tangoe {
namespace {

constexpr std::array<std::string_view, 4> kCompulsory = {"costCenterNo", "vendor", "dateActivated",
                                                         "status"};

std::string plain_boolean(const std::string& text) {
  return text == "1" ? "true" : text == "0" ? "false" : text;
}

bool is_boolean(std::string_view name) {
  return name == "status" || name == "voiceOrData" || name == "billingStatus" ||
         name == "fixedOrUsage";
}

ItemName name_of(const ItemFields& fields) {
  return {fields.text_of("serviceTypeID"), fields.text_of("inventoryNumber")};
}

void add_defaults(ItemFields& item, const ServiceTypeRow& type) {
  for (const auto* name : {"fixedOrUsage", "voiceOrData", "billingStatus"}) {
    item.values.emplace(name, "false");
  }
  for (const CustomDefinition& custom : type.customs) {
    const bool is_counted =
        custom.type == "BOOLEAN" || custom.type == "INTEGER" || custom.type == "DOUBLE";
    if (is_counted) item.customs.emplace(custom.name, "0");
  }
}

std::string first_of(std::initializer_list<std::string> reasons) {
  for (const std::string& reason : reasons) {
    if (!reason.empty()) return reason;
  }
  return {};
}

}  // namespace

std::optional<std::chrono::sys_days> parse_date(std::string_view text) {
  if (text.size() != 10 || text[2] != '/' || text[5] != '/') return std::nullopt;
  unsigned month = 0;
  unsigned day = 0;
  unsigned year = 0;
  const auto read = [&](std::size_t from, std::size_t length, unsigned& number) {
    const char* end = text.data() + from + length;
    const auto [stop, error] = std::from_chars(text.data() + from, end, number);
    return error == std::errc() && stop == end;
  };
  if (!read(0, 2, month) || !read(3, 2, day) || !read(6, 4, year)) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(int(year)), std::chrono::month(month),
                                         std::chrono::day(day)};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date);
}

ItemFields read_fields(const xml::Element& item) {
  ItemFields fields;
  for (const xml::Element& child : item.children) {
    if (child.name == "circuitMappings") {
      fields.circuit_mappings = child;
    } else if (child.name == "customFields") {
      fields.has_customs = true;
      for (const xml::Element& custom : child.children) {
        const auto* name = custom.find(kSpace, "name");
        const auto* value = custom.find(kSpace, "value");
        if (name != nullptr && value != nullptr) fields.customs[name->text] = value->text;
      }
    } else {
      // The key is compared byte for byte, without outer blanks.
      const bool is_key = child.name == "inventoryNumber" || child.name == "newInventoryNumber" ||
                          child.name == "serviceTypeID";
      std::string text = is_key ? std::string(xml::trimmed(child.text)) : child.text;
      if (is_boolean(child.name)) text = plain_boolean(std::string(xml::trimmed(text)));
      fields.values[child.name] = std::move(text);
    }
  }
  return fields;
}

std::string Inventory::complaint(Change change, const ItemFields& fields) const {
  const auto [type_id, number] = name_of(fields);
  const ServiceTypeRow* type = data_.service_type(type_id);
  if (type == nullptr) return "The provided service type id (" + type_id + ") does not exist.";
  const ItemFields* stored = find(type_id, number);
  if (change == Change::kAdd && stored != nullptr) {
    return "There is already an inventory item with the inventory number (" + number + ").";
  }
  if (change == Change::kEdit && stored == nullptr) {
    return "The inventory number (" + number + ") does not exist for the provided service type.";
  }
  if (change == Change::kAdd) {
    for (const std::string_view name : kCompulsory) {
      if (fields.text_of(name).empty()) {
        return "The field (" + std::string(name) + ") is compulsory.";
      }
    }
  }
  if (fields.has("glAccount") && fields.has("fixedAllocation")) {
    return "Only one of glAccount and fixedAllocation may be provided.";
  }
  if (change == Change::kEdit && fields.has("newInventoryNumber")) {
    const std::string renamed = fields.text_of("newInventoryNumber");
    if (find(type_id, renamed) != nullptr) {
      return "The new inventory number (" + renamed + ") exists already.";
    }
    if (billed.count(number) != 0) {
      return "The inventory number (" + number + ") is used in a bill of an invoice.";
    }
  }
  const ItemFields none;
  return first_of(
      {too_long(fields), broken_master_data(data_, fields, stored == nullptr ? none : *stored),
       foreign_field(data_, *type, fields), broken_date(fields), broken_custom(*type, fields),
       change == Change::kAdd ? missing_custom(*type, fields) : "", broken_mapping(fields)});
}

std::string Inventory::filter_complaint(const ItemFields& filter) const {
  const std::string type_id = filter.text_of("serviceTypeID");
  const ServiceTypeRow* type = data_.service_type(type_id);
  if (type == nullptr) return "The provided service type id (" + type_id + ") does not exist.";
  const ItemFields used = without_foreign(data_, *type, filter);
  return first_of({missing_parent(used), broken_master_data(data_, used, {}), broken_date(used),
                   broken_custom(*type, used)});
}

std::string Inventory::apply(Change change, const ItemFields& fields, const std::string& by,
                             WallTime now) {
  ItemName name = name_of(fields);
  ItemFields item = change == Change::kEdit ? items_.at(name) : ItemFields();
  for (const auto& [field, value] : fields.values) {
    if (field != "inventoryID" && field != "newInventoryNumber") item.values[field] = value;
  }
  if (fields.has("glAccount")) item.values.erase("fixedAllocation");
  if (fields.has("fixedAllocation")) item.values.erase("glAccount");
  if (fields.circuit_mappings) item.circuit_mappings = fields.circuit_mappings;
  for (const auto& [custom, value] : fields.customs) item.customs[custom] = value;
  if (change == Change::kAdd) {
    item.values["inventoryID"] = std::to_string(++last_id_);
    add_defaults(item, *data_.service_type(name.first));
  } else if (fields.has("newInventoryNumber")) {
    items_.erase(name);
    name.second = fields.text_of("newInventoryNumber");
    item.values["inventoryNumber"] = name.second;
  }
  const std::string date = format_rfc3339_seconds(now);
  item.values["lastActionDate"] =
      date.substr(5, 2) + "/" + date.substr(8, 2) + "/" + date.substr(0, 4);
  log_.push_back({item, change == Change::kAdd ? "Add" : "Edit", by, now});
  const std::string id = item.text_of("inventoryID");
  items_[name] = std::move(item);
  return id;
}

bool Inventory::put(const ItemFields& fields) {
  const ServiceTypeRow* type = data_.service_type(fields.text_of("serviceTypeID"));
  if (type == nullptr) return false;
  ItemFields item = fields;
  item.values["inventoryID"] = std::to_string(++last_id_);
  add_defaults(item, *type);
  items_[name_of(fields)] = std::move(item);
  return true;
}

const ItemFields* Inventory::find(const std::string& type, const std::string& number) const {
  const auto found = items_.find(ItemName(type, number));
  return found == items_.end() ? nullptr : &found->second;
}

std::vector<const ItemFields*> Inventory::matching(const ItemFields& filter) const {
  const ServiceTypeRow* type = data_.service_type(filter.text_of("serviceTypeID"));
  INVARIANT(type != nullptr);
  const ItemFields used = without_foreign(data_, *type, filter);
  const auto matches = [&](const ItemFields& item) {
    for (const auto& [name, value] : used.values) {
      if (name == "newInventoryNumber") continue;
      if (name == "lastActionDate") {
        if (parse_date(item.text_of(name)) < parse_date(value)) return false;
      } else if (item.text_of(name) != value) {
        return false;
      }
    }
    return std::all_of(used.customs.begin(), used.customs.end(), [&](const auto& wanted) {
      const auto found = item.customs.find(wanted.first);
      return found != item.customs.end() && found->second == wanted.second;
    });
  };
  std::vector<const ItemFields*> found;
  for (const auto& [name, item] : items_) {
    if (matches(item)) found.push_back(&item);
  }
  std::sort(found.begin(), found.end(), [](const ItemFields* left, const ItemFields* right) {
    return std::stoll(left->text_of("inventoryID")) < std::stoll(right->text_of("inventoryID"));
  });
  return found;
}

void Inventory::write(xml::Writer& writer, const ItemFields& item) const {
  const ServiceTypeRow* type = data_.service_type(item.text_of("serviceTypeID"));
  for (const SchemaField& field : contract_.fields()) {
    if (field.name == "circuitMappings" && item.circuit_mappings) {
      writer.open("ns2:circuitMappings");
      for (const xml::Element& mapping : item.circuit_mappings->children) {
        writer.open("ns2:circuitMapping");
        for (const xml::Element& part : mapping.children) {
          writer.leaf("ns2:" + part.name, part.text);
        }
        writer.close();
      }
      writer.close();
    } else if (field.name == "customFields" && !item.customs.empty() && type != nullptr) {
      writer.open("ns2:customFields");
      for (const CustomDefinition& custom : type->customs) {
        const auto found = item.customs.find(custom.name);
        if (found == item.customs.end()) continue;
        writer.open("ns2:customField").leaf("ns2:id", custom.id).leaf("ns2:name", custom.name);
        writer.leaf("ns2:value", found->second).leaf("ns2:fieldType", custom.type);
        writer.leaf("ns2:required", custom.required ? "true" : "false").close();
      }
      writer.close();
    } else if (const auto found = item.values.find(field.name); found != item.values.end()) {
      writer.leaf("ns2:" + field.name, found->second);
    }
  }
}

void Inventory::clear() {
  items_.clear();
  log_.clear();
  billed.clear();
  last_id_ = kFirstId;
}

}  // namespace handover::sim::tangoe
