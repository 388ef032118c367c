// The webhook that ServiceMobility calls, below the socket: takes requests as values and answers
// them. docs/back-ends/servicemobility-webhook.md is its description.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/intake/intake.hpp"
#include "platform/clock.hpp"
#include "platform/http.hpp"
#include "platform/log.hpp"
#include "platform/secret.hpp"
#include "storage/store.hpp"

namespace handover::intake {

struct WebhookSettings {
  std::string path;  ///< Before /InventoryUsage/ and the others; empty or with a leading slash.
  bool check_tokens = true;
  /// Read at each call, so that a key that was added to the file is used without a restart.
  std::function<Result<std::vector<Secret>>()> read_keys;
  milliseconds leeway{60'000};
};

/// Why calls were turned away, counted since the program started.
enum class Refusal { kUnauthorized, kMalformed, kWrongCall, kStore };
inline constexpr std::array<std::string_view, 4> kRefusalNames = {"unauthorized", "malformed",
                                                                  "wrong_call", "store"};

struct Refusals {
  std::array<std::int64_t, 4> counts{};
  std::optional<WallTime> last_at;
  std::string last_why;  ///< No secret, and no value of a payload.
};

class Webhook {
 public:
  using Reply = std::function<void(HttpResponse)>;
  struct World {
    storage::Store& store;
    Intake& intake;
    const Clock& clock;
    Log& log;
  };

  /// `taken_in` runs when something that was taken in is durable.
  Webhook(const World& world, WebhookSettings settings, std::function<void()> taken_in);
  ~Webhook() { *alive_ = false; }
  Webhook(const Webhook&) = delete;
  Webhook& operator=(const Webhook&) = delete;

  /// Answers `request` through `reply`, once. 200 is given when the payload is durable, or was so
  /// before; 401 without a valid token; 500 with what is wrong for whatever was not taken in, so
  /// that the sender keeps it.
  void handle(const HttpRequest& request, Reply reply);

  [[nodiscard]] const Refusals& refusals() const { return refusals_; }
  [[nodiscard]] const WebhookSettings& settings() const { return settings_; }

 private:
  [[nodiscard]] std::optional<RowType> type_at(std::string_view target) const;
  [[nodiscard]] Result<void> check_caller(const HttpRequest& request) const;
  [[nodiscard]] Result<Taken> take(const HttpRequest& request, RowType type);
  [[nodiscard]] HttpResponse refuse(Refusal refusal, int status, const Error& error);

  World world_;
  WebhookSettings settings_;
  std::function<void()> taken_in_;
  Refusals refusals_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace handover::intake
