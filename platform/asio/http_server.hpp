// The HTTP/1.1 server of the local API, and over TLS of the webhook. It knows messages, limits and
// sockets; what a request means is its handler's matter.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>

#include "platform/http.hpp"
#include "platform/limits.hpp"
#include "platform/result.hpp"

namespace handover::net {

class TlsServer;
struct LocalAddress;

struct ServerLimits {
  milliseconds handshake_time = limits::kServerHandshakeTime;
  milliseconds request_time = limits::kServerRequestTime;
  milliseconds idle_time = limits::kServerIdleTime;
  milliseconds write_time = limits::kServerWriteTime;
  milliseconds linger_time = limits::kServerLingerTime;
  std::size_t header_bytes_max = limits::kServerHeaderBytesMax;
  std::size_t body_bytes_max = limits::kServerBodyBytesMax;
  std::size_t connections_max = limits::kServerConnectionsMax;
};

/// Answers one request. Call it once, now or later, on the server's thread; a second call, and one
/// after the connection or the server has gone, do nothing. If it is thrown away uncalled, the
/// connection closes without an answer.
using Reply = std::function<void(HttpResponse)>;
using HttpHandler = std::function<void(HttpRequest, Reply)>;

/// Requests of one connection are answered in their order, one at a time; the next is not read
/// before. While the handler has a request, no time limit runs. Each answer gets Content-Length,
/// `X-Content-Type-Options: nosniff`, and `Cache-Control: no-store` unless it has a Cache-Control
/// itself; a handler must not set headers that frame the message (it would be answered 500). The
/// server answers for itself, in application/problem+json and then closing: 400 malformed, 408 not
/// complete in time, 413 body too large, 417 unknown expectation, 431 header too large, 503 too
/// many connections (the one after the last gets this answer; some more wait in the system's
/// queue). Thread: all calls and the executor are on one thread.
class HttpServer {
 public:
  /// Listens at "unix:PATH" (made with mode 0600; a socket left by a dead process is replaced),
  /// "127.0.0.1:PORT" or
  /// "[::1]:PORT" (0: a free port).
  /// Errors: kConfig for another or an unusable address; kInUse if somebody listens there; kIo.
  [[nodiscard]] static Result<std::unique_ptr<HttpServer>> listen(
      const boost::asio::any_io_executor& executor, const std::string& address, ServerLimits limits,
      HttpHandler handler);
  /// Listens with TLS at an IP address of this machine, "192.0.2.7:8443", also one that others
  /// reach. A connection that does not come through its handshake in time is cut off. Over the
  /// limit of connections it is cut off without words, and `Expect: 100-continue` is not answered.
  /// Errors: as of listen().
  [[nodiscard]] static Result<std::unique_ptr<HttpServer>> listen_tls(
      const boost::asio::any_io_executor& executor, const std::string& address, ServerLimits limits,
      std::unique_ptr<TlsServer> tls, HttpHandler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Where it listens, in the form of listen(), with the port that it got.
  [[nodiscard]] const std::string& address() const { return address_; }

  /// Closes every connection, also those whose answer is not out, and removes the socket file. The
  /// handler is not called again.
  void stop();

 private:
  class Acceptor;
  [[nodiscard]] static Result<std::unique_ptr<HttpServer>> open(const LocalAddress& address,
                                                                std::shared_ptr<Acceptor> acceptor);
  HttpServer(std::shared_ptr<Acceptor> acceptor, std::string address);

  std::shared_ptr<Acceptor> acceptor_;
  std::string address_;
};

}  // namespace handover::net
