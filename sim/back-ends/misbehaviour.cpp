#include "sim/back-ends/misbehaviour.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace handover::sim {
namespace {

struct NamedKind {
  std::string_view name;
  FaultKind kind;
};
constexpr std::array kKinds = {
    NamedKind{"lost_reply", FaultKind::kLostReply},
    NamedKind{"reset_before", FaultKind::kResetBefore},
    NamedKind{"slow", FaultKind::kSlow},
    NamedKind{"html200", FaultKind::kHtml},
    NamedKind{"error200", FaultKind::kErrorWith200},
    NamedKind{"truncated", FaultKind::kTruncated},
    NamedKind{"unknown_product", FaultKind::kRefusedItem},
    NamedKind{"result_error", FaultKind::kRefusedItem},
    NamedKind{"expired_tokens", FaultKind::kExpiredTokens},
};
constexpr std::string_view kKindNames =
    "expected lost_reply, reset_before, slow, html200, error200, truncated, unknown_product, "
    "result_error, expired_tokens, status_NNN, or status_429 with _retry_after, _reset or _bare";

std::optional<std::uint32_t> parse_count(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// A later wait or delay than an hour is a slip of the pen, and would overflow clocks downstream.
constexpr std::uint32_t kNumberMax = 3'600'000;

void set_number(Fault& fault, std::uint32_t number) {
  if (fault.kind == FaultKind::kSlow) {
    fault.delay = milliseconds(number);
  } else {
    fault.wait = std::chrono::seconds(number);
  }
}

Result<std::uint32_t> read_number(const Json& rule, std::string_view name,
                                  std::uint32_t otherwise) {
  const Json* member = rule.find(name);
  if (member == nullptr) return otherwise;
  const auto number = member->is_number() ? parse_count(member->text()) : std::nullopt;
  if (!number || *number > kNumberMax) {
    return fail(Error::invalid("/" + std::string(name), "expected a whole number up to 3600000"));
  }
  return *number;
}

Result<void> read_close(const Json& rule, Fault& fault) {
  const Json* close = rule.find("close");
  if (close == nullptr) return {};
  if (close->text() != "end" && close->text() != "reset") {
    return fail(Error::invalid("/close", "expected \"end\" or \"reset\""));
  }
  fault.close = close->text() == "end" ? CloseMode::kEnd : CloseMode::kReset;
  return {};
}

}  // namespace

Result<Fault> parse_fault(std::string_view name) {
  Fault fault;
  fault.name = name;
  for (const auto& known : kKinds) {
    if (known.name != name) continue;
    fault.kind = known.kind;
    if (fault.kind == FaultKind::kResetBefore) fault.close = CloseMode::kReset;
    return fault;
  }
  constexpr std::string_view kPrefix = "status_";
  if (!name.starts_with(kPrefix)) return fail(Error::invalid("/kind", std::string(kKindNames)));
  const auto status = parse_count(name.substr(kPrefix.size(), 3));
  const std::string_view rest = name.substr(std::min(name.size(), kPrefix.size() + 3));
  const bool variant = rest == "_retry_after" || rest == "_reset" || rest == "_bare";
  if (!status || *status < 400 || *status > 599 || !(rest.empty() || (variant && *status == 429))) {
    return fail(Error::invalid("/kind", std::string(kKindNames)));
  }
  fault.kind = FaultKind::kStatus;
  fault.status = int(*status);
  fault.retry_after_hint = rest.empty() || rest == "_retry_after";
  fault.reset_hint = rest.empty() || rest == "_reset";
  return fault;
}

Result<FaultRule> parse_fault_rule(const Json& rule) {
  FaultRule parsed;
  TRY_ASSIGN(parsed.fault, parse_fault(rule.text_of("kind")));
  TRY_ASSIGN(parsed.one_in, read_number(rule, "one_in", 0));
  TRY_ASSIGN(parsed.next, read_number(rule, "next", parsed.one_in == 0 ? 1 : 0));
  if ((parsed.one_in == 0) == (parsed.next == 0)) {
    return fail(Error::invalid("/next", "expected either \"one_in\" or \"next\", at least 1"));
  }
  const bool slow = parsed.fault.kind == FaultKind::kSlow;
  TRY_ASSIGN(const std::uint32_t number, read_number(rule, slow ? "ms" : "wait_s", 1));
  set_number(parsed.fault, number);
  RETURN_IF_ERROR(read_close(rule, parsed.fault));
  parsed.path_prefix = rule.text_of("path");
  return parsed;
}

Result<FaultRule> parse_short_fault_rule(std::string_view text) {
  constexpr std::string_view kForm = "expected KIND[=NUMBER]:WHEN[:PATH], WHEN being 1/N or N";
  const auto kind_end = text.find(':');
  if (kind_end == std::string_view::npos) return fail(Error::invalid("", std::string(kForm)));
  const std::string_view kind = text.substr(0, kind_end);
  const std::string_view rest = text.substr(kind_end + 1);
  const auto when_end = rest.find(':');
  const std::string_view when = rest.substr(0, when_end);

  FaultRule rule;
  const auto equals = kind.find('=');
  TRY_ASSIGN(rule.fault, parse_fault(kind.substr(0, equals)));
  if (equals != std::string_view::npos) {
    const auto number = parse_count(kind.substr(equals + 1));
    if (!number || *number > kNumberMax) return fail(Error::invalid("", std::string(kForm)));
    set_number(rule.fault, *number);
  }
  const bool by_chance = when.starts_with("1/");
  const auto count = parse_count(by_chance ? when.substr(2) : when);
  if (!count || *count == 0) return fail(Error::invalid("", std::string(kForm)));
  (by_chance ? rule.one_in : rule.next) = *count;
  if (when_end != std::string_view::npos) rule.path_prefix = rest.substr(when_end + 1);
  return rule;
}

void Misbehaviour::add(FaultRule rule) {
  // A stream of its own for each rule: taking one away leaves the others' decisions as they were.
  const Random random(seed_for(seed_, "fault " + std::to_string(rules_made_)));
  ++rules_made_;
  rules_.push_back({std::move(rule), random});
}

void Misbehaviour::reset() {
  rules_.clear();
  struck_.clear();
  rules_made_ = 0;
}

bool Misbehaviour::strikes(Planned& planned, const HttpRequest& request) {
  FaultRule& rule = planned.rule;
  if (!request.target.starts_with(rule.path_prefix)) return false;
  if (rule.one_in > 0) return planned.random.below(rule.one_in) == 0;
  if (rule.next == 0) return false;
  --rule.next;
  return true;
}

std::optional<Fault> Misbehaviour::next(const HttpRequest& request) {
  for (auto& planned : rules_) {
    if (!strikes(planned, request)) continue;
    ++struck_[planned.rule.fault.name];
    return planned.rule.fault;
  }
  return std::nullopt;
}

}  // namespace handover::sim
