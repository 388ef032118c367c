// Writes XML text: elements, attributes, character data. Prefixes are the caller's to declare; what
// is written is escaped here, and only here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/backends/xml/xml_reader.hpp"

namespace handover::xml {

class Writer {
 public:
  /// Starts with the XML declaration (UTF-8).
  Writer();
  /// Starts with nothing: for a part of a document.
  static Writer part();

  /// Opens an element. `name` is written as it is: "inv:status".
  Writer& open(std::string_view name);
  /// Adds to the element that was opened last. Requires: nothing is in it yet.
  Writer& attribute(std::string_view name, std::string_view value);
  Writer& text(std::string_view text);
  /// Text that was written by another writer, as it is.
  Writer& raw(std::string_view xml);
  Writer& close();
  /// An element with nothing but text in it.
  Writer& leaf(std::string_view name, std::string_view text);

  /// Requires: every element is closed.
  [[nodiscard]] std::string take();

 private:
  explicit Writer(std::string start) : out_(std::move(start)) {}
  void end_start_tag();

  std::string out_;
  std::vector<std::string> open_;
  bool in_start_tag_ = false;
};

/// The tree as a document's text that reads as the same tree. The text of an element stands before
/// its children.
[[nodiscard]] std::string to_text(const Element& root);

/// True if XML 1.0 can carry `text`: well-formed UTF-8, no control character but tab and line ends,
/// no U+FFFE and U+FFFF.
[[nodiscard]] bool can_carry(std::string_view text);

}  // namespace handover::xml
