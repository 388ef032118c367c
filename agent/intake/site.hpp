// The part of an agent that only a site agent has: everything that takes in what ServiceMobility
// knows, and what is to be seen of it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "agent/domain/json.hpp"
#include "agent/intake/export_loop.hpp"
#include "agent/intake/intake.hpp"
#include "agent/intake/webhook.hpp"

namespace handover::intake {

/// What the configuration says of the intake, with the road to the exports.
struct SiteSettings {
  RowSettings rows;
  std::optional<WebhookSettings> webhook;
  std::optional<ExportSettings> exports;
  std::unique_ptr<forwarding::Backend> export_login;  ///< With `exports`.
  std::unique_ptr<HttpTransport> export_transport;    ///< With `exports`.
};

class Site {
 public:
  struct World {
    storage::Store& store;
    recording::Recorder& recorder;
    Scheduler& scheduler;
    const Clock& clock;
    const forwarding::ScheduleClock& schedule;
    Entropy& entropy;
    Log& log;
  };

  /// `taken_in` runs when new records are durable.
  Site(const World& world, SiteSettings settings, const std::function<void()>& taken_in);

  /// Looks again at what could not be read, and begins to read exports. Errors: the store's.
  [[nodiscard]] Result<void> start();

  /// A call to the webhook. Requires: the settings have one.
  void handle(const HttpRequest& request, Webhook::Reply reply);

  /// The address that the webhook listens at, for people.
  void set_listens_at(std::string address) { listens_at_ = std::move(address); }

  void on_network_restored();
  [[nodiscard]] Result<void> sync_now();

  /// The member "intake" of GET /v1/status.
  [[nodiscard]] Result<Json> status() const;
  /// Lines for GET /metrics.
  [[nodiscard]] Result<std::string> metrics() const;
  /// Rows that could not be read, after the given one, oldest first.
  [[nodiscard]] Result<Json> set_aside_json(std::int64_t after, std::int64_t limit) const;
  /// A person gives a row up, with a reason; it becomes a notice that keeps both. Errors:
  /// kNotFound. Requires: called inside Committer::write().
  [[nodiscard]] Result<Record> discard_set_aside(std::int64_t id, const std::string& reason);

 private:
  [[nodiscard]] Json webhook_json() const;
  [[nodiscard]] Result<Json> exports_json() const;

  World world_;
  SiteSettings settings_;
  Intake intake_;
  std::unique_ptr<Webhook> webhook_;
  std::unique_ptr<ExportLoop> exports_;
  std::string listens_at_;
};

}  // namespace handover::intake
