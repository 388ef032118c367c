// The webhooks that ServiceMobility would send: what each says, and in which order. Pure; who sends
// them is webhook_sender.hpp.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/domain/json.hpp"
#include "platform/time.hpp"
#include "sim/random.hpp"

namespace handover::sim {

struct WebhookOptions {
  std::string url;      ///< Of the endpoint; empty: none are sent.
  std::string ca_file;  ///< PEM, for https.
  bool rowver = true;   ///< Each row says its rowver, as an export's row does.
  // Misbehaviour: one in so many; 0: none.
  unsigned again_one_in = 0;    ///< Sent once more after its 200, as if that had got lost.
  unsigned at_once_one_in = 0;  ///< Sent twice at the same time.
  unsigned late_one_in = 0;     ///< Overtaken by those after it.
  unsigned broken_one_in = 0;   ///< The first try has half a body.
  unsigned changed_one_in = 0;  ///< Comes again with the same id and another body.
};

/// One call to the endpoint, to be repeated until it is answered 200.
struct WebhookCall {
  std::string path;   ///< "/InventoryUsage/"
  std::string token;  ///< The JWT of the call that triggered it.
  std::string body;
  bool again = false;
  bool at_once = false;
  bool late = false;
  bool broken = false;
  bool changed = false;
};

struct WebhookCounts {
  std::size_t queued = 0;
  std::size_t sent = 0;  ///< Also those that were sent again.
  std::size_t delivered = 0;
  std::size_t given_up = 0;
  std::size_t wrongly_taken = 0;  ///< Half a body was answered 200.
};

class WebhookQueue {
 public:
  explicit WebhookQueue(std::uint64_t seed) : random_(seed_for(seed, "webhooks")) {}

  [[nodiscard]] WebhookOptions& options() { return options_; }
  [[nodiscard]] const WebhookOptions& options() const { return options_; }

  /// Something of `type` was taken up at `rowver`. Does nothing while no endpoint is set.
  void push(std::string_view type, std::uint64_t rowver, Json object, std::string_view token,
            WallTime now);
  [[nodiscard]] std::vector<WebhookCall> take();

  /// Runs whenever there is something to take.
  void on_queued(std::function<void()> call) { on_queued_ = std::move(call); }
  [[nodiscard]] const std::function<void()>& listener() const { return on_queued_; }

  [[nodiscard]] WebhookCounts& counts() { return counts_; }
  [[nodiscard]] const WebhookCounts& counts() const { return counts_; }

 private:
  [[nodiscard]] std::string make_id();
  [[nodiscard]] bool strikes(unsigned one_in) { return one_in > 0 && random_.below(one_in) == 0; }

  WebhookOptions options_;
  Random random_;
  std::vector<WebhookCall> calls_;
  std::function<void()> on_queued_;
  WebhookCounts counts_;
};

}  // namespace handover::sim
