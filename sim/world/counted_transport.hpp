// Looks at every request of a device on its way out, whatever carries it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <functional>
#include <memory>

#include "platform/http.hpp"

namespace handover::sim {

/// A request that leaves.
struct Sent {
  std::size_t under_way = 0;  ///< Of this lane, with this one.
  std::size_t target_bytes = 0;
  std::size_t header_bytes = 0;
  std::size_t body_bytes = 0;
};

class CountedTransport final : public HttpTransport {
 public:
  using OnSent = std::function<void(const Sent& sent)>;

  CountedTransport(std::unique_ptr<HttpTransport> road, OnSent on_sent);

  /// As that of the road. `on_sent` is said when it begins.
  boost::asio::awaitable<HttpOutcome> exchange(HttpRequest request) override;

 private:
  struct Counter;
  std::shared_ptr<Counter> counter_;  // Exchanges may end after the transport.
  std::unique_ptr<HttpTransport> road_;
};

}  // namespace handover::sim
