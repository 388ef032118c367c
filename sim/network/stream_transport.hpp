// The agent's road to a back-end in the simulated world, with the agent's own HTTP codec: requests
// and answers are bytes on simulated connections.
#pragma once

#include <memory>
#include <string>

#include "platform/asio/http_exchange.hpp"
#include "platform/clock.hpp"
#include "platform/http.hpp"
#include "platform/scheduler.hpp"
#include "sim/network/stream_link.hpp"

namespace handover::sim {

/// It fails for the same reasons as net::BeastHttpTransport over plain TCP. No socket, no timer of
/// Asio's: its limits are kept on the device's scheduler and clock.
class StreamTransport final : public HttpTransport {
 public:
  /// Lifetime: link, scheduler and clock outlive the transport and its exchanges.
  StreamTransport(StreamLink& link, Scheduler& scheduler, const Clock& clock, std::string authority,
                  const net::TransportLimits& limits);
  /// Exchanges that are under way end with kCancelled when the device's scheduler runs; if it is
  /// dead and drops its tasks, their coroutines are destroyed. What has left arrives all the same.
  ~StreamTransport() override;
  StreamTransport(const StreamTransport&) = delete;
  StreamTransport& operator=(const StreamTransport&) = delete;

  boost::asio::awaitable<HttpOutcome> exchange(HttpRequest request) override;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace handover::sim
