// Sends the webhooks of a simulated ServiceMobility: each until it is answered 200, with the same
// id.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "sim/back-ends/servicemobility/webhook_queue.hpp"

namespace handover::sim {

class WebhookSender {
 public:
  /// Lifetime: `queue` outlives this. Thread: all calls are on the thread of `io`.
  WebhookSender(boost::asio::io_context& io, WebhookQueue& queue);
  /// What is under way ends.
  ~WebhookSender();
  WebhookSender(const WebhookSender&) = delete;
  WebhookSender& operator=(const WebhookSender&) = delete;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace handover::sim
