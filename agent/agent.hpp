// The whole agent, put together from its parts. It takes the outer world through the seams alone,
// so that the program, a test and the simulator run the very same code.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/api/api.hpp"
#include "agent/forwarding/lane_loop.hpp"
#include "agent/intake/site.hpp"
#include "agent/journal_check.hpp"
#include "agent/page/page_door.hpp"
#include "agent/recording/order_book.hpp"
#include "agent/recording/recorder.hpp"
#include "platform/connectivity.hpp"
#include "storage/store.hpp"

namespace handover {

struct AgentSeams {
  const Clock& clock;
  Entropy& entropy;
  Scheduler& scheduler;
  Connectivity& connectivity;
  Log& log;
};

/// One configured back-end, and the road to it.
struct AgentLane {
  std::string name;
  std::unique_ptr<forwarding::Backend> backend;
  std::unique_ptr<HttpTransport> transport;
};

struct AgentSettings {
  storage::DatabaseSettings store;
  Secret store_key;
  crypto::KeyRing key_ring;
  recording::Device device;
  recording::StockPolicy stock_policy = recording::StockPolicy::kWarn;
  forwarding::LaneSettings lane;
  Secret api_token;
  std::optional<recording::OrderSettings> orders = {};  ///< If a lane takes service orders.
  std::optional<intake::SiteSettings> site = {};        ///< Of a site agent alone.
  std::optional<qr::Enrollment> enrollment = {};        ///< Of an enrolled device.
  std::string enrollment_fault = {};  ///< Why the one that there is cannot be used; else empty.
  bool page = false;                  ///< Serve the handheld page.
};

class Agent {
 public:
  /// Opens the store, takes in what was under way when the program ended, and starts forwarding.
  /// Errors: the store's; nothing was overwritten.
  [[nodiscard]] static Result<std::unique_ptr<Agent>> make(const AgentSeams& seams,
                                                           AgentSettings settings,
                                                           std::vector<AgentLane> lanes);
  /// Commits what is open, and answers who waits for it.
  ~Agent();
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  /// One call to the local API.
  void handle(const HttpRequest& request, api::Api::Reply reply) {
    api_->handle(request, std::move(reply));
  }

  /// One call to the webhook. Requires: the settings have one.
  void handle_webhook(const HttpRequest& request, intake::Webhook::Reply reply) {
    site_->handle(request, std::move(reply));
  }
  /// Where the webhook listens, once it is known.
  void set_webhook_address(std::string address) { site_->set_listens_at(std::move(address)); }

  /// The port at which the API listens on TCP, once it is known.
  void set_api_port(unsigned short port) { api_->set_port(port); }

 private:
  Agent(const AgentSeams& seams, AgentSettings settings, std::vector<AgentLane> lanes);
  [[nodiscard]] Result<void> start();
  void make_site();
  [[nodiscard]] const qr::Enrollment* enrollment() const {
    return settings_.enrollment ? &*settings_.enrollment : nullptr;
  }
  [[nodiscard]] Result<void> recover_left_lanes(const std::vector<recording::LanePlan>& configured);

  AgentSeams seams_;
  AgentSettings settings_;
  std::vector<AgentLane> lanes_;
  forwarding::ScheduleClock schedule_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<JournalCheck> journal_check_;
  std::vector<std::unique_ptr<forwarding::LaneLoop>> loops_;
  std::unique_ptr<recording::Recorder> recorder_;
  std::unique_ptr<recording::OrderBook> orders_;
  std::unique_ptr<intake::Site> site_;
  std::unique_ptr<page::PageDoor> page_;
  std::unique_ptr<api::Api> api_;
};

}  // namespace handover
