#include "platform/asio/beast_http_transport.hpp"

#include <boost/asio/ssl/error.hpp>
#include <utility>

#include "platform/asio/connection.hpp"
#include "platform/asio/http_exchange.hpp"

namespace handover::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Reason = HttpFailure::Reason;
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

asio::awaitable<MaybeFailure> connect(ConnectionPool& pool, Connection& connection) {
  using Clock = Watchdog::SteadyClock;
  const auto deadline = Clock::now() + pool.road().limits.connect_time;
  connection.limit(pool.road().limits.connect_time);
  auto resolving = connection.resolve(pool.url());
  const error_code unresolved = co_await std::move(resolving);
  if (pool.road().is_closed) co_return cancelled(false);
  const std::string where = pool.road().authority;
  if (unresolved || connection.endpoints().empty()) {
    const std::string why = connection.timed_out() ? "no answer" : unresolved.message();
    co_return HttpFailure(Reason::kNoNetwork, false,
                          "the name of " + where + " cannot be resolved: " + why);
  }
  std::string why = "no answer within " + in_seconds(pool.road().limits.connect_time);
  std::size_t left = connection.endpoints().size();
  for (const tcp::endpoint& endpoint : connection.endpoints()) {
    const auto now = Clock::now();
    if (now >= deadline) break;
    // Each address gets its share of the time, so that one that swallows packets does not hide the
    // next.
    connection.limit(std::chrono::ceil<milliseconds>((deadline - now) / left--));
    auto connecting = connection.socket.async_connect(endpoint, kUseTuple);
    const auto [error] = co_await std::move(connecting);
    if (pool.road().is_closed) co_return cancelled(false);
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
  const std::string where = pool.road().authority;
  if (!TlsClient::expect_host(*connection.tls, pool.url().host, connection.finding)) {
    co_return HttpFailure(Reason::kTls, false, where + ": its name cannot be checked");
  }
  connection.limit(pool.road().limits.handshake_time);
  auto shaking = connection.tls->async_handshake(asio::ssl::stream_base::client, kUseTuple);
  const auto [error] = co_await std::move(shaking);
  if (pool.road().is_closed) co_return cancelled(false);
  if (!error) {
    if (pool.tls()->has_pinned_key(*connection.tls)) co_return std::nullopt;
    co_return HttpFailure(Reason::kTls, false, where + ": none of the pinned keys matches");
  }
  if (connection.timed_out()) {
    co_return HttpFailure(
        Reason::kBroken, false,
        where + ": no TLS handshake within " + in_seconds(pool.road().limits.handshake_time));
  }
  const std::string why = explain_handshake(error, connection.finding);
  if (!why.empty()) co_return HttpFailure(Reason::kTls, false, where + ": " + why);
  co_return HttpFailure(Reason::kBroken, false,
                        where + ": the connection ended during the TLS handshake");
}

asio::awaitable<HttpOutcome> run_exchange(std::shared_ptr<ConnectionPool> pool,
                                          HttpRequest request) {
  const MaybeFailure hindered = hindrance(pool->road(), request);
  if (hindered) co_return tl::unexpected(*hindered);
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
  bool reusable = false;
  auto exchanging = exchange_over(pool->road(), *connection, request, reusable);
  HttpOutcome outcome = co_await std::move(exchanging);
  if (reusable) lease.keep();
  co_return outcome;
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
