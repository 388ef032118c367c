// Reads untrusted XML into a small tree. It is strict: what is not well-formed or breaks a bound
// is refused, and nothing outside the given bytes is ever read.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "platform/result.hpp"

namespace handover::xml {

/// An element. Names are compared by namespace and local name; prefixes are gone.
struct Element {
  std::string space;  ///< The namespace URI, or empty.
  std::string name;   ///< The local name.
  /// Without declarations of namespaces. A name of no namespace stands for itself, any other as
  /// {URI}name.
  std::vector<std::pair<std::string, std::string>> attributes;
  std::string text;  ///< All character data directly inside, CDATA included, joined. UTF-8.
  std::vector<Element> children;

  [[nodiscard]] bool is(std::string_view in_space, std::string_view called) const {
    return space == in_space && name == called;
  }
  /// The first child of that name, or nullptr.
  [[nodiscard]] const Element* find(std::string_view in_space, std::string_view called) const;
  /// The attribute's value, or an empty text.
  [[nodiscard]] const std::string& attribute(std::string_view called) const;

  bool operator==(const Element&) const = default;
};

struct Limits {
  std::size_t bytes_max = std::size_t{1} << 20;
  std::size_t depth_max = 64;
  std::size_t elements_max = 200'000;
};

/// The document's root. Errors: kInvalid, pointer ""; no text of the document is in the error.
/// A document type or a processing instruction is refused too: SOAP 1.1 section 3 forbids both.
[[nodiscard]] Result<Element> parse(std::string_view bytes, Limits limits = {});

/// <!DOCTYPE name SYSTEM "file">
struct DocumentType {
  std::string name;
  std::string file;
  bool has_more = false;  ///< A public identifier, or declarations.
};

struct Document {
  std::optional<DocumentType> type;
  Element root;
};

/// The same for documents that may have a document type and processing instructions. Nothing comes
/// of either: no file is loaded, no entity is expanded. Which types are good is the caller's to
/// say.
[[nodiscard]] Result<Document> parse_document(std::string_view bytes, Limits limits = {});

/// `text` without XML's white space at both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);

}  // namespace handover::xml
