#include "agent/backends/cisco/xml_document.hpp"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlIO.h>

#include <algorithm>
#include <array>
#include <memory>

#include "platform/assert.hpp"

namespace handover::backends {
namespace {

// Deeper than any of RosettaNet's documents.
constexpr int kDepthMax = 40;
constexpr std::size_t kElementsMax = 100000;

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

struct Free {
  void operator()(xmlParserCtxt* context) const { xmlFreeParserCtxt(context); }
  void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
};

/// Nothing that a document names is ever loaded. Process-wide, as libxml2 has it.
xmlParserInput* load_nothing(const char*, const char*, xmlParserCtxt*) { return nullptr; }

void prepare_library() {
  static const bool prepared = [] {
    xmlInitParser();
    xmlSetExternalEntityLoader(&load_nothing);
    return true;
  }();
  static_cast<void>(prepared);
}

std::string_view view_of(const xmlChar* text) {
  return text == nullptr ? std::string_view() : reinterpret_cast<const char*>(text);
}

tl::unexpected<Error> bad(std::string why) {
  return fail(Errc::kCorrupt, "the XML is not usable: " + std::move(why));
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == text.npos; }

Result<std::string> doctype_of(const xmlDoc& document, std::string_view root) {
  const xmlDtd* doctype = document.intSubset;
  if (doctype == nullptr) return std::string();
  if (doctype->ExternalID != nullptr || doctype->children != nullptr)
    return bad("its DOCTYPE holds more than a file name");
  const std::string_view file = view_of(doctype->SystemID);
  if (std::find(kKnownFiles.begin(), kKnownFiles.end(), file) == kKnownFiles.end())
    return bad("its DOCTYPE names no known file");
  if (view_of(doctype->name) != root) return bad("its DOCTYPE is that of another document");
  return std::string(file);
}

class Converter {
 public:
  explicit Converter(std::string name_space) : name_space_(std::move(name_space)) {}

  Result<XmlElement> convert(const xmlNode& node, int depth) {
    if (depth > kDepthMax) return bad("too deep");
    if (++elements_ > kElementsMax) return bad("too many elements");
    const std::string_view name_space =
        node.ns == nullptr ? std::string_view() : view_of(node.ns->href);
    if (name_space != name_space_) return bad("an element of another namespace");
    XmlElement element{std::string(view_of(node.name))};
    for (const xmlNode* child = node.children; child != nullptr; child = child->next)
      RETURN_IF_ERROR(take(*child, depth, element));
    if (!element.children.empty()) {
      if (!is_blank(element.text)) return bad("text between elements");
      element.text.clear();
    }
    return element;
  }

 private:
  Result<void> take(const xmlNode& child, int depth, XmlElement& element) {
    if (child.type == XML_ELEMENT_NODE) {
      TRY_ASSIGN(XmlElement converted, convert(child, depth + 1));
      element.children.push_back(std::move(converted));
      return {};
    }
    if (child.type == XML_TEXT_NODE || child.type == XML_CDATA_SECTION_NODE) {
      element.text += view_of(child.content);
      return {};
    }
    if (child.type == XML_COMMENT_NODE || child.type == XML_PI_NODE) return {};
    // An entity's reference above all: reading its content would expand it.
    return bad("an entity, or something else that is no element and no text");
  }

  std::string name_space_;
  std::size_t elements_ = 0;
};

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '\r':
        out += "&#13;";
        break;
      default:
        out += c;
    }
  }
}

void append(std::string& out, const XmlElement& element, const std::string& name_space) {
  INVARIANT(is_xml_characters(element.text));
  out += "<" + element.name;
  if (!name_space.empty()) {
    out += " xmlns=\"";
    append_escaped(out, name_space);
    out += '"';
  }
  out += '>';
  append_escaped(out, element.text);
  if (!element.children.empty()) out += '\n';
  for (const XmlElement& child : element.children) append(out, child, {});
  out += "</" + element.name + ">\n";
}

/// The code point at the start of `text`, taken off it; nothing if it is malformed.
bool take_character(std::string_view& text, char32_t& code) {
  const auto lead = static_cast<unsigned char>(text.front());
  std::size_t size = 1;
  char32_t least = 0;
  code = lead;
  if (lead >= 0x80) {
    size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    least = size == 4 ? 0x10000 : size == 3 ? 0x800 : 0x80;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return false;
    code = lead & (0xFFU >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
      const auto next = static_cast<unsigned char>(text[i]);
      if ((next & 0xC0U) != 0x80U) return false;
      code = (code << 6U) | (next & 0x3FU);
    }
  }
  text.remove_prefix(size);
  return code >= least && code <= 0x10FFFF;
}

}  // namespace

bool is_xml_characters(std::string_view text) {
  while (!text.empty()) {
    char32_t code = 0;
    if (!take_character(text, code)) return false;
    const bool allowed = code == 0x9 || code == 0xA || code == 0xD ||
                         (code >= 0x20 && code <= 0xD7FF) || (code >= 0xE000 && code <= 0xFFFD) ||
                         code >= 0x10000;
    if (!allowed) return false;
  }
  return true;
}

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
  if (bytes.size() > kXmlBytesMax) return bad("too large");
  prepare_library();
  const std::unique_ptr<xmlParserCtxt, Free> context(xmlNewParserCtxt());
  INVARIANT(context != nullptr);
  // Never NOENT, DTDLOAD, DTDATTR, DTDVALID, XINCLUDE, RECOVER or HUGE.
  constexpr int kOptions =
      XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA;
  const std::unique_ptr<xmlDoc, Free> document(xmlCtxtReadMemory(
      context.get(), bytes.data(), static_cast<int>(bytes.size()), nullptr, nullptr, kOptions));
  if (document == nullptr || context->wellFormed == 0 || context->nsWellFormed == 0)
    return bad("it is not well-formed");
  const xmlNode* root = xmlDocGetRootElement(document.get());
  if (root == nullptr) return bad("it is empty");
  XmlDocument read;
  TRY_ASSIGN(read.system_id, doctype_of(*document, view_of(root->name)));
  read.name_space = root->ns == nullptr ? std::string() : std::string(view_of(root->ns->href));
  TRY_ASSIGN(read.root, Converter(read.name_space).convert(*root, 1));
  return read;
}

std::string write_xml(const XmlDocument& document) {
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  if (!document.system_id.empty())
    out += "<!DOCTYPE " + document.root.name + " SYSTEM \"" + document.system_id + "\">\n";
  append(out, document.root, document.name_space);
  return out;
}

}  // namespace handover::backends
