// What a run found: which invariants were checked how often, and the first one that was broken.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace handover::sim {

/// The invariants, each by one name. Their words are in docs/simulation.md.
enum class Invariant {
  kDurability,         ///< What a device acknowledged is on it after whatever happened.
  kNothingInvented,    ///< What is on a device, or at a back-end, somebody did, and once.
  kOneEffect,          ///< At most one effect a delivery, exactly one after healing.
  kConservation,       ///< Stock is what the records make of it; both halves move the same.
  kAgreement,          ///< A code is accepted for what was offered, once, and for nothing else.
  kRightCodeAccepted,  ///< And then it is accepted.
  kOrder,              ///< What touches one thing arrives in the order in which it was done.
  kHonesty,            ///< What the API says is true.
  kNextTry,            ///< What waits has a time of its next try.
  kDelivery,           ///< Once the world heals, everything arrives within the time.
  kBounds,             ///< Requests under way, sizes of messages, tasks in a moment.
  kConfidentiality,    ///< No clear text on any disk or in any log.
  kRecovery,           ///< A device whose disk is good starts.
};
[[nodiscard]] std::string_view to_string(Invariant invariant);

struct Breach {
  Invariant invariant = Invariant::kDurability;
  std::string words;
  std::vector<std::string> who;  ///< Devices and back-ends concerned, by name.
};

class Findings {
 public:
  /// Counts a check; the first that does not hold is the breach. `words()` says what is wrong.
  template <typename Words>
  void check(Invariant invariant, bool holds, const Words& words, const std::string& who) {
    ++checked_[invariant];
    if (!holds && !breach_) breach_ = Breach{invariant, words(), {who}};
  }
  [[nodiscard]] const std::optional<Breach>& breach() const { return breach_; }
  [[nodiscard]] const std::map<Invariant, std::uint64_t>& checked() const { return checked_; }

 private:
  std::map<Invariant, std::uint64_t> checked_;
  std::optional<Breach> breach_;
};

}  // namespace handover::sim
