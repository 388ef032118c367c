#include "tests/bench/sink.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <utility>

#include "platform/assert.hpp"

namespace handover::bench {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
constexpr auto kUseTuple = asio::as_tuple(asio::use_awaitable);

std::string make_answer(const std::string& status, const std::string& body) {
  return "HTTP/1.1 " + status +
         "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}
const std::string kLoggedIn = make_answer("200 OK", R"({"token":"bench-token"})");
const std::string kCreated = make_answer("201 Created", "{}");

void append(std::string& text, boost::beast::string_view part) {
  text.append(part.data(), part.size());
}

/// Header names and values are sent again as they came.
std::string wire_of(const http::request<http::string_body>& request) {
  std::string wire;
  append(wire, request.method_string());
  wire += ' ';
  append(wire, request.target());
  wire += " HTTP/1.1\r\n";
  for (const auto& field : request) {
    append(wire, field.name_string());
    wire += ": ";
    append(wire, field.value());
    wire += "\r\n";
  }
  return wire + "\r\n" + request.body();
}

}  // namespace

Sink::Sink() {
  boost::system::error_code error;
  acceptor_.open(tcp::v4(), error);
  if (!error) acceptor_.bind(tcp::endpoint(asio::ip::address_v4::loopback(), 0), error);
  INVARIANT(!error);
  port_ = acceptor_.local_endpoint().port();
}

Sink::~Sink() {
  context_.stop();
  if (thread_.joinable()) thread_.join();
}

void Sink::open() {
  boost::system::error_code error;
  acceptor_.listen(tcp::acceptor::max_listen_connections, error);
  INVARIANT(!error);
  asio::co_spawn(context_, accept(), asio::detached);
  thread_ = std::thread([this] { context_.run(); });
}

std::vector<std::string> Sink::take_requests() { return std::exchange(requests_, {}); }

asio::awaitable<void> Sink::accept() {
  while (true) {
    auto accepting = acceptor_.async_accept(kUseTuple);
    auto [error, socket] = co_await std::move(accepting);
    if (error) co_return;
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    asio::co_spawn(context_, serve(std::move(socket)), asio::detached);
  }
}

asio::awaitable<void> Sink::serve(tcp::socket socket) {
  boost::beast::flat_buffer buffer;
  while (true) {
    Request request;
    auto reading = http::async_read(socket, buffer, request, kUseTuple);
    const auto [read_error, read] = co_await std::move(reading);
    if (read_error) co_return;
    const std::string& answer = answer_to(request);
    auto writing = asio::async_write(socket, asio::buffer(answer), kUseTuple);
    const auto [write_error, written] = co_await std::move(writing);
    if (write_error) co_return;
    if (&answer == &kCreated) count_.fetch_add(1);
  }
}

const std::string& Sink::answer_to(const Request& request) {
  if (request.target() == "/createjwt") return kLoggedIn;
  requests_.push_back(wire_of(request));
  return kCreated;
}

}  // namespace handover::bench
