// What forwarding needs to know of a kind of back-end: which records it wants, how a request looks,
// what an answer means. Implementations are pure: no I/O, no clock, no state but their settings.
// They live in agent/backends/<name>/.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "agent/domain/json.hpp"
#include "agent/domain/record.hpp"
#include "platform/http.hpp"
#include "platform/result.hpp"
#include "platform/secret.hpp"
#include "platform/time.hpp"

namespace handover::forwarding {

/// Who must act before a delivery can go on. Values are persistent.
enum class Who { kNobody = 0, kNetwork = 1, kServer = 2, kDispatcher = 3, kTechnician = 4 };

/// One delivery that a record needs on a lane.
struct DeliveryPlan {
  std::string unit;  ///< What of the record this delivery is about, as people know it (a serial
                     ///< number), or empty.
  /// Deliveries of one lane that share a key keep their order; all others overtake freely.
  std::vector<std::string> order_keys;
  std::string
      environment;  ///< Where it may be sent, for back-ends with several environments; else empty.
};

/// A part of a record that this back-end would take, and that its settings leave out.
struct NotWanted {
  std::string unit;
  std::string why;  ///< One sentence for people.
};

/// What is known of a delivery when it is sent or judged.
struct DeliveryContext {
  const Record& record;
  std::string unit;
  std::string environment;
  std::string key;  ///< The delivery's UUID, frozen with the request.
  bool repeat =
      false;  ///< The same request may have reached the back-end before, and its answer was lost.
  WallTime now;  ///< The device's clock, only for the case that the server sends an absolute time
                 ///< and no Date.
  std::vector<const Record*> later = {};  ///< Later records that wait on this lane behind this one,
                                          ///< for the same things; oldest first.
  Json progress = {};  ///< What the last verdict with a progress remembered; null at first.
  /// How often it has been tried, this time included; tries that failed for the whole lane's reason
  /// do not count.
  std::int64_t attempts = 1;
  /// The lane's credential, or nullptr where none is at hand: for a back-end whose login also tells
  /// what requests are built from (encode()).
  const Secret* credential = nullptr;
  /// The frozen request, or nullptr before there is one.
  const HttpRequest* request = nullptr;
  std::string note = {};  ///< What the lane noted last under Backend::note_name(), or empty.
  /// The names under which it was held for a person (Verdict::hold), who wants it sent.
  std::vector<std::string> insisted_on = {};

  [[nodiscard]] bool insists_on(std::string_view hold) const {
    return std::find(insisted_on.begin(), insisted_on.end(), hold) != insisted_on.end();
  }
};

/// What a back-end's answer means for a delivery.
struct Verdict {
  enum class Kind {
    kAccepted,    ///< Done. `receipt` is kept.
    kRefused,     ///< Refused for good: quarantine, with the back-end's own words.
    kRetryLater,  ///< Not applied; try again.
    kUnknown,  ///< It may have been applied: look it up, or repeat it with the same key and bytes.
    kSuperseded,   ///< A later record of the same thing made it void.
    kLoginNeeded,  ///< The credential has expired or is wrong: one new login for the whole lane.
    kStopLane,     ///< Nothing can get through before a person changes something (credentials, URL,
                   ///< environment).
    kSend,         ///< Of a look-up only: the back-end does not have it; send it.
    kWaiting,      ///< It has arrived, and what becomes of it is told later: look_up() asks after
                   ///< `wait`, which must be set. No failure of anybody.
  };
  Kind kind = Kind::kUnknown;
  std::string why;  ///< One sentence for people, with the back-end's own words. No secret, no code.
  Who who = Who::kNobody;
  std::optional<milliseconds> wait;  ///< The server's own hint, from now.
  bool whole_lane = false;  ///< kRetryLater: the reason concerns every delivery of the lane.
  Json
      receipt;  ///< What the back-end said of it, for the record's truth table: an object, or null.
  Json progress = {};  ///< What DeliveryContext::progress shall hold from now on, over restarts and
                       ///< upgrades; null: as before.
  bool asked_only = false;    ///< Nothing was sent, so it counts as no attempt.
  bool keep_request = false;  ///< kRefused: it may have been applied after all, so a retry by a
                              ///< person must ask for it or repeat the very same bytes.
  std::string hold = {};      ///< kRefused: the name under which it is held until a person decides.
  std::string note = {};  ///< kAccepted: what the lane notes under Backend::note_name(), or empty.
};

/// A lane's credential is at hand, or must be fetched with a request.
using Login = std::variant<Secret, HttpRequest>;
/// The fetched credential, or why there is none (kStopLane or kRetryLater).
using LoginOutcome = std::variant<Secret, Verdict>;

class Backend {
 public:
  virtual ~Backend() = default;

  /// The kind of back-end, as the configuration calls it: "cmdb". It is stored with the lane.
  [[nodiscard]] virtual std::string_view kind() const = 0;

  /// The name of the back-end in sentences for people: "ServiceMobility", "the CMDB".
  [[nodiscard]] virtual std::string_view label() const = 0;

  /// The deliveries that this record needs; none if this back-end does not want it.
  [[nodiscard]] virtual std::vector<DeliveryPlan> plan(const Record& record) const = 0;

  /// What this back-end would refuse of a record that is about to be written, beyond the rules of
  /// the domain. Errors: kInvalid, naming what is wrong.
  [[nodiscard]] virtual Result<void> check(const Record&) const { return {}; }
  /// What of this record the settings of today leave out, each with the reason. It is kept with the
  /// record, counted and shown, so that nothing is left out in silence.
  [[nodiscard]] virtual std::vector<NotWanted> not_wanted(const Record&) const { return {}; }

  /// The name under which the lane notes what it learns of the delivery's thing, or empty.
  [[nodiscard]] virtual std::string note_name(const Record&, const std::string& /*unit*/) const {
    return {};
  }
  /// While a delivery of the lane is held under this name, those that have the same name wait.
  /// Empty: this one waits for no hold.
  [[nodiscard]] virtual std::string hold_name(const Record&, const std::string& /*unit*/) const {
    return {};
  }

  /// Whether the delivery may leave at all with the settings of today, also with a request that was
  /// frozen before. Errors: kConfig; the delivery waits, visibly, until the configuration allows
  /// it.
  [[nodiscard]] virtual Result<void> may_send(const DeliveryContext&) const { return {}; }

  /// The request to freeze, without credentials. It depends on nothing but the context and the
  /// settings; of the context's credential only what is no secret may be in it. Errors: kConfig if
  /// a setting is missing; the delivery waits, visibly, until the configuration has it.
  ///         kUnauthorized if the context's credential does not tell what only a newer login may;
  ///         the delivery waits too, and before its next try the lane logs in, once a minute at
  ///         most.
  ///         kInvalid if the record can never be sent; the delivery is quarantined.
  ///         kRefused if a person must decide first; it is quarantined, held under the error's
  ///         `problem`, and sent as it is if the person insists.
  [[nodiscard]] virtual Result<HttpRequest> encode(const DeliveryContext& context) const = 0;

  /// Where the frozen request goes with the settings of today. An address is no part of what was
  /// frozen: one that was wrong must not stay so.
  [[nodiscard]] virtual std::string target(const DeliveryContext&,
                                           const HttpRequest& frozen) const {
    return frozen.target;
  }

  /// What the answer to the frozen request means.
  [[nodiscard]] virtual Verdict judge(const DeliveryContext& context,
                                      const HttpResponse& response) const = 0;

  /// Whether DeliveryContext::later is of use to it: reading those records takes time.
  [[nodiscard]] virtual bool looks_behind() const { return false; }

  /// A question to ask before the frozen request is sent (again), or nothing where none is needed
  /// or possible.
  [[nodiscard]] virtual std::optional<HttpRequest> look_up(const DeliveryContext&) const {
    return std::nullopt;
  }
  /// What the answer to look_up() means: kSend, kAccepted, kSuperseded, or a reason to wait.
  [[nodiscard]] virtual Verdict judge_look_up(const DeliveryContext&, const HttpResponse&) const {
    return {Verdict::Kind::kSend, {}, Who::kNobody, {}, false, {}};
  }

  /// How to get a credential. Reads the password each time, so that a corrected file is used
  /// without a restart. Errors: kConfig if the password cannot be read.
  [[nodiscard]] virtual Result<Login> login() const = 0;
  [[nodiscard]] virtual LoginOutcome judge_login(const HttpResponse& response) const = 0;
  /// Adds the credential to a request that is about to leave; what it adds is never stored, and may
  /// be different each time (a nonce, a time).
  virtual void authorize(HttpRequest& request, const Secret& credential) const = 0;
};

}  // namespace handover::forwarding
