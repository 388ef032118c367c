// Deliberate bugs: plausible mistakes that a run of the simulation can switch on, to prove that it
// would notice them. In a build without HANDOVER_SIMULATION no code of them is left.
#pragma once

#include <array>
#include <string_view>

namespace handover {

enum class Bug {
  kNone,
  kAcknowledgeBeforeCommit,
  kCommitErrorSwallowed,
  kSynchronousNormal,
  kStoreWithoutKey,
  kSerialInLog,
  kNewKeyOnRetry,
  kCallDoneTwice,
  kNonceReused,
  kAnyTermsAccepted,
  kCodeOpensTwice,
  kWrongTriesForgotten,
  kNewestKeyOnly,
  kStockInAnotherCommit,
  kUsageLeftOut,
  kMovementReversed,
  kOrderIgnored,
  kWaitersForgotten,
  kInFlightForgotten,
  kInFlightTakenAsDelivered,
  kUndoneResultForgotten,
  kWakeForgotten,
  kPauseWithoutEnd,
  kInFlightMaxIgnored,
  kRefusedDropped,
  kPageTakenAsSuccess,
  kCmdbNotTold,
  kCmdbOrderIgnored,
  kOwnCodeInHalf,
  kCodeInLog,
  kNextTryOfBefore,
  kNewerStoreOpened,
};

struct NamedBug {
  std::string_view name;
  Bug bug;
};
/// As `handover-sim world --bug` takes them.
inline constexpr std::array kBugs = {
    NamedBug{"acknowledge-before-commit", Bug::kAcknowledgeBeforeCommit},
    NamedBug{"commit-error-swallowed", Bug::kCommitErrorSwallowed},
    NamedBug{"synchronous-normal", Bug::kSynchronousNormal},
    NamedBug{"store-without-key", Bug::kStoreWithoutKey},
    NamedBug{"serial-in-log", Bug::kSerialInLog},
    NamedBug{"new-key-on-retry", Bug::kNewKeyOnRetry},
    NamedBug{"call-done-twice", Bug::kCallDoneTwice},
    NamedBug{"nonce-reused", Bug::kNonceReused},
    NamedBug{"any-terms-accepted", Bug::kAnyTermsAccepted},
    NamedBug{"code-opens-twice", Bug::kCodeOpensTwice},
    NamedBug{"wrong-tries-forgotten", Bug::kWrongTriesForgotten},
    NamedBug{"newest-key-only", Bug::kNewestKeyOnly},
    NamedBug{"stock-in-another-commit", Bug::kStockInAnotherCommit},
    NamedBug{"usage-left-out", Bug::kUsageLeftOut},
    NamedBug{"movement-reversed", Bug::kMovementReversed},
    NamedBug{"order-ignored", Bug::kOrderIgnored},
    NamedBug{"waiters-forgotten", Bug::kWaitersForgotten},
    NamedBug{"in-flight-forgotten", Bug::kInFlightForgotten},
    NamedBug{"in-flight-taken-as-delivered", Bug::kInFlightTakenAsDelivered},
    NamedBug{"undone-result-forgotten", Bug::kUndoneResultForgotten},
    NamedBug{"wake-forgotten", Bug::kWakeForgotten},
    NamedBug{"pause-without-end", Bug::kPauseWithoutEnd},
    NamedBug{"in-flight-max-ignored", Bug::kInFlightMaxIgnored},
    NamedBug{"refused-dropped", Bug::kRefusedDropped},
    NamedBug{"page-taken-as-success", Bug::kPageTakenAsSuccess},
    NamedBug{"cmdb-not-told", Bug::kCmdbNotTold},
    NamedBug{"cmdb-order-ignored", Bug::kCmdbOrderIgnored},
    NamedBug{"own-code-in-half", Bug::kOwnCodeInHalf},
    NamedBug{"code-in-log", Bug::kCodeInLog},
    NamedBug{"next-try-of-before", Bug::kNextTryOfBefore},
    NamedBug{"newer-store-opened", Bug::kNewerStoreOpened},
};

#ifdef HANDOVER_SIMULATION

/// The one that is switched on.
inline Bug& chosen_bug() {
  static Bug bug = Bug::kNone;
  return bug;
}
[[nodiscard]] inline bool deliberate_bug(Bug bug) { return bug == chosen_bug(); }

#else

[[nodiscard]] constexpr bool deliberate_bug(Bug /*bug*/) { return false; }

#endif

}  // namespace handover
