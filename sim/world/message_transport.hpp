// The simulated network at the level of whole messages: what a device sends arrives late, twice or
// never, and so does the answer. Fast; the codec is left out (stream_transport.hpp has it).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <string>

#include "platform/http.hpp"
#include "sim/back-ends/simulated_back_end.hpp"
#include "sim/network/network_chances.hpp"
#include "sim/world/loop.hpp"

namespace handover::sim {

/// The road between one device and one back-end, as the world has it now.
struct Link {
  bool up = true;
  NetworkChances chances;
};

class MessageTransport final : public HttpTransport {
 public:
  /// What it stands in. All by reference; all outlive it.
  struct World {
    Loop& loop;
    Loop::Owner device;  ///< Answers come to this incarnation, or to nobody.
    const Link& link;
    Random& random;
    FaultCounts& faults;
    /// The back-end takes one request, at its own time.
    std::function<Outcome(const HttpRequest& request)> serve;
  };

  explicit MessageTransport(World world);
  /// Exchanges that are under way end nowhere: their coroutines are destroyed. What has left
  /// arrives all the same.
  ~MessageTransport() override;
  MessageTransport(const MessageTransport&) = delete;
  MessageTransport& operator=(const MessageTransport&) = delete;

  boost::asio::awaitable<HttpOutcome> exchange(HttpRequest request) override;

 private:
  struct Road;
  std::shared_ptr<Road> road_;
};

}  // namespace handover::sim
