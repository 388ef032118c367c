#include "agent/backends/tangoe/messages.hpp"

#include <charconv>

namespace handover::backends::tangoe {
namespace {

constexpr std::array<Part<LogItem>, 8> kLogParts = {{
    {"inventoryID", &LogItem::inventory_id},
    {"serviceTypeID", &LogItem::service_type_id},
    {"inventoryNumber", &LogItem::inventory_number},
    {"serviceType", &LogItem::service_type},
    {"vendor", &LogItem::vendor},
    {"modifiedBy", &LogItem::modified_by},
    {"action", &LogItem::action},
    {"modificationDate", &LogItem::modification_date},
}};

constexpr std::array<Part<ServiceType>, 3> kServiceTypeParts = {{
    {"id", &ServiceType::id},
    {"description", &ServiceType::description},
    {"majorTypeDescription", &ServiceType::major_type},
}};

template <typename T, std::size_t N>
std::vector<T> read_all(const xml::Element& payload, std::string_view entry,
                        const std::array<Part<T>, N>& parts) {
  std::vector<T> all;
  for (const xml::Element& child : payload.children) {
    if (!child.is(kSpace, entry)) continue;
    T value;
    for (const Part<T>& part : parts) {
      const auto* found = child.find(kSpace, part.name);
      if (found != nullptr) value.*part.member = xml::trimmed(found->text);
    }
    all.push_back(std::move(value));
  }
  return all;
}

std::string text_of(const xml::Element& payload, std::string_view name) {
  const auto* found = payload.find(kSpace, name);
  return std::string(found == nullptr ? std::string_view() : xml::trimmed(found->text));
}

std::string finish(xml::Writer& writer) { return make_envelope(writer.take()); }

std::string item_request(std::string_view name, const InventoryItem& item) {
  xml::Writer writer = xml::Writer::part();
  writer.open(name).open("inv:inventoryItem");
  write_item(writer, item);
  writer.close().close();
  return finish(writer);
}

void write_key(xml::Writer& writer, const ItemKey& key) {
  writer.leaf("inv:serviceTypeID", key.service_type_id);
  writer.leaf("inv:inventoryNumber", key.inventory_number);
}

}  // namespace

const std::array<Part<LogItem>, 8>& log_item_parts() { return kLogParts; }

std::string get_service_type_id_request(std::string_view service_type_name) {
  xml::Writer writer = xml::Writer::part();
  writer.open("inv:GetServiceTypeIDRequest");
  writer.leaf("inv:serviceTypeName", service_type_name).close();
  return finish(writer);
}

// `all` is never sent: neither its type nor its meaning is documented.
std::string get_service_types_request() {
  xml::Writer writer = xml::Writer::part();
  writer.leaf("inv:GetServiceTypesRequest", "");
  return finish(writer);
}

std::string get_custom_fields_request(std::string_view service_type_id) {
  xml::Writer writer = xml::Writer::part();
  writer.open("inv:GetCustomFieldsRequest");
  writer.leaf("inv:serviceTypeID", service_type_id);
  writer.leaf("inv:order", "false").close();
  return finish(writer);
}

std::string get_inventory_item_request(const ItemKey& key) {
  xml::Writer writer = xml::Writer::part();
  writer.open("inv:GetInventoryItemRequest");
  write_key(writer, key);
  writer.close();
  return finish(writer);
}

std::string add_inventory_item_request(const InventoryItem& item) {
  return item_request("inv:AddInventoryItemRequest", item);
}

std::string edit_inventory_item_request(const InventoryItem& item) {
  return item_request("inv:EditInventoryItemRequest", item);
}

// A sequence: the order counts.
std::string find_inventory_item_request(const InventoryItem& filter, const FindPage& page) {
  xml::Writer writer = xml::Writer::part();
  writer.open("inv:FindInventoryItemRequest").open("inv:inventoryItem");
  write_item(writer, filter);
  writer.close();
  writer.leaf("inv:maxNoOfRecords", std::to_string(page.records_max));
  if (page.from_record) writer.leaf("inv:fromRecord", std::to_string(*page.from_record));
  writer.close();
  return finish(writer);
}

std::string get_inventory_log_request(const LogQuery& query) {
  xml::Writer writer = xml::Writer::part();
  writer.open("inv:GetInventoryLogRequest");
  if (query.item) write_key(writer, *query.item);
  if (!query.from_date.empty()) writer.leaf("inv:fromDate", query.from_date);
  if (!query.to_date.empty()) writer.leaf("inv:toDate", query.to_date);
  if (query.records_max) writer.leaf("inv:maxNoOfRecords", std::to_string(*query.records_max));
  writer.close();
  return finish(writer);
}

Result<WrittenItem> read_written_item(std::string_view envelope) {
  TRY_ASSIGN(const EnvelopeBody body, read_envelope(envelope));
  const auto* payload = std::get_if<xml::Element>(&body);
  const auto* item = payload == nullptr ? nullptr : payload->find(kSpace, "inventoryItem");
  if (item == nullptr) return fail(Error::invalid("", "an envelope without an item"));
  return WrittenItem{payload->name == "AddInventoryItemRequest", read_item(*item)};
}

std::string read_service_type_id(const xml::Element& payload) {
  return text_of(payload, "serviceTypeID");
}

std::vector<ServiceType> read_service_types(const xml::Element& payload) {
  return read_all(payload, "serviceType", kServiceTypeParts);
}

std::vector<CustomField> read_custom_fields(const xml::Element& payload) {
  return read_all(payload, "customField", custom_field_parts());
}

std::optional<InventoryItem> read_inventory_item(const xml::Element& payload) {
  const auto* item = payload.find(kSpace, "inventoryItem");
  if (item == nullptr) return std::nullopt;
  InventoryItem read = read_item(*item);
  const std::string& type = read.text_of("serviceTypeID");
  if (type.empty() || type == "0") return std::nullopt;
  return read;
}

std::string read_inventory_id(const xml::Element& payload) {
  return text_of(payload, "inventoryID");
}

std::vector<LogItem> read_log_items(const xml::Element& payload) {
  return read_all(payload, "logItem", kLogParts);
}

FoundPage read_found_page(const xml::Element& payload) {
  FoundPage page;
  for (const xml::Element& child : payload.children) {
    if (child.is(kSpace, "inventoryItem")) page.items.push_back(read_item(child));
  }
  const std::string total = text_of(payload, "totalRecords");
  unsigned number = 0;
  const auto [end, error] = std::from_chars(total.data(), total.data() + total.size(), number);
  if (!total.empty() && error == std::errc() && end == total.data() + total.size()) {
    page.total = number;
  }
  return page;
}

}  // namespace handover::backends::tangoe
