#include "sim/back-ends/tangoe/contract.hpp"

#include <libxml/parser.h>
#include <libxml/xmlschemas.h>

#include <algorithm>
#include <stdexcept>

#include "agent/backends/xml/xml_writer.hpp"

namespace handover::sim::tangoe {
namespace {

constexpr std::string_view kSchemaSpace = "http://www.w3.org/2001/XMLSchema";

struct Free {
  void operator()(xmlSchemaParserCtxt* context) const { xmlSchemaFreeParserCtxt(context); }
  void operator()(xmlSchema* schema) const { xmlSchemaFree(schema); }
  void operator()(xmlSchemaValidCtxt* context) const { xmlSchemaFreeValidCtxt(context); }
  void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
};

// libxml2 changed the second parameter to const in 2.12; both fit a template.
template <typename E>
void note_error(void* errors, E* error) {
  std::string text = error->message == nullptr ? "" : error->message;
  while (!text.empty() && text.back() == '\n') text.pop_back();
  static_cast<std::vector<std::string>*>(errors)->push_back("cvc-" + std::to_string(error->code) +
                                                            ": " + text);
}

std::string without_prefix(const std::string& name) {
  const auto colon = name.find(':');
  return colon == std::string::npos ? name : name.substr(colon + 1);
}

}  // namespace

struct Contract::Schema {
  std::unique_ptr<xmlSchema, Free> parsed;
};

Contract::Contract() : schema_(std::make_unique<Schema>()) {
  const std::string_view text = schema_text();
  const std::unique_ptr<xmlSchemaParserCtxt, Free> context(
      xmlSchemaNewMemParserCtxt(text.data(), int(text.size())));
  schema_->parsed.reset(xmlSchemaParse(context.get()));
  const auto root = xml::parse(text);
  if (!schema_->parsed || !root) throw std::logic_error("Tangoe's schema cannot be read");
  for (const xml::Element& part : root->children) {
    if (part.is(kSchemaSpace, "element")) elements_.push_back(part.attribute("name"));
    if (part.attribute("name") != "FoundInventoryDetails") continue;
    for (const xml::Element& field : part.children.at(0).children) {
      fields_.push_back({field.attribute("name"), without_prefix(field.attribute("type"))});
    }
  }
}

Contract::~Contract() = default;

std::vector<std::string> Contract::errors_in(const xml::Element& payload) const {
  std::vector<std::string> errors;
  const std::string text = xml::to_text(payload);
  const std::unique_ptr<xmlDoc, Free> document(
      xmlReadMemory(text.data(), int(text.size()), nullptr, nullptr,
                    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING));
  const std::unique_ptr<xmlSchemaValidCtxt, Free> context(
      xmlSchemaNewValidCtxt(schema_->parsed.get()));
  if (!document || !context) return {"cvc-0: the message cannot be checked"};
  xmlSchemaSetValidStructuredErrors(context.get(), note_error, &errors);
  const int outcome = xmlSchemaValidateDoc(context.get(), document.get());
  if (outcome != 0 && errors.empty()) errors.emplace_back("cvc-0: not valid");
  return errors;
}

bool Contract::knows(std::string_view element) const {
  return std::find(elements_.begin(), elements_.end(), element) != elements_.end();
}

}  // namespace handover::sim::tangoe
