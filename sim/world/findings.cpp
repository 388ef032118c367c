#include "sim/world/findings.hpp"

#include "platform/assert.hpp"

namespace handover::sim {

std::string_view to_string(Invariant invariant) {
  switch (invariant) {
    case Invariant::kDurability:
      return "durability";
    case Invariant::kNothingInvented:
      return "nothing invented";
    case Invariant::kOneEffect:
      return "one effect";
    case Invariant::kConservation:
      return "conservation";
    case Invariant::kAgreement:
      return "agreement";
    case Invariant::kRightCodeAccepted:
      return "a right code is accepted";
    case Invariant::kOrder:
      return "order";
    case Invariant::kHonesty:
      return "honesty";
    case Invariant::kNextTry:
      return "next try";
    case Invariant::kDelivery:
      return "delivery";
    case Invariant::kBounds:
      return "bounds";
    case Invariant::kConfidentiality:
      return "confidentiality";
    case Invariant::kRecovery:
      return "recovery";
  }
  INVARIANT(false);
}

}  // namespace handover::sim
