#include "agent/backends/xml/xml_writer.hpp"

#include <utility>

#include "crypto/unicode.hpp"
#include "platform/assert.hpp"

namespace handover::xml {
namespace {

void escape(std::string& out, std::string_view text, bool in_attribute) {
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
      case '"':
        out += in_attribute ? "&quot;" : "\"";
        break;
      case '\r':  // A parser turns it into a line feed unless it is written so.
        out += "&#13;";
        break;
      case '\n':
        out += in_attribute ? "&#10;" : "\n";
        break;
      case '\t':
        out += in_attribute ? "&#9;" : "\t";
        break;
      default:
        out += c;
    }
  }
}

bool is_character(char32_t point) {
  if (point < 0x20) return point == '\t' || point == '\n' || point == '\r';
  if (point >= 0xD800 && point <= 0xDFFF) return false;
  return point != 0xFFFE && point != 0xFFFF;
}

constexpr std::string_view kXmlSpace = "http://www.w3.org/XML/1998/namespace";

/// Every namespace is declared where it is used, as the default or with a prefix of its own.
void write(Writer& writer, const Element& element, std::string_view space_around) {
  writer.open(element.name);
  if (element.space != space_around) writer.attribute("xmlns", element.space);
  std::size_t number = 0;
  for (const auto& [name, value] : element.attributes) {
    const auto end = name.find('}');
    if (end == std::string::npos) {
      writer.attribute(name, value);
      continue;
    }
    const std::string space = name.substr(1, end - 1);
    const bool is_xml = space == kXmlSpace;
    const std::string prefix = is_xml ? "xml" : "a" + std::to_string(number++);
    if (!is_xml) writer.attribute("xmlns:" + prefix, space);
    writer.attribute(prefix + ":" + name.substr(end + 1), value);
  }
  writer.text(element.text);
  for (const Element& child : element.children) write(writer, child, element.space);
  writer.close();
}

}  // namespace

std::string to_text(const Element& root) {
  Writer writer;
  write(writer, root, "");
  return writer.take();
}

Writer::Writer() : out_("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n") {}

Writer Writer::part() { return Writer(std::string()); }

void Writer::end_start_tag() {
  if (in_start_tag_) out_ += '>';
  in_start_tag_ = false;
}

Writer& Writer::open(std::string_view name) {
  end_start_tag();
  out_ += '<';
  out_ += name;
  open_.emplace_back(name);
  in_start_tag_ = true;
  return *this;
}

Writer& Writer::attribute(std::string_view name, std::string_view value) {
  INVARIANT(in_start_tag_);
  out_ += ' ';
  out_ += name;
  out_ += "=\"";
  escape(out_, value, true);
  out_ += '"';
  return *this;
}

Writer& Writer::text(std::string_view text) {
  end_start_tag();
  escape(out_, text, false);
  return *this;
}

Writer& Writer::raw(std::string_view xml) {
  end_start_tag();
  out_ += xml;
  return *this;
}

Writer& Writer::close() {
  INVARIANT(!open_.empty());
  if (in_start_tag_) {
    out_ += "/>";
    in_start_tag_ = false;
  } else {
    out_ += "</" + open_.back() + ">";
  }
  open_.pop_back();
  return *this;
}

Writer& Writer::leaf(std::string_view name, std::string_view text) {
  return open(name).text(text).close();
}

std::string Writer::take() {
  INVARIANT(open_.empty());
  return std::move(out_);
}

bool can_carry(std::string_view text) {
  while (!text.empty()) {
    const auto point = crypto::take_code_point(text);
    if (!point || !is_character(*point)) return false;
  }
  return true;
}

}  // namespace handover::xml
