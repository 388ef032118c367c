#include "sim/back-ends/simulated_back_end.hpp"

#include <string_view>
#include <utility>

#include "sim/back-ends/web.hpp"

namespace handover::sim {
namespace {

constexpr std::string_view kControlPrefix = "/_sim/";
constexpr std::string_view kWebPage =
    "<!DOCTYPE html><html><head><title>Instance Hibernating</title></head>"
    "<body><h1>Sign in to continue</h1></body></html>";

HttpResponse control_error(int status, const Error& error) {
  Json body = Json::object();
  body.set("status", Json(std::int64_t{status})).set("detail", error.detail);
  if (!error.fields.empty()) body.set("pointer", error.fields.front().pointer);
  return json_answer(status, body);
}

}  // namespace

Outcome SimulatedBackEnd::handle(const HttpRequest& request, WallTime now) {
  if (request.target.starts_with(kControlPrefix)) return Outcome(control(request));
  ++requests_;
  const HttpRequest routed(request.method, model_.route_of(request));
  const std::optional<Fault> fault = misbehaviour_.next(routed);
  Outcome outcome = fault ? misbehave(*fault, request, now) : Outcome(model_.handle(request, now));
  // Clients whose own clock is wrong read absolute times against this.
  if (outcome.response) outcome.response->headers.push_back({"Date", format_http_date(now)});
  return outcome;
}

Outcome SimulatedBackEnd::misbehave(const Fault& fault, const HttpRequest& request, WallTime now) {
  Outcome outcome;
  outcome.close = fault.close;
  switch (fault.kind) {
    case FaultKind::kResetBefore:
      return outcome;
    case FaultKind::kLostReply:
      static_cast<void>(model_.handle(request, now));
      return outcome;
    case FaultKind::kSlow:
      outcome.response = model_.handle(request, now);
      outcome.delay = fault.delay;
      return outcome;
    case FaultKind::kTruncated:
      outcome.response = model_.handle(request, now);
      outcome.truncate_at = outcome.response->body.size() / 2;
      return outcome;
    case FaultKind::kExpiredTokens:
      model_.expire_tokens();
      outcome.response = model_.handle(request, now);
      return outcome;
    case FaultKind::kStatus:
    case FaultKind::kHtml:
    case FaultKind::kErrorWith200:
    case FaultKind::kRefusedItem:
      break;
  }
  outcome.response = refuse(fault, request, now);
  return outcome;
}

HttpResponse SimulatedBackEnd::refuse(const Fault& fault, const HttpRequest& request,
                                      WallTime now) {
  if (fault.kind == FaultKind::kRefusedItem) return model_.refuse_item(request, now);
  if (fault.kind == FaultKind::kStatus && fault.status == 429) {
    return model_.rate_limited({fault.wait, fault.retry_after_hint, fault.reset_hint}, now);
  }
  if (fault.kind == FaultKind::kStatus) return model_.failure(fault.status);
  HttpResponse response = model_.failure(500);
  response.status = 200;
  if (fault.kind == FaultKind::kHtml) {
    response.headers = {{"Content-Type", "text/html; charset=utf-8"}};
    response.body = kWebPage;
  }
  return response;
}

void SimulatedBackEnd::add_fault(FaultRule rule) {
  if (rule.fault.kind == FaultKind::kRefusedItem && rule.path_prefix.empty()) {
    rule.path_prefix = model_.upload_prefix();
  }
  misbehaviour_.add(std::move(rule));
}

void SimulatedBackEnd::reset() {
  model_.reset();
  misbehaviour_.reset();
  requests_ = 0;
}

HttpResponse SimulatedBackEnd::control(const HttpRequest& request) {
  const std::string path = parse_target(request.target).path;
  if (request.method == "GET") {
    if (path == "/_sim/state") return json_answer(200, state());
    if (path == "/_sim/counts") return json_answer(200, counts());
    return control_error(404, Error(Errc::kNotFound, "expected /_sim/state or /_sim/counts"));
  }
  if (request.method != "POST")
    return control_error(405, Error(Errc::kRefused, "GET or POST only"));
  const auto body = parse_json(request.body.empty() ? "{}" : request.body);
  if (!body) return control_error(400, body.error());
  if (const auto changed = change(path, *body); !changed) {
    return control_error(changed.error().code == Errc::kNotFound ? 404 : 400, changed.error());
  }
  return json_answer(200, counts());
}

Result<void> SimulatedBackEnd::change(std::string_view path, const Json& body) {
  if (path == "/_sim/reset") {
    reset();
    return {};
  }
  if (path == "/_sim/options") return configure(body);
  if (path != "/_sim/faults") {
    return fail(Errc::kNotFound, "expected /_sim/faults, /_sim/options or /_sim/reset");
  }
  if (const Json* clear = body.find("clear"); clear != nullptr && clear->boolean()) {
    clear_faults();
    return {};
  }
  TRY_ASSIGN(FaultRule rule, parse_fault_rule(body));
  add_fault(std::move(rule));
  return {};
}

Json SimulatedBackEnd::with_counts(Json report) const {
  Json faults = Json::object();
  for (const auto& [name, times] : misbehaviour_.struck()) faults.set(name, json_number(times));
  report.set("requests", json_number(requests_)).set("faults", std::move(faults));
  return report;
}

}  // namespace handover::sim
