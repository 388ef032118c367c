#include "agent/backends/cisco/cisco_backend.hpp"

#include <algorithm>
#include <utility>

#include "agent/backends/answer.hpp"
#include "agent/domain/service_order.hpp"
#include "crypto/sha256.hpp"
#include "platform/assert.hpp"

namespace handover::backends {
namespace {

using forwarding::DeliveryContext;
using forwarding::DeliveryPlan;
using Kind = Verdict::Kind;

constexpr std::string_view kRelay = "the relay";
constexpr int kAccepted = 202;

Result<ServiceOrder> order_of(const Record& record) {
  const Json* order = record.body.find("service_order");
  if (order == nullptr) return fail(Error::invalid("", "the record holds no service order"));
  return parse_service_order(*order);
}

std::string join(const std::vector<std::string>& texts) {
  std::string all;
  for (const auto& text : texts) all += (all.empty() ? "" : ", ") + text;
  return all;
}

/// "line 2: Reject, Invalid configuration (…)", for lines that were not accepted.
std::string words_of(const CiscoReply& confirmation) {
  std::string words = join(confirmation.reasons);
  const auto add = [&words](const std::string& more) {
    if (!more.empty()) words += (words.empty() ? "" : "; ") + more;
  };
  add(confirmation.words);
  for (const ConfirmedLine& line : confirmation.lines) {
    if (line.status == "Accept") continue;
    std::string about = "line " + line.line_number + ": " + line.status;
    if (!line.reasons.empty()) about += ", " + join(line.reasons);
    if (!line.words.empty()) about += " (" + line.words + ")";
    add(about);
  }
  return plain_words(words);
}

Json receipt_of(const CiscoReply& confirmation) {
  Json lines = Json::array();
  for (const ConfirmedLine& line : confirmation.lines) {
    Json reasons = Json::array();
    for (const auto& reason : line.reasons) reasons.push_back(reason);
    lines.push_back(Json::object({{"line_number", line.line_number},
                                  {"status", line.status},
                                  {"reasons", std::move(reasons)},
                                  {"words", line.words}}));
  }
  return Json::object({{"status", confirmation.status},
                       {"web_order", confirmation.web_order},
                       {"words", confirmation.words},
                       {"lines", std::move(lines)}});
}

/// Whether the relay filed this under the right order is not taken for granted.
bool answers(const CiscoReply& reply, const DeliveryContext& context, const std::string& order) {
  if (reply.kind != CiscoReply::Kind::kConfirmation) return reply.in_reply_to == context.key;
  return reply.purchase_order == order &&
         (reply.in_reply_to.empty() || reply.in_reply_to == context.key);
}

struct Found {
  bool acknowledged = false;
  const CiscoReply* confirmation = nullptr;  // The last that decides, else the last.
  const CiscoReply* exception = nullptr;
};

Found find_replies(const RelayAnswer& answer, const DeliveryContext& context,
                   const std::string& order) {
  Found found;
  for (const CiscoReply& reply : answer.replies) {
    if (!answers(reply, context, order)) continue;
    switch (reply.kind) {
      case CiscoReply::Kind::kReceipt:
        found.acknowledged = true;
        break;
      case CiscoReply::Kind::kException:
        found.exception = &reply;
        break;
      case CiscoReply::Kind::kConfirmation: {
        const bool decided =
            found.confirmation != nullptr && found.confirmation->status != "Pending";
        if (!decided || reply.status != "Pending") found.confirmation = &reply;
        break;
      }
    }
  }
  return found;
}

/// What the relay's answer means for good.
Verdict end(Kind kind, const OrderProgress& progress, std::string why) {
  Verdict verdict =
      make_verdict(kind, kind == Kind::kAccepted ? Who::kNobody : Who::kDispatcher, std::move(why));
  verdict.progress = progress.to_json();
  verdict.keep_request = true;
  verdict.asked_only = true;
  return verdict;
}

Verdict judge_confirmation(const CiscoReply& confirmation, OrderProgress progress) {
  const bool accepted = confirmation.status == "Accept";
  progress.outcome = accepted ? "accepted" : "rejected";
  std::string why = accepted ? "accepted by Cisco" : "rejected by Cisco";
  if (!confirmation.web_order.empty()) why += " as web order " + confirmation.web_order;
  const std::string words = words_of(confirmation);
  if (!words.empty()) why += ": " + words;
  if (!accepted) why += "; correct it and make a new order with a new purchase order number";
  Verdict verdict = end(accepted ? Kind::kAccepted : Kind::kRefused, progress, std::move(why));
  verdict.receipt = receipt_of(confirmation);
  return verdict;
}

/// Every answer of the relay, to whatever, that is no success.
Verdict judge_failure(const DeliveryContext& context, const HttpResponse& response,
                      std::string_view label, bool sending) {
  const int status = response.status;
  const std::string words = own_words(response);
  const auto say = [&](std::string_view meaning) {
    return sentence(label, status, meaning, words);
  };
  const auto hint = wait_hint(response, ResetForm::kSeconds, context.now);
  switch (status) {
    case 401:
      return make_verdict(Kind::kLoginNeeded, Who::kDispatcher, say("a new login is needed"));
    case 404:
    case 405:
    case 406:
    case 501:
      return make_verdict(Kind::kStopLane, Who::kDispatcher,
                          say("the URL is wrong, or the relay does not do what is needed"));
    case 429:
      return pause_lane(Who::kServer, say("too many requests"), hint);
    default:
      break;
  }
  if (status >= 300 && status < 400)
    return make_verdict(Kind::kStopLane, Who::kDispatcher,
                        say("a redirect, which is never followed; the URL is wrong"));
  if (is_page(response)) return foreign_answer(label, status);
  if (!sending || status == 503) {
    Verdict verdict = make_verdict(Kind::kRetryLater, Who::kServer, say("it is not available"));
    verdict.wait = hint;
    verdict.whole_lane = hint.has_value();
    return verdict;
  }
  if (status >= 400 && status < 500 && status != 408)
    return make_verdict(Kind::kRefused, Who::kDispatcher, say("it does not take the message"));
  Verdict verdict = make_verdict(Kind::kUnknown, Who::kServer,
                                 say("so it is not known whether the order was taken"));
  verdict.wait = failure_hint(response, ResetForm::kSeconds, context.now);
  return verdict;
}

std::string hours_text(milliseconds time) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(time).count();
  return minutes >= 60 && minutes % 60 == 0 ? std::to_string(minutes / 60) + " h"
                                            : std::to_string(minutes) + " min";
}

/// What is known of the order. A clock that was set back since makes no deadline later: what was
/// done in its future was done now.
OrderProgress progress_of(const DeliveryContext& context) {
  OrderProgress progress = OrderProgress::from_json(context.progress);
  for (auto* time : {&progress.first_sent_at, &progress.sent_at, &progress.acknowledged_at}) {
    if (*time && **time > context.now) *time = context.now;
  }
  return progress;
}

}  // namespace

CiscoBackend::CiscoBackend(CiscoSettings settings) : settings_(std::move(settings)) {
  INVARIANT(settings_.read_password != nullptr);
  while (settings_.path_prefix.ends_with('/')) settings_.path_prefix.pop_back();
}

std::vector<DeliveryPlan> CiscoBackend::plan(const Record& record) const {
  if (record.kind != RecordKind::kServiceOrder) return {};
  const Json* order = record.body.find("service_order");
  DeliveryPlan delivery;
  if (order != nullptr) {
    delivery.unit = order->text_of("purchase_order");
    delivery.order_keys.push_back("order:" + order->text_of("bill_to") + ":" + delivery.unit);
  }
  delivery.environment = settings_.usage;
  return {std::move(delivery)};
}

Result<void> CiscoBackend::check(const Record& record) const {
  if (record.kind != RecordKind::kServiceOrder) return {};
  TRY_ASSIGN(const ServiceOrder order, order_of(record));
  RETURN_IF_ERROR(
      make_request_document(order, settings_.parties, settings_.names, record.captured_at));
  return {};
}

Result<void> CiscoBackend::may_send(const DeliveryContext& context) const {
  if (context.environment == settings_.usage) return {};
  return fail(Errc::kConfig, "the order is meant for Cisco's \"" + context.environment +
                                 "\" and the lane is set to \"" + settings_.usage +
                                 "\"; set `usage` back, or discard it");
}

Result<HttpRequest> CiscoBackend::encode(const DeliveryContext& context) const {
  RETURN_IF_ERROR(may_send(context));
  TRY_ASSIGN(const ServiceOrder order, order_of(context.record));
  TRY_ASSIGN(const XmlDocument document,
             make_request_document(order, settings_.parties, settings_.names, context.now));
  RnifEnvelope envelope;
  envelope.sender = settings_.parties.buyer_duns;
  envelope.receiver = settings_.parties.seller_duns;
  envelope.initiator = settings_.parties.buyer_duns;
  envelope.usage = settings_.usage;
  envelope.tracking_id = context.key;
  envelope.pip_instance_id = "3A4-" + context.key;
  envelope.at = context.now;
  envelope.action = kRequestAction;
  TRY_ASSIGN(PackedRnif packed,
             pack_rnif(envelope, document, settings_.signing ? &*settings_.signing : nullptr));
  HttpRequest request("POST", settings_.path_prefix + settings_.rnif_path);
  request.headers = {{"Content-Type", std::move(packed.content_type)},
                     {"x-RN-Version", "RosettaNet/V02.00"},
                     {"x-RN-Response-Type", "async"}};
  request.body = std::move(packed.body);
  return request;
}

std::string CiscoBackend::target(const DeliveryContext&, const HttpRequest&) const {
  return settings_.path_prefix + settings_.rnif_path;
}

Verdict CiscoBackend::judge(const DeliveryContext& context, const HttpResponse& response) const {
  if (response.status == kAccepted) {
    OrderProgress progress = progress_of(context);
    progress.sendings += 1;
    progress.sent_at = context.now;
    if (!progress.first_sent_at) progress.first_sent_at = context.now;
    Verdict verdict = wait(progress, context.now, "sent; waits for Cisco's acknowledgment");
    verdict.asked_only = false;
    return verdict;
  }
  if (response.status >= 200 && response.status < 300) {
    if (is_page(response)) return foreign_answer(kRelay, response.status);
    // Not what RNIF promises; the relay is asked what it knows.
    return make_verdict(Kind::kUnknown, Who::kServer,
                        sentence(kRelay, response.status, "expected 202", own_words(response)));
  }
  Verdict verdict = judge_failure(context, response, kRelay, true);
  // An earlier sending of the same message may have arrived.
  verdict.keep_request = context.repeat;
  return verdict;
}

std::optional<HttpRequest> CiscoBackend::look_up(const DeliveryContext& context) const {
  if (!context.repeat) return std::nullopt;
  HttpRequest request("GET", settings_.path_prefix + settings_.relay_path +
                                 "?sender=" + percent_encode(settings_.parties.buyer_duns) +
                                 "&purchase_order=" + percent_encode(context.unit) +
                                 "&tracking_id=" + percent_encode(context.key));
  request.headers = {{"Accept", "application/json"}};
  return request;
}

Verdict CiscoBackend::judge_look_up(const DeliveryContext& context,
                                    const HttpResponse& response) const {
  if (response.status != 200) return judge_failure(context, response, kRelay, false);
  const auto answer = read_relay_answer(response);
  if (!answer) return foreign_answer(kRelay, response.status);
  return judge_replies(context, *answer);
}

Verdict CiscoBackend::judge_replies(const DeliveryContext& context,
                                    const RelayAnswer& answer) const {
  OrderProgress progress = progress_of(context);
  progress.outcome.clear();
  const Found found = find_replies(answer, context, context.unit);
  // A confirmation may come before the acknowledgment; then it says more than that would.
  if (found.acknowledged && !progress.acknowledged_at) progress.acknowledged_at = context.now;
  if (found.confirmation != nullptr && found.confirmation->status != "Pending")
    return judge_confirmation(*found.confirmation, progress);
  if (found.confirmation != nullptr) {
    progress.outcome = "pending";
    Verdict verdict = wait(progress, context.now, "Cisco decides later about it");
    verdict.receipt = receipt_of(*found.confirmation);
    return verdict;
  }
  if (found.exception != nullptr) {
    progress.outcome = "exception";
    return end(Kind::kRefused, progress,
               "Cisco could not read it: " + found.exception->exception_code + " " +
                   found.exception->words);
  }
  return judge_deadlines(context, progress, answer.knows_request);
}

Verdict CiscoBackend::judge_deadlines(const DeliveryContext& context, OrderProgress progress,
                                      bool knows_request) const {
  const WallTime now = context.now;
  if (!progress.sent_at) {
    // The answer to the sending was lost. What the relay has, it has passed on.
    if (!knows_request && !progress.acknowledged_at) return make_verdict(Kind::kSend, {}, {});
    progress.sendings = 1;
    progress.sent_at = now;
    progress.first_sent_at = now;
  }
  const WallTime first = progress.first_sent_at.value_or(*progress.sent_at);
  const bool performed_late = now - first >= settings_.perform_time;
  if (!performed_late && progress.acknowledged_at)
    return wait(progress, now, "acknowledged by Cisco; waits for its confirmation");
  const bool acknowledged_late = now - *progress.sent_at >= settings_.acknowledge_time;
  if (!performed_late && !acknowledged_late)
    return wait(progress, now, "sent; waits for Cisco's acknowledgment");
  if (!performed_late && progress.sendings <= settings_.retry_count)
    return make_verdict(Kind::kSend, {}, {});
  progress.outcome = "failed";
  return end(
      Kind::kRefused, progress,
      (performed_late
           ? "no confirmation within " + hours_text(settings_.perform_time)
           : "no acknowledgment after " + std::to_string(progress.sendings) + " sendings") +
          "; Cisco may have it all the same: ask Cisco for this purchase order number before "
          "anything is ordered again; a retry asks the relay once more");
}

/// More and more seldom, and never past the next deadline.
Verdict CiscoBackend::wait(const OrderProgress& progress, WallTime now, std::string why) const {
  Verdict verdict = make_verdict(Kind::kWaiting, Who::kServer, std::move(why));
  const milliseconds waited = now - progress.sent_at.value_or(now);
  milliseconds pause = std::clamp(waited / 4, settings_.poll_first,
                                  std::max(settings_.poll_first, settings_.poll_cap));
  const bool pending = progress.outcome == "pending";
  if (!pending && progress.first_sent_at)
    pause = std::min(pause, *progress.first_sent_at + settings_.perform_time - now);
  if (!pending && !progress.acknowledged_at && progress.sent_at)
    pause = std::min(pause, *progress.sent_at + settings_.acknowledge_time - now);
  verdict.wait = std::max(pause, milliseconds(100));
  verdict.progress = progress.to_json();
  verdict.asked_only = true;
  return verdict;
}

Result<forwarding::Login> CiscoBackend::login() const {
  TRY_ASSIGN(const Secret password, settings_.read_password());
  std::string pair = settings_.username + ":";
  pair += password.reveal();
  return Secret("Basic " + crypto::to_base64(pair));
}

forwarding::LoginOutcome CiscoBackend::judge_login(const HttpResponse& response) const {
  return make_verdict(Kind::kStopLane, Who::kDispatcher,
                      sentence(kRelay, response.status, "there is no login call", ""));
}

void CiscoBackend::authorize(HttpRequest& request, const Secret& credential) const {
  request.headers.push_back({"Authorization", std::string(credential.reveal())});
}

}  // namespace handover::backends
