#include "agent/domain/asset_event.hpp"

#include "agent/domain/field_reader.hpp"
#include "crypto/identifier.hpp"
#include "crypto/terms.hpp"

namespace handover {
namespace {

void set_if_given(Json& object, std::string_view name, std::string text) {
  if (!text.empty()) object.set(name, std::move(text));
}

Json read_item(FieldReader item, Complaints& complaints) {
  item.only({"serialNumber", "manufacturerPartNumber", "asset_tag", "type"});
  Json read = Json::object();
  const std::string serial = item.required_text("serialNumber");
  const auto canonical = crypto::canonical_identifier(serial, crypto::kSerialCharactersMax);
  if (!serial.empty() && !canonical) {
    complaints.add(canonical.error(), item.pointer_to("serialNumber"));
  }
  read.set("serialNumber", serial);
  read.set("manufacturerPartNumber", item.required_text("manufacturerPartNumber"));
  set_if_given(read, "asset_tag", item.optional_text("asset_tag"));
  set_if_given(read, "type", item.optional_text("type"));
  return read;
}

}  // namespace

Result<Json> parse_asset_event(const Json& body) {
  Complaints complaints;
  FieldReader request(body, "", complaints);
  request.only({"event", "location", "stockroom", "items"});
  Json event = Json::object();
  event.set("event", request.choice("event", {"receipt", "correction", "shipment", "return_shipped",
                                              "return_received", "removal"}));
  event.set("location", request.required_text("location"));
  event.set("stockroom", request.required_text("stockroom"));
  Json items = Json::array();
  std::size_t place = 0;
  for (const Json& item : request.list("items", crypto::kLinesMax)) {
    items.push_back(
        read_item(FieldReader(item, "/items/" + std::to_string(place++), complaints), complaints));
  }
  event.set("items", std::move(items));
  if (!complaints.empty()) return fail(std::move(complaints).to_error());
  return event;
}

}  // namespace handover
