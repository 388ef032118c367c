#include "agent/backends/xml/xml_reader.hpp"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>

#include <algorithm>
#include <memory>

namespace handover::xml {
namespace {

// Never NOENT, DTDLOAD, DTDATTR, DTDVALID, XINCLUDE, RECOVER or HUGE: with NOENT libxml2 reads
// files even if NONET is set.
constexpr int kOptions =
    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA;

xmlParserInputPtr load_nothing(const char*, const char*, xmlParserCtxtPtr) { return nullptr; }

/// Once for the process: no parser of libxml2 opens a file or a connection from now on.
void fence_in() {
  [[maybe_unused]] static const bool kDone = [] {
    xmlInitParser();
    xmlSetExternalEntityLoader(load_nothing);
    return true;
  }();
}

void say_nothing(void*, const char*, ...) {}

/// While it lives, libxml2 prints nothing: errors of an encoding go past NOERROR to standard error,
/// with some of the document's bytes. The setting is the thread's own.
class Silence {
 public:
  Silence() { xmlSetGenericErrorFunc(nullptr, say_nothing); }
  ~Silence() { xmlSetGenericErrorFunc(nullptr, nullptr); }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
};

struct Free {
  void operator()(xmlParserCtxt* context) const { xmlFreeParserCtxt(context); }
  void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
};

std::string text_of(const xmlChar* text) {
  return text == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(text));
}

tl::unexpected<Error> refuse(std::string what) { return fail(Error::invalid("", std::move(what))); }

/// Copies libxml2's tree into ours, within the limits.
class Copier {
 public:
  Copier(const Limits& limits, bool with_instructions)
      : limits_(limits), with_instructions_(with_instructions) {}

  Result<void> copy(const xmlNode& node, Element& element, std::size_t depth) {
    if (depth > limits_.depth_max) return refuse("XML nested too deeply");
    if (++elements_ > limits_.elements_max) return refuse("XML with too many elements");
    element.name = text_of(node.name);
    if (node.ns != nullptr) element.space = text_of(node.ns->href);
    copy_attributes(node, element);
    for (const xmlNode* child = node.children; child != nullptr; child = child->next) {
      RETURN_IF_ERROR(copy_child(*child, element, depth));
    }
    return {};
  }

 private:
  Result<void> copy_child(const xmlNode& child, Element& element, std::size_t depth) {
    if (child.type == XML_ELEMENT_NODE) {
      element.children.emplace_back();
      return copy(child, element.children.back(), depth + 1);
    }
    if (child.type == XML_TEXT_NODE || child.type == XML_CDATA_SECTION_NODE) {
      element.text += text_of(child.content);
      return {};
    }
    if (child.type == XML_COMMENT_NODE) return {};
    if (child.type == XML_PI_NODE && with_instructions_) return {};
    // An entity's reference above all: reading its content would expand it.
    return refuse("XML with a processing instruction or an entity, which is not allowed");
  }

  static void copy_attributes(const xmlNode& node, Element& element) {
    for (const xmlAttr* attribute = node.properties; attribute != nullptr;
         attribute = attribute->next) {
      std::string name = text_of(attribute->name);
      if (attribute->ns != nullptr) name = "{" + text_of(attribute->ns->href) + "}" + name;
      std::string value;
      for (const xmlNode* part = attribute->children; part != nullptr; part = part->next) {
        if (part->type == XML_TEXT_NODE) value += text_of(part->content);
      }
      element.attributes.emplace_back(std::move(name), std::move(value));
    }
  }

  Limits limits_;
  bool with_instructions_;
  std::size_t elements_ = 0;
};

using DocumentPtr = std::unique_ptr<xmlDoc, Free>;

/// A well-formed document, with a root.
Result<DocumentPtr> read(std::string_view bytes, const Limits& limits) {
  if (bytes.empty()) return refuse("expected XML, found nothing");
  if (bytes.size() > limits.bytes_max) return refuse("XML longer than allowed");
  fence_in();
  const Silence silence;
  const std::unique_ptr<xmlParserCtxt, Free> context(xmlNewParserCtxt());
  if (!context) return refuse("no memory to read XML");
  DocumentPtr document(xmlCtxtReadMemory(context.get(), bytes.data(), int(bytes.size()), nullptr,
                                         nullptr, kOptions));
  // An undeclared prefix leaves a document, but is an error (201).
  const bool well_formed = document && context->wellFormed != 0 && context->nsWellFormed != 0;
  if (!well_formed || xmlDocGetRootElement(document.get()) == nullptr) {
    return refuse("not well-formed XML");
  }
  return document;
}

/// Nothing but comments may stand beside the root.
bool has_only_comments_around(const xmlDoc& document, const xmlNode* root) {
  for (const xmlNode* node = document.children; node != nullptr; node = node->next) {
    if (node != root && node->type != XML_COMMENT_NODE) return false;
  }
  return true;
}

}  // namespace

const Element* Element::find(std::string_view in_space, std::string_view called) const {
  const auto found = std::find_if(children.begin(), children.end(),
                                  [&](const Element& child) { return child.is(in_space, called); });
  return found == children.end() ? nullptr : &*found;
}

const std::string& Element::attribute(std::string_view called) const {
  static const std::string kNone;
  const auto found = std::find_if(attributes.begin(), attributes.end(),
                                  [&](const auto& attribute) { return attribute.first == called; });
  return found == attributes.end() ? kNone : found->second;
}

Result<Element> parse(std::string_view bytes, Limits limits) {
  TRY_ASSIGN(const DocumentPtr document, read(bytes, limits));
  if (document->intSubset != nullptr || document->extSubset != nullptr) {
    return refuse("XML with a document type, which is not allowed");
  }
  const xmlNode* root = xmlDocGetRootElement(document.get());
  if (!has_only_comments_around(*document, root)) {
    return refuse("XML with a processing instruction, which is not allowed");
  }
  Element element;
  RETURN_IF_ERROR(Copier(limits, false).copy(*root, element, 1));
  return element;
}

Result<Document> parse_document(std::string_view bytes, Limits limits) {
  TRY_ASSIGN(const DocumentPtr read_document, read(bytes, limits));
  Document document;
  if (const xmlDtd* type = read_document->intSubset; type != nullptr) {
    const bool has_more = type->ExternalID != nullptr || type->children != nullptr;
    document.type = DocumentType{text_of(type->name), text_of(type->SystemID), has_more};
  }
  RETURN_IF_ERROR(
      Copier(limits, true).copy(*xmlDocGetRootElement(read_document.get()), document.root, 1));
  return document;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace handover::xml
