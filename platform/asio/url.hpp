// The addresses of back-ends, as the configuration writes them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "platform/result.hpp"

namespace handover::net {

struct Url {
  std::string scheme;      ///< "http" or "https".
  std::string host;        ///< In lower case; an IPv6 address without its brackets.
  std::uint16_t port = 0;  ///< That of the scheme, if the text has none.
  std::string path;        ///< As written, with its leading slash; empty if the text has none.

  bool operator==(const Url&) const = default;
};

/// Reads `http://` or `https://`, a host, and optionally a port and a path. User names, queries and
/// fragments are refused: none belongs into the base address of a back-end, and a password in it
/// would end up in error messages. Errors: kInvalid.
[[nodiscard]] Result<Url> parse_url(std::string_view text);

/// True for the addresses that never leave the device: 127.0.0.0/8, ::1 and `localhost`.
[[nodiscard]] bool is_loopback(const Url& url);

/// `host` or `host:port`, as the Host header has it: the port only if it is not that of the scheme.
[[nodiscard]] std::string authority_of(const Url& url);

}  // namespace handover::net
