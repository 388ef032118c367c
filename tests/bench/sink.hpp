// A back-end that costs next to nothing: it keeps what it is sent, and says 201. It runs in a
// thread of its own.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http.hpp>
#include <string>
#include <thread>
#include <vector>

namespace handover::bench {

class Sink {
 public:
  /// Takes a free port of 127.0.0.1. Nobody can connect before open().
  Sink();
  ~Sink();
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  void open();

  [[nodiscard]] unsigned short port() const { return port_; }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  /// Uploads answered so far; logins do not count. Any thread.
  [[nodiscard]] std::size_t count() const { return count_.load(); }

  /// What was uploaded, as on the wire, oldest first, and forgets it. Requires: no upload is under
  /// way.
  [[nodiscard]] std::vector<std::string> take_requests();

 private:
  using Request = boost::beast::http::request<boost::beast::http::string_body>;

  boost::asio::awaitable<void> accept();
  boost::asio::awaitable<void> serve(boost::asio::ip::tcp::socket socket);
  [[nodiscard]] const std::string& answer_to(const Request& request);

  boost::asio::io_context context_{1};
  boost::asio::ip::tcp::acceptor acceptor_{context_};
  unsigned short port_ = 0;
  std::vector<std::string> requests_;
  std::atomic<std::size_t> count_{0};
  std::thread thread_;
};

}  // namespace handover::bench
