#include "platform/asio/http_session.hpp"

#include <boost/asio/write.hpp>
#include <utility>

#include "platform/asio/http_text.hpp"
#include "platform/asio/tls_server.hpp"

namespace handover::net {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kReadBytes = std::size_t{8} << 10;
constexpr std::size_t kKeptOutputBytes = std::size_t{64} << 10;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

HttpResponse make_problem(int status, std::string_view name, std::string_view title) {
  HttpResponse response(status);
  HttpHeader type;
  type.name = "Content-Type";
  type.value = "application/problem+json";
  response.headers.push_back(std::move(type));
  response.body.append(R"({"type":"urn:handover:problem:)")
      .append(name)
      .append(R"(","title":")")
      .append(title);
  response.body.append(R"(","status":)").append(std::to_string(status)).append("}");
  return response;
}

/// Beast's parser takes any target and any number of Host headers.
bool is_well_formed(const HttpRequest& request, int version) {
  std::size_t hosts = 0;
  for (const auto& header : request.headers) {
    if (equal_ignoring_case(header.name, "Host")) ++hosts;
  }
  return request.target.starts_with('/') && (hosts == 1 || (hosts == 0 && version < 11));
}

}  // namespace

/// The right to answer one request. The session hears of it if the right is thrown away.
class HttpSession::Ticket {
 public:
  explicit Ticket(std::weak_ptr<HttpSession> session) : session_(std::move(session)) {}
  Ticket(const Ticket&) = delete;
  Ticket& operator=(const Ticket&) = delete;
  ~Ticket() {
    if (const auto session = session_.lock()) session->on_abandoned();
  }
  void reply(HttpResponse response) {
    if (const auto session = std::exchange(session_, {}).lock())
      session->on_reply(std::move(response));
  }

 private:
  std::weak_ptr<HttpSession> session_;
};

HttpSession::HttpSession(LocalSocket socket, TlsServer* tls, const ServerLimits& limits,
                         const HttpHandler& handler,
                         std::function<void(const std::shared_ptr<HttpSession>&)> ended)
    : socket_(std::move(socket)),
      limits_(limits),
      handler_(handler),
      ended_(std::move(ended)),
      watchdog_(socket_.get_executor()) {
  error_code ignored;
  socket_.non_blocking(true, ignored);
  if (tls != nullptr) tls_.emplace(socket_, tls->context());
}

void HttpSession::start() {
  watchdog_.watch(weak_from_this(), [this] { on_time_passed(); });
  if (tls_) return shake_hands();
  await_first();
}

void HttpSession::shake_hands() {
  phase_ = Phase::kShakingHands;
  watchdog_.limit(limits_.handshake_time);
  tls_->async_handshake(asio::ssl::stream_base::server,
                        [self = shared_from_this()](const error_code& error) {
                          if (self->phase_ != Phase::kShakingHands) return;
                          if (error) return self->close();
                          self->await_first();
                        });
}

void HttpSession::await_first() {
  await_next();
  advance();
}

void HttpSession::turn_away() {
  if (tls_) return close();
  watchdog_.watch(weak_from_this(), [this] { on_time_passed(); });
  send_problem(503, "too-many-connections", "Too many connections to the agent");
}

void HttpSession::close() {
  if (phase_ == Phase::kClosed) return;
  phase_ = Phase::kClosed;
  watchdog_.stop();
  stream_.reset();
  error_code ignored;
  socket_.close(ignored);
  const auto ended = std::exchange(ended_, nullptr);
  if (ended) ended(shared_from_this());
}

void HttpSession::await_next() {
  phase_ = Phase::kReading;
  timing_ = false;
  continued_ = false;
  with_body_ = true;
  parser_.emplace(limits_.header_bytes_max, limits_.body_bytes_max);
  watchdog_.limit(limits_.idle_time);
}

bool HttpSession::has_begun() const { return input_.size() > 0 || parser_->got_some(); }

void HttpSession::read_some() {
  if (reading_) return;
  reading_ = true;
  auto on_some = [self = shared_from_this()](const error_code& error, std::size_t count) {
    self->on_read(error, count);
  };
  // What comes while lingering is thrown away, enciphered or not.
  if (tls_ && phase_ != Phase::kLingering) {
    tls_->async_read_some(input_.prepare(kReadBytes), std::move(on_some));
  } else {
    socket_.async_read_some(input_.prepare(kReadBytes), std::move(on_some));
  }
}

void HttpSession::on_read(const error_code& error, std::size_t count) {
  reading_ = false;
  if (phase_ == Phase::kClosed) return;
  if (error) return close();
  if (phase_ == Phase::kLingering) return read_some();  // Without commit(): it is thrown away.
  input_.commit(count);
  // Who listens to a stream has nothing more to say; reading only tells that he has gone. What
  // comes all the same is read when the stream has ended.
  if (stream_ && input_.size() <= limits_.header_bytes_max) return read_some();
  advance();
}

/// Goes through what has arrived, as far as it goes without waiting.
void HttpSession::advance() {
  if (advancing_) return;
  advancing_ = true;
  while (phase_ == Phase::kReading && !reading_) {
    error_code error;
    switch (feed(*parser_, input_, error)) {
      case Progress::kDone:
        dispatch();
        break;
      case Progress::kFailed:
        refuse(error);
        break;
      case Progress::kNeedMore:
        await_more();
        break;
    }
  }
  advancing_ = false;
}

void HttpSession::await_more() {
  // Beast bounds the header and the body, but not the text between chunks.
  if (input_.size() > limits_.header_bytes_max)
    return refuse(make_error_code(http::error::header_limit));
  if (has_begun() && !timing_) {
    timing_ = true;
    watchdog_.limit(limits_.request_time);
  }
  if (parser_->is_header_done() && !continued_) {
    continued_ = true;
    const auto expected = find_header(parser_->message().headers, "Expect");
    const bool known = equal_ignoring_case(expected, "100-continue");
    if (!expected.empty() && !known) return send_problem(417, "expectation", "Unknown expectation");
    // So few bytes fit into the empty buffer of a socket; should they not, the client goes on
    // without them, as it does over TLS, where nothing is written without waiting.
    error_code ignored;
    if (known && !tls_) socket_.write_some(asio::buffer(kContinue), ignored);
  }
  read_some();
}

void HttpSession::dispatch() {
  HttpRequest request = std::move(parser_->message());
  closing_ = !parser_->keep_alive();
  with_body_ = request.method != "HEAD";
  if (!is_well_formed(request, parser_->version())) return refuse({});
  phase_ = Phase::kHandling;
  watchdog_.lift();
  const auto ticket = std::make_shared<Ticket>(weak_from_this());
  handler_(std::move(request),
           [ticket](HttpResponse response) { ticket->reply(std::move(response)); });
}

void HttpSession::on_reply(HttpResponse response) {
  if (phase_ != Phase::kHandling) return;
  if (has_sound_headers(response)) {
    send(response);
  } else {
    send_problem(500, "internal", "The agent made an answer that is not HTTP");
  }
  advance();
}

void HttpSession::on_abandoned() {
  if (phase_ == Phase::kHandling) close();
}

void HttpSession::refuse(const error_code& error) {
  if (error == http::error::body_limit)
    return send_problem(413, "body-too-large", "The body is too large");
  if (error == http::error::header_limit)
    return send_problem(431, "header-too-large", "The header is too large");
  send_problem(400, "malformed-request", "This is not a well-formed HTTP/1.1 request");
}

void HttpSession::send_problem(int status, std::string_view name, std::string_view title) {
  closing_ = true;
  send(make_problem(status, name, title));
}

void HttpSession::send(const HttpResponse& response) {
  phase_ = Phase::kWriting;
  output_.clear();
  if (output_.capacity() > kKeptOutputBytes) output_ = {};
  written_ = 0;
  stream_ = with_body_ ? response.stream : nullptr;
  chunked_ = stream_ && parser_->version() >= 11;
  closing_ = closing_ || stream_;  // How a stream ends is seldom worth another request.
  AnswerOptions options;
  options.with_body = with_body_;
  options.closing = closing_;
  options.chunked = chunked_;
  append_answer(output_, response, options);
  flush();
}

/// An answer nearly always fits into the socket's buffer, and is gone without a turn of the event
/// loop.
void HttpSession::flush() {
  if (tls_) return write_rest();
  error_code error;
  while (written_ < output_.size()) {
    written_ += socket_.write_some(asio::buffer(output_) + written_, error);
    if (error) break;
  }
  if (!error) return on_written();
  if (error != asio::error::would_block) return close();
  write_rest();
}

void HttpSession::write_rest() {
  watchdog_.limit(limits_.write_time);
  auto on_all = [self = shared_from_this()](const error_code& failure, std::size_t) {
    if (self->phase_ != Phase::kWriting) return;
    if (failure) return self->close();
    self->on_written();
    self->advance();
  };
  const auto rest = asio::buffer(output_) + written_;
  if (tls_) {
    asio::async_write(*tls_, rest, std::move(on_all));
  } else {
    asio::async_write(socket_, rest, std::move(on_all));
  }
}

void HttpSession::on_written() {
  if (stream_) return stream_next();
  if (closing_) return linger();
  await_next();
}

/// No time limit runs while there is nothing to tell; one does while the peer takes a piece.
void HttpSession::stream_next() {
  phase_ = Phase::kStreaming;
  watchdog_.lift();
  read_some();
  stream_->next([weak = weak_from_this()](std::string piece) {
    const auto self = weak.lock();
    if (!self || self->phase_ != Phase::kStreaming) return;
    self->on_piece(piece);
  });
}

void HttpSession::on_piece(std::string_view piece) {
  phase_ = Phase::kWriting;
  output_.clear();
  written_ = 0;
  if (piece.empty()) stream_.reset();
  if (chunked_) {
    append_chunk(output_, piece);
  } else {
    output_.append(piece);
  }
  flush();
}

/// Closing at once, while the peer still sends, would make the system throw away the answer that it
/// has not read yet.
void HttpSession::linger() {
  phase_ = Phase::kLingering;
  watchdog_.limit(limits_.linger_time);
  input_.consume(input_.size());
  if (!tls_) return drain();
  // So that the peer knows the answer whole. It may have sent what TLS takes for an error now.
  tls_->async_shutdown([self = shared_from_this()](const error_code&) {
    if (self->phase_ == Phase::kLingering) self->drain();
  });
}

void HttpSession::drain() {
  error_code ignored;
  socket_.shutdown(LocalSocket::shutdown_send, ignored);
  read_some();
}

void HttpSession::on_time_passed() {
  if (phase_ != Phase::kReading || !has_begun()) return close();
  send_problem(408, "request-timeout", "The request did not arrive in time");
}

}  // namespace handover::net
