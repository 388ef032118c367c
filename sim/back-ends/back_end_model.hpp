// What every simulated back-end is: a pure model with state. It opens no socket and reads no clock,
// so that the deterministic simulation runs the same model in one process.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "agent/domain/json.hpp"
#include "platform/http.hpp"
#include "platform/result.hpp"
#include "platform/time.hpp"

namespace handover::sim {

/// What a 429 says of when to come back.
struct RateLimitHints {
  std::chrono::seconds wait{1};
  bool retry_after = true;  ///< The header Retry-After, in seconds.
  bool reset = true;        ///< The header X-RateLimit-Reset, in the back-end's own meaning of it.
};

class BackEndModel {
 public:
  virtual ~BackEndModel() = default;

  /// Applies the request and answers it. `now` is the back-end's own clock.
  [[nodiscard]] virtual HttpResponse handle(const HttpRequest& request, WallTime now) = 0;

  /// How this back-end says `status` in its own words. Changes nothing.
  [[nodiscard]] virtual HttpResponse failure(int status) const = 0;
  /// How it says 429. Changes nothing.
  [[nodiscard]] virtual HttpResponse rate_limited(const RateLimitHints& hints,
                                                  WallTime now) const = 0;
  /// How it refuses one uploaded item for good. The item is not applied.
  [[nodiscard]] virtual HttpResponse refuse_item(const HttpRequest& request, WallTime now) = 0;
  /// Where items are uploaded: the requests that refuse_item() makes sense for.
  [[nodiscard]] virtual std::string_view upload_prefix() const = 0;
  /// What fault rules and upload_prefix() compare: the target, unless one address serves several
  /// operations.
  [[nodiscard]] virtual std::string route_of(const HttpRequest& request) const {
    return request.target;
  }

  /// Makes every token that was issued so far invalid.
  virtual void expire_tokens() = 0;
  /// Forgets all data and tokens; keeps its options.
  virtual void reset() = 0;
  /// Changes options while it runs: an object with the names of the options' members.
  /// Errors: kInvalid with the member that is unknown or has the wrong type; what stood before it
  /// in the object is changed.
  [[nodiscard]] virtual Result<void> configure(const Json& options) = 0;

  /// A few numbers; cheap however much is stored.
  [[nodiscard]] virtual Json counts() const = 0;
  /// Everything, as an object.
  [[nodiscard]] virtual Json state() const = 0;
};

}  // namespace handover::sim
