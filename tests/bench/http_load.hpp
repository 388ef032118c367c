// Keep-alive HTTP/1.1 clients that do nothing but send prepared bytes and read answers: Beast, one
// thread.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <string>
#include <vector>

#include "platform/result.hpp"
#include "tests/bench/figures.hpp"

namespace handover::bench {

using Endpoint = boost::asio::generic::stream_protocol::endpoint;

[[nodiscard]] Endpoint unix_endpoint(const std::string& path);
[[nodiscard]] Endpoint loopback_endpoint(unsigned short port);

/// Sends each of `requests` (whole messages, as on the wire) once, over `clients` connections that
/// each wait for an answer before they send the next. The connections are made before the time
/// starts. Errors: kUnreachable if a connection fails, or an answer is not 200 or 201.
[[nodiscard]] Result<Round> send_all(const Endpoint& endpoint,
                                     const std::vector<std::string>& requests, std::size_t clients);

}  // namespace handover::bench
