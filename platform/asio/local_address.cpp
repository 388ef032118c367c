#include "platform/asio/local_address.hpp"

#include <sys/un.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <charconv>
#include <optional>

#include "platform/asio/listen_address.hpp"

namespace handover::net {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kPathBytesMax = sizeof(sockaddr_un::sun_path) - 1;

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

Result<LocalAddress> parse_unix(std::string_view path) {
  if (path.empty() || path.find('\0') != std::string_view::npos) {
    return fail(Errc::kConfig, "the address unix: needs the path of a socket");
  }
  if (path.size() > kPathBytesMax) {
    return fail(Errc::kConfig, "the path of the socket has " + std::to_string(path.size()) +
                                   " bytes, but at most " + std::to_string(kPathBytesMax) +
                                   " are possible; use a shorter one");
  }
  LocalAddress address;
  address.unix_path = path;
  address.endpoint = asio::local::stream_protocol::endpoint(address.unix_path);
  return address;
}

}  // namespace

Result<LocalAddress> parse_ip_address(std::string_view text) {
  const auto colon = text.rfind(':');
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  boost::system::error_code error;
  const auto ip = asio::ip::make_address(std::string(host), error);
  if (colon == std::string_view::npos || error || ip.is_v6() != bracketed) {
    return fail(Errc::kConfig,
                "the address must be an IP address and a port, such as 192.0.2.7:8443 or "
                "[2001:db8::7]:8443");
  }
  const auto port = parse_port(text.substr(colon + 1));
  if (!port) return fail(Errc::kConfig, "the port must be a number from 0 to 65535");
  LocalAddress address;
  address.endpoint = asio::ip::tcp::endpoint(ip, *port);
  return address;
}

Result<bool> is_loopback_address(std::string_view address) {
  RETURN_IF_ERROR(parse_ip_address(address));
  const auto host = address.substr(0, address.rfind(':'));
  const bool v6 = host.starts_with('[');
  return asio::ip::make_address(std::string(v6 ? host.substr(1, host.size() - 2) : host))
      .is_loopback();
}

Result<LocalAddress> parse_local_address(std::string_view text) {
  static constexpr std::string_view kUnix = "unix:";
  if (text.starts_with(kUnix)) return parse_unix(text.substr(kUnix.size()));
  const auto colon = text.rfind(':');
  const std::string_view host = text.substr(0, colon);
  if (colon == std::string_view::npos || (host != "127.0.0.1" && host != "[::1]")) {
    return fail(Errc::kConfig, "the address must be unix:PATH, 127.0.0.1:PORT or [::1]:PORT");
  }
  const auto port = parse_port(text.substr(colon + 1));
  if (!port) return fail(Errc::kConfig, "the port must be a number from 0 to 65535");
  LocalAddress address;
  const auto ip = host == "[::1]" ? asio::ip::address(asio::ip::address_v6::loopback())
                                  : asio::ip::address(asio::ip::address_v4::loopback());
  address.endpoint = asio::ip::tcp::endpoint(ip, *port);
  return address;
}

}  // namespace handover::net
