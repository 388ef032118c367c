#include "platform/asio/beast_http_transport.hpp"

#include <boost/asio/ssl/error.hpp>
#include <utility>

#include "platform/asio/connection.hpp"
#include "platform/asio/http_parser.hpp"
#include "platform/asio/http_text.hpp"

namespace handover::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Reason = HttpFailure::Reason;
using AnswerParser = MessageParser<false>;
using MaybeFailure = std::optional<HttpFailure>;

/// The connection of one exchange. Unless it is kept for the next, it is closed, also when the
/// coroutine is thrown away.
class Lease {
 public:
  Lease(ConnectionPool& pool, std::shared_ptr<Connection> connection)
      : pool_(pool), connection_(std::move(connection)) {}
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease() {
    if (connection_) pool_.drop(connection_);
  }
  void keep() { pool_.put_idle(std::exchange(connection_, nullptr)); }

 private:
  ConnectionPool& pool_;
  std::shared_ptr<Connection> connection_;
};

std::string in_seconds(milliseconds time) {
  return time % std::chrono::seconds(1) == milliseconds(0)
             ? std::to_string(time.count() / 1000) + " s"
             : std::to_string(time.count()) + " ms";
}

HttpFailure cancelled(bool may_have_left) {
  return {Reason::kCancelled, may_have_left, "the agent is stopping"};
}

asio::awaitable<MaybeFailure> connect(ConnectionPool& pool, Connection& connection) {
  using Clock = Watchdog::SteadyClock;
  const auto deadline = Clock::now() + pool.limits().connect_time;
  connection.limit(pool.limits().connect_time);
  auto resolving = connection.resolve(pool.url());
  const error_code unresolved = co_await std::move(resolving);
  if (pool.is_closed()) co_return cancelled(false);
  const std::string where = pool.authority();
  if (unresolved || connection.endpoints().empty()) {
    const std::string why = connection.timed_out() ? "no answer" : unresolved.message();
    co_return HttpFailure(Reason::kNoNetwork, false,
                          "the name of " + where + " cannot be resolved: " + why);
  }
  std::string why = "no answer within " + in_seconds(pool.limits().connect_time);
  std::size_t left = connection.endpoints().size();
  for (const tcp::endpoint& endpoint : connection.endpoints()) {
    const auto now = Clock::now();
    if (now >= deadline) break;
    // Each address gets its share of the time, so that one that swallows packets does not hide the
    // next.
    connection.limit(std::chrono::ceil<milliseconds>((deadline - now) / left--));
    auto connecting = connection.socket.async_connect(endpoint, kUseTuple);
    const auto [error] = co_await std::move(connecting);
    if (pool.is_closed()) co_return cancelled(false);
    if (!error) {
      error_code ignored;
      connection.socket.set_option(tcp::no_delay(true), ignored);
      co_return std::nullopt;
    }
    if (!connection.timed_out()) why = error.message();
    connection.start_over();
  }
  co_return HttpFailure(Reason::kNoNetwork, false, "cannot connect to " + where + ": " + why);
}

asio::awaitable<MaybeFailure> shake_hands(ConnectionPool& pool, Connection& connection) {
  const std::string where = pool.authority();
  if (!TlsClient::expect_host(*connection.tls, pool.url().host, connection.finding)) {
    co_return HttpFailure(Reason::kTls, false, where + ": its name cannot be checked");
  }
  connection.limit(pool.limits().handshake_time);
  auto shaking = connection.tls->async_handshake(asio::ssl::stream_base::client, kUseTuple);
  const auto [error] = co_await std::move(shaking);
  if (pool.is_closed()) co_return cancelled(false);
  if (!error) {
    if (pool.tls()->has_pinned_key(*connection.tls)) co_return std::nullopt;
    co_return HttpFailure(Reason::kTls, false, where + ": none of the pinned keys matches");
  }
  if (connection.timed_out()) {
    co_return HttpFailure(
        Reason::kBroken, false,
        where + ": no TLS handshake within " + in_seconds(pool.limits().handshake_time));
  }
  const std::string why = explain_handshake(error, connection.finding);
  if (!why.empty()) co_return HttpFailure(Reason::kTls, false, where + ": " + why);
  co_return HttpFailure(Reason::kBroken, false,
                        where + ": the connection ended during the TLS handshake");
}

HttpFailure failed_write(const ConnectionPool& pool, const Connection& connection,
                         const error_code& error, std::size_t written) {
  // A plain socket that took no byte has sent none; what TLS has sent of a record is not known.
  const bool may_have_left = written > 0 || connection.tls.has_value();
  if (pool.is_closed()) return cancelled(may_have_left);
  const std::string why =
      connection.timed_out()
          ? "the request could not be sent within " + in_seconds(pool.limits().write_time)
          : "the connection ended while the request was sent: " + error.message();
  return {Reason::kBroken, may_have_left, pool.authority() + ": " + why};
}

/// A read has failed; with `parser` in the middle of an answer. The end of the connection may be
/// the end of the answer.
MaybeFailure failed_read(const ConnectionPool& pool, const Connection& connection,
                         AnswerParser& parser, const error_code& error) {
  if (pool.is_closed()) return cancelled(true);
  const std::string& where = pool.authority();
  if (connection.timed_out()) {
    return HttpFailure(Reason::kBroken, true,
                       where + ": no whole answer within " + in_seconds(pool.limits().answer_time));
  }
  // Over TLS a bare end of the connection (stream_truncated) proves nothing: anyone on the way can
  // make one.
  if (error == asio::error::eof && parser.need_eof() && parser.is_header_done()) {
    error_code unfinished;
    parser.put_eof(unfinished);
    if (!unfinished) return std::nullopt;
  }
  const std::string what = parser.got_some() ? "in the middle of the answer" : "before the answer";
  return HttpFailure(Reason::kBroken, true, where + ": the connection ended " + what);
}

HttpFailure bad_answer(const ConnectionPool& pool, const error_code& error) {
  std::string what = "the answer is not HTTP/1.1";
  if (error == http::error::header_limit) what = "the header of the answer is too large";
  if (error == http::error::body_limit) what = "the answer is too large";
  return {Reason::kBadAnswer, true, pool.authority() + ": " + what};
}

/// Reads one message, final or interim, to its end.
asio::awaitable<MaybeFailure> read_message(ConnectionPool& pool, Connection& connection,
                                           AnswerParser& parser) {
  while (true) {
    error_code error;
    const Progress progress = feed(parser, connection.input, error);
    if (progress == Progress::kDone) co_return std::nullopt;
    // Beast bounds the header and the body, but not the text between chunks.
    if (progress == Progress::kNeedMore &&
        connection.input.size() > pool.limits().header_bytes_max) {
      error = http::error::header_limit;
    }
    if (error) co_return bad_answer(pool, error);
    auto reading = connection.read_some();
    const auto [failure, count] = co_await std::move(reading);
    connection.input.commit(count);
    if (failure) co_return failed_read(pool, connection, parser, failure);
  }
}

asio::awaitable<HttpOutcome> run_exchange(std::shared_ptr<ConnectionPool> pool,
                                          HttpRequest request) {
  if (pool->is_closed()) co_return tl::unexpected(cancelled(false));
  const std::string flaw = flaw_of(request);
  if (!flaw.empty()) co_return tl::unexpected(HttpFailure(Reason::kBadRequest, false, flaw));
  auto connection = pool->take_idle();
  const bool is_new = connection == nullptr;
  if (is_new) connection = pool->make_connection();
  Lease lease(*pool, connection);
  if (is_new) {
    auto connecting = connect(*pool, *connection);
    const MaybeFailure failure = co_await std::move(connecting);
    if (failure) co_return tl::unexpected(*failure);
  }
  if (is_new && connection->tls) {
    auto shaking = shake_hands(*pool, *connection);
    const MaybeFailure failure = co_await std::move(shaking);
    if (failure) co_return tl::unexpected(*failure);
  }

  connection->output.clear();
  append_request(connection->output, request, pool->authority());
  connection->limit(pool->limits().write_time);
  auto writing = connection->write();
  const auto [write_error, written] = co_await std::move(writing);
  if (write_error) co_return tl::unexpected(failed_write(*pool, *connection, write_error, written));

  connection->limit(pool->limits().answer_time);
  for (std::size_t interim = 0; interim <= limits::kInterimAnswersMax; ++interim) {
    AnswerParser parser(pool->limits().header_bytes_max, pool->limits().body_bytes_max);
    parser.skip(request.method == "HEAD");
    auto reading = read_message(*pool, *connection, parser);
    const MaybeFailure failure = co_await std::move(reading);
    if (failure) co_return tl::unexpected(*failure);
    HttpResponse& answer = parser.message();
    if (answer.status == 101) break;
    if (answer.status < 200) continue;
    if (parser.keep_alive() && connection->is_open() && connection->input.size() == 0) lease.keep();
    co_return std::move(answer);
  }
  co_return tl::unexpected(
      HttpFailure(Reason::kBadAnswer, true, pool->authority() + ": no final answer came"));
}

Result<Url> parse_origin(const std::string& text) {
  auto url = parse_url(text);
  if (!url) return fail(Errc::kConfig, std::move(url).error().detail);
  if (!url->path.empty() && url->path != "/") return fail(Errc::kConfig, "an origin has no path");
  if (url->scheme == "http" && !is_loopback(*url)) {
    return fail(Errc::kConfig,
                "http:// is only for this device itself; use https:// for " + authority_of(*url));
  }
  return url;
}

}  // namespace

Result<std::unique_ptr<BeastHttpTransport>> BeastHttpTransport::make(asio::any_io_executor executor,
                                                                     TransportSettings settings) {
  TRY_ASSIGN(Url url, parse_origin(settings.url_origin));
  std::unique_ptr<TlsClient> tls;
  if (url.scheme == "https") {
    TRY_ASSIGN(tls, TlsClient::make(settings.ca_file, settings.pinned_keys));
  } else if (!settings.pinned_keys.empty()) {
    return fail(Errc::kConfig, "keys are pinned, but the URL is not https://");
  }
  auto pool = std::make_shared<ConnectionPool>(std::move(executor), std::move(url), settings.limits,
                                               std::move(tls));
  return std::unique_ptr<BeastHttpTransport>(new BeastHttpTransport(std::move(pool)));
}

BeastHttpTransport::BeastHttpTransport(std::shared_ptr<ConnectionPool> pool)
    : pool_(std::move(pool)) {}

BeastHttpTransport::~BeastHttpTransport() { pool_->close(); }

asio::awaitable<HttpOutcome> BeastHttpTransport::exchange(HttpRequest request) {
  return run_exchange(pool_, std::move(request));
}

}  // namespace handover::net
