#include "agent/backends/cisco/rnif_mime.hpp"

#include <algorithm>

namespace handover::backends {
namespace {

constexpr std::size_t kPartsMax = 32;
constexpr std::size_t kHeadersMax = 64;
constexpr std::size_t kBoundaryMax = 200;
constexpr std::size_t kParametersMax = 16;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lower(std::string_view text) {
  std::string folded(text);
  std::transform(folded.begin(), folded.end(), folded.begin(), [](char c) { return lower(c); });
  return folded;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < 0x7F &&
           std::string_view("()<>@,;:\\\"[]?=").find(c) == std::string_view::npos;
  });
}

tl::unexpected<Error> bad(std::string why) {
  return fail(Errc::kCorrupt, "the MIME message is not usable: " + std::move(why));
}

/// The next line without its end, taken off `text`.
std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text = end == text.npos ? std::string_view() : text.substr(end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// A value, quoted or not, taken off `text`; nothing if the quotes do not end.
std::optional<std::string> take_value(std::string_view& text) {
  if (!text.starts_with('"')) {
    const auto end = std::min(text.find(';'), text.size());
    std::string value(trimmed(text.substr(0, end)));
    text.remove_prefix(end);
    return value;
  }
  std::string value;
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return value;
    }
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    value += text[i];
  }
  return std::nullopt;
}

enum class LineKind { kText, kDelimiter, kLast };

LineKind kind_of(std::string_view line, std::string_view boundary) {
  if (!line.starts_with("--") || !line.substr(2).starts_with(boundary)) return LineKind::kText;
  std::string_view rest = line.substr(2 + boundary.size());
  const bool last = rest.starts_with("--");
  if (last) rest.remove_prefix(2);
  // A longer boundary that begins like this one is another.
  if (rest.find_first_not_of(" \t") != rest.npos) return LineKind::kText;
  return last ? LineKind::kLast : LineKind::kDelimiter;
}

Result<std::vector<HttpHeader>> take_headers(std::string_view& text) {
  std::vector<HttpHeader> headers;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line.empty()) return headers;
    if (line.front() == ' ' || line.front() == '\t') {
      if (headers.empty()) return bad("a part begins with a folded line");
      headers.back().value.append(" ").append(trimmed(line));
      continue;
    }
    const auto colon = line.find(':');
    if (colon == line.npos || !is_token(line.substr(0, colon)))
      return bad("a line among a part's headers is none");
    if (headers.size() == kHeadersMax) return bad("a part has too many headers");
    headers.push_back(
        {std::string(line.substr(0, colon)), std::string(trimmed(line.substr(colon + 1)))});
  }
  return headers;
}

Result<MimePart> parse_part(std::string_view raw) {
  MimePart part;
  part.raw = raw;
  std::string_view rest = raw;
  TRY_ASSIGN(part.headers, take_headers(rest));
  part.body = rest;
  return part;
}

int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+') return 62;
  return c == '/' ? 63 : -1;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

Result<std::string> from_quoted_printable(std::string_view text) {
  std::string bytes;
  while (!text.empty()) {
    const bool ends = text.find('\n') != text.npos;
    std::string_view line = take_line(text);
    while (line.ends_with(' ') || line.ends_with('\t')) line.remove_suffix(1);
    const bool soft = line.ends_with('=');
    if (soft) line.remove_suffix(1);
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (line[i] != '=') {
        bytes += line[i];
        continue;
      }
      const int high = i + 2 < line.size() ? hex_value(line[i + 1]) : -1;
      const int low = i + 2 < line.size() ? hex_value(line[i + 2]) : -1;
      if (high < 0 || low < 0) return bad("its quoted-printable is broken");
      bytes += static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (!soft && ends) bytes += "\r\n";
  }
  return bytes;
}

}  // namespace

std::string ContentType::parameter(std::string_view name) const {
  for (const auto& [known, value] : parameters) {
    if (known == name) return value;
  }
  return {};
}

std::optional<ContentType> parse_content_type(std::string_view text) {
  ContentType read;
  const auto end = std::min(text.find(';'), text.size());
  read.type = lower(trimmed(text.substr(0, end)));
  const auto slash = read.type.find('/');
  if (slash == std::string::npos || !is_token(std::string_view(read.type).substr(0, slash)) ||
      !is_token(std::string_view(read.type).substr(slash + 1)))
    return std::nullopt;
  text.remove_prefix(end);
  while (!(text = trimmed(text)).empty()) {
    if (text.front() != ';' || read.parameters.size() == kParametersMax) return std::nullopt;
    text = trimmed(text.substr(1));
    if (text.empty()) break;  // A semicolon at the end.
    const auto equals = text.find('=');
    if (equals == text.npos) return std::nullopt;
    std::string name = lower(trimmed(text.substr(0, equals)));
    text = trimmed(text.substr(equals + 1));
    auto value = take_value(text);
    if (!value || !is_token(name)) return std::nullopt;
    read.parameters.emplace_back(std::move(name), std::move(*value));
  }
  return read;
}

Result<std::vector<MimePart>> parse_multipart(std::string_view body, std::string_view boundary) {
  if (boundary.empty() || boundary.size() > kBoundaryMax) return bad("it names no boundary");
  std::vector<MimePart> parts;
  std::string_view rest = body;
  const char* start = nullptr;  // Of the part under way; before the first one is a preamble.
  while (!rest.empty()) {
    const char* line_start = rest.data();
    const LineKind kind = kind_of(take_line(rest), boundary);
    if (kind == LineKind::kText) continue;
    if (start != nullptr) {
      // The line break before a boundary belongs to the boundary.
      std::string_view raw(start, static_cast<std::size_t>(line_start - start));
      if (raw.ends_with('\n')) raw.remove_suffix(1);
      if (raw.ends_with('\r')) raw.remove_suffix(1);
      if (parts.size() == kPartsMax) return bad("it has too many parts");
      TRY_ASSIGN(MimePart part, parse_part(raw));
      parts.push_back(std::move(part));
    }
    if (kind == LineKind::kLast) return parts;
    start = rest.data();
  }
  return bad(start == nullptr ? "its boundary is not there" : "its last boundary is not there");
}

Result<std::string> decode_body(const MimePart& part) {
  const std::string encoding = lower(find_header(part.headers, "Content-Transfer-Encoding"));
  if (encoding.empty() || encoding == "7bit" || encoding == "8bit" || encoding == "binary")
    return part.body;
  if (encoding == "quoted-printable") return from_quoted_printable(part.body);
  if (encoding != "base64") return bad("a part's transfer encoding is unknown");
  auto bytes = from_base64(part.body);
  if (!bytes) return bad("its base64 is broken");
  return std::move(*bytes);
}

std::string write_part(const MimePart& part) {
  std::string text;
  for (const auto& header : part.headers) text += header.name + ": " + header.value + "\r\n";
  return text + "\r\n" + part.body;
}

std::string write_multipart(const std::vector<std::string>& parts, std::string_view boundary) {
  std::string text;
  for (const std::string& part : parts)
    text.append("--").append(boundary).append("\r\n").append(part).append("\r\n");
  return text.append("--").append(boundary).append("--\r\n");
}

std::optional<std::string> from_base64(std::string_view text) {
  std::string bytes;
  unsigned bits = 0;
  int count = 0;
  int padding = 0;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
    const int value = base64_value(c);
    if (c == '=') {
      if (++padding > 2) return std::nullopt;
    } else if (value < 0 || padding > 0) {
      return std::nullopt;
    }
    bits = (bits << 6U) | (value < 0 ? 0U : static_cast<unsigned>(value));
    if (++count < 4) continue;
    for (int i = 0; i < 3 - padding; ++i)
      bytes += static_cast<char>((bits >> (16U - 8U * static_cast<unsigned>(i))) & 0xFFU);
    bits = 0;
    count = 0;
  }
  if (count != 0) return std::nullopt;
  return bytes;
}

}  // namespace handover::backends
