// One connection to a back-end, plain or TLS, and the pool of those that are idle. Internal to
// platform/asio.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "platform/asio/beast_http_transport.hpp"
#include "platform/asio/tls_client.hpp"
#include "platform/asio/url.hpp"
#include "platform/asio/watchdog.hpp"

namespace handover::net {

inline constexpr auto kUseTuple = boost::asio::as_tuple(boost::asio::use_awaitable);

/// True if the peer has neither closed this quiet connection nor sent anything that nobody asked
/// for.
[[nodiscard]] bool is_quiet(int descriptor);

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Io = boost::asio::awaitable<std::tuple<boost::system::error_code, std::size_t>>;

  Connection(const boost::asio::any_io_executor& executor, TlsClient* tls);

  /// Starts to keep the limits; the connection is closed when one has passed.
  void watch();
  void limit(std::chrono::milliseconds time) { watchdog_.limit(time); }
  [[nodiscard]] bool timed_out() const { return timed_out_; }

  /// Names to addresses, in the system's way. Ends at the limit even if the system's resolver does
  /// not.
  boost::asio::awaitable<boost::system::error_code> resolve(const Url& url);
  [[nodiscard]] const std::vector<boost::asio::ip::tcp::endpoint>& endpoints() const {
    return endpoints_;
  }

  /// Sends all of `output`.
  Io write();
  /// Receives some bytes into `input`'s free space; follow it with input.commit().
  Io read_some();
  /// After a failed attempt at one address: as new, for the next.
  void start_over();
  /// Ends what is under way.
  void close();
  [[nodiscard]] bool is_open() const { return socket.is_open(); }
  /// Nothing arrived while it was idle, and it did not end.
  [[nodiscard]] bool is_reusable();

  boost::asio::ip::tcp::socket socket;
  std::optional<TlsStream> tls;
  TlsFinding finding;
  std::string output;
  boost::beast::flat_buffer input;
  std::chrono::nanoseconds idle_since{
      0};  ///< CLOCK_BOOTTIME: a connection does not survive the device's sleep.

 private:
  Watchdog watchdog_;
  std::vector<boost::asio::ip::tcp::endpoint> endpoints_;
  bool timed_out_ = false;

  struct Lookup;
  std::shared_ptr<Lookup> lookup_;
};

/// Everything that the exchanges of one transport share. It outlives the transport as long as one
/// is under way.
class ConnectionPool {
 public:
  ConnectionPool(boost::asio::any_io_executor executor, Url url, TransportLimits limits,
                 std::unique_ptr<TlsClient> tls);

  /// An idle connection that still stands, or null.
  [[nodiscard]] std::shared_ptr<Connection> take_idle();
  /// A connection that is not connected yet.
  [[nodiscard]] std::shared_ptr<Connection> make_connection();
  void put_idle(const std::shared_ptr<Connection>& connection);
  /// It is closed, and forgotten.
  void drop(const std::shared_ptr<Connection>& connection);
  /// Ends all exchanges; no new one begins.
  void close();

  [[nodiscard]] bool is_closed() const { return closed_; }
  [[nodiscard]] const Url& url() const { return url_; }
  [[nodiscard]] const std::string& authority() const { return authority_; }
  [[nodiscard]] const TransportLimits& limits() const { return limits_; }
  [[nodiscard]] TlsClient* tls() const { return tls_.get(); }

 private:
  boost::asio::any_io_executor executor_;
  Url url_;
  std::string authority_;
  TransportLimits limits_;
  std::unique_ptr<TlsClient> tls_;
  std::vector<std::shared_ptr<Connection>> idle_;  // The last one was used last.
  std::vector<std::shared_ptr<Connection>> busy_;
  bool closed_ = false;
};

}  // namespace handover::net
