#include "sim/back-ends/tangoe/soap_answers.hpp"

#include <map>

#include "agent/backends/xml/xml_writer.hpp"
#include "sim/back-ends/tangoe/contract.hpp"

namespace handover::sim::tangoe {
namespace {

constexpr std::string_view kSpringSpace = "http://springframework.org/spring-ws";

HttpResponse envelope(int status, const std::string& body) {
  xml::Writer writer;
  writer.open("SOAP-ENV:Envelope").attribute("xmlns:SOAP-ENV", kSoapSpace);
  writer.leaf("SOAP-ENV:Header", "");
  writer.open("SOAP-ENV:Body").raw(body).close().close();
  HttpResponse response(status);
  response.headers = {{"Content-Type", "text/xml; charset=utf-8"}};
  response.body = writer.take();
  return response;
}

/// What each operation could not do, in the words of the server's one known sample.
std::string could_not(const std::string& operation) {
  static const std::map<std::string, std::string> kWhat = {
      {"GetServiceTypeID", "get the service type ID from the database"},
      {"GetServiceTypes", "get the service types from the database"},
      {"GetCustomFields", "get the custom fields from the database"},
      {"GetInventoryItem", "get the inventory item from the database"},
      {"AddInventoryItem", "add the inventory item"},
      {"EditInventoryItem", "edit the inventory item"},
      {"FindInventoryItem", "find inventory items"},
      {"GetInventoryLog", "get the inventory log"}};
  const auto found = kWhat.find(operation);
  return "Could not " + (found == kWhat.end() ? "do it" : found->second) + ". ";
}

}  // namespace

HttpResponse soap_answer(const std::string& payload) { return envelope(200, payload); }

HttpResponse result_answer(const std::string& operation, int code, const std::string& message,
                           const std::string& content, const std::string& behind) {
  xml::Writer writer = xml::Writer::part();
  writer.open("ns2:" + operation + "Response").attribute("xmlns:ns2", kSpace).raw(content);
  writer.open("ns2:result").leaf("ns2:code", std::to_string(code));
  writer.leaf("ns2:message", message).close().raw(behind).close();
  return soap_answer(writer.take());
}

HttpResponse failed_answer(const std::string& operation, const std::string& reason,
                           const std::string& content) {
  return result_answer(operation, -1, could_not(operation) + reason + "\n", content);
}

HttpResponse fault_answer(std::string_view code, std::string_view text) {
  xml::Writer writer = xml::Writer::part();
  writer.open("SOAP-ENV:Fault").leaf("faultcode", "SOAP-ENV:" + std::string(code));
  writer.open("faultstring").attribute("xml:lang", "en").text(text).close().close();
  return envelope(500, writer.take());
}

HttpResponse validation_fault(const std::vector<std::string>& errors) {
  xml::Writer writer = xml::Writer::part();
  writer.open("SOAP-ENV:Fault").leaf("faultcode", "SOAP-ENV:Client");
  writer.open("faultstring").attribute("xml:lang", "en").text("Validation error").close();
  writer.open("detail");
  for (const std::string& error : errors) {
    writer.open("spring-ws:ValidationError").attribute("xmlns:spring-ws", kSpringSpace);
    writer.text(error).close();
  }
  writer.close().close();
  return envelope(500, writer.take());
}

HttpResponse bare_answer(int status) { return HttpResponse(status); }

}  // namespace handover::sim::tangoe
