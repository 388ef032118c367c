// The seven operations of TangoeModel.
#include <algorithm>
#include <charconv>

#include "sim/back-ends/tangoe/soap_answers.hpp"
#include "sim/back-ends/tangoe/tangoe_model.hpp"

namespace handover::sim {
namespace {

using namespace tangoe;

constexpr unsigned kRecordsMax = 1000;
constexpr unsigned kRecordsDefault = 50;
constexpr const char* kOk = "OK";

std::string text_of(const xml::Element& payload, std::string_view name) {
  const auto* found = payload.find(kSpace, name);
  return found == nullptr ? std::string() : std::string(xml::trimmed(found->text));
}

bool has(const xml::Element& payload, std::string_view name) {
  return payload.find(kSpace, name) != nullptr;
}

/// The schema has seen to it that it is a number.
long number_of(const xml::Element& payload, std::string_view name, long otherwise) {
  const std::string digits = text_of(payload, name);
  long number = otherwise;
  const std::size_t plus = digits.starts_with('+') ? 1 : 0;
  std::from_chars(digits.data() + plus, digits.data() + digits.size(), number);
  return number;
}

/// 11/22/2026 10:26:53
std::string log_time(WallTime time) {
  const std::string iso = format_rfc3339_seconds(time);
  return iso.substr(5, 2) + "/" + iso.substr(8, 2) + "/" + iso.substr(0, 4) + " " +
         iso.substr(11, 8);
}

std::string records_complaint(const xml::Element& payload) {
  if (!has(payload, "maxNoOfRecords")) return {};
  const long most = number_of(payload, "maxNoOfRecords", 0);
  if (most >= 1 && most <= long{kRecordsMax}) return {};
  return "The provided maximum number of records (" + std::to_string(most) + ") is not valid.";
}

}  // namespace

HttpResponse TangoeModel::get_service_type_id(const xml::Element& payload) const {
  const std::string name = text_of(payload, "serviceTypeName");
  const ServiceTypeRow* type = inventory_.data().service_type_named(name);
  xml::Writer writer = xml::Writer::part();
  writer.leaf("ns2:serviceTypeID", type == nullptr ? "0" : type->id);
  if (type != nullptr) return result_answer("GetServiceTypeID", 0, kOk, writer.take());
  return failed_answer("GetServiceTypeID",
                       "The provided service type (" + name + ") does not exist.", writer.take());
}

HttpResponse TangoeModel::get_service_types() const {
  xml::Writer writer = xml::Writer::part();
  for (const ServiceTypeRow& type : inventory_.data().service_types) {
    writer.open("ns2:serviceType").leaf("ns2:id", type.id).leaf("ns2:description", type.name);
    writer.leaf("ns2:majorTypeDescription", type.kind).close();
  }
  return result_answer("GetServiceTypes", 0, kOk, writer.take());
}

// No item of this service has custom fields of orders, and equipment (types from 1000 on) has none.
HttpResponse TangoeModel::get_custom_fields(const xml::Element& payload) const {
  const std::string id = text_of(payload, "serviceTypeID");
  const ServiceTypeRow* type = inventory_.data().service_type(id);
  if (type == nullptr) {
    return failed_answer("GetCustomFields",
                         "The provided service type id (" + id + ") does not exist.");
  }
  const std::string order = text_of(payload, "order");
  xml::Writer writer = xml::Writer::part();
  for (const CustomDefinition& custom : type->customs) {
    if (order == "true" || order == "1") break;
    writer.open("ns2:customField").leaf("ns2:id", custom.id).leaf("ns2:name", custom.name);
    writer.leaf("ns2:value", "").leaf("ns2:fieldType", custom.type);
    writer.leaf("ns2:required", custom.required ? "true" : "false").close();
  }
  return result_answer("GetCustomFields", 0, kOk, writer.take());
}

HttpResponse TangoeModel::fail_get(const std::string& reason) const {
  const char* empty =
      "<ns2:inventoryItem><ns2:serviceTypeID>0</ns2:serviceTypeID></ns2:inventoryItem>";
  return failed_answer("GetInventoryItem", reason, options_.empty_item_on_failure ? empty : "");
}

HttpResponse TangoeModel::get_item(const xml::Element& payload) const {
  const std::string number = text_of(payload, "inventoryNumber");
  const ItemFields* item = inventory_.find(text_of(payload, "serviceTypeID"), number);
  if (item == nullptr) {
    return fail_get("There is no inventory item with the inventory number (" + number + ").");
  }
  // What only a find shows is not there.
  ItemFields shown = *item;
  shown.values.erase("lastActionDate");
  xml::Writer writer = xml::Writer::part();
  writer.open("ns2:inventoryItem");
  inventory_.write(writer, shown);
  return result_answer("GetInventoryItem", 0, kOk, writer.close().take());
}

HttpResponse TangoeModel::change_item(Change change, const xml::Element& payload, WallTime now) {
  const std::string operation = change == Change::kAdd ? "AddInventoryItem" : "EditInventoryItem";
  const auto* item = payload.find(kSpace, "inventoryItem");
  const ItemFields fields = read_fields(*item);
  if (fields.text_of("inventoryNumber").empty()) {
    return validation_fault({"cvc-complex-type.2.4.b: inventoryNumber is expected"});
  }
  if (!options_.booking_user) {
    return failed_answer(operation, "The user in the properties file is not set correctly.");
  }
  const std::string reason = inventory_.complaint(change, fields);
  if (!reason.empty()) return failed_answer(operation, reason);
  const std::string id = inventory_.apply(change, fields, user_.empty() ? "tims" : user_, now);
  if (change == Change::kEdit) return result_answer(operation, 0, kOk);
  return result_answer(operation, 0, kOk, "<ns2:inventoryID>" + id + "</ns2:inventoryID>");
}

HttpResponse TangoeModel::find_items(const xml::Element& payload) const {
  const ItemFields filter = read_fields(*payload.find(kSpace, "inventoryItem"));
  std::string reason = records_complaint(payload);
  if (reason.empty()) reason = inventory_.filter_complaint(filter);
  const long first = long{options_.first_record};
  const long from = number_of(payload, "fromRecord", first);
  if (reason.empty() && from < first) {
    reason = "The provided first record (" + std::to_string(from) + ") is not valid.";
  }
  if (!reason.empty()) return failed_answer("FindInventoryItem", reason);
  const auto found = inventory_.matching(filter);
  const auto most = std::size_t(number_of(payload, "maxNoOfRecords", kRecordsDefault));
  const std::size_t begin = std::min(found.size(), std::size_t(from - first));
  const std::size_t end = std::min(found.size(), begin + most);
  xml::Writer writer = xml::Writer::part();
  for (std::size_t i = begin; i < end; ++i) {
    writer.open("ns2:inventoryItem");
    inventory_.write(writer, *found[i]);
    writer.close();
  }
  return result_answer("FindInventoryItem", 0, kOk, writer.take(),
                       "<ns2:totalRecords>" + std::to_string(found.size()) + "</ns2:totalRecords>");
}

std::string TangoeModel::log_complaint(const xml::Element& payload) const {
  const bool by_item = has(payload, "serviceTypeID");
  const bool by_date = has(payload, "fromDate");
  if (by_item != has(payload, "inventoryNumber")) {
    return "serviceTypeID and inventoryNumber must be provided together.";
  }
  if (by_date != has(payload, "toDate")) return "fromDate and toDate must be provided together.";
  if (!by_item && !by_date) return "Neither an item nor dates are provided.";
  if (by_item && inventory_.find(text_of(payload, "serviceTypeID"),
                                 text_of(payload, "inventoryNumber")) == nullptr) {
    return "The inventory number (" + text_of(payload, "inventoryNumber") +
           ") is not valid for the provided service type.";
  }
  for (const auto* name : {"fromDate", "toDate"}) {
    if (by_date && !parse_date(text_of(payload, name))) {
      return "The provided " + std::string(name) + " (" + text_of(payload, name) +
             ") is not valid.";
    }
  }
  return records_complaint(payload);
}

HttpResponse TangoeModel::get_log(const xml::Element& payload) const {
  const std::string reason = log_complaint(payload);
  if (!reason.empty()) return failed_answer("GetInventoryLog", reason);
  // By its id: a new number takes the log along.
  const ItemFields* item =
      inventory_.find(text_of(payload, "serviceTypeID"), text_of(payload, "inventoryNumber"));
  const auto from = parse_date(text_of(payload, "fromDate"));
  const auto to = parse_date(text_of(payload, "toDate"));
  std::vector<const LogRow*> rows;
  for (const LogRow& row : inventory_.log()) {
    const auto day = std::chrono::floor<std::chrono::days>(row.when);
    const bool in_days = !from || (day >= *from && day <= *to);
    const bool of_item =
        item == nullptr || row.item.text_of("inventoryID") == item->text_of("inventoryID");
    if (in_days && of_item) rows.push_back(&row);
  }
  const auto most = std::size_t(number_of(payload, "maxNoOfRecords", kRecordsDefault));
  if (rows.size() > most) rows.erase(rows.begin(), rows.end() - std::ptrdiff_t(most));
  xml::Writer writer = xml::Writer::part();
  for (const LogRow* row : rows) {
    writer.open("ns2:logItem");
    for (const auto* name : {"inventoryID", "serviceTypeID", "inventoryNumber"}) {
      writer.leaf(std::string("ns2:") + name, row->item.text_of(name));
    }
    const ServiceTypeRow* type = inventory_.data().service_type(row->item.text_of("serviceTypeID"));
    writer.leaf("ns2:serviceType", type == nullptr ? "" : type->name);
    writer.leaf("ns2:vendor", row->item.text_of("vendor")).leaf("ns2:modifiedBy", row->by);
    writer.leaf("ns2:action", row->action).leaf("ns2:modificationDate", log_time(row->when));
    if (options_.emit_suspended) writer.leaf("ns2:suspended", "false");
    writer.close();
  }
  return result_answer("GetInventoryLog", 0, kOk, writer.take());
}

}  // namespace handover::sim
