#include "agent/backends/tangoe/tangoe_answer.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "agent/backends/answer.hpp"
#include "agent/backends/tangoe/envelope.hpp"
#include "agent/backends/tangoe/inventory_item.hpp"
#include "agent/backends/tangoe/password_digest.hpp"

namespace handover::backends::tangoe {
namespace {

using Kind = Reading::Kind;

constexpr std::string_view kLabel = "Tangoe";
constexpr std::size_t kAnswerBytesMax = std::size_t{8} << 20;
// The codes of WS-Security 1.0, section 12. Spring-WS answers most of them as Client faults whose
// text alone tells.
constexpr std::array<std::string_view, 6> kSecurityCodes = {
    "UnsupportedSecurityToken", "InvalidSecurity", "InvalidSecurityToken",
    "FailedAuthentication",     "FailedCheck",     "SecurityTokenUnavailable"};
constexpr std::array<std::string_view, 4> kSecurityWords = {"ws-security", "security token",
                                                            "authenticat", "password"};

std::string lower(std::string_view text) {
  std::string low(text);
  std::transform(low.begin(), low.end(), low.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return low;
}

/// A page, not XML in general: what we wait for is XML itself.
bool is_web_page(const HttpResponse& response) {
  const std::string type = lower(find_header(response.headers, "Content-Type"));
  if (type.find("html") != std::string::npos) return true;
  const std::string start = lower(xml::trimmed(std::string_view(response.body).substr(0, 200)));
  return start.starts_with("<!doctype html") || start.starts_with("<html");
}

/// SOAP 1.1 over HTTP is text/xml. What is declared as something else came through hands that may
/// have changed it.
bool is_declared_otherwise(const HttpResponse& response) {
  const std::string type = lower(find_header(response.headers, "Content-Type"));
  return !type.empty() && type.find("xml") == std::string::npos;
}

bool is_about_security(const Fault& fault) {
  if (std::find(kSecurityCodes.begin(), kSecurityCodes.end(), fault.code) != kSecurityCodes.end()) {
    return true;
  }
  const std::string text = lower(fault.text);
  return std::any_of(kSecurityWords.begin(), kSecurityWords.end(),
                     [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

std::string in_words(milliseconds time) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(time).count();
  if (minutes < 120) return std::to_string(minutes) + " min";
  return minutes < 48 * 60 ? std::to_string(minutes / 60) + " h"
                           : std::to_string(minutes / 60 / 24) + " days";
}

/// What is wrong with this device's clock, if it is outside of the window of the server.
std::string clock_complaint(const HttpResponse& response, WallTime now) {
  const auto ahead = clock_ahead(response, now);
  if (!ahead) return {};
  const bool too_far = *ahead > kTokenAheadMax;
  if (!too_far && -*ahead <= kTokenAgeMax) return {};
  return "this device's clock is " + in_words(too_far ? *ahead : -*ahead) +
         (too_far ? " ahead of" : " behind") +
         " the server's, so every login is refused; set the clock";
}

Reading make(Kind kind, int status, std::string_view meaning, std::string words) {
  Reading reading;
  reading.kind = kind;
  reading.why = sentence(kLabel, status, meaning, words);
  reading.words = std::move(words);
  return reading;
}

Reading read_fault(const Fault& fault, const HttpResponse& response, WallTime now) {
  const int status = response.status;
  std::string words = plain_words(fault.text + (fault.detail.empty() ? "" : ": " + fault.detail));
  if (fault.code == "MustUnderstand") {
    return make(Kind::kSecurityOff, status,
                "it does not take the security header; set `security = \"none\"` of the lane, or "
                "have security switched on there",
                std::move(words));
  }
  if (fault.code == "VersionMismatch") {
    return make(Kind::kConfiguration, status, "it does not speak SOAP 1.1; the URL is wrong",
                std::move(words));
  }
  if (is_about_security(fault)) {
    const std::string clock = clock_complaint(response, now);
    if (!clock.empty()) return make(Kind::kClock, status, clock, std::move(words));
    return make(Kind::kCredentials, status,
                "the user name or the password is wrong, or security "
                "is not set as the server wants it; correct it",
                std::move(words));
  }
  if (fault.code == "Client") {
    return make(Kind::kMessageWrong, status, "it cannot read the message", std::move(words));
  }
  return make(Kind::kUnclear, status, "so it is not known whether it was applied",
              std::move(words));
}

Reading read_payload(xml::Element payload, int status, std::string_view operation) {
  const auto* result = payload.find(kSpace, "result");
  const auto* code = result == nullptr ? nullptr : result->find(kSpace, "code");
  if (!payload.is(kSpace, std::string(operation) + "Response") || code == nullptr) {
    return make(Kind::kUnclear, status, "but not to what was asked", {});
  }
  const auto* message = result->find(kSpace, "message");
  std::string words = plain_words(message == nullptr ? "" : message->text);
  const std::string number(xml::trimmed(code->text));
  const bool done = number == "0";
  Reading reading = make(done ? Kind::kDone : Kind::kFailed, status, done ? "" : "it did not do it",
                         std::move(words));
  if (done) reading.why = "accepted by Tangoe";
  reading.code = plain_words(number);
  reading.payload = std::move(payload);
  return reading;
}

/// Without an envelope only the status line is left.
Reading read_status(const HttpResponse& response) {
  const int status = response.status;
  if (status == 429 || status == 503) {
    return make(Kind::kBusy, status, "it is not available at the moment", {});
  }
  // A proxy's page about a 502 or 504 says nothing of what happened behind it.
  const bool may_be_portal = status < 300 || status == 403 || status == 511;
  if (may_be_portal && is_web_page(response))
    return make(Kind::kPage, status, "with a web page", {});
  if (status == 401) return make(Kind::kLogin, status, "a login is needed before it", {});
  if (status == 408 || status >= 500 || (status >= 200 && status < 300)) {
    return make(Kind::kUnclear, status,
                "without a SOAP answer, so it is not known whether it was applied", {});
  }
  if (status >= 300 && status < 400) {
    return make(Kind::kConfiguration, status,
                "a redirect, which is never followed; the URL is wrong", {});
  }
  return make(Kind::kConfiguration, status, "the URL is wrong, or another service answers there",
              {});
}

}  // namespace

std::optional<milliseconds> clock_ahead(const HttpResponse& response, WallTime now) {
  const auto date = parse_http_date(find_header(response.headers, "Date"));
  if (!date) return std::nullopt;
  return std::chrono::floor<std::chrono::seconds>(now) - *date;
}

Reading read_answer(const HttpResponse& response, std::string_view operation, WallTime now) {
  const int status = response.status;
  const bool is_busy = status == 429 || status == 503;
  const bool may_be_soap = !is_busy && ((status >= 200 && status < 300) || status >= 400);
  xml::Limits limits;
  limits.bytes_max = kAnswerBytesMax;
  auto body = may_be_soap ? read_envelope(response.body, limits)
                          : Result<EnvelopeBody>(fail(Error::invalid("", "")));
  if (!body) return read_status(response);
  if (is_declared_otherwise(response)) {
    return make(Kind::kUnclear, status, "with SOAP that is declared as something else", {});
  }
  if (const auto* fault = std::get_if<Fault>(&*body)) return read_fault(*fault, response, now);
  if (status >= 300) return read_status(response);
  return read_payload(std::move(std::get<xml::Element>(*body)), status, operation);
}

}  // namespace handover::backends::tangoe
