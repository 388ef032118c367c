#include "tests/bench/http_load.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <memory>
#include <utility>

namespace handover::bench {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Socket = asio::generic::stream_protocol::socket;
constexpr auto kUseTuple = asio::as_tuple(asio::use_awaitable);

/// What the clients of one round share.
struct Work {
  explicit Work(const std::vector<std::string>& all) : requests(all) {}

  const std::vector<std::string>& requests;
  std::size_t next = 0;
  std::vector<Duration> calls;
  std::string trouble;
};

asio::awaitable<void> run_client(std::shared_ptr<Work> work, std::shared_ptr<Socket> socket) {
  boost::beast::flat_buffer buffer;
  while (work->next < work->requests.size() && work->trouble.empty()) {
    const auto request = asio::buffer(work->requests[work->next++]);
    const auto start = SteadyClock::now();
    auto writing = asio::async_write(*socket, request, kUseTuple);
    const auto [write_error, written] = co_await std::move(writing);
    http::response<http::string_body> answer;
    auto reading = http::async_read(*socket, buffer, answer, kUseTuple);
    const auto [read_error, count] = co_await std::move(reading);
    work->calls.push_back(SteadyClock::now() - start);
    const unsigned status = answer.result_int();
    if (write_error || read_error) {
      work->trouble = "the connection ended: " + (write_error ? write_error : read_error).message();
    } else if (status != 200 && status != 201) {
      work->trouble = "an answer of status " + std::to_string(status) + " came";
    }
  }
}

}  // namespace

Endpoint unix_endpoint(const std::string& path) {
  return asio::local::stream_protocol::endpoint(path);
}

Endpoint loopback_endpoint(unsigned short port) {
  return asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), port);
}

Result<Round> send_all(const Endpoint& endpoint, const std::vector<std::string>& requests,
                       std::size_t clients) {
  asio::io_context context(1);
  const auto work = std::make_shared<Work>(requests);
  work->calls.reserve(requests.size());
  std::vector<std::shared_ptr<Socket>> sockets;
  for (std::size_t i = 0; i < clients; ++i) {
    auto socket = std::make_shared<Socket>(context);
    boost::system::error_code error;
    socket->connect(endpoint, error);
    if (error) return fail(Errc::kUnreachable, "a client cannot connect: " + error.message());
    if (endpoint.protocol().family() != AF_UNIX)
      socket->set_option(asio::ip::tcp::no_delay(true), error);
    sockets.push_back(std::move(socket));
  }
  for (auto& socket : sockets) asio::co_spawn(context, run_client(work, socket), asio::detached);
  const auto start = SteadyClock::now();
  context.run();
  const Duration whole = SteadyClock::now() - start;
  if (!work->trouble.empty()) return fail(Errc::kUnreachable, work->trouble);
  return Round{std::move(work->calls), whole};
}

}  // namespace handover::bench
