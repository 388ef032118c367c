#include "agent/intake/webhook.hpp"

#include <algorithm>

#include "agent/intake/access_token.hpp"
#include "platform/assert.hpp"
#include "platform/deliberate_bug.hpp"

namespace handover::intake {
namespace {

constexpr std::string_view kTokenHeader = "x-access-token";

/// ServiceMobility's "Standard Response Object": what a sender that reads error bodies expects.
HttpResponse standard_response(int status, std::string_view title, const Error* error) {
  Json body = Json::object({{"type", ""}, {"title", title}});
  body.set("status", Json(std::int64_t{status}));
  if (error != nullptr) {
    body.set("detail", error->detail);
    Json params = Json::array();
    for (const auto& field : error->fields) {
      params.push_back(Json::object({{"reason", field.detail}, {"path", field.pointer}}));
    }
    if (!error->fields.empty()) body.set("invalidParams", std::move(params));
  }
  HttpResponse response(status);
  response.headers.push_back({"Content-Type", "application/json"});
  response.body = body.dump();
  return response;
}

/// application/json is what ServiceMobility sends; the other is what CloudEvents calls the same.
bool is_json(std::string_view content_type) {
  const auto type = content_type.substr(0, content_type.find_first_of("; "));
  return equal_ignoring_case(type, "application/json") ||
         equal_ignoring_case(type, "application/cloudevents+json");
}

std::size_t count_headers(const HttpRequest& request, std::string_view name) {
  return static_cast<std::size_t>(
      std::count_if(request.headers.begin(), request.headers.end(),
                    [&](const auto& header) { return equal_ignoring_case(header.name, name); }));
}

}  // namespace

Webhook::Webhook(const World& world, WebhookSettings settings, std::function<void()> taken_in)
    : world_(world), settings_(std::move(settings)), taken_in_(std::move(taken_in)) {
  INVARIANT(!settings_.check_tokens || settings_.read_keys != nullptr);
}

void Webhook::handle(const HttpRequest& request, Reply reply) {
  const auto type = type_at(request.target);
  if (!type) {
    return reply(refuse(Refusal::kWrongCall, 404,
                        Error(Errc::kNotFound, "there is no webhook at this path")));
  }
  if (request.method != "POST") {
    HttpResponse response =
        refuse(Refusal::kWrongCall, 405, Error(Errc::kInvalid, "a webhook takes POST"));
    response.headers.push_back({"Allow", "POST"});
    return reply(std::move(response));
  }
  if (const auto allowed = check_caller(request); !allowed) {
    const bool ours = allowed.error().code != Errc::kUnauthorized;
    return reply(
        refuse(ours ? Refusal::kStore : Refusal::kUnauthorized, ours ? 500 : 401, allowed.error()));
  }
  const auto taken = take(request, *type);
  if (!taken) {
    const bool malformed = taken.error().code == Errc::kInvalid;
    return reply(refuse(malformed ? Refusal::kMalformed : Refusal::kStore, 500, taken.error()));
  }
  const bool new_records = taken->records > 0;
  if (deliberate_bug(Bug::kAcknowledgeBeforeCommit))
    return reply(standard_response(200, "OK", nullptr));
  world_.store.committer.when_durable(
      [this, alive = alive_, new_records, reply = std::move(reply)](const Result<void>& durable) {
        if (!*alive) return;
        if (!durable) return reply(refuse(Refusal::kStore, 500, durable.error()));
        reply(standard_response(200, "OK", nullptr));
        if (new_records) taken_in_();
      });
}

std::optional<RowType> Webhook::type_at(std::string_view target) const {
  std::string_view path = target.substr(0, target.find('?'));
  if (!path.starts_with(settings_.path)) return std::nullopt;
  path.remove_prefix(settings_.path.size());
  if (!path.starts_with('/')) return std::nullopt;
  path.remove_prefix(1);
  if (path.ends_with('/')) path.remove_suffix(1);
  return row_type_named(path);
}

Result<void> Webhook::check_caller(const HttpRequest& request) const {
  // A page in somebody's browser can reach a loopback address, and must not get in.
  if (count_headers(request, "Origin") > 0)
    return fail(Errc::kUnauthorized, "a web page may not call this");
  if (!settings_.check_tokens) return {};
  if (count_headers(request, kTokenHeader) > 1)
    return fail(Errc::kUnauthorized, "x-access-token is there more than once");
  auto keys = settings_.read_keys();
  if (!keys) {
    // Which file, and why, is not for the caller.
    world_.log.warning("the keys of the webhook's tokens: " + keys.error().detail);
    return fail(Errc::kConfig, "the keys that tokens are checked with cannot be read here");
  }
  return check_access_token(find_header(request.headers, kTokenHeader), *keys,
                            world_.clock.wall_now(), settings_.leeway);
}

Result<Taken> Webhook::take(const HttpRequest& request, RowType type) {
  if (!is_json(find_header(request.headers, "Content-Type")))
    return fail(Error::invalid("#Content-Type", "expected application/json"));
  TRY_ASSIGN(const Payload payload, parse_payload(request.body, type));
  return world_.store.committer.write(
      [&] { return world_.intake.take_payload(payload, request.body); });
}

HttpResponse Webhook::refuse(Refusal refusal, int status, const Error& error) {
  ++refusals_.counts.at(static_cast<std::size_t>(refusal));
  refusals_.last_at = world_.clock.wall_now();
  refusals_.last_why = error.detail;
  const char* title = status == 401   ? "Invalid Logon"
                      : status == 404 ? "Not Found"
                      : status == 405 ? "Method Not Allowed"
                                      : "Server error";
  return standard_response(status, title, &error);
}

}  // namespace handover::intake
