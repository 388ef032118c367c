// XML as a small tree of elements and text, without attributes: all that RosettaNet's documents
// need.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "platform/result.hpp"

namespace handover::backends {

struct XmlElement {
  std::string name;
  std::string text;  ///< Of an element without children; exactly as it stood there.
  std::vector<XmlElement> children;

  XmlElement() = default;
  explicit XmlElement(std::string element_name, std::string element_text = {})
      : name(std::move(element_name)), text(std::move(element_text)) {}

  /// The first child of that name, or nullptr.
  [[nodiscard]] const XmlElement* find(std::string_view child) const;
  /// Follows "a/b/c" from here, each time the first child of that name; nullptr if it ends.
  [[nodiscard]] const XmlElement* at(std::string_view path) const;
  /// The text there, or the empty string.
  [[nodiscard]] std::string text_at(std::string_view path) const;

  /// The element at "a/b/c", made where it is not there yet.
  XmlElement& make(std::string_view path);
  XmlElement& set(std::string_view path, std::string value);
  /// One more child of that name.
  XmlElement& add(std::string child_name);

  bool operator==(const XmlElement&) const = default;
};

struct XmlDocument {
  std::string system_id;   ///< The file name in the DOCTYPE, or empty where there is none.
  std::string name_space;  ///< Of all elements; empty: none.
  XmlElement root;

  bool operator==(const XmlDocument&) const = default;
};

inline constexpr std::size_t kXmlBytesMax = std::size_t{1} << 20;

/// Reads a document. Bounded in bytes and depth; loads nothing, expands no entity. A DOCTYPE must
/// name one of RosettaNet's own files and hold nothing else. Errors: kCorrupt; what stood in the
/// document is not in the error.
[[nodiscard]] Result<XmlDocument> parse_xml(std::string_view bytes);

/// UTF-8 with XML declaration, DOCTYPE if there is a system id, one element a line.
/// Requires: all texts are XML characters (xml::can_carry()).
[[nodiscard]] std::string write_xml(const XmlDocument& document);

}  // namespace handover::backends
