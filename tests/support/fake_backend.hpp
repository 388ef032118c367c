// A back-end as simple as can be: every record is one delivery, and the status says what became of
// it.
#pragma once

#include <charconv>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "agent/forwarding/backend.hpp"

namespace handover::test {

/// 2xx accepted, 208 superseded, 401 login, 403 stop, 404 (of a look-up) send, 429 and 503 later
/// (`Retry-After` is for the whole lane), 599 unknown, any other status refused.
class FakeBackend final : public forwarding::Backend {
 public:
  using Verdict = forwarding::Verdict;
  using Who = forwarding::Who;

  [[nodiscard]] std::string_view kind() const override { return "fake"; }
  [[nodiscard]] std::string_view label() const override { return "the fake"; }
  [[nodiscard]] std::vector<forwarding::DeliveryPlan> plan(const Record& record) const override {
    return {{"", keys ? keys(record) : std::vector<std::string>(), "test"}};
  }

  [[nodiscard]] Result<HttpRequest> encode(
      const forwarding::DeliveryContext& context) const override {
    if (encode_error) return fail(*encode_error);
    HttpRequest request("POST", path + context.record.id);
    request.headers = {{"Idempotency-Key", context.key}, {"X-Build", std::to_string(++encoded)}};
    request.body = context.record.body.dump();
    return request;
  }

  [[nodiscard]] std::string target(const forwarding::DeliveryContext& context,
                                   const HttpRequest&) const override {
    return path + context.record.id;
  }

  [[nodiscard]] Verdict judge(const forwarding::DeliveryContext&,
                              const HttpResponse& response) const override {
    const int status = response.status;
    Verdict verdict;
    verdict.why = "status " + std::to_string(status);
    verdict.who = Who::kServer;
    verdict.kind = kind_of(status);
    const auto hint = find_header(response.headers, "Retry-After");
    std::int64_t seconds = 0;
    if (std::from_chars(hint.data(), hint.data() + hint.size(), seconds).ec == std::errc()) {
      verdict.wait = std::chrono::seconds(seconds);
      verdict.whole_lane = true;
    }
    if (verdict.kind == Verdict::Kind::kAccepted)
      verdict.receipt = Json::object({{"status", Json(std::int64_t{status})}});
    return verdict;
  }

  [[nodiscard]] std::optional<HttpRequest> look_up(
      const forwarding::DeliveryContext& context) const override {
    if (!asks_first || !context.repeat) return std::nullopt;
    return HttpRequest("GET", "/records/" + context.record.id);
  }
  [[nodiscard]] Verdict judge_look_up(const forwarding::DeliveryContext& context,
                                      const HttpResponse& response) const override {
    Verdict verdict = judge(context, response);
    if (response.status == 404) verdict.kind = Verdict::Kind::kSend;
    return verdict;
  }

  [[nodiscard]] Result<forwarding::Login> login() const override {
    if (login_error) return fail(*login_error);
    if (!logs_in) return forwarding::Login(Secret(std::string_view("password")));
    return forwarding::Login(HttpRequest("POST", "/login"));
  }
  [[nodiscard]] forwarding::LoginOutcome judge_login(const HttpResponse& response) const override {
    if (response.status == 200) return Secret(std::string_view(response.body));
    Verdict verdict;
    verdict.kind = response.status == 401 ? Verdict::Kind::kStopLane : Verdict::Kind::kRetryLater;
    verdict.why = "login answered " + std::to_string(response.status);
    return verdict;
  }
  void authorize(HttpRequest& request, const Secret& credential) const override {
    request.headers.push_back({"Authorization", std::string(credential.reveal())});
  }

  std::function<std::vector<std::string>(const Record&)> keys;  ///< Order keys; none without it.
  std::string path = "/records/";
  bool logs_in = false;     ///< A credential comes from POST /login, else it is at hand.
  bool asks_first = false;  ///< A repeat is looked up before it is sent.
  std::optional<Error> encode_error;
  std::optional<Error> login_error;
  mutable int encoded = 0;

 private:
  static Verdict::Kind kind_of(int status) {
    switch (status) {
      case 208:
        return Verdict::Kind::kSuperseded;
      case 401:
        return Verdict::Kind::kLoginNeeded;
      case 403:
        return Verdict::Kind::kStopLane;
      case 429:
      case 503:
        return Verdict::Kind::kRetryLater;
      case 599:
        return Verdict::Kind::kUnknown;
      default:
        return status / 100 == 2 ? Verdict::Kind::kAccepted : Verdict::Kind::kRefused;
    }
  }
};

}  // namespace handover::test
