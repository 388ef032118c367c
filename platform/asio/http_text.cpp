#include "platform/asio/http_text.hpp"

#include <algorithm>
#include <array>
#include <boost/beast/http/status.hpp>
#include <charconv>

namespace handover::net {
namespace {

/// The characters of RFC 9110's token, as a table: this runs over each header of each message.
constexpr std::array<bool, 256> make_token_table() {
  std::array<bool, 256> table{};
  for (unsigned c = '0'; c <= '9'; ++c) table[c] = true;
  for (unsigned c = 'a'; c <= 'z'; ++c) table[c] = true;
  for (unsigned c = 'A'; c <= 'Z'; ++c) table[c] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~"))
    table[static_cast<unsigned char>(c)] = true;
  return table;
}
constexpr auto kTokenTable = make_token_table();

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return kTokenTable[static_cast<unsigned char>(c)];
  });
}

bool is_header_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || c == '\t';
  });
}

bool is_target(std::string_view text) {
  return text.starts_with('/') &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

bool is_ours(std::string_view name) {
  static constexpr std::array<std::string_view, 7> kOurs = {
      "Host",       "Content-Length", "Connection", "Transfer-Encoding",
      "Keep-Alive", "Upgrade",        "Trailer"};
  return std::any_of(kOurs.begin(), kOurs.end(),
                     [&](std::string_view ours) { return equal_ignoring_case(ours, name); });
}

bool has_body_length(const HttpRequest& request) {
  return !request.body.empty() || request.method == "POST" || request.method == "PUT" ||
         request.method == "PATCH";
}

void append_header(std::string& wire, std::string_view name, std::string_view value) {
  wire.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

std::string flaw_of(const HttpRequest& request) {
  if (!is_token(request.method) || request.method == "CONNECT") {
    return "the request's method is not one that can be sent";
  }
  if (!is_target(request.target)) return "the request's target is not a path of visible ASCII";
  for (const auto& header : request.headers) {
    if (!is_token(header.name)) return "a header's name is not an HTTP token";
    if (!is_header_value(header.value))
      return "the value of header " + header.name + " holds a control character";
    if (is_ours(header.name)) return "the header " + header.name + " is set by the transport";
  }
  return {};
}

bool has_sound_headers(const HttpResponse& response) {
  return std::all_of(
      response.headers.begin(), response.headers.end(), [](const HttpHeader& header) {
        return is_token(header.name) && is_header_value(header.value) && !is_ours(header.name);
      });
}

void append_request(std::string& wire, const HttpRequest& request, std::string_view authority) {
  wire.append(request.method).append(" ").append(request.target).append(" HTTP/1.1\r\n");
  append_header(wire, "Host", authority);
  append_header(wire, "Connection", "keep-alive");
  for (const auto& header : request.headers) append_header(wire, header.name, header.value);
  if (has_body_length(request))
    append_header(wire, "Content-Length", std::to_string(request.body.size()));
  wire.append("\r\n").append(request.body);
}

void append_answer(std::string& wire, const HttpResponse& response, AnswerOptions options) {
  const auto reason = boost::beast::http::obsolete_reason(
      boost::beast::http::int_to_status(static_cast<unsigned>(response.status)));
  wire.append("HTTP/1.1 ")
      .append(std::to_string(response.status))
      .append(" ")
      .append(reason.data(), reason.size())
      .append("\r\n");
  const bool bodiless = response.status == 204 || response.status == 304;
  if (options.chunked) {
    append_header(wire, "Transfer-Encoding", "chunked");
  } else if (!bodiless && response.stream == nullptr) {
    append_header(wire, "Content-Length", std::to_string(response.body.size()));
  }
  if (find_header(response.headers, "Cache-Control").empty())
    append_header(wire, "Cache-Control", "no-store");
  append_header(wire, "X-Content-Type-Options", "nosniff");
  for (const auto& header : response.headers) append_header(wire, header.name, header.value);
  if (options.closing) append_header(wire, "Connection", "close");
  wire.append("\r\n");
  if (!options.with_body || bodiless) return;
  if (!options.chunked) {
    wire.append(response.body);
  } else if (!response.body.empty()) {
    append_chunk(wire, response.body);
  }
}

void append_chunk(std::string& wire, std::string_view piece) {
  std::array<char, 16> size{};
  const auto end = std::to_chars(size.data(), size.data() + size.size(), piece.size(), 16).ptr;
  wire.append(size.data(), end).append("\r\n").append(piece).append("\r\n");
}

}  // namespace handover::net
