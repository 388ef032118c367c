#include "sim/world/counted_transport.hpp"

#include <utility>

namespace handover::sim {

struct CountedTransport::Counter {
  explicit Counter(OnSent say) : on_sent(std::move(say)) {}

  OnSent on_sent;
  std::size_t under_way = 0;

  class Exchange;
  static boost::asio::awaitable<HttpOutcome> count(std::shared_ptr<Counter> counter, Sent sent,
                                                   boost::asio::awaitable<HttpOutcome> exchange);
};

/// Also an exchange whose coroutine is thrown away is over.
class CountedTransport::Counter::Exchange {
 public:
  explicit Exchange(Counter& counter) : counter_(counter) { ++counter_.under_way; }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  ~Exchange() { --counter_.under_way; }

 private:
  Counter& counter_;
};

boost::asio::awaitable<HttpOutcome> CountedTransport::Counter::count(
    std::shared_ptr<Counter> counter, Sent sent, boost::asio::awaitable<HttpOutcome> exchange) {
  const Exchange counted(*counter);
  sent.under_way = counter->under_way;
  counter->on_sent(sent);
  HttpOutcome outcome = co_await std::move(exchange);
  co_return outcome;
}

CountedTransport::CountedTransport(std::unique_ptr<HttpTransport> road, OnSent on_sent)
    : counter_(std::make_shared<Counter>(std::move(on_sent))), road_(std::move(road)) {}

boost::asio::awaitable<HttpOutcome> CountedTransport::exchange(HttpRequest request) {
  Sent sent;
  sent.target_bytes = request.target.size();
  sent.body_bytes = request.body.size();
  for (const HttpHeader& header : request.headers) {
    sent.header_bytes += header.name.size() + header.value.size() + 4;
  }
  return Counter::count(counter_, sent, road_->exchange(std::move(request)));
}

}  // namespace handover::sim
