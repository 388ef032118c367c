#include "agent/cli/session.hpp"

#include <algorithm>
#include <array>

#include "agent/cli/secret_file.hpp"
#include "platform/posix/file_status.hpp"
#include "platform/posix/private_file.hpp"

namespace handover::cli {
namespace {

constexpr JsonLimits kAnswerLimits = {.bytes_max = limits::kLocalAnswerBytesMax, .depth_max = 64};
constexpr std::size_t kIdLength = 36;  // Of a UUID.
constexpr std::size_t kIdEndingLeast = 4;
constexpr std::string_view kNumberPrefix = "seq:";  // Of a damaged record's id.
constexpr milliseconds kLooksApartLeast{200};
constexpr const char* kPageSize = "limit=100";
constexpr std::string_view kProblemPrefix = "urn:handover:problem:";
constexpr const char* kWrongUsage = "wrong-usage";

struct Meaning {
  Errc code;
  ExitCode exit_code;
  const char* problem;
};
constexpr std::array kMeanings = {
    Meaning{Errc::kInvalid, ExitCode::kRefused, "invalid-input"},
    Meaning{Errc::kRefused, ExitCode::kRefused, "refused"},
    Meaning{Errc::kNotFound, ExitCode::kRefused, "not-found"},
    Meaning{Errc::kUnreachable, ExitCode::kUnreachable, "agent-unreachable"},
    Meaning{Errc::kUnauthorized, ExitCode::kUnusable, "unauthorized"},
    Meaning{Errc::kConfig, ExitCode::kUnusable, "configuration-unusable"},
};

Meaning meaning_of(Errc code) {
  const auto* found = std::find_if(kMeanings.begin(), kMeanings.end(),
                                   [&](const Meaning& m) { return m.code == code; });
  return found != kMeanings.end() ? *found : Meaning{code, ExitCode::kUnusable, "store-unusable"};
}

Errc code_of(int status) {
  if (status == 400) return Errc::kInvalid;
  if (status == 401) return Errc::kUnauthorized;
  if (status == 404) return Errc::kNotFound;
  return status < 500 ? Errc::kRefused : Errc::kIo;
}

/// A POST must not be carried out twice, however often it is sent.
void add_idempotency_key(HttpRequest& request, Entropy& entropy) {
  HttpHeader key;
  key.name = "Idempotency-Key";
  key.value = make_uuid(entropy);
  request.headers.push_back(std::move(key));
}

}  // namespace

Error wrong_usage(std::string detail) {
  Error error(Errc::kInvalid, std::move(detail));
  error.problem = kWrongUsage;
  return error;
}

ExitCode exit_code_of(const Error& error) {
  return error.problem == kWrongUsage ? ExitCode::kWrongUsage : meaning_of(error.code).exit_code;
}

Session::Session(const World& world, CommonOptions options)
    : world_(world), options_(std::move(options)), nowhere_(nullptr) {}

std::ostream& Session::out() { return options_.json ? nowhere_ : world_.out; }
std::ostream& Session::hints() { return options_.json ? nowhere_ : world_.messages; }

void Session::answer(const Json& document) {
  if (options_.json) world_.out << document.dump() << "\n" << std::flush;
}

std::string Session::config_path() const {
  if (!options_.config.empty()) return options_.config;
  std::string named = world_.environment("HANDOVER_CONFIG");
  if (!named.empty()) return named;
  return posix::name_is_taken("handover.toml") ? "handover.toml" : "/etc/handover/handover.toml";
}

Result<const Config*> Session::config() {
  if (!config_) {
    TRY_ASSIGN(config_, load_config(config_path()));
  }
  return &*config_;
}

Result<void> Session::connect() {
  if (client_) return {};
  TRY_ASSIGN(const Config* known, config());
  const auto token = posix::read_private_file(known->token_file, kSecretFileBytesMax);
  if (!token) return fail(Errc::kConfig, "the API token: " + token.error().detail);
  TRY_ASSIGN(client_,
             net::LocalClient::make(known->listen, posix::without_trailing_newline(*token)));
  return {};
}

Result<Answer> Session::call(const std::string& method, const std::string& target,
                             const Json& body) {
  HttpRequest request(method, target);
  if (method == "POST") {
    add_idempotency_key(request, world_.entropy);
    request.headers.push_back({"Content-Type", "application/json"});
    request.body = body.is_null() ? "{}" : body.dump();
  }
  return exchange(request);
}

Result<std::optional<Answer>> Session::get_if_changed(const std::string& target,
                                                      const std::string& tag) {
  HttpRequest request("GET", target);
  if (!tag.empty()) request.headers.push_back({"If-None-Match", tag});
  TRY_ASSIGN(Answer answer, exchange(request));
  if (answer.status == 304) return std::optional<Answer>();
  if (answer.refused()) return fail(refusal_of(answer));
  return std::optional(std::move(answer));
}

Result<void> Session::follow_changes(milliseconds tick, const Look& look) {
  RETURN_IF_ERROR(connect());
  std::optional<MonotonicTime> looked_at;
  Result<bool> goes_on = true;
  bool was_gone = false;
  const auto look_now = [&](bool quiet) {
    looked_at = world_.clock.monotonic_now();
    goes_on = look(quiet);
    const bool is_gone = !goes_on && goes_on.error().code == Errc::kUnreachable;
    if (is_gone && !was_gone) tell_agent_is_gone();
    was_gone = is_gone;
    if (is_gone) goes_on = true;
    return goes_on && *goes_on;
  };
  // What comes too soon after a look is seen at the next one, a tick later at most.
  const auto take = [&](std::string_view bytes) {
    const bool too_soon = looked_at && world_.clock.monotonic_now() - *looked_at < kLooksApartLeast;
    return (!bytes.empty() && too_soon) || look_now(bytes.empty());
  };
  while (true) {
    const auto followed = client_->follow(HttpRequest("GET", "/v1/events"), tick, take);
    if (goes_on && *goes_on && followed.error().code == Errc::kUnreachable) {
      world_.pause(tick);
      look_now(true);
    } else if (goes_on && *goes_on) {
      return fail(followed.error());
    }
    if (!goes_on) return fail(goes_on.error());
    if (!*goes_on) return {};
  }
}

void Session::tell_agent_is_gone() {
  if (world_.messages_on_terminal) hints() << "\n";  // A bar may stand on the line.
  hints() << "The agent has stopped answering. This goes on by itself when it is back; Ctrl-C ends "
             "it.\n"
          << std::flush;
}

/// Sends the request, and once more if the connection was lost.
Result<Answer> Session::exchange(const HttpRequest& request) {
  RETURN_IF_ERROR(connect());
  auto response = client_->call(request);
  if (!response && response.error().code == Errc::kUnreachable) response = client_->call(request);
  if (!response) return fail(std::move(response).error());
  Answer answer;
  answer.status = response->status;
  answer.tag = find_header(response->headers, "ETag");
  auto parsed = parse_json(response->body, kAnswerLimits);
  if (parsed) answer.body = std::move(*parsed);
  if (!parsed && !response->body.empty() && answer.status < 300) {
    return fail(Errc::kCorrupt,
                "the agent's answer is not JSON; is another program listening there?");
  }
  return answer;
}

Error Session::refusal_of(const Answer& answer) {
  problem_ = answer.body;
  std::string words = answer.body.text_of("detail");
  if (words.empty()) words = "the agent answered " + std::to_string(answer.status);
  Error error(code_of(answer.status), std::move(words));
  if (answer.status == 401) {
    error.detail = "the agent does not accept the token in " +
                   (config_ ? config_->token_file : "the token file") +
                   "; use the configuration that the agent was started with";
  }
  if (const Json* errors = answer.body.find("errors")) {
    for (const Json& field : errors->items()) {
      error.fields.push_back({field.text_of("pointer"), field.text_of("detail")});
    }
  }
  return error;
}

Result<Json> Session::get(const std::string& target) {
  TRY_ASSIGN(Answer answer, call("GET", target));
  if (answer.refused()) return fail(refusal_of(answer));
  return std::move(answer.body);
}

Result<Json> Session::post(const std::string& target, const Json& body) {
  TRY_ASSIGN(Answer answer, call("POST", target, body));
  if (answer.refused()) return fail(refusal_of(answer));
  return std::move(answer.body);
}

Result<std::vector<Json>> Session::get_all(const std::string& target) {
  std::vector<Json> all;
  const std::string page = target + (target.find('?') == std::string::npos ? "?" : "&") + kPageSize;
  std::string after;
  while (true) {
    TRY_ASSIGN(const Json list, get(after.empty() ? page : page + "&after=" + escape_url(after)));
    const Json* items = list.find("items");
    if (items == nullptr) return fail(Errc::kCorrupt, "the agent's answer is not a list");
    all.insert(all.end(), items->items().begin(), items->items().end());
    const std::string& next = list.text_of("next");
    if (next.empty() || next == after || items->items().empty()) return all;
    after = next;
  }
}

Result<std::string> Session::find_id(const std::string& target, const std::string& typed) {
  if (typed.size() >= kIdLength || typed.starts_with(kNumberPrefix)) return typed;
  if (typed.size() < kIdEndingLeast) {
    return fail(wrong_usage("an id is given whole, or by its last 4 or more characters"));
  }
  TRY_ASSIGN(const auto items, get_all(target));
  std::string found;
  for (const Json& item : items) {
    const std::string& id = item.text_of("id");
    if (!id.ends_with(typed)) continue;
    if (!found.empty())
      return fail(
          Error::refused("ambiguous-id", "several ids end in " + typed + "; type more of it"));
    found = id;
  }
  if (found.empty()) return fail(Errc::kNotFound, "no id ends in " + typed);
  return found;
}

Json Session::problem_for(const Error& error) const {
  if (problem_.is_object() && !problem_.text_of("type").empty()) return problem_;
  const std::string name = error.problem.empty() ? meaning_of(error.code).problem : error.problem;
  Json document = Json::object({{"type", std::string(kProblemPrefix) + name},
                                {"title", error.detail},
                                {"detail", error.detail}});
  Json errors = Json::array();
  for (const auto& field : error.fields) {
    errors.push_back(Json::object({{"pointer", field.pointer}, {"detail", field.detail}}));
  }
  if (!error.fields.empty()) document.set("errors", std::move(errors));
  return document;
}

std::string escape_url(std::string_view text) {
  static constexpr std::string_view kPlain = "-._~";
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string escaped;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       kPlain.find(c) != std::string_view::npos;
    const auto byte = static_cast<unsigned char>(c);
    if (plain) {
      escaped += c;
    } else {
      escaped.append({'%', kDigits[byte >> 4U], kDigits[byte & 15U]});
    }
  }
  return escaped;
}

}  // namespace handover::cli
