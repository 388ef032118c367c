#include "platform/asio/url.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <optional>

#include "platform/limits.hpp"

namespace handover::net {
namespace {

constexpr std::size_t kHostBytesMax = 253;
constexpr std::size_t kLabelBytesMax = 63;

tl::unexpected<Error> invalid(std::string what) {
  return fail(Error::invalid("", std::move(what)));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= kLabelBytesMax && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), [](char c) {
           return is_alphanumeric(c) || c == '-' || c == '_';
         });
}

bool is_name(std::string_view host) {
  if (host.empty() || host.size() > kHostBytesMax) return false;
  while (true) {
    const auto dot = host.find('.');
    if (!is_label(host.substr(0, dot))) return false;
    if (dot == std::string_view::npos) break;
    host.remove_prefix(dot + 1);
  }
  // A last label of digits is an IPv4 address (WHATWG URL): then it must be a whole one, not
  // "127.1" or "0x7f.1".
  return !std::all_of(host.begin(), host.end(), is_digit);
}

bool is_host(const std::string& host) {
  boost::system::error_code error;
  boost::asio::ip::make_address_v4(host, error);
  return !error || is_name(host);
}

/// The characters of RFC 3986's path, percent signs with their two digits.
bool is_path(std::string_view path) {
  for (std::size_t i = 0; i < path.size(); ++i) {
    const char c = path[i];
    if (c == '%') {
      if (i + 2 >= path.size() || !is_hex(path[i + 1]) || !is_hex(path[i + 2])) return false;
      i += 2;
    } else if (!is_alphanumeric(c) &&
               std::string_view("/-._~!$&'()*+,;=:@").find(c) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (port == 0 || port > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(port);
}

/// Takes the host off the front of `text`; what is left is empty or begins with a colon.
std::optional<std::string> take_host(std::string_view& text) {
  if (!text.starts_with('[')) {
    const auto end = std::min(text.find(':'), text.size());
    std::string host = lower(text.substr(0, end));
    text.remove_prefix(end);
    if (!is_host(host)) return std::nullopt;
    return host;
  }
  const auto end = text.find(']');
  if (end == std::string_view::npos) return std::nullopt;
  std::string host = lower(text.substr(1, end - 1));
  text.remove_prefix(end + 1);
  boost::system::error_code error;
  boost::asio::ip::make_address_v6(host, error);
  if (error || host.find('%') != std::string::npos) return std::nullopt;
  return host;
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
  if (text.size() > limits::kUrlBytesMax) return invalid("the URL is too long");
  Url url;
  const auto colon = text.find("://");
  if (colon != std::string_view::npos) url.scheme = lower(text.substr(0, colon));
  if (url.scheme != "http" && url.scheme != "https") {
    return invalid("the URL must begin with https:// (or http:// for this device itself)");
  }
  text.remove_prefix(colon + 3);
  const auto slash = std::min(text.find_first_of("/?#\\"), text.size());
  std::string_view authority = text.substr(0, slash);
  url.path = text.substr(slash);
  if (authority.find('@') != std::string_view::npos) {
    return invalid("the URL must not hold a user name or a password");
  }
  const auto host = take_host(authority);
  if (!host) return invalid("the URL has no valid host name");
  url.host = *host;
  url.port = url.scheme == "https" ? 443 : 80;
  if (!authority.empty()) {
    const auto port = authority.front() == ':' ? parse_port(authority.substr(1)) : std::nullopt;
    if (!port) return invalid("the port of the URL must be a number from 1 to 65535");
    url.port = *port;
  }
  if (url.path.find_first_of("?#") != std::string::npos) {
    return invalid("the URL must not hold a query or a fragment");
  }
  if (!is_path(url.path))
    return invalid("the path of the URL holds a character that must be escaped");
  return url;
}

bool is_loopback(const Url& url) {
  if (url.host == "localhost") return true;
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(url.host, error);
  return !error && address.is_loopback();
}

std::string authority_of(const Url& url) {
  const bool is_v6 = url.host.find(':') != std::string::npos;
  std::string text = is_v6 ? "[" + url.host + "]" : url.host;
  if (url.port != (url.scheme == "https" ? 443 : 80)) text += ":" + std::to_string(url.port);
  return text;
}

}  // namespace handover::net
