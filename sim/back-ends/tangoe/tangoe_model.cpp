#include "sim/back-ends/tangoe/tangoe_model.hpp"

#include <utility>

#include "sim/back-ends/option_reader.hpp"
#include "sim/back-ends/tangoe/soap_answers.hpp"
#include "sim/back-ends/web.hpp"

namespace handover::sim {
namespace {

using namespace tangoe;

constexpr std::string_view kServicePath = "/asentinelws/services/";
constexpr std::string_view kSoap12Space = "http://www.w3.org/2003/05/soap-envelope";
constexpr const char* kDatabaseError = "A database error occurred.";

bool is_service(std::string_view path) {
  return path == kServicePath || path == kServicePath.substr(0, kServicePath.size() - 1);
}

/// The name of the operation: "AddInventoryItem".
std::string operation_of(const xml::Element& payload) {
  constexpr std::string_view kEnd = "Request";
  return payload.name.ends_with(kEnd) ? payload.name.substr(0, payload.name.size() - kEnd.size())
                                      : std::string();
}

bool must_be_understood(const xml::Element& block) {
  const std::string& flag = block.attribute("{" + std::string(kSoapSpace) + "}mustUnderstand");
  return flag == "1" || flag == "true";
}

std::string username_in(const xml::Element* header) {
  if (header == nullptr) return {};
  for (const xml::Element& block : header->children) {
    if (!is_security(block) || block.children.empty()) continue;
    for (const xml::Element& part : block.children.front().children) {
      if (part.name == "Username") return std::string(xml::trimmed(part.text));
    }
  }
  return {};
}

Json fields_json(const ItemFields& item) {
  Json object = Json::object();
  for (const auto& [name, value] : item.values) object.set(name, Json(value));
  if (item.circuit_mappings) {
    object.set("circuitMappings", json_number(item.circuit_mappings->children.size()));
  }
  if (!item.customs.empty()) {
    Json customs = Json::object();
    for (const auto& [name, value] : item.customs) customs.set(name, Json(value));
    object.set("customFields", std::move(customs));
  }
  return object;
}

OptionReader::Setter names_into(std::set<std::string>& target) {
  return [&target](const Json& value) -> std::string {
    if (!value.is_array()) return "expected a list of texts";
    for (const Json& name : value.items()) target.insert(name.text());
    return {};
  };
}

OptionReader::Setter items_into(Inventory& inventory) {
  return [&inventory](const Json& value) -> std::string {
    if (!value.is_array()) return "expected a list of objects";
    for (const Json& object : value.items()) {
      ItemFields fields;
      if (!object.is_object()) return "expected a list of objects";
      for (const auto& [name, text] : object.members()) fields.values[name] = text.text();
      if (!inventory.put(fields)) return "expected a serviceTypeID that is there, for each";
    }
    return {};
  };
}

}  // namespace

TangoeModel::TangoeModel(TangoeOptions options)
    : options_(std::move(options)), inventory_(contract_, seed_master_data()) {}

HttpResponse TangoeModel::handle(const HttpRequest& request, WallTime now) {
  const std::string path = parse_target(request.target).path;
  if (!is_service(path)) return serve_contract(request, path);
  if (request.method != "POST") return bare_answer(405);
  const auto envelope = xml::parse(request.body);
  // Broken XML, a document type or a processing instruction: no SOAP message at all.
  if (!envelope) return bare_answer(400);
  return serve_envelope(*envelope, now);
}

HttpResponse TangoeModel::serve_contract(const HttpRequest& request, std::string_view path) const {
  const std::string prefix(kServicePath);
  const bool is_wsdl = path == prefix + "inventoryorder.wsdl";
  if (!is_wsdl && path != prefix + "inventoryorder.xsd") return bare_answer(404);
  if (request.method != "GET") return bare_answer(405);
  HttpResponse response(200);
  response.headers = {{"Content-Type", "text/xml; charset=utf-8"}};
  response.body = is_wsdl ? wsdl_text() : schema_text();
  if (!is_wsdl) return response;
  constexpr std::string_view kPlace = "SERVICE-URL";
  const std::string host(find_header(request.headers, "Host"));
  response.body.replace(response.body.find(kPlace), kPlace.size(), "http://" + host + prefix);
  return response;
}

HttpResponse TangoeModel::serve_envelope(const xml::Element& envelope, WallTime now) {
  if (envelope.is(kSoap12Space, "Envelope")) {
    return fault_answer("VersionMismatch", "Wrong version of SOAP");
  }
  const auto* body = envelope.find(kSoapSpace, "Body");
  if (!envelope.is(kSoapSpace, "Envelope") || body == nullptr) return bare_answer(400);
  if (body->children.size() != 1) return bare_answer(404);
  const xml::Element& payload = body->children.front();
  if (payload.space != kSpace || operation_of(payload).empty() || !contract_.knows(payload.name)) {
    return bare_answer(404);
  }
  const auto* header = envelope.find(kSoapSpace, "Header");
  if (header != nullptr) {
    for (const xml::Element& block : header->children) {
      if (!must_be_understood(block) || (options_.secured && is_security(block))) continue;
      return fault_answer("MustUnderstand",
                          "One or more mandatory SOAP header blocks not understood");
    }
  }
  if (options_.secured) {
    const std::string refusal = security_.check(header, options_.users, now);
    if (!refusal.empty()) return fault_answer("Client", refusal);
  }
  user_ = username_in(header);
  const auto errors = contract_.errors_in(payload);
  if (!errors.empty()) return validation_fault(errors);
  return serve(payload, now);
}

HttpResponse TangoeModel::serve(const xml::Element& payload, WallTime now) {
  const std::string operation = operation_of(payload);
  ++operations_[operation];
  if (options_.database_error) return database_error(operation);
  if (operation == "GetServiceTypeID") return get_service_type_id(payload);
  if (operation == "GetServiceTypes") return get_service_types();
  if (operation == "GetCustomFields") return get_custom_fields(payload);
  if (operation == "GetInventoryItem") return get_item(payload);
  if (operation == "AddInventoryItem") return change_item(Change::kAdd, payload, now);
  if (operation == "EditInventoryItem") return change_item(Change::kEdit, payload, now);
  if (operation == "FindInventoryItem") return find_items(payload);
  return get_log(payload);
}

HttpResponse TangoeModel::database_error(const std::string& operation) const {
  if (operation == "GetInventoryItem") return fail_get(kDatabaseError);
  const bool with_id = operation == "GetServiceTypeID";
  return failed_answer(operation, kDatabaseError,
                       with_id ? "<ns2:serviceTypeID>0</ns2:serviceTypeID>" : "");
}

HttpResponse TangoeModel::failure(int status) const {
  if (status < 500) return bare_answer(status);
  HttpResponse response = fault_answer("Server", "The server is in trouble");
  response.status = status;
  return response;
}

HttpResponse TangoeModel::rate_limited(const RateLimitHints& hints, WallTime) const {
  HttpResponse response = bare_answer(429);
  add_hints_in_seconds(response, hints);
  return response;
}

HttpResponse TangoeModel::refuse_item(const HttpRequest&, WallTime) {
  return validation_fault({"cvc-complex-type.2.4.a: Invalid content was found"});
}

std::string_view TangoeModel::upload_prefix() const { return "/asentinelws/services/write/"; }

std::string TangoeModel::route_of(const HttpRequest& request) const {
  const auto envelope = is_service(request.target) && request.method == "POST"
                            ? xml::parse(request.body)
                            : Result<xml::Element>(fail(Errc::kInvalid, ""));
  const auto* body = envelope ? envelope->find(kSoapSpace, "Body") : nullptr;
  if (body == nullptr || body->children.size() != 1) return request.target;
  const std::string operation = operation_of(body->children.front());
  const bool writes = operation == "AddInventoryItem" || operation == "EditInventoryItem";
  return std::string(kServicePath) + (writes ? "write/" : "read/") + operation;
}

void TangoeModel::reset() {
  inventory_.clear();
  security_.forget_nonces();
  operations_.clear();
}

Result<void> TangoeModel::configure(const Json& options) {
  auto& lists = inventory_.data().lists;
  unsigned first = options_.first_record;
  RETURN_IF_ERROR(OptionReader()
                      .flag("secured", options_.secured)
                      .flag("booking_user", options_.booking_user)
                      .flag("database_error", options_.database_error)
                      .number("first_record", first)
                      .flag("empty_item_on_failure", options_.empty_item_on_failure)
                      .flag("emit_suspended", options_.emit_suspended)
                      .with("billed", names_into(inventory_.billed))
                      .with("locations", names_into(lists["locations"]))
                      .with("employees", names_into(lists["employees"]))
                      .with("items", items_into(inventory_))
                      .read(options));
  if (first > 1) return fail(Error::invalid("/first_record", "expected 0 or 1"));
  options_.first_record = first;
  return {};
}

Json TangoeModel::counts() const {
  Json operations = Json::object();
  for (const auto& [name, times] : operations_) operations.set(name, json_number(times));
  return Json::object({{"items", json_number(inventory_.items().size())},
                       {"log", json_number(inventory_.log().size())},
                       {"operations", std::move(operations)}});
}

Json TangoeModel::state() const {
  Json report = counts();
  Json items = Json::array();
  for (const auto& [name, item] : inventory_.items()) items.push_back(fields_json(item));
  report.set("items", std::move(items));
  return report;
}

}  // namespace handover::sim
