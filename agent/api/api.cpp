#include "agent/api/api.hpp"

#include <algorithm>
#include <array>

#include "agent/api/problem.hpp"
#include "agent/domain/text.hpp"
#include "agent/page/page_door.hpp"
#include "crypto/sha256.hpp"
#include "platform/deliberate_bug.hpp"
#include "platform/mark.hpp"

namespace handover::api {
namespace {

constexpr std::size_t kIdempotencyKeyMax = 255;

/// "*" in a pattern stands for any one step, which becomes an argument.
std::optional<std::vector<std::string>> match(const std::vector<std::string_view>& pattern,
                                              const std::vector<std::string>& steps) {
  if (pattern.size() != steps.size()) return std::nullopt;
  std::vector<std::string> arguments;
  std::size_t place = 0;
  for (const auto wanted : pattern) {
    const std::string& step = steps[place++];
    if (wanted == "*") {
      arguments.push_back(step);
    } else if (wanted != step) {
      return std::nullopt;
    }
  }
  return arguments;
}

std::string digest_of(const HttpRequest& request) {
  const auto digest = crypto::sha256({request.method, " ", request.target, "\n", request.body});
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

/// True if `text` has more than kIdempotencyKeyMax characters of UTF-8.
bool is_too_long(std::string_view text) {
  constexpr std::size_t kCharacterBytesMax = 4;
  if (text.size() > kIdempotencyKeyMax * kCharacterBytesMax) return true;
  return count_characters(text) > kIdempotencyKeyMax;
}

/// The call's key; empty if it has none. Errors: kInvalid.
Result<std::string> idempotency_key_of(const HttpRequest& request) {
  constexpr std::string_view kName = "Idempotency-Key";
  const auto given = std::count_if(request.headers.begin(), request.headers.end(),
                                   [&](auto& one) { return equal_ignoring_case(one.name, kName); });
  if (given == 0) return std::string();
  // Neither is one that a caller could mean: a call with it might be repeated, and done, twice.
  if (given > 1) return fail(Error::invalid("#Idempotency-Key", "given twice; expected once"));
  const std::string_view key = find_header(request.headers, kName);
  if (key.empty()) {
    return fail(Error::invalid("#Idempotency-Key",
                               "empty; expected 1 to 255 characters, or no such header"));
  }
  if (is_too_long(key)) {
    return fail(Error::invalid("#Idempotency-Key", "longer than 255 characters"));
  }
  return std::string(key);
}

/// The first answer to a call, once more. `makes` is where that puts what it makes.
HttpResponse replay(const storage::ApiCall& before, std::string_view makes) {
  HttpResponse response(before.status);
  response.headers.push_back(
      {"Content-Type", before.status < 400 ? "application/json" : "application/problem+json"});
  if (before.status == 201) {
    const auto made = parse_json(before.answer, kStoredJsonLimits);
    if (made) response.headers.push_back({"Location", std::string(makes) + made->text_of("id")});
  }
  response.headers.push_back({"Idempotency-Replayed", "true"});
  response.body = before.answer;
  return response;
}

/// Where what a call has made or changed can be read: /v1/records/42 of a POST to
/// /v1/records/42/deliveries/cmdb/retry too.
std::string place_of_effect(const Call& call, const HttpResponse& answer) {
  const std::string_view location = find_header(answer.headers, "Location");
  if (!location.empty()) return std::string(location);
  constexpr std::size_t kStepsToId = 3;
  std::string place;
  if (call.steps().size() < kStepsToId || answer.status >= 300) return place;
  for (std::size_t i = 0; i < kStepsToId; ++i) place += "/" + call.steps()[i];
  return place;
}

/// Warnings belong to the first answer alone. One that had some says that they are gone.
void replace_warnings(Json& answer) {
  Json gone = Json::object(
      {{"pointer", ""},
       {"detail", "this is the answer to an earlier call, made anew; its warnings are not kept"}});
  answer.set("warnings", Json::array({std::move(gone)}));
}

bool is_json(std::string_view content_type) {
  constexpr std::string_view kJson = "application/json";
  return equal_ignoring_case(content_type.substr(0, kJson.size()), kJson) &&
         (content_type.size() == kJson.size() || content_type[kJson.size()] == ';' ||
          content_type[kJson.size()] == ' ');
}

/// By the decoded steps, as it would be dispatched: a path can be spelt in several ways.
bool is_page_call(const HttpRequest& request) {
  const auto call = Call::make(request);
  return call && call->steps().size() >= 2 && call->steps()[0] == "v1" &&
         call->steps()[1] == "page";
}

}  // namespace

struct Api::Route {
  std::string_view method;
  std::vector<std::string_view>
      pattern;  // Owns its steps: an initializer_list would not outlive the table's making.
  Handler handler;
  std::string_view makes = {};  // Before the id of what a 201 has made: its Location.
};

// clang-format off
const std::vector<Api::Route>& Api::routes() {
  static const std::vector<Route> kRoutes = {
      {"POST", {"v1", "usages"},                                     &Api::post_usage, "/v1/records/"},
      {"POST", {"v1", "transfers"},                                  &Api::post_transfer, "/v1/transfers/"},
      {"GET",  {"v1", "transfers"},                                  &Api::list_transfers},
      {"GET",  {"v1", "transfers", "*"},                             &Api::get_transfer},
      {"POST", {"v1", "transfers", "*", "code"},                     &Api::post_code},
      {"POST", {"v1", "transfers", "*", "offer"},                    &Api::post_offer},
      {"POST", {"v1", "transfers", "*", "cancel"},                   &Api::post_cancel},
      {"POST", {"v1", "transfers", "*", "scan"},                     &Api::post_transfer_scan},
      {"GET",  {"v1", "transfers", "*", "qr"},                       &Api::get_transfer_qr},
      {"POST", {"v1", "scans"},                                      &Api::post_scan},
      {"POST", {"v1", "asset-events"},                               &Api::post_asset_event, "/v1/records/"},
      {"POST", {"v1", "service-orders"},                             &Api::post_service_order, "/v1/service-orders/"},
      {"GET",  {"v1", "service-orders"},                             &Api::list_service_orders},
      {"GET",  {"v1", "service-orders", "*"},                        &Api::get_service_order},
      {"POST", {"v1", "service-orders", "*", "submit"},              &Api::post_order_submit},
      {"POST", {"v1", "service-orders", "*", "cancel"},              &Api::post_order_cancel},
      {"GET",  {"v1", "records"},                                    &Api::list_records},
      {"GET",  {"v1", "records", "*"},                               &Api::get_record},
      {"POST", {"v1", "records", "*", "deliveries", "*", "retry"},   &Api::post_retry},
      {"POST", {"v1", "records", "*", "deliveries", "*", "discard"}, &Api::post_discard},
      {"GET",  {"v1", "stock"},                                      &Api::list_stock},
      {"POST", {"v1", "sync"},                                       &Api::post_sync},
      {"GET",  {"v1", "events"},                                     &Api::get_events},
      {"POST", {"v1", "page", "tickets"},                            &Api::post_page_ticket},
      {"GET",  {"v1", "status"},                                     &Api::get_status},
      {"GET",  {"v1", "intake", "set-aside"},                        &Api::list_set_aside},
      {"POST", {"v1", "intake", "set-aside", "*", "discard"},        &Api::post_discard_row, "/v1/records/"},
      {"GET",  {"metrics"},                                          &Api::get_metrics},
  };
  return kRoutes;
}
// clang-format on

Api::Api(const ApiWorld& world, Secret token)
    : world_(world),
      lane_book_(world.store, world.schedule, world.lanes),
      events_({world.store, world.scheduler, world.clock, lane_book_}),
      token_(std::move(token)),
      started_(std::to_string(world.clock.wall_now().time_since_epoch().count())) {}

void Api::handle(const HttpRequest& request, Reply reply) {
  if (auto refusal = turn_away(request)) {
    reply(std::move(*refusal));
    return;
  }
  if (opens_page(request, reply)) return;
  if (auto refusal = check_token(request)) {
    reply(std::move(*refusal));
    return;
  }
  const auto call = Call::make(request);
  if (!call) {
    reply(problem_of(call.error()));
    return;
  }
  dispatch(*call, std::move(reply));
}

/// Nothing of a request is read before this let it pass: a foreign web page in the device's browser
/// must not reach the API, neither by a form or script of its own (Origin, and Sec-Fetch-Site where
/// the browser has it) nor by a name that it made point here (Host).
std::optional<HttpResponse> Api::turn_away(const HttpRequest& request) const {
  const bool has_origin = !find_header(request.headers, "Origin").empty();
  if (has_origin && !is_from_own_page(request)) {
    return problem(403, "origin-refused", "Web pages may not call this API",
                   "a request with a foreign Origin header is refused");
  }
  if (!is_own_host(find_header(request.headers, "Host"))) {
    return problem(403, "host-refused", "Wrong host name",
                   "expected Host to be localhost or a loopback address");
  }
  const auto site = find_header(request.headers, "Sec-Fetch-Site");
  const bool of_a_link = find_header(request.headers, "Sec-Fetch-Mode") == "navigate";
  if (!site.empty() && site != "same-origin" && site != "none" && !of_a_link) {
    return problem(403, "origin-refused", "Web pages may not call this API",
                   "a request that another web page makes is refused");
  }
  return std::nullopt;
}

/// Whether the handheld page's own script makes it.
bool Api::is_from_own_page(const HttpRequest& request) const {
  const auto host = find_header(request.headers, "Host");
  return world_.page != nullptr && is_own_host(host) &&
         find_header(request.headers, "Origin") == "http://" + std::string(host);
}

/// Answers the requests that need no token: for the page's files, and for its token.
bool Api::opens_page(const HttpRequest& request, const Reply& reply) {
  if (world_.page == nullptr) return false;
  if (auto file = page::PageDoor::file_for(request)) {
    reply(std::move(*file));
    return true;
  }
  if (request.target != "/v1/page/tokens") return false;
  if (request.method == "POST") {
    answer_when_durable(redeem_ticket(request), reply);
    return true;
  }
  if (request.method != "DELETE") return false;
  answer_when_durable(close_page(request), reply);
  return true;
}

std::optional<HttpResponse> Api::check_token(const HttpRequest& request) const {
  const std::string_view token = bearer_token(request);
  const bool is_given = !token.empty();
  // A web page has no business with the program's own token, wherever it may have found it. A
  // browser names no Origin where a page reads from its own; Sec-Fetch-Site it sends with each.
  const bool from_page = !find_header(request.headers, "Origin").empty() ||
                         !find_header(request.headers, "Sec-Fetch-Site").empty();
  if (is_given && !from_page && equal_constant_time(token, token_.reveal())) return std::nullopt;
  if (is_given && world_.page != nullptr) {
    const auto known = world_.page->knows(token);
    if (!known) return problem_of(known.error());
    if (*known && is_page_call(request)) {
      return problem(403, "page-refused", "A page may not do this",
                     "open a page from the device itself: handover open");
    }
    if (*known) return std::nullopt;
  }
  HttpResponse response =
      problem(401, "unauthorized", "The token is missing or wrong",
              "send Authorization: Bearer with the token of the file that [api] token_file names");
  response.headers.push_back({"WWW-Authenticate", "Bearer"});
  return response;
}

bool Api::is_own_host(std::string_view host) const {
  constexpr std::array<std::string_view, 3> kNames = {"localhost", "127.0.0.1", "[::1]"};
  for (const auto name : kNames) {
    if (!equal_ignoring_case(host.substr(0, name.size()), name)) continue;
    const std::string_view rest = host.substr(name.size());
    if (rest.empty() || (port_ != 0 && rest == ":" + std::to_string(port_))) return true;
  }
  return false;
}

void Api::dispatch(const Call& call, Reply reply) {
  std::string allowed;
  for (const Route& route : routes()) {
    const auto arguments = match(route.pattern, call.steps());
    if (!arguments) continue;
    if (route.method != call.method()) {
      allowed += (allowed.empty() ? "" : ", ") + std::string(route.method);
      continue;
    }
    if (route.method == "GET") {
      answer_when_durable((this->*route.handler)(call, *arguments), std::move(reply));
    } else {
      answer_when_durable(once(call, route, *arguments), std::move(reply));
    }
    return;
  }
  if (allowed.empty()) {
    reply(problem(404, "not-found", "There is no such call",
                  "see docs/openapi.yaml for the calls there are"));
    return;
  }
  HttpResponse response =
      problem(405, "method-not-allowed", "Wrong method", "this call takes " + allowed);
  response.headers.push_back({"Allow", allowed});
  reply(std::move(response));
}

void Api::answer_when_durable(Result<HttpResponse> answer, Reply reply) {
  if (!answer) {
    reply(problem_of(answer.error()));
    return;
  }
  if (deliberate_bug(Bug::kAcknowledgeBeforeCommit)) return reply(std::move(*answer));
  world_.store.committer.when_durable([response = std::move(*answer), reply = std::move(reply)](
                                          const Result<void>& durable) mutable {
    reply(durable ? std::move(response) : problem_of(durable.error()));
  });
}

/// Carries out a changing call, once for each Idempotency-Key: effect and remembered answer are one
/// piece of one transaction.
Result<HttpResponse> Api::once(const Call& call, const Route& route,
                               const std::vector<std::string>& arguments) {
  RETURN_IF_ERROR(call.only_parameters({}));  // No changing call has any.
  TRY_ASSIGN(const std::string key, idempotency_key_of(call.request()));
  if (!call.request().body.empty() && !is_json(call.header("Content-Type"))) {
    return problem(415, "not-json", "Wrong content type",
                   "expected Content-Type: application/json");
  }
  return world_.store.committer.write([&]() -> Result<HttpResponse> {
    if (key.empty()) return (this->*route.handler)(call, arguments);
    const std::string digest = digest_of(call.request());
    TRY_ASSIGN(const auto before, world_.store.api_calls.read(key));
    if (before && before->digest != digest) {
      return problem(
          409, "idempotency-key-reused", "Used for another request",
          "this Idempotency-Key came with another request before; use a new key for a new request");
    }
    if (before) HANDOVER_MARK("api.call_replayed");
    if (before && !deliberate_bug(Bug::kCallDoneTwice)) return replay_or_make_anew(*before, route);
    TRY_ASSIGN(const HttpResponse answer, (this->*route.handler)(call, arguments));
    RETURN_IF_ERROR(world_.store.api_calls.remember(
        key, {digest, answer.status, answer.body, place_of_effect(call, answer)}));
    return answer;
  });
}

/// A long answer that is not kept any more is made anew, of what is there now.
Result<HttpResponse> Api::replay_or_make_anew(const storage::ApiCall& before, const Route& route) {
  if (!before.answer.empty() || before.made.empty()) return replay(before, route.makes);
  const HttpRequest request("GET", before.made);
  TRY_ASSIGN(const Call call, Call::make(request));
  for (const Route& reader : routes()) {
    const auto arguments = match(reader.pattern, call.steps());
    if (!arguments || reader.method != "GET") continue;
    TRY_ASSIGN(const HttpResponse today, (this->*reader.handler)(call, *arguments));
    TRY_ASSIGN(Json body, parse_json(today.body, kStoredJsonLimits));
    const bool record = route.makes == "/v1/records/";
    if (record || body.find("warnings") != nullptr) replace_warnings(body);
    return replay({before.digest, before.status, body.dump(), before.made}, route.makes);
  }
  return replay(before, route.makes);
}

void Api::wake_lanes() {
  world_.store.committer.when_durable([this](const Result<void>& durable) {
    if (!durable) return;
    for (auto* lane : world_.lanes) lane->wake();
  });
}

}  // namespace handover::api
