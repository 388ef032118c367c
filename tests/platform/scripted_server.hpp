// A server that does what a test's script says, right or wrong, on real sockets. Each connection
// has its own thread, whose blocking calls give up after some seconds, so that a broken test fails
// and does not hang.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/support/certificates.hpp"

struct ssl_ctx_st;
struct ssl_st;

namespace handover::test {

/// The server's end of one connection.
class Peer {
 public:
  Peer(int descriptor, ssl_ctx_st* tls, std::size_t number);
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer();

  /// The how-manieth connection this is, from 0.
  [[nodiscard]] std::size_t number() const { return number_; }
  /// False if there is no TLS, or the client does not like us.
  bool shake_hands();
  /// A request with its body (by Content-Length), as it came; empty if the client ends first.
  std::string read_request();
  /// Waits until the client has sent something, and leaves it unread.
  void wait_for_bytes();
  /// False if the client did not take all of it.
  bool send(std::string_view text);
  /// Waits until the client ends the connection.
  void wait_for_end();
  /// TLS: says goodbye, as a whole answer without a length needs.
  void close_notify();
  /// Ends with a reset instead of a proper end.
  void reset();
  /// Ends the connection now, seen from outside of the script's thread, too.
  void shut_down();

 private:
  std::string read_some();

  int descriptor_;
  std::size_t number_;
  std::unique_ptr<ssl_st, void (*)(ssl_st*)> tls_;
  std::string unread_;
};

struct ServerTls {
  Identity identity;
  int version_max = 0;  ///< OpenSSL's TLS1_1_VERSION …; 0: the newest.
};

class ScriptedServer {
 public:
  using Script = std::function<void(Peer&)>;

  explicit ScriptedServer(Script script) : ScriptedServer(std::nullopt, std::move(script)) {}
  ScriptedServer(std::optional<ServerTls> tls, Script script);
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;
  ~ScriptedServer();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// http(s)://`host`:port
  [[nodiscard]] std::string origin(const std::string& host = "127.0.0.1") const;
  [[nodiscard]] std::size_t connections() const { return connections_; }

 private:
  void accept_all();

  Script script_;
  std::shared_ptr<ssl_ctx_st> tls_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<std::size_t> connections_ = 0;
  std::mutex mutex_;
  std::vector<std::weak_ptr<Peer>> peers_;
  std::vector<std::thread> threads_;  // Only the acceptor's thread adds to it.
  std::thread acceptor_;
};

/// A script that answers every request of a connection with `answer`.
[[nodiscard]] ScriptedServer::Script always(std::string answer);

}  // namespace handover::test
