// The addresses at which the agent can listen: those of its local API, which only this device
// reaches, and of its webhook. Internal to platform/asio.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <string>
#include <string_view>

#include "platform/result.hpp"

namespace handover::net {

struct LocalAddress {
  std::string unix_path;  ///< Empty for TCP.
  boost::asio::generic::stream_protocol::endpoint endpoint;

  [[nodiscard]] bool is_unix() const { return !unix_path.empty(); }
};

/// Reads an IP address and a port, "192.0.2.7:8443" or "[2001:db8::7]:8443". Errors: kConfig.
[[nodiscard]] Result<LocalAddress> parse_ip_address(std::string_view text);

/// Reads "unix:PATH", "127.0.0.1:PORT" or "[::1]:PORT". Errors: kConfig.
[[nodiscard]] Result<LocalAddress> parse_local_address(std::string_view text);

}  // namespace handover::net
