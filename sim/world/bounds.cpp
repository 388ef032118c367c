#include "sim/world/bounds.hpp"

#include <string>

#include "platform/limits.hpp"

namespace handover::sim {
namespace {

void check_size(Findings& findings, const Device& device, std::string_view what, std::size_t size,
                std::size_t most) {
  findings.check(
      Invariant::kBounds, size <= most,
      [&] {
        return device.name() + ": " + std::string(what) + " of " + std::to_string(size) +
               " bytes, at most " + std::to_string(most);
      },
      device.name());
}

}  // namespace

void judge_sent(Findings& findings, const Device& device, const Sent& sent) {
  // One more than deliveries: a request for a token.
  const auto most = static_cast<std::size_t>(device.settings().lane.in_flight_max) + 1;
  findings.check(
      Invariant::kBounds, sent.under_way <= most,
      [&] { return device.name() + " has " + std::to_string(sent.under_way) + " under way"; },
      device.name());
  check_size(findings, device, "a request's target", sent.target_bytes, limits::kUrlBytesMax);
  check_size(findings, device, "a request's headers", sent.header_bytes,
             limits::kServerHeaderBytesMax);
  // What one call to the local API takes in, one request can carry away.
  check_size(findings, device, "a request's body", sent.body_bytes, limits::kServerBodyBytesMax);
}

void judge_local_answer(Findings& findings, const Device& device, const HttpResponse& answer) {
  check_size(findings, device, "an answer of the local API", answer.body.size(),
             limits::kLocalAnswerBytesMax);
}

}  // namespace handover::sim
