// A transport with its own event loop, and helpers to drive it.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <memory>
#include <optional>

#include "platform/asio/beast_http_transport.hpp"

namespace handover::test {

/// Production's limits; a test that waits for one shortens that one.
inline net::TransportSettings settings_for(const std::string& origin) {
  net::TransportSettings settings;
  settings.url_origin = origin;
  return settings;
}

class TransportFixture {
 public:
  explicit TransportFixture(const net::TransportSettings& settings)
      : transport(
            std::move(net::BeastHttpTransport::make(context.get_executor(), settings).value())) {}

  /// Starts an exchange; `outcome` is set when it ends.
  void start(HttpRequest request, std::optional<HttpOutcome>& outcome) {
    boost::asio::co_spawn(context, transport->exchange(std::move(request)),
                          [&outcome](const std::exception_ptr& error, HttpOutcome result) {
                            if (error) std::rethrow_exception(error);
                            outcome.emplace(std::move(result));
                          });
  }
  HttpOutcome exchange(HttpRequest request) {
    std::optional<HttpOutcome> outcome;
    start(std::move(request), outcome);
    context.restart();  // It stops whenever it runs out of work.
    while (!outcome) context.run_one();
    return std::move(*outcome);
  }
  HttpOutcome get(std::string target = "/") {
    return exchange(HttpRequest("GET", std::move(target)));
  }

  boost::asio::io_context context;
  std::unique_ptr<net::BeastHttpTransport> transport;
};

}  // namespace handover::test
