// One connection to a back-end, plain or TLS, and the pool of those that are idle. Internal to
// platform/asio.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "platform/asio/http_exchange.hpp"
#include "platform/asio/tls_client.hpp"
#include "platform/asio/url.hpp"
#include "platform/asio/watchdog.hpp"

namespace handover::net {

/// True if the peer has neither closed this quiet connection nor sent anything that nobody asked
/// for.
[[nodiscard]] bool is_quiet(int descriptor);

class Connection final : public ByteStream, public std::enable_shared_from_this<Connection> {
 public:
  Connection(const boost::asio::any_io_executor& executor, TlsClient* tls);

  /// Starts to keep the limits; the connection is closed when one has passed.
  void watch();
  void limit(milliseconds time) override { watchdog_.limit(time); }
  [[nodiscard]] bool timed_out() const override { return timed_out_; }

  /// Names to addresses, in the system's way. Ends at the limit even if the system's resolver does
  /// not.
  boost::asio::awaitable<boost::system::error_code> resolve(const Url& url);
  [[nodiscard]] const std::vector<boost::asio::ip::tcp::endpoint>& endpoints() const {
    return endpoints_;
  }

  Io write() override;
  Io read_some() override;
  /// After a failed attempt at one address: as new, for the next.
  void start_over();
  /// Ends what is under way.
  void close();
  [[nodiscard]] bool is_open() const override { return socket.is_open(); }
  [[nodiscard]] bool is_encrypted() const override { return tls.has_value(); }
  /// Nothing arrived while it was idle, and it did not end.
  [[nodiscard]] bool is_reusable();

  boost::asio::ip::tcp::socket socket;
  std::optional<TlsStream> tls;
  TlsFinding finding;
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

  [[nodiscard]] const Road& road() const { return road_; }
  [[nodiscard]] const Url& url() const { return url_; }
  [[nodiscard]] TlsClient* tls() const { return tls_.get(); }

 private:
  boost::asio::any_io_executor executor_;
  Url url_;
  Road road_;
  std::unique_ptr<TlsClient> tls_;
  std::vector<std::shared_ptr<Connection>> idle_;  // The last one was used last.
  std::vector<std::shared_ptr<Connection>> busy_;
};

}  // namespace handover::net
