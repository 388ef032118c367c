// A model, what goes wrong with it, and the control path /_sim/ through which tests see and steer
// both.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "agent/domain/json.hpp"
#include "platform/http.hpp"
#include "platform/time.hpp"
#include "sim/back-ends/back_end_model.hpp"
#include "sim/back-ends/misbehaviour.hpp"

namespace handover::sim {

/// What the network does with a request that has been handled. Whoever owns the connection carries
/// it out.
struct Outcome {
  std::optional<HttpResponse> response;  ///< None: the connection closes without an answer.
  std::optional<std::size_t>
      truncate_at;        ///< So many bytes of the body are sent, then the connection closes.
  milliseconds delay{0};  ///< Before anything is sent. What was applied is applied already.
  CloseMode close = CloseMode::kEnd;  ///< Where the connection closes.

  Outcome() {}
  explicit Outcome(HttpResponse answer) : response(std::move(answer)) {}
};

class SimulatedBackEnd {
 public:
  /// Lifetime: `model` must outlive this.
  SimulatedBackEnd(BackEndModel& model, std::uint64_t seed) : model_(model), misbehaviour_(seed) {}

  /// Handles a request, whether it goes wrong or not. Requests to /_sim/ never go wrong and are not
  /// counted.
  [[nodiscard]] Outcome handle(const HttpRequest& request, WallTime now);

  /// A rule that refuses items and names no path concerns uploads only.
  void add_fault(FaultRule rule);
  void clear_faults() { misbehaviour_.clear(); }
  /// Forgets the model's data, all faults and all counts.
  void reset();
  [[nodiscard]] Result<void> configure(const Json& options) { return model_.configure(options); }

  /// The model's state or counts, with `requests` and `faults` (how often each has struck).
  [[nodiscard]] Json state() const { return with_counts(model_.state()); }
  [[nodiscard]] Json counts() const { return with_counts(model_.counts()); }

 private:
  Outcome misbehave(const Fault& fault, const HttpRequest& request, WallTime now);
  HttpResponse refuse(const Fault& fault, const HttpRequest& request, WallTime now);
  HttpResponse control(const HttpRequest& request);
  Result<void> change(std::string_view path, const Json& body);
  Json with_counts(Json report) const;

  BackEndModel& model_;
  Misbehaviour misbehaviour_;
  std::uint64_t requests_ = 0;
};

}  // namespace handover::sim
