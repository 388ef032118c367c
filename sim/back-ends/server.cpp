#include "sim/back-ends/server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <set>
#include <utility>

#include "sim/back-ends/answer_text.hpp"

namespace handover::sim {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::uint64_t kBodyBytesMax = 4U << 20U;

using Parser = http::request_parser<http::string_body>;

struct Connection {
  tcp::socket socket;
  asio::steady_timer timer;
  beast::flat_buffer buffer;

  explicit Connection(tcp::socket accepted)
      : socket(std::move(accepted)), timer(socket.get_executor()) {}

  void cut() {
    error_code ignored;
    timer.cancel();
    socket.close(ignored);
  }
};

HttpRequest take_request(Parser& parser) {
  auto message = parser.release();
  HttpRequest request(std::string(message.method_string()), std::string(message.target()));
  for (const auto& field : message) {
    request.headers.push_back({std::string(field.name_string()), std::string(field.value())});
  }
  request.body = std::move(message.body());
  return request;
}

void close(tcp::socket& socket, CloseMode mode) {
  error_code ignored;
  if (mode == CloseMode::kReset) {
    // Lingering for no time makes the kernel send a reset instead of an orderly end.
    socket.set_option(asio::socket_base::linger(true, 0), ignored);
  } else {
    socket.shutdown(tcp::socket::shutdown_both, ignored);
  }
  socket.close(ignored);
}

}  // namespace

struct Server::State {
  tcp::acceptor acceptor;
  SimulatedBackEnd& back_end;
  WallClock wall_clock;
  std::uint16_t port = 0;
  bool stopped = false;
  std::set<Connection*> connections;

  State(asio::io_context& io, SimulatedBackEnd& served, WallClock clock)
      : acceptor(io), back_end(served), wall_clock(std::move(clock)) {}

  static asio::awaitable<void> accept(std::shared_ptr<State> state);
  static asio::awaitable<void> serve(std::shared_ptr<State> state,
                                     std::shared_ptr<Connection> connection);
  static asio::awaitable<bool> serve_one(std::shared_ptr<State> state,
                                         std::shared_ptr<Connection> connection);
};

asio::awaitable<void> Server::State::accept(std::shared_ptr<State> state) {
  while (!state->stopped) {
    auto accepting = state->acceptor.async_accept(kAwait);
    auto [error, socket] = co_await std::move(accepting);
    if (error == asio::error::operation_aborted) co_return;
    if (error) continue;
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    auto connection = std::make_shared<Connection>(std::move(socket));
    state->connections.insert(connection.get());
    asio::co_spawn(state->acceptor.get_executor(), serve(state, std::move(connection)),
                   asio::detached);
  }
}

asio::awaitable<void> Server::State::serve(std::shared_ptr<State> state,
                                           std::shared_ptr<Connection> connection) {
  bool goes_on = true;
  while (goes_on) {
    auto serving = serve_one(state, connection);
    goes_on = co_await std::move(serving);
  }
  state->connections.erase(connection.get());
}

/// Whether the connection goes on.
asio::awaitable<bool> Server::State::serve_one(std::shared_ptr<State> state,
                                               std::shared_ptr<Connection> connection) {
  Parser parser;
  parser.body_limit(kBodyBytesMax);
  auto reading = http::async_read(connection->socket, connection->buffer, parser, kAwait);
  const auto [read_error, bytes_read] = co_await std::move(reading);
  if (read_error) {
    close(connection->socket, CloseMode::kEnd);
    co_return false;
  }
  const bool keep_alive = parser.get().keep_alive();
  const HttpRequest request = take_request(parser);
  const Outcome outcome = state->back_end.handle(request, state->wall_clock());
  if (outcome.delay.count() > 0) {
    connection->timer.expires_after(outcome.delay);
    auto waiting = connection->timer.async_wait(kAwait);
    const auto [wait_error] = co_await std::move(waiting);
    if (wait_error) co_return false;
  }
  if (outcome.response) {
    const std::string wire = answer_text(outcome, keep_alive);
    auto writing = asio::async_write(connection->socket, asio::buffer(wire), kAwait);
    const auto [write_error, bytes_written] = co_await std::move(writing);
    if (!write_error && keep_alive && !outcome.truncate_at) co_return true;
  }
  close(connection->socket,
        outcome.response && !outcome.truncate_at ? CloseMode::kEnd : outcome.close);
  co_return false;
}

Result<std::unique_ptr<Server>> Server::listen(asio::io_context& io, const std::string& address,
                                               std::uint16_t port, SimulatedBackEnd& back_end,
                                               WallClock wall_clock) {
  error_code error;
  const auto host = asio::ip::make_address(address, error);
  if (error || !host.is_loopback()) {
    return fail(Errc::kConfig, address + " is no loopback address; expected 127.0.0.1 or ::1");
  }
  auto state = std::make_shared<State>(io, back_end, std::move(wall_clock));
  const tcp::endpoint endpoint(host, port);
  state->acceptor.open(endpoint.protocol(), error);
  if (!error) state->acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) state->acceptor.bind(endpoint, error);
  if (!error) state->acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    const Errc code = error == asio::error::address_in_use ? Errc::kInUse : Errc::kIo;
    return fail(code, "cannot listen on port " + std::to_string(port) + ": " + error.message());
  }
  state->port = state->acceptor.local_endpoint().port();
  asio::co_spawn(io, State::accept(state), asio::detached);
  return std::unique_ptr<Server>(new Server(std::move(state)));
}

Server::Server(std::shared_ptr<State> state) : state_(std::move(state)) {}
Server::~Server() { stop(); }

std::uint16_t Server::port() const { return state_->port; }

void Server::stop() {
  error_code ignored;
  state_->stopped = true;
  state_->acceptor.close(ignored);
  for (Connection* connection : state_->connections) connection->cut();
}

}  // namespace handover::sim
