// One request and its answer over a connection that stands: the HTTP/1.1 codec, and the seam under
// it. Of sockets and TLS it knows nothing, so that it runs over simulated connections as well.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <optional>
#include <string>
#include <tuple>

#include "platform/http.hpp"
#include "platform/limits.hpp"

namespace handover::net {

inline constexpr auto kUseTuple = boost::asio::as_tuple(boost::asio::use_awaitable);

struct TransportLimits {
  milliseconds connect_time = limits::kConnectTime;
  milliseconds handshake_time = limits::kHandshakeTime;
  milliseconds write_time = limits::kRequestWriteTime;
  milliseconds answer_time = limits::kAnswerTime;
  milliseconds idle_time = limits::kIdleConnectionTime;
  std::size_t idle_connections_max = limits::kIdleConnectionsMax;
  std::size_t header_bytes_max = limits::kAnswerHeaderBytesMax;
  std::size_t body_bytes_max = limits::kAnswerBodyBytesMax;
};

/// What all exchanges of one transport share.
struct Road {
  std::string authority;  ///< Host, and port where it is not the scheme's own.
  TransportLimits limits;
  bool is_closed = false;  ///< The transport is gone.

  Road(std::string where, TransportLimits bounds) : authority(std::move(where)), limits(bounds) {}
};

/// A connection that stands. One read or write is under way at a time.
class ByteStream {
 public:
  using Io = boost::asio::awaitable<std::tuple<boost::system::error_code, std::size_t>>;

  virtual ~ByteStream() = default;

  /// Sends all of `output`. With a failure it says how many bytes of it were taken.
  virtual Io write() = 0;
  /// Receives some bytes into `input`'s free space; follow it with input.commit().
  virtual Io read_some() = 0;
  /// The step that begins now may take `time`; then the stream is closed, and what is under way
  /// fails.
  virtual void limit(milliseconds time) = 0;
  [[nodiscard]] virtual bool timed_out() const = 0;
  [[nodiscard]] virtual bool is_open() const = 0;
  /// If it is, bytes may have left although none were taken.
  [[nodiscard]] virtual bool is_encrypted() const = 0;

  std::string output;
  boost::beast::flat_buffer input;
};

[[nodiscard]] HttpFailure cancelled(bool may_have_left);

/// "10 s", "100 ms".
[[nodiscard]] std::string in_seconds(milliseconds time);

/// What keeps an exchange from beginning at all, if anything does.
[[nodiscard]] std::optional<HttpFailure> hindrance(const Road& road, const HttpRequest& request);

/// Sends the request once and reads its answer. `reusable` becomes true if the stream can carry
/// the next exchange. Requires: nothing hinders the request. Lifetime: all three outlive the
/// exchange.
boost::asio::awaitable<HttpOutcome> exchange_over(const Road& road, ByteStream& stream,
                                                  const HttpRequest& request, bool& reusable);

}  // namespace handover::net
