#include "platform/asio/http_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <cstring>
#include <set>
#include <utility>

#include "platform/asio/http_session.hpp"
#include "platform/asio/local_address.hpp"
#include "platform/asio/tls_server.hpp"
#include "platform/assert.hpp"

namespace handover::net {
namespace {

namespace asio = boost::asio;
using Protocol = asio::generic::stream_protocol;

/// Connections over the limit that may hear so at the same time; further ones wait in the system's
/// queue.
constexpr std::size_t kTurnedAwayMax = 16;
constexpr int kBacklog = 128;
constexpr milliseconds kAcceptPause{100};

/// What a socket file is, so that only our own is removed.
struct FileId {
  dev_t device = 0;
  ino_t node = 0;
  bool operator==(const FileId&) const = default;
};

FileId file_id(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return {};
  return {status.st_dev, status.st_ino};
}

Error in_use(const std::string& what) {
  return {Errc::kInUse, what + " is in use; is another agent running?"};
}

/// Makes way at a socket's path: removes what a dead process has left, and nothing else.
Result<void> remove_stale_socket(const asio::any_io_executor& executor,
                                 const LocalAddress& address) {
  struct stat status {};
  if (::lstat(address.unix_path.c_str(), &status) != 0) return {};
  if (!S_ISSOCK(status.st_mode)) {
    return fail(Errc::kConfig,
                address.unix_path + " exists and is not a socket; it is not replaced");
  }
  LocalSocket probe(executor);
  error_code error;
  probe.open(address.endpoint.protocol(), error);
  // A full queue of a live process must not make us wait.
  if (!error) probe.non_blocking(true, error);
  if (!error) probe.connect(address.endpoint, error);
  if (error == asio::error::connection_refused) {
    ::unlink(address.unix_path.c_str());
    return {};
  }
  return fail(in_use(address.unix_path));
}

std::string address_text(const LocalAddress& address, const Protocol::endpoint& bound) {
  if (address.is_unix()) return "unix:" + address.unix_path;
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.endpoint.protocol().family() == AF_INET6) {
    sockaddr_in6 socket{};
    std::memcpy(&socket, bound.data(), sizeof(socket));
    ::inet_ntop(AF_INET6, &socket.sin6_addr, text.data(), text.size());
    return "[" + std::string(text.data()) + "]:" + std::to_string(ntohs(socket.sin6_port));
  }
  sockaddr_in socket{};
  std::memcpy(&socket, bound.data(), sizeof(socket));
  ::inet_ntop(AF_INET, &socket.sin_addr, text.data(), text.size());
  return std::string(text.data()) + ":" + std::to_string(ntohs(socket.sin_port));
}

}  // namespace

/// Everything that waiting operations refer to; the server holds it, and so do they.
class HttpServer::Acceptor : public std::enable_shared_from_this<HttpServer::Acceptor> {
 public:
  Acceptor(const asio::any_io_executor& executor, ServerLimits limits,
           std::unique_ptr<TlsServer> tls, HttpHandler handler)
      : acceptor_(executor),
        pause_(executor),
        limits_(limits),
        tls_(std::move(tls)),
        handler_(std::move(handler)) {}

  Result<std::string> open(const LocalAddress& address) {
    if (address.is_unix()) RETURN_IF_ERROR(remove_stale_socket(acceptor_.get_executor(), address));
    error_code error;
    acceptor_.open(address.endpoint.protocol(), error);
    if (!error && !address.is_unix())
      acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(address.endpoint, error);
    if (error == asio::error::address_in_use)
      return fail(in_use(address_text(address, address.endpoint)));
    if (!error && address.is_unix()) error = protect(address.unix_path);
    // Not before here can anybody connect.
    if (!error) acceptor_.listen(kBacklog, error);
    if (error == asio::error::address_in_use)
      return fail(in_use(address_text(address, address.endpoint)));
    if (error) {
      return fail(Errc::kIo, "cannot listen at " + address_text(address, address.endpoint) + ": " +
                                 error.message());
    }
    const auto bound = acceptor_.local_endpoint(error);
    if (error) return fail(Errc::kIo, "cannot listen: " + error.message());
    return address_text(address, bound);
  }

  void accept() {
    acceptor_.async_accept(
        [self = shared_from_this()](const error_code& error, LocalSocket socket) {
          self->on_accept(error, std::move(socket));
        });
  }

  void stop() {
    if (stopped_) return;
    stopped_ = true;
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
    // A handler that stops its own server still runs: it must not lose itself.
    asio::post(acceptor_.get_executor(), [self = shared_from_this()] {});
    auto sessions = std::exchange(sessions_, {});
    sessions.merge(turned_away_);
    for (const auto& session : sessions) session->close();
    if (!path_.empty() && file_id(path_) == file_) ::unlink(path_.c_str());
  }

 private:
  error_code protect(const std::string& path) {
    path_ = path;
    file_ = file_id(path);
    if (::chmod(path.c_str(), S_IRUSR | S_IWUSR) == 0) return {};
    return {errno, boost::system::system_category()};
  }

  void on_accept(const error_code& error, LocalSocket socket) {
    if (stopped_) return;
    if (error) return accept_later();
    const int on = 1;
    // No effect, and no harm, on a Unix socket.
    static_cast<void>(
        ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)));
    const auto session = std::make_shared<HttpSession>(
        std::move(socket), tls_.get(), limits_, handler_,
        [self = shared_from_this()](const std::shared_ptr<HttpSession>& ended) {
          self->on_ended(ended);
        });
    const bool full = sessions_.size() >= limits_.connections_max;
    (full ? turned_away_ : sessions_).insert(session);
    accepting_ = turned_away_.size() < kTurnedAwayMax;
    if (accepting_) accept();
    if (full) return session->turn_away();
    session->start();
  }

  /// Out of descriptors, or the peer has gone already: neither may spin.
  void accept_later() {
    pause_.expires_after(kAcceptPause);
    pause_.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error && !self->stopped_) self->accept();
    });
  }

  void on_ended(const std::shared_ptr<HttpSession>& session) {
    sessions_.erase(session);
    turned_away_.erase(session);
    if (stopped_ || accepting_) return;
    accepting_ = true;
    accept();
  }

  asio::basic_socket_acceptor<Protocol> acceptor_;
  asio::steady_timer pause_;
  ServerLimits limits_;
  std::unique_ptr<TlsServer> tls_;  // Null: plain.
  HttpHandler handler_;
  std::set<std::shared_ptr<HttpSession>> sessions_;
  std::set<std::shared_ptr<HttpSession>> turned_away_;  // They hear so, and take no place.
  std::string path_;
  FileId file_;
  bool accepting_ = true;
  bool stopped_ = false;
};

Result<std::unique_ptr<HttpServer>> HttpServer::listen(const asio::any_io_executor& executor,
                                                       const std::string& address,
                                                       ServerLimits limits, HttpHandler handler) {
  TRY_ASSIGN(const LocalAddress local, parse_local_address(address));
  return open(local, std::make_shared<Acceptor>(executor, limits, nullptr, std::move(handler)));
}

Result<std::unique_ptr<HttpServer>> HttpServer::listen_tls(const asio::any_io_executor& executor,
                                                           const std::string& address,
                                                           ServerLimits limits,
                                                           std::unique_ptr<TlsServer> tls,
                                                           HttpHandler handler) {
  INVARIANT(tls != nullptr);
  TRY_ASSIGN(const LocalAddress ip, parse_ip_address(address));
  return open(ip, std::make_shared<Acceptor>(executor, limits, std::move(tls), std::move(handler)));
}

Result<std::unique_ptr<HttpServer>> HttpServer::open(const LocalAddress& address,
                                                     std::shared_ptr<Acceptor> acceptor) {
  auto bound = acceptor->open(address);
  if (!bound) {
    acceptor->stop();
    return fail(std::move(bound).error());
  }
  acceptor->accept();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(acceptor), std::move(*bound)));
}

HttpServer::HttpServer(std::shared_ptr<Acceptor> acceptor, std::string address)
    : acceptor_(std::move(acceptor)), address_(std::move(address)) {}

HttpServer::~HttpServer() { stop(); }

void HttpServer::stop() { acceptor_->stop(); }

}  // namespace handover::net
