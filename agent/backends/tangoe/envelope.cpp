#include "agent/backends/tangoe/envelope.hpp"

#include <algorithm>

#include "agent/backends/tangoe/inventory_item.hpp"
#include "agent/backends/xml/xml_writer.hpp"
#include "platform/assert.hpp"

namespace handover::backends::tangoe {
namespace {

constexpr std::string_view kEmptyHeader = "<soapenv:Header></soapenv:Header>";

const xml::Element* child_called(const xml::Element& element, std::string_view name) {
  const auto found = std::find_if(element.children.begin(), element.children.end(),
                                  [&](const xml::Element& child) { return child.name == name; });
  return found == element.children.end() ? nullptr : &*found;
}

std::string all_text(const xml::Element& element) {
  std::string text(xml::trimmed(element.text));
  for (const xml::Element& child : element.children) {
    const std::string more = all_text(child);
    if (!text.empty() && !more.empty()) text += "; ";
    text += more;
  }
  return text;
}

std::string without_prefix(std::string_view name) {
  name = xml::trimmed(name);
  const auto colon = name.rfind(':');
  return std::string(colon == std::string_view::npos ? name : name.substr(colon + 1));
}

/// The parts of a fault are unqualified in SOAP 1.1; some servers qualify them, so only the local
/// names count.
Fault read_fault(const xml::Element& element) {
  Fault fault;
  if (const auto* code = child_called(element, "faultcode")) {
    fault.code = without_prefix(code->text);
  } else if (const auto* newer = child_called(element, "Code")) {
    const auto* value = child_called(*newer, "Value");
    fault.code = without_prefix(value == nullptr ? newer->text : value->text);
  }
  if (const auto* text = child_called(element, "faultstring")) {
    fault.text = xml::trimmed(text->text);
  } else if (const auto* reason = child_called(element, "Reason")) {
    fault.text = all_text(*reason);
  }
  if (const auto* detail = child_called(element, "detail")) fault.detail = all_text(*detail);
  return fault;
}

}  // namespace

std::string make_envelope(std::string_view payload) {
  xml::Writer writer;
  writer.open("soapenv:Envelope").attribute("xmlns:soapenv", kSoapSpace);
  writer.attribute("xmlns:inv", kSpace);
  writer.leaf("soapenv:Header", "");
  writer.open("soapenv:Body").raw(payload).close();
  writer.close();
  return writer.take();
}

std::string with_header(std::string_view envelope, std::string_view header) {
  // The first one is ours: in a payload it would be escaped.
  const auto at = envelope.find(kEmptyHeader);
  INVARIANT(at != std::string_view::npos);
  const auto inside = at + kEmptyHeader.find("</");
  std::string whole(envelope.substr(0, inside));
  whole += header;
  whole += envelope.substr(inside);
  return whole;
}

Result<EnvelopeBody> read_envelope(std::string_view bytes, xml::Limits limits) {
  TRY_ASSIGN(xml::Element root, xml::parse(bytes, limits));
  if (!root.is(kSoapSpace, "Envelope")) return fail(Error::invalid("", "no SOAP 1.1 envelope"));
  const auto body =
      std::find_if(root.children.begin(), root.children.end(),
                   [](const xml::Element& child) { return child.is(kSoapSpace, "Body"); });
  if (body == root.children.end() || body->children.size() != 1) {
    return fail(Error::invalid("", "an envelope whose body does not hold one element"));
  }
  xml::Element& content = body->children.front();
  if (content.is(kSoapSpace, "Fault")) return read_fault(content);
  return std::move(content);
}

}  // namespace handover::backends::tangoe
