// The addresses at which the agent's local API can be: sockets that only this device reaches.
// Internal to platform/asio.
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

/// Reads "unix:PATH", "127.0.0.1:PORT" or "[::1]:PORT". Errors: kConfig.
[[nodiscard]] Result<LocalAddress> parse_local_address(std::string_view text);

}  // namespace handover::net
