#include "agent/forwarding/failure_verdict.hpp"

#include <utility>

namespace handover::forwarding {

Verdict verdict_of(Verdict::Kind kind, std::string why, Who who, bool whole_lane) {
  Verdict verdict;
  verdict.kind = kind;
  verdict.why = std::move(why);
  verdict.who = who;
  verdict.whole_lane = whole_lane;
  return verdict;
}

Verdict verdict_of(const HttpFailure& failure) {
  using Reason = HttpFailure::Reason;
  if (failure.reason == Reason::kBadRequest)
    return verdict_of(Verdict::Kind::kRefused, failure.detail, Who::kDispatcher);
  if (failure.request_may_have_left) {
    return verdict_of(Verdict::Kind::kUnknown, "the answer was lost: " + failure.detail,
                      Who::kNetwork);
  }
  const Who who = failure.reason == Reason::kTls ? Who::kDispatcher : Who::kNetwork;
  return verdict_of(Verdict::Kind::kRetryLater, failure.detail, who, true);
}

}  // namespace handover::forwarding
