#include "platform/asio/connection.hpp"

#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <ctime>

namespace handover::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kReadBytes = std::size_t{16} << 10;
constexpr std::size_t kKeptBufferBytes = std::size_t{256} << 10;

std::chrono::nanoseconds boot_time() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

void forget(std::vector<std::shared_ptr<Connection>>& list,
            const std::shared_ptr<Connection>& connection) {
  std::erase(list, connection);
}

}  // namespace

bool is_quiet(int descriptor) {
  char byte = 0;
  const ssize_t count = ::recv(descriptor, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count < 0 && errno == EAGAIN;
}

/// A name look-up that may outlive the connection which asked: the system's resolver cannot be
/// interrupted.
struct Connection::Lookup {
  explicit Lookup(const asio::any_io_executor& executor) : resolver(executor), done(executor) {}

  tcp::resolver resolver;
  asio::steady_timer done;  // Cancelled when there is an answer, or when nobody waits any more.
  error_code error = asio::error::operation_aborted;
  std::vector<tcp::endpoint> endpoints;
};

Connection::Connection(const asio::any_io_executor& executor, TlsClient* tls_client)
    : socket(executor), watchdog_(executor) {
  if (tls_client != nullptr) tls.emplace(socket, tls_client->context());
}

void Connection::watch() {
  watchdog_.watch(weak_from_this(), [this] {
    timed_out_ = true;
    close();
  });
}

asio::awaitable<error_code> Connection::resolve(const Url& url) {
  error_code error;
  const auto address = asio::ip::make_address(url.host, error);
  if (!error) {
    endpoints_.emplace_back(address, url.port);
    co_return error_code();
  }
  const auto lookup = std::make_shared<Lookup>(socket.get_executor());
  lookup_ = lookup;
  lookup->done.expires_at(asio::steady_timer::time_point::max());
  const auto on_answer = [lookup](const error_code& failure,
                                  const tcp::resolver::results_type& results) {
    lookup->error = failure;
    for (const auto& result : results) lookup->endpoints.push_back(result.endpoint());
    lookup->done.cancel();
  };
  lookup->resolver.async_resolve(url.host, std::to_string(url.port), on_answer);
  auto waiting = lookup->done.async_wait(kUseTuple);
  co_await std::move(waiting);
  endpoints_ = lookup->endpoints;
  lookup_.reset();
  co_return lookup->error;
}

Connection::Io Connection::write() {
  const auto buffer = asio::buffer(output);
  return tls ? asio::async_write(*tls, buffer, kUseTuple)
             : asio::async_write(socket, buffer, kUseTuple);
}

Connection::Io Connection::read_some() {
  const auto buffer = input.prepare(kReadBytes);
  return tls ? tls->async_read_some(buffer, kUseTuple) : socket.async_read_some(buffer, kUseTuple);
}

void Connection::close() {
  watchdog_.stop();
  if (lookup_) {
    lookup_->resolver.cancel();
    lookup_->done.cancel();
  }
  error_code ignored;
  socket.close(ignored);
}

void Connection::start_over() {
  close();
  timed_out_ = false;
}

bool Connection::is_reusable() {
  if (!socket.is_open() || !is_quiet(socket.native_handle())) return false;
  if (!tls) return true;
  // A goodbye that came together with the last answer waits inside OpenSSL, not in the socket.
  SSL* handle = tls->native_handle();
  return SSL_has_pending(handle) == 0 && BIO_ctrl_pending(SSL_get_rbio(handle)) == 0;
}

ConnectionPool::ConnectionPool(asio::any_io_executor executor, Url url, TransportLimits limits,
                               std::unique_ptr<TlsClient> tls)
    : executor_(std::move(executor)),
      url_(std::move(url)),
      road_(authority_of(url_), limits),
      tls_(std::move(tls)) {}

std::shared_ptr<Connection> ConnectionPool::take_idle() {
  while (!idle_.empty()) {
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    if (boot_time() - connection->idle_since < road_.limits.idle_time &&
        connection->is_reusable()) {
      busy_.push_back(connection);
      return connection;
    }
    connection->close();
  }
  return nullptr;
}

std::shared_ptr<Connection> ConnectionPool::make_connection() {
  auto connection = std::make_shared<Connection>(executor_, tls_.get());
  connection->watch();
  busy_.push_back(connection);
  return connection;
}

void ConnectionPool::put_idle(const std::shared_ptr<Connection>& connection) {
  forget(busy_, connection);
  std::erase_if(idle_, [](const auto& other) { return !other->is_open(); });
  if (road_.is_closed || idle_.size() >= road_.limits.idle_connections_max)
    return connection->close();
  if (connection->output.capacity() > kKeptBufferBytes) connection->output = {};
  if (connection->input.capacity() > kKeptBufferBytes) connection->input = {};
  connection->idle_since = boot_time();
  connection->limit(road_.limits.idle_time);
  idle_.push_back(connection);
}

void ConnectionPool::drop(const std::shared_ptr<Connection>& connection) {
  connection->close();
  forget(busy_, connection);
}

void ConnectionPool::close() {
  road_.is_closed = true;
  for (const auto& connection : busy_) connection->close();
  for (const auto& connection : idle_) connection->close();
  idle_.clear();
}

}  // namespace handover::net
