#include "agent/backends/cisco/xml_document.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "agent/backends/xml/xml_reader.hpp"
#include "agent/backends/xml/xml_writer.hpp"
#include "platform/assert.hpp"

namespace handover::backends {
namespace {

// Deeper than any of RosettaNet's documents.
constexpr xml::Limits kLimits{.bytes_max = kXmlBytesMax, .depth_max = 40, .elements_max = 100'000};

constexpr std::array<std::string_view, 9> kKnownFiles = {
    "Preamble_MS_V02_00.dtd",
    "DeliveryHeader_MS_V02_00.dtd",
    "ServiceHeader_MS_V02_00.dtd",
    "AcknowledgmentOfReceipt_MS_V02_00.dtd",
    "ReceiptAcknowledgment_MS_V02_00.dtd",
    "Exception_MS_V02_00.dtd",
    "3A4_MS_V02_00_PurchaseOrderRequest.dtd",
    "3A4_MS_V02_00_PurchaseOrderConfirmation.dtd",
    "0A1_MS_V02_00_FailureNotification.dtd"};

tl::unexpected<Error> bad(std::string why) {
  return fail(Errc::kCorrupt, "the XML is not usable: " + std::move(why));
}

/// The file that the DOCTYPE names, or an empty text where there is none.
Result<std::string> file_of(const xml::Document& document) {
  if (!document.type) return std::string();
  const xml::DocumentType& type = *document.type;
  if (type.has_more) return bad("its DOCTYPE holds more than a file name");
  if (std::find(kKnownFiles.begin(), kKnownFiles.end(), type.file) == kKnownFiles.end())
    return bad("its DOCTYPE names no known file");
  if (type.name != document.root.name) return bad("its DOCTYPE is that of another document");
  return type.file;
}

Result<XmlElement> convert(xml::Element& read, const std::string& name_space) {
  if (read.space != name_space) return bad("an element of another namespace");
  XmlElement element(std::move(read.name), std::move(read.text));
  for (xml::Element& child : read.children) {
    TRY_ASSIGN(XmlElement converted, convert(child, name_space));
    element.children.push_back(std::move(converted));
  }
  if (!element.children.empty()) {
    if (!xml::trimmed(element.text).empty()) return bad("text between elements");
    element.text.clear();
  }
  return element;
}

void write(xml::Writer& writer, const XmlElement& element, const std::string& name_space) {
  INVARIANT(xml::can_carry(element.text));
  writer.open(element.name);
  if (!name_space.empty()) writer.attribute("xmlns", name_space);
  writer.text(element.text);
  if (!element.children.empty()) writer.raw("\n");
  for (const XmlElement& child : element.children) write(writer, child, {});
  writer.close().raw("\n");
}

}  // namespace

const XmlElement* XmlElement::find(std::string_view child) const {
  const auto found = std::find_if(children.begin(), children.end(),
                                  [&](const XmlElement& element) { return element.name == child; });
  return found == children.end() ? nullptr : &*found;
}

const XmlElement* XmlElement::at(std::string_view path) const {
  const XmlElement* element = this;
  while (element != nullptr && !path.empty()) {
    const auto slash = path.find('/');
    element = element->find(path.substr(0, slash));
    path = slash == path.npos ? std::string_view() : path.substr(slash + 1);
  }
  return element;
}

std::string XmlElement::text_at(std::string_view path) const {
  const XmlElement* element = at(path);
  return element == nullptr ? std::string() : element->text;
}

XmlElement& XmlElement::add(std::string child_name) {
  return children.emplace_back(std::move(child_name));
}

XmlElement& XmlElement::make(std::string_view path) {
  XmlElement* element = this;
  while (!path.empty()) {
    const auto slash = path.find('/');
    const std::string_view step = path.substr(0, slash);
    const auto found = std::find_if(element->children.begin(), element->children.end(),
                                    [&](const XmlElement& child) { return child.name == step; });
    element = found != element->children.end() ? &*found : &element->add(std::string(step));
    path = slash == path.npos ? std::string_view() : path.substr(slash + 1);
  }
  return *element;
}

XmlElement& XmlElement::set(std::string_view path, std::string value) {
  XmlElement& element = make(path);
  element.text = std::move(value);
  return element;
}

Result<XmlDocument> parse_xml(std::string_view bytes) {
  auto document = xml::parse_document(bytes, kLimits);
  if (!document) return bad(document.error().detail);
  XmlDocument read;
  TRY_ASSIGN(read.system_id, file_of(*document));
  read.name_space = document->root.space;
  TRY_ASSIGN(read.root, convert(document->root, read.name_space));
  return read;
}

std::string write_xml(const XmlDocument& document) {
  xml::Writer writer;
  if (!document.system_id.empty())
    writer.raw("<!DOCTYPE " + document.root.name + " SYSTEM \"" + document.system_id + "\">\n");
  write(writer, document.root, document.name_space);
  return writer.take();
}

}  // namespace handover::backends
