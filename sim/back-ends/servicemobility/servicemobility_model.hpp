// A simulated ServiceMobility, as its public pages describe it: login, upload of Inventory Transfer
// and Inventory Usage (on paths of ours, since none is public), pairing of halves, export, and the
// category of transfer types.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "sim/back-ends/back_end_model.hpp"
#include "sim/back-ends/rate_window.hpp"
#include "sim/back-ends/servicemobility/transfer_book.hpp"
#include "sim/back-ends/servicemobility/upload_rules.hpp"
#include "sim/back-ends/servicemobility/webhook_queue.hpp"
#include "sim/back-ends/web.hpp"
#include "sim/random.hpp"

namespace handover::sim {

struct ServiceMobilityOptions {
  std::map<std::string, std::string> users;  ///< User name to password.
  std::chrono::seconds token_lifetime{3600};
  std::string signing_key = "simulated ServiceMobility, not a secret";
  bool older_errors = true;  ///< The older of the two documented error bodies, or the newer.
  bool warnings = false;     ///< Successful uploads carry a warning in their body.
  unsigned requests_per_second = 0;  ///< For each endpoint; 0: no limit. The real default is 15.
  std::string transfer_types_category = "1003";  ///< Its real number is not public.
  UploadRules rules;
};

class ServiceMobilityModel final : public BackEndModel {
 public:
  /// What one Idempotency-Key has seen.
  struct Upload {
    std::string path;
    std::string key;
    std::shared_ptr<const std::string> body;
    unsigned times_seen = 0;
  };

  explicit ServiceMobilityModel(ServiceMobilityOptions options, std::uint64_t seed = 1);

  [[nodiscard]] HttpResponse handle(const HttpRequest& request, WallTime now) override;
  [[nodiscard]] HttpResponse failure(int status) const override;
  [[nodiscard]] HttpResponse rate_limited(const RateLimitHints& hints, WallTime now) const override;
  [[nodiscard]] HttpResponse refuse_item(const HttpRequest& request, WallTime now) override;
  [[nodiscard]] std::string_view upload_prefix() const override { return "/seiapi/v3/mobile/"; }
  void expire_tokens() override { tokens_expired_to_ = tokens_issued_; }
  void reset() override;
  /// token_lifetime_s, older_errors, warnings, requests_per_second, transfer_type_outbound,
  /// transfer_type_inbound, products ({"P1":{"IsSerialized":true,"IsBatch":false}} or null),
  /// locations (["VAN-17"] or null), webhook_url, webhook_ca_file, webhook_rowver; webhook_again,
  /// webhook_at_once, webhook_late, webhook_broken, webhook_changed (one in so many).
  [[nodiscard]] Result<void> configure(const Json& options) override;
  [[nodiscard]] Json counts() const override;
  [[nodiscard]] Json state() const override;

  /// What there is to send to the endpoint of webhooks, and what became of it.
  [[nodiscard]] WebhookQueue& webhooks() { return webhooks_; }
  [[nodiscard]] const TransferBook& transfers() const { return transfers_; }
  /// In the order of the first upload. Uploads without a key are not here.
  [[nodiscard]] const std::vector<Upload>& uploads() const { return uploads_; }
  /// How many records this key made. Counted from the records, not from the keys, so that it can
  /// find this server at fault.
  [[nodiscard]] std::size_t effects_of(std::string_view key) const;
  /// The change of stock that all usages together made.
  [[nodiscard]] Micros stock_change(const std::string& location, const std::string& product) const;

 private:
  struct ExportRow {
    std::uint64_t rowver = 0;
    std::shared_ptr<const std::string> body;
    std::string key;
  };
  /// One of the two kinds of upload: what is checked, applied and exported.
  enum class Kind { kTransfer, kUsage };

  HttpResponse route(const HttpRequest& request, const Target& target, WallTime now);
  HttpResponse create_token(const HttpRequest& request, WallTime now);
  HttpResponse upload(Kind kind, const HttpRequest& request, WallTime now);
  HttpResponse apply(Kind kind, const HttpRequest& request, const std::string& key, WallTime now);
  std::optional<Violation> take_usage(const Json& body);
  HttpResponse export_rows(Kind kind, const Target& target) const;
  HttpResponse system_category(const Target& target) const;
  HttpResponse accepted(int status, Kind kind) const;
  HttpResponse error(int status, const std::string& message, const Violation* violation) const;
  bool token_is_valid(const HttpRequest& request, WallTime now) const;
  std::uint64_t next_rowver() { return last_rowver_ += 1 + random_.below(7); }

  ServiceMobilityOptions options_;
  std::uint64_t seed_;
  Random random_;
  RateWindow rate_window_{std::chrono::seconds(1)};
  std::int64_t tokens_issued_ = 0;
  std::int64_t tokens_expired_to_ = 0;
  WebhookQueue webhooks_{seed_};
  TransferBook transfers_;
  std::vector<Upload> uploads_;
  std::unordered_map<std::string, std::size_t> upload_index_;
  std::size_t uploads_without_key_ = 0;
  std::size_t repeats_ = 0;
  std::size_t conflicts_ = 0;
  std::size_t doubled_usages_ = 0;
  std::unordered_set<std::size_t> usage_hashes_;
  std::map<std::pair<std::string, std::string>, Micros> stock_;
  std::vector<ExportRow> transfer_rows_;
  std::vector<ExportRow> usage_rows_;
  std::uint64_t last_rowver_ = 0;
};

}  // namespace handover::sim
