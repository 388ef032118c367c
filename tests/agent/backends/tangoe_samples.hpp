// Tangoe's items, settings and answers that tests start from.
#pragma once

#include <string>
#include <string_view>

#include "agent/backends/tangoe/messages.hpp"
#include "agent/backends/tangoe/tangoe_backend.hpp"
#include "tests/agent/backends/samples.hpp"

namespace handover::test {

/// Every field has a value that is its own.
inline backends::tangoe::InventoryItem full_tangoe_item() {
  using backends::tangoe::FieldType;
  backends::tangoe::InventoryItem item;
  for (std::size_t i = 0; i < backends::tangoe::kFieldCount; ++i) {
    const auto& field = backends::tangoe::fields()[i];
    const std::string number = std::to_string(i + 1);
    switch (field.type) {
      case FieldType::kText:
        item.set_at(i, "text of " + std::string(field.name));
        break;
      case FieldType::kInteger:
        item.set_at(i, number);
        break;
      case FieldType::kBoolean:
        item.set_at(i, i % 2 == 0 ? "true" : "false");
        break;
      case FieldType::kNumber:
        item.set_at(i, number + ".50");
        break;
      case FieldType::kDate:
        item.set_at(i, "11/" + std::to_string(10 + i % 20) + "/2026");
        break;
      case FieldType::kCircuitMappings:
        item.circuit_mappings = {{"1", "DLCI", "16", "VPI", "17", "18", "19", "20", "21"},
                                 {"", "VCI", "22", "DLCI", "23", "24", "25", "26", "27"}};
        break;
      case FieldType::kCustomFields:
        item.custom_fields = {{"4", "Colour", "red", "COMBO", "true"}, {"", "Spare", "1", "", ""}};
        break;
    }
  }
  return item;
}

/// The least that an add needs.
inline backends::tangoe::InventoryItem new_tangoe_item() {
  backends::tangoe::InventoryItem item;
  item.set("serviceTypeID", "6");
  item.set("inventoryNumber", "555-0100");
  item.set("costCenterNo", "4100");
  item.set("vendor", "Verizon");
  item.set("dateActivated", "11/22/2026");
  item.set("status", "true");
  return item;
}

inline backends::TangoeSettings tangoe_settings() {
  backends::TangoeSettings settings;
  settings.path = "/asentinelws/services/";
  settings.username = "guest";
  settings.read_password = secret("a");
  settings.now = [] { return now(); };
  settings.make_nonce = [] { return std::string("0123456789abcdef"); };
  backends::TelecomItems phones;
  phones.products = {"IPHONE-*", "PIXEL-9"};
  phones.service_type = "Wireless";
  phones.adds = {backends::tangoe::TelecomEvent::kReceipt};
  phones.new_item.set("costCenterNo", "4100");
  phones.new_item.set("vendor", "Verizon");
  phones.new_item.set("status", "true");
  backends::TelecomItems lines;
  lines.products = {"SIM"};
  lines.service_type = "Local";
  lines.number = backends::TelecomItems::NumberFrom::kBatch;
  settings.items = {phones, lines};
  settings.employees = {{"tech.17", "E1017"}};
  settings.locations = {{"VAN-22", "L-22"}};
  return settings;
}

inline HttpResponse soap_answer(int status, const std::string& body) {
  return answer(
      status, backends::tangoe::make_envelope(body),
      {{"Content-Type", "text/xml; charset=utf-8"}, {"Date", "Sun, 22 Nov 2026 10:26:53 GMT"}});
}

/// `more` stands before the result.
inline HttpResponse result_answer(const std::string& operation, const std::string& code,
                                  const std::string& message, const std::string& more = "") {
  return soap_answer(200, "<inv:" + operation + "Response>" + more + "<inv:result><inv:code>" +
                              code + "</inv:code><inv:message>" + message +
                              "</inv:message></inv:result></inv:" + operation + "Response>");
}

inline HttpResponse fault_answer(const std::string& code, const std::string& text,
                                 const std::string& detail = "") {
  return soap_answer(500, "<soapenv:Fault><faultcode>soapenv:" + code +
                              "</faultcode><faultstring>" + text + "</faultstring>" + detail +
                              "</soapenv:Fault>");
}

}  // namespace handover::test
