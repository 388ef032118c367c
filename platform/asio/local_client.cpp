#include "platform/asio/local_client.hpp"

#include <poll.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <chrono>
#include <utility>

#include "platform/asio/connection.hpp"
#include "platform/asio/http_parser.hpp"
#include "platform/asio/http_text.hpp"
#include "platform/asio/local_address.hpp"

namespace handover::net {
namespace {

namespace asio = boost::asio;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kReadBytes = std::size_t{16} << 10;

}  // namespace

/// The socket, used without an event loop: every wait is a poll(2) until the deadline of the call.
class LocalClient::Link {
 public:
  Link(std::string address, LocalAddress local)
      : address_(std::move(address)), local_(std::move(local)), socket_(context_) {}

  Result<HttpResponse> call(const std::string& wire, bool is_head,
                            SteadyClock::time_point deadline) {
    deadline_ = deadline;
    if (!socket_.is_open() || !is_quiet(socket_.native_handle())) RETURN_IF_ERROR(connect());
    auto response = exchange(wire, is_head);
    if (!response) disconnect();
    return response;
  }

  Result<void> follow(const std::string& wire, milliseconds tick, const Take& take) {
    deadline_ = SteadyClock::now() + limits::kLocalCallTime;
    RETURN_IF_ERROR(connect());
    if (write(wire) == asio::error::timed_out) return fail(unreachable(asio::error::timed_out));
    // Of what was taken nothing is kept, so that its length has no bound.
    MessageParser<false> parser(limits::kAnswerHeaderBytesMax, SIZE_MAX);
    while (true) {
      error_code error;
      if (feed(parser, input_, error) == Progress::kFailed)
        return fail(Errc::kCorrupt, "the answer of " + address_ + " is not HTTP");
      HttpResponse& answer = parser.message();
      if (answer.status >= 300) {
        return fail(
            Error::refused("no-stream", "the agent answered " + std::to_string(answer.status)));
      }
      if (!answer.body.empty() && !take(std::exchange(answer.body, {}))) return {};
      if (parser.is_done()) return fail(ended());
      if (parser.is_header_done()) deadline_ = SteadyClock::now() + tick;
      error = read_some();
      const bool is_tick = error == asio::error::timed_out && parser.is_header_done();
      if (is_tick && !take({})) return {};
      if (error && !is_tick) {
        return fail(error == asio::error::timed_out ? unreachable(error) : ended());
      }
    }
  }

 private:
  [[nodiscard]] Error ended() const {
    return {Errc::kUnreachable, "the agent at " + address_ + " closed the connection"};
  }

  void disconnect() {
    error_code ignored;
    socket_.close(ignored);
    input_.consume(input_.size());
  }

  Error unreachable(const error_code& error) const {
    if (error == asio::error::timed_out)
      return {Errc::kUnreachable, "the agent at " + address_ + " does not answer"};
    if (error == asio::error::access_denied) {
      return {Errc::kUnreachable, "this user may not talk to the agent at " + address_};
    }
    return {Errc::kUnreachable,
            "no agent listens at " + address_ + "; start it with: handover agent --config FILE"};
  }

  /// Waits until the socket is ready, or fails with timed_out.
  error_code wait(short events) {
    while (true) {
      const auto left = std::chrono::ceil<milliseconds>(deadline_ - SteadyClock::now());
      if (left <= milliseconds(0)) return asio::error::timed_out;
      pollfd waiting{socket_.native_handle(), events, 0};
      const int count = ::poll(&waiting, 1, static_cast<int>(left.count()));
      if (count > 0) return {};
      if (count < 0 && errno != EINTR) return {errno, boost::system::system_category()};
    }
  }

  Result<void> connect() {
    disconnect();
    error_code error;
    socket_.open(local_.endpoint.protocol(), error);
    if (!error) socket_.non_blocking(true, error);
    if (!error) error = start_connecting();
    if (!error) return {};
    disconnect();
    return fail(unreachable(error));
  }

  error_code start_connecting() {
    // Asio's connect() waits without limit, also on a socket that is set not to block.
    const auto handle = socket_.native_handle();
    if (::connect(handle, local_.endpoint.data(), static_cast<socklen_t>(local_.endpoint.size())) ==
        0)
      return {};
    // A Unix socket says EAGAIN if the agent's queue is full: nothing to wait for.
    if (errno == EAGAIN) return asio::error::timed_out;
    if (errno != EINPROGRESS) return {errno, boost::system::system_category()};
    if (const error_code error = wait(POLLOUT)) return error;
    int failure = 0;
    socklen_t size = sizeof(failure);
    ::getsockopt(handle, SOL_SOCKET, SO_ERROR, &failure, &size);
    return {failure, boost::system::system_category()};
  }

  Result<HttpResponse> exchange(const std::string& wire, bool is_head) {
    // Should the agent refuse the request before it has read it all, its answer says more than our
    // failed write.
    if (const error_code error = write(wire); error == asio::error::timed_out)
      return fail(unreachable(error));
    MessageParser<false> parser(limits::kAnswerHeaderBytesMax, limits::kLocalAnswerBytesMax);
    parser.skip(is_head);
    while (true) {
      error_code error;
      const Progress progress = feed(parser, input_, error);
      if (progress == Progress::kFailed)
        return fail(Errc::kCorrupt, "the answer of " + address_ + " is not HTTP");
      if (progress == Progress::kDone && parser.message().status >= 200) break;
      if (progress == Progress::kDone)
        return fail(Errc::kCorrupt, "an answer of " + address_ + " was not asked for");
      error = read_some();
      if (error == asio::error::timed_out) return fail(unreachable(error));
      if (error) {
        return fail(Errc::kUnreachable,
                    "the agent at " + address_ + " closed the connection without a whole answer");
      }
    }
    if (!parser.keep_alive()) disconnect();
    return std::move(parser.message());
  }

  error_code write(std::string_view wire) {
    while (!wire.empty()) {
      error_code error;
      wire.remove_prefix(socket_.write_some(asio::buffer(wire), error));
      if (error == asio::error::would_block) error = wait(POLLOUT);
      if (error) return error;
    }
    return {};
  }

  error_code read_some() {
    while (true) {
      error_code error;
      input_.commit(socket_.read_some(input_.prepare(kReadBytes), error));
      if (error != asio::error::would_block) return error;
      error = wait(POLLIN);
      if (error) return error;
    }
  }

  std::string address_;
  LocalAddress local_;
  asio::io_context context_;
  asio::generic::stream_protocol::socket socket_;
  boost::beast::flat_buffer input_;
  SteadyClock::time_point deadline_;
};

Result<LocalClient> LocalClient::make(const std::string& address, Secret token) {
  TRY_ASSIGN(LocalAddress local, parse_local_address(address));
  LocalClient client(std::make_unique<Link>(address, std::move(local)), std::move(token));
  client.address_ = address;
  return client;
}

LocalClient::LocalClient(std::unique_ptr<Link> link, Secret token)
    : link_(std::move(link)), token_(std::move(token)) {}
LocalClient::LocalClient(LocalClient&&) noexcept = default;
LocalClient& LocalClient::operator=(LocalClient&&) noexcept = default;
LocalClient::~LocalClient() = default;

Result<std::string> LocalClient::wire_of(HttpRequest request) const {
  HttpHeader authorization;
  authorization.name = "Authorization";
  authorization.value.append("Bearer ").append(token_.reveal());
  request.headers.push_back(std::move(authorization));
  const std::string flaw = flaw_of(request);
  if (!flaw.empty()) return fail(Error::invalid("", flaw));
  std::string wire;
  append_request(wire, request, "localhost");
  return wire;
}

Result<HttpResponse> LocalClient::call(HttpRequest request, milliseconds timeout) {
  const auto deadline = SteadyClock::now() + timeout;
  const bool is_head = request.method == "HEAD";
  TRY_ASSIGN(const std::string wire, wire_of(std::move(request)));
  return link_->call(wire, is_head, deadline);
}

Result<void> LocalClient::follow(HttpRequest request, milliseconds tick, const Take& take) {
  TRY_ASSIGN(const std::string wire, wire_of(std::move(request)));
  TRY_ASSIGN(LocalAddress local, parse_local_address(address_));
  return Link(address_, std::move(local)).follow(wire, tick, take);
}

}  // namespace handover::net
