// One connection to a server of ours, plain or over TLS. Internal to platform/asio.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "platform/asio/http_parser.hpp"
#include "platform/asio/http_server.hpp"
#include "platform/asio/watchdog.hpp"

namespace handover::net {

using LocalSocket = boost::asio::generic::stream_protocol::socket;

class HttpSession : public std::enable_shared_from_this<HttpSession> {
 public:
  /// `ended` runs once, when the connection is closed. `tls` is null for a plain one. Lifetime:
  /// `tls`, `limits` and `handler` live until then.
  HttpSession(LocalSocket socket, TlsServer* tls, const ServerLimits& limits,
              const HttpHandler& handler,
              std::function<void(const std::shared_ptr<HttpSession>&)> ended);

  void start();
  /// Answers 503 without reading a request, and closes. Over TLS it only closes: an answer would
  /// cost a handshake.
  void turn_away();
  void close();

 private:
  enum class Phase {
    kShakingHands,
    kReading,
    kHandling,
    kWriting,
    kStreaming,
    kLingering,
    kClosed
  };
  class Ticket;

  void shake_hands();
  void await_first();
  void read_some();
  void on_read(const error_code& error, std::size_t count);
  void advance();
  void await_more();
  void dispatch();
  void on_reply(HttpResponse response);
  void on_abandoned();
  void refuse(const error_code& error);
  void send(const HttpResponse& response);
  void send_problem(int status, std::string_view name, std::string_view title);
  void flush();
  void on_written();
  void stream_next();
  void on_piece(std::string_view piece);
  void write_rest();
  void linger();
  void drain();
  void on_time_passed();
  void await_next();
  [[nodiscard]] bool has_begun() const;

  LocalSocket socket_;
  std::optional<boost::asio::ssl::stream<LocalSocket&>> tls_;  // Over the socket; none: plain.
  const ServerLimits& limits_;
  const HttpHandler& handler_;
  std::function<void(const std::shared_ptr<HttpSession>&)> ended_;
  Watchdog watchdog_;
  boost::beast::flat_buffer input_;
  std::optional<MessageParser<true>> parser_;
  std::string output_;
  std::shared_ptr<HttpBodyStream> stream_;  // Of the answer that is being sent piece by piece.
  std::size_t written_ = 0;
  Phase phase_ = Phase::kReading;
  bool advancing_ =
      false;  // advance() is on the stack: an answer given at once must not start a second one.
  bool reading_ = false;    // A read is under way.
  bool timing_ = false;     // The time limit of this request runs.
  bool continued_ = false;  // 100 Continue was sent for this request.
  bool closing_ = false;    // The connection closes after this answer.
  bool with_body_ = true;   // False for the answer to HEAD.
  bool chunked_ = false;  // The pieces of the stream are framed; else the connection's end is its.
};

}  // namespace handover::net
