// Which request goes wrong, and how: a plan of rules, each with a chance or a count. Pure; seeded;
// integers only.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/domain/json.hpp"
#include "platform/http.hpp"
#include "platform/result.hpp"
#include "platform/time.hpp"
#include "sim/random.hpp"

namespace handover::sim {

enum class FaultKind {
  kLostReply,      ///< Applied; the connection closes without an answer.
  kResetBefore,    ///< Not applied; the connection closes without an answer.
  kSlow,           ///< Applied; the answer comes late.
  kStatus,         ///< Not applied; an error status in the back-end's own words.
  kHtml,           ///< Not applied; 200 with a web page (captive portal, hibernating instance).
  kErrorWith200,   ///< Not applied; an error body with status 200.
  kTruncated,      ///< Applied; the answer ends in the middle of its body.
  kRefusedItem,    ///< Not applied; the back-end's own way to refuse one item for good.
  kExpiredTokens,  ///< All tokens issued so far become invalid; then the request is handled.
};

/// How a connection ends that gets no whole answer.
enum class CloseMode {
  kEnd,    ///< The peer reads an orderly end of stream.
  kReset,  ///< The peer reads "connection reset".
};

struct Fault {
  FaultKind kind = FaultKind::kLostReply;
  std::string name;                   ///< As it was given: "status_503".
  int status = 0;                     ///< kStatus only.
  bool retry_after_hint = true;       ///< 429 only.
  bool reset_hint = true;             ///< 429 only.
  std::chrono::seconds wait{1};       ///< 429 only: what the hints say.
  milliseconds delay{0};              ///< kSlow only.
  CloseMode close = CloseMode::kEnd;  ///< kLostReply, kResetBefore, kTruncated only.
};

/// A fault and when it strikes: either one in `one_in` requests by chance, or each of the next
/// `next` requests.
struct FaultRule {
  Fault fault;
  std::uint32_t one_in = 0;
  std::uint32_t next = 0;
  std::string path_prefix;  ///< Only requests whose target starts with it; empty: all.
};

/// A fault by its name: lost_reply, reset_before, slow, html200, error200, truncated,
/// expired_tokens, unknown_product (the way ServiceMobility refuses one item) or result_error (the
/// way the CMDB does), status_NNN for 400 to 599; status_429 has both hints, status_429_retry_after
/// and status_429_reset one, status_429_bare none. Errors: kInvalid.
[[nodiscard]] Result<Fault> parse_fault(std::string_view name);

/// {"kind":"lost_reply","one_in":10,"path":"/seiapi"}, {"kind":"status_503","next":3}, and with
/// them "ms" (slow), "wait_s" (429), "close":"end"|"reset". Without "one_in" and "next" it strikes
/// the next request. Errors: kInvalid with the member.
[[nodiscard]] Result<FaultRule> parse_fault_rule(const Json& rule);

/// The short form of the command line, KIND[=NUMBER]:WHEN[:PATH] with WHEN 1/N (by chance) or N
/// (the next N): "lost_reply:1/10", "slow=250:3:/createjwt". NUMBER is milliseconds for slow, else
/// seconds. Errors: kInvalid.
[[nodiscard]] Result<FaultRule> parse_short_fault_rule(std::string_view text);

class Misbehaviour {
 public:
  explicit Misbehaviour(std::uint64_t seed) : seed_(seed) {}

  void add(FaultRule rule);
  /// Drops all rules. What has struck stays counted.
  void clear() { rules_.clear(); }
  /// Back to the start: no rules, nothing counted, the seed's first number next.
  void reset();

  /// What goes wrong with the next request, if anything. The first rule that strikes counts, in the
  /// order they were added.
  [[nodiscard]] std::optional<Fault> next(const HttpRequest& request);

  /// How often each fault has struck, by name.
  [[nodiscard]] const std::map<std::string, std::uint64_t>& struck() const { return struck_; }

 private:
  struct Planned {
    FaultRule rule;
    Random random;
  };
  static bool strikes(Planned& planned, const HttpRequest& request);

  std::uint64_t seed_;
  std::uint64_t rules_made_ = 0;
  std::vector<Planned> rules_;
  std::map<std::string, std::uint64_t> struck_;
};

}  // namespace handover::sim
