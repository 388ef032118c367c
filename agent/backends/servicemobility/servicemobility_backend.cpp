#include "agent/backends/servicemobility/servicemobility_backend.hpp"

#include <algorithm>
#include <utility>

#include "agent/backends/answer.hpp"
#include "agent/backends/servicemobility/inventory_objects.hpp"
#include "agent/backends/unit_key.hpp"
#include "agent/domain/usage.hpp"
#include "platform/assert.hpp"
#include "platform/deliberate_bug.hpp"

namespace handover::backends {
namespace {

using forwarding::DeliveryContext;
using forwarding::DeliveryPlan;
using Kind = Verdict::Kind;

constexpr std::string_view kLabel = "ServiceMobility";

void add_key(std::vector<std::string>& keys, std::string key) {
  if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(std::move(key));
}

void add_unit_keys(std::vector<std::string>& keys, const Json* items) {
  if (items == nullptr) return;
  for (const Json& item : items->items()) {
    const std::string& serial = item.text_of("SerialNum");
    if (!serial.empty()) add_key(keys, unit_key(serial));
  }
}

/// Texts that no explanation of the server may repeat.
std::vector<std::string> codes_of(const Record& record) {
  std::vector<std::string> codes;
  if (const Json* transfer = record.body.find("transfer")) {
    if (const Json* code = transfer->find("ValidationCode")) {
      codes.push_back(code->text_of("PublicCode"));
      codes.push_back(code->text_of("PrivateCode"));
    }
  }
  const Json* usage = record.body.find("usage");
  if (usage != nullptr && usage->text_of("RefModule") == kTransferModule) {
    codes.push_back(usage->text_of("RefObjID"));
  }
  return codes;
}

/// What one answer means, with what is needed to say so.
class Judgement {
 public:
  Judgement(const DeliveryContext& context, const HttpResponse& response)
      : response_(response), codes_(codes_of(context.record)), now_(context.now) {}

  [[nodiscard]] Verdict verdict() const {
    const int status = response_.status;
    if (status == 200 || status == 201) return judge_success();
    if (status >= 300 && status < 400) {
      return stop(status, "a redirect, which is never followed; the URL is wrong");
    }
    // These would blame the record or the credentials, so they must be ServiceMobility's own words
    // and not a proxy's.
    if ((status == 400 || status == 403) && is_page(response_))
      return foreign_answer(kLabel, status);
    return judge_failure(status);
  }

 private:
  [[nodiscard]] Verdict judge_success() const {
    if (deliberate_bug(Bug::kPageTakenAsSuccess)) return accepted({});
    if (is_page(response_)) return foreign_answer(kLabel, response_.status);
    const auto body = json_object(response_);
    if (!body) return names_what_it_made() ? accepted({}) : unproven();
    if (is_error(*body)) return judge_failure(failure_code(*body));
    return accepted(remarks_in(*body));
  }

  /// The one success that is documented without a body: 201, and where the new object is.
  [[nodiscard]] bool names_what_it_made() const {
    return response_.status == 201 && response_.body.empty() &&
           !find_header(response_.headers, "Location").empty();
  }

  /// Something in between may have answered, or the answer was cut off: only the same request with
  /// the same key can tell.
  [[nodiscard]] Verdict unproven() const {
    constexpr std::string_view kMeaning =
        "without the body that a success has, so it is not known whether the record arrived";
    return later(Kind::kUnknown, sentence(kLabel, response_.status, kMeaning, ""));
  }

  /// The status that an error body names, for an answer whose status line does not.
  [[nodiscard]] static int failure_code(const Json& body) {
    for (const std::string_view name : {"status", "code"}) {
      const std::string& digits = body.text_of(name);
      const bool plausible =
          digits.size() == 3 && (digits[0] == '4' || digits[0] == '5') &&
          std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
      if (plausible) return std::stoi(digits);
    }
    return 400;
  }

  /// A success may carry warnings, in a form that nothing describes.
  [[nodiscard]] std::string remarks_in(const Json& body) const {
    std::string words = own_words(body, codes_);
    for (const std::string_view name : {"warnings", "Warnings"}) {
      const Json* list = body.find(name);
      if (list == nullptr) continue;
      for (const Json& warning : list->items()) {
        words += (words.empty() ? "" : "; ") + (warning.is_object()
                                                    ? own_words(warning, codes_)
                                                    : plain_words(warning.text(), codes_));
      }
    }
    return plain_words(words);
  }

  [[nodiscard]] Verdict accepted(const std::string& remark) const {
    std::string why = "accepted by ServiceMobility";
    if (!remark.empty()) why += ", which adds: " + remark;
    Verdict verdict = make_verdict(Kind::kAccepted, Who::kNobody, std::move(why));
    verdict.receipt = Json::object();
    verdict.receipt.set("status", Json(std::int64_t{response_.status}));
    if (!remark.empty()) verdict.receipt.set("remark", Json(remark));
    if (find_header(response_.headers, "X-RateLimit-Remaining") == "0") {
      verdict.wait = wait_hint(response_, ResetForm::kSeconds, now_);
    }
    return verdict;
  }

  [[nodiscard]] Verdict judge_failure(int status) const {
    switch (status) {
      case 400:
      case 413:
      case 415:
      case 422:
        return refuse(status, "it refuses the record");
      case 409:
        return refuse(status, "the server already has another version of this record");
      case 410:
        return refuse(status, "it does not know a product or a storage location of the record");
      case 401:
        return make_verdict(Kind::kLoginNeeded, Who::kDispatcher,
                            words(status, "a new login is needed"));
      case 403:
        return stop(status, "this user may not upload");
      case 404:
      case 405:
        return stop(status, "the URL is wrong");
      case 429:
        return pause_lane(Who::kServer, words(status, "too many requests"), hint());
      case 503:
        return unavailable();
      case 500:
        return later(Kind::kRetryLater, words(status, "it has a fault"));
      default:
        // 408, 502, 504 and what nothing describes: the request may have been applied. The key
        // makes asking again safe.
        return later(Kind::kUnknown,
                     words(status, "so it is not known whether the record arrived"));
    }
  }

  [[nodiscard]] Verdict later(Kind kind, std::string why) const {
    Verdict verdict = make_verdict(kind, Who::kServer, std::move(why));
    verdict.wait = failure_hint();
    return verdict;
  }

  [[nodiscard]] Verdict unavailable() const {
    Verdict verdict =
        make_verdict(Kind::kRetryLater, Who::kServer, words(503, "it is not available"));
    verdict.wait = hint();
    verdict.whole_lane = verdict.wait.has_value();
    return verdict;
  }

  [[nodiscard]] Verdict refuse(int status, std::string_view meaning) const {
    Verdict verdict = make_verdict(Kind::kRefused, Who::kDispatcher, words(status, meaning));
    verdict.receipt = Json::object();
    verdict.receipt.set("status", Json(std::int64_t{response_.status}));
    return verdict;
  }

  [[nodiscard]] Verdict stop(int status, std::string_view meaning) const {
    return make_verdict(Kind::kStopLane, Who::kDispatcher, words(status, meaning));
  }

  [[nodiscard]] std::string words(int status, std::string_view meaning) const {
    return sentence(kLabel, status, meaning, own_words(response_, codes_));
  }

  [[nodiscard]] std::optional<milliseconds> hint() const {
    return wait_hint(response_, ResetForm::kSeconds, now_);
  }
  [[nodiscard]] std::optional<milliseconds> failure_hint() const {
    return backends::failure_hint(response_, ResetForm::kSeconds, now_);
  }

  const HttpResponse& response_;
  std::vector<std::string> codes_;
  WallTime now_;
};

HttpRequest make_post(std::string target, const Json& body) {
  HttpRequest request("POST", std::move(target));
  request.headers = {{"Content-Type", "application/json"}, {"Accept", "application/json"}};
  request.body = body.dump();
  return request;
}

}  // namespace

ServiceMobilityBackend::ServiceMobilityBackend(ServiceMobilitySettings settings)
    : settings_(std::move(settings)) {
  INVARIANT(settings_.read_password != nullptr);
  while (settings_.path_prefix.ends_with('/')) settings_.path_prefix.pop_back();
}

std::vector<DeliveryPlan> ServiceMobilityBackend::plan(const Record& record) const {
  if (record.kind != RecordKind::kTransfer && record.kind != RecordKind::kUsage) return {};
  // What came from there never goes back: it would be a second transfer or usage.
  const Json* origin = record.body.find("origin");
  if (origin != nullptr && origin->text_of("system") == "servicemobility") return {};
  DeliveryPlan delivery;
  const std::string& transfer_id = record.body.text_of("transfer_id");
  if (!transfer_id.empty()) delivery.order_keys.push_back("transfer:" + transfer_id);
  if (const Json* transfer = record.body.find("transfer")) {
    add_unit_keys(delivery.order_keys, transfer->find("Items"));
  }
  const Json* usage = record.body.find("usage");
  const Json* locations = usage != nullptr ? usage->find("StorageLocations") : nullptr;
  if (locations != nullptr) {
    for (const Json& location : locations->items()) {
      add_unit_keys(delivery.order_keys, location.find("Items"));
    }
  }
  return {std::move(delivery)};
}

Result<HttpRequest> ServiceMobilityBackend::encode(const DeliveryContext& context) const {
  TRY_ASSIGN(const Json object, make_object(context.record));
  HttpRequest request = make_post(target_of(context.record), object);
  request.headers.push_back({"Idempotency-Key", context.key});
  return request;
}

std::string ServiceMobilityBackend::target(const DeliveryContext& context,
                                           const HttpRequest&) const {
  return target_of(context.record);
}

std::string ServiceMobilityBackend::target_of(const Record& record) const {
  const bool transfer = record.kind == RecordKind::kTransfer;
  return settings_.path_prefix + (transfer ? settings_.transfer_path : settings_.usage_path);
}

Result<Json> ServiceMobilityBackend::make_object(const Record& record) const {
  switch (record.kind) {
    case RecordKind::kTransfer: {
      const std::string& direction = record.body.text_of("direction");
      if (direction != "outbound" && direction != "inbound") {
        return fail(Error::invalid("/direction", "expected outbound or inbound"));
      }
      const bool outbound = direction == "outbound";
      return make_inventory_transfer(
          settings_.evidence ? with_evidence(record.body) : record.body,
          outbound ? settings_.transfer_type_outbound : settings_.transfer_type_inbound);
    }
    case RecordKind::kUsage:
      return make_inventory_usage(record.body);
    case RecordKind::kAssetEvent:
    case RecordKind::kServiceOrder:
    case RecordKind::kNotice:
      break;
  }
  return fail(Error::invalid("", "ServiceMobility has no object for this kind of record"));
}

Verdict ServiceMobilityBackend::judge(const DeliveryContext& context,
                                      const HttpResponse& response) const {
  return Judgement(context, response).verdict();
}

Result<forwarding::Login> ServiceMobilityBackend::login() const {
  TRY_ASSIGN(const Secret password, settings_.read_password());
  const Json credentials =
      Json::object({{"username", Json(settings_.username)}, {"password", Json(password.reveal())}});
  return make_post(settings_.path_prefix + settings_.login_path, credentials);
}

forwarding::LoginOutcome ServiceMobilityBackend::judge_login(const HttpResponse& response) const {
  if (response.status == 200 && !is_page(response)) {
    const auto body = json_object(response);
    auto token = header_token("", body ? body->find("token") : nullptr);
    if (token) return std::move(*token);
  }
  std::vector<Secret> secrets;
  if (auto password = settings_.read_password()) secrets.push_back(std::move(*password));
  return judge_failed_login(kLabel, response, ResetForm::kSeconds, secrets);
}

void ServiceMobilityBackend::authorize(HttpRequest& request, const Secret& credential) const {
  request.headers.push_back({"x-access-token", std::string(credential.reveal())});
}

}  // namespace handover::backends
