#include "agent/backends/answer.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>
#include <vector>

namespace handover::backends {
namespace {

using std::chrono::seconds;

constexpr std::size_t kTextBytesMax = 4096;
constexpr std::size_t kTokenBytesMax = 16 * 1024;
constexpr std::size_t kInvalidParamsShown = 3;
// Shorter than any validation code; masking less would shred ordinary words.
constexpr std::size_t kCodeCharactersMin = 4;
// Room for the echo of a large record; less than parse_json() allows, because reading members costs
// their number squared.
constexpr JsonLimits kAnswerLimits = {std::size_t{256} * 1024, 16};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool contains_ignoring_case(std::string_view text, std::string_view part) {
  const auto found = std::search(text.begin(), text.end(), part.begin(), part.end(),
                                 [](char a, char b) { return lower(a) == lower(b); });
  return found != text.end();
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The first character of a body that is not white space; NUL for none.
char first_character(std::string_view body) {
  if (body.starts_with("\xEF\xBB\xBF")) body.remove_prefix(3);
  const auto first = body.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? '\0' : body[first];
}

bool is_printable(utf8proc_int32_t character) {
  // Controls, format marks (some turn the writing direction around), surrogates, private and
  // unassigned characters, separators.
  static constexpr std::array kHidden = {
      UTF8PROC_CATEGORY_CC, UTF8PROC_CATEGORY_CF, UTF8PROC_CATEGORY_CS, UTF8PROC_CATEGORY_CO,
      UTF8PROC_CATEGORY_CN, UTF8PROC_CATEGORY_ZL, UTF8PROC_CATEGORY_ZP, UTF8PROC_CATEGORY_ZS};
  return std::find(kHidden.begin(), kHidden.end(), utf8proc_category(character)) == kHidden.end();
}

/// One line: printable characters, one blank between words.
std::string clean(std::string_view text) {
  text = text.substr(0, kTextBytesMax);
  std::string line;
  bool gap = false;
  while (!text.empty()) {
    utf8proc_int32_t character = 0;
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    const auto length = utf8proc_iterate(bytes, utf8proc_ssize_t(text.size()), &character);
    const bool well_formed = length > 0;
    const auto step = well_formed ? std::size_t(length) : 1;
    if (well_formed && !is_printable(character)) {
      gap = !line.empty();
    } else {
      if (std::exchange(gap, false)) line += ' ';
      line += well_formed ? text.substr(0, step) : std::string_view("?");
    }
    text.remove_prefix(step);
  }
  return line;
}

std::string cut(std::string line) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool starts_character = (static_cast<unsigned char>(line[i]) & 0xC0) != 0x80;
    if (!starts_character || ++characters <= kWordsMax) continue;
    line.resize(i);
    return line + "…";
  }
  return line;
}

/// How many bytes of `text` spell `code`, grouping ignored; 0 if it does not start with it.
std::size_t spelled_length(std::string_view text, std::string_view code) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < code.size(); ++i) {
    while (i > 0 && at < text.size() && (text[at] == ' ' || text[at] == '-')) ++at;
    if (at >= text.size() || text[at] != code[i]) return 0;
    ++at;
  }
  return at;
}

std::string without_grouping(std::string_view code) {
  std::string bare;
  std::copy_if(code.begin(), code.end(), std::back_inserter(bare),
               [](char c) { return c != ' ' && c != '-'; });
  return bare;
}

void redact(std::string& line, std::string_view code) {
  constexpr std::string_view kMask = "[code]";
  const std::string bare = without_grouping(code);
  if (bare.size() < kCodeCharactersMin) return;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const std::size_t length = spelled_length(std::string_view(line).substr(at), bare);
    if (length == 0) continue;
    line.replace(at, length, kMask);
    at += kMask.size() - 1;
  }
}

/// Puts parts of an explanation behind one another: "a: b (at c)".
class Explanation {
 public:
  void add(std::string_view part) {
    if (part.empty()) return;
    if (!text_.empty()) text_ += text_.ends_with('.') ? " " : ": ";
    text_ += part;
  }
  void add_place(std::string_view place) {
    if (!place.empty()) text_ += " (at " + std::string(place) + ")";
  }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

const std::string& string_of(const Json& object, std::string_view name) {
  static const std::string kNone;
  const Json* member = object.find(name);
  return member != nullptr && member->is_string() ? member->text() : kNone;
}

void add_invalid_params(Explanation& words, const Json& body) {
  const Json* params = body.find("invalidParams");
  if (params == nullptr) return;
  std::size_t shown = 0;
  for (const Json& param : params->items()) {
    if (++shown > kInvalidParamsShown) break;
    words.add(string_of(param, "name"));
    words.add(string_of(param, "reason"));
    words.add_place(string_of(param, "path"));
  }
}

std::string explain(const Json& body) {
  Explanation words;
  if (const Json* error = body.find("error"); error != nullptr && error->is_object()) {
    words.add(string_of(*error, "message"));
    words.add(string_of(*error, "detail"));
  }
  words.add(string_of(body, "error"));
  words.add(string_of(body, "error_description"));
  words.add(string_of(body, "message"));
  words.add(string_of(body, "title"));
  words.add(string_of(body, "detail"));
  if (const Json* detail = body.find("detail"); detail != nullptr && detail->is_object()) {
    words.add(string_of(*detail, "message"));
    words.add_place(string_of(*detail, "dataPath"));
  }
  add_invalid_params(words, body);
  return words.take();
}

bool is_failure_code(const Json* code) {
  if (code == nullptr || !code->is_number()) return false;
  int number = 0;
  const std::string& digits = code->text();
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && number >= 400;
}

bool says_something(const Json* member) {
  return member != nullptr && !member->is_null() && !(member->is_boolean() && !member->boolean()) &&
         !(member->is_string() && member->text().empty());
}

/// A whole number of seconds; more than fits counts as the most that fits.
std::optional<std::int64_t> parse_seconds(std::string_view text) {
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() ? number : std::numeric_limits<std::int64_t>::max();
}

milliseconds bounded(std::int64_t wait_seconds) {
  constexpr std::int64_t kMax = std::chrono::duration_cast<seconds>(kWaitMax).count();
  return seconds(std::clamp<std::int64_t>(wait_seconds, 0, kMax));
}

std::int64_t unix_seconds(WallTime time) {
  return std::chrono::floor<seconds>(time).time_since_epoch().count();
}

std::optional<milliseconds> wait_until(std::int64_t then, const HttpResponse& response,
                                       std::optional<WallTime> now) {
  if (const auto date = parse_http_date(find_header(response.headers, "Date"))) now = *date;
  if (!now) return std::nullopt;
  // `then` may be anything up to the largest number; both clocks are far from it.
  const std::int64_t present = std::max<std::int64_t>(unix_seconds(*now), 0);
  return bounded(then - present);
}

/// A careless server may quote a password as it came: plain, in JSON or in a form.
bool repeats_any(std::string_view body, std::span<const Secret> secrets) {
  return std::any_of(secrets.begin(), secrets.end(), [body](const Secret& secret) {
    if (secret.reveal().empty()) return false;
    const std::string quoted = Json(secret.reveal()).dump();
    for (const std::string& form :
         {quoted.substr(1, quoted.size() - 2), percent_encode(secret.reveal())}) {
      if (body.find(form) != std::string_view::npos) return true;
    }
    return body.find(secret.reveal()) != std::string_view::npos;
  });
}

}  // namespace

std::string plain_words(std::string_view text, std::span<const std::string> codes) {
  std::string line = clean(text);
  for (const std::string& code : codes) redact(line, code);
  return cut(std::move(line));
}

std::string own_words(const Json& body, std::span<const std::string> codes) {
  return plain_words(explain(body), codes);
}

std::string own_words(const HttpResponse& response, std::span<const std::string> codes) {
  if (is_page(response)) return {};
  if (const auto body = json_object(response)) return own_words(*body, codes);
  // Half a JSON text is no explanation, and may hold what we sent.
  const char first = first_character(response.body);
  if (first == '{' || first == '[' || first == '"') return {};
  return plain_words(response.body, codes);
}

std::string sentence(std::string_view label, int status, std::string_view meaning,
                     std::string_view words) {
  std::string text(label);
  text += " answered " + std::to_string(status);
  if (!meaning.empty()) text += ", " + std::string(meaning);
  if (!words.empty()) text += ": " + std::string(words);
  return text;
}

bool is_page(const HttpResponse& response) {
  if (contains_ignoring_case(find_header(response.headers, "Content-Type"), "html")) return true;
  return first_character(response.body) == '<';
}

std::optional<Json> json_object(const HttpResponse& response) {
  const std::string_view type = find_header(response.headers, "Content-Type");
  if (!type.empty() && !contains_ignoring_case(type, "json")) return std::nullopt;
  auto body = parse_json(response.body, kAnswerLimits);
  if (!body || !body->is_object()) return std::nullopt;
  return std::move(*body);
}

bool is_error(const Json& body) {
  const std::string& status = string_of(body, "status");
  if (status == "failure" || status == "error" || says_something(body.find("error"))) return true;
  if (is_failure_code(body.find("status")) || is_failure_code(body.find("code"))) return true;
  const Json* params = body.find("invalidParams");
  // With a status that says success, they can only be warnings.
  return params != nullptr && !params->items().empty() && body.find("status") == nullptr;
}

std::optional<milliseconds> wait_hint(const HttpResponse& response, ResetForm form,
                                      std::optional<WallTime> now) {
  const std::string_view after = find_header(response.headers, "Retry-After");
  if (const auto delay = parse_seconds(after)) return bounded(*delay);
  if (const auto date = parse_http_date(after))
    return wait_until(unix_seconds(*date), response, now);

  const auto reset = parse_seconds(find_header(response.headers, "X-RateLimit-Reset"));
  if (!reset) return std::nullopt;
  return form == ResetForm::kSeconds ? bounded(*reset) : wait_until(*reset, response, now);
}

std::optional<milliseconds> failure_hint(const HttpResponse& response, ResetForm form,
                                         std::optional<WallTime> now) {
  const bool asks = !find_header(response.headers, "Retry-After").empty() ||
                    find_header(response.headers, "X-RateLimit-Remaining") == "0";
  return asks ? wait_hint(response, form, now) : std::nullopt;
}

std::optional<Secret> header_token(std::string_view scheme, const Json* token) {
  if (token == nullptr || !token->is_string()) return std::nullopt;
  const std::string& text = token->text();
  const bool fits =
      !text.empty() && text.size() <= kTokenBytesMax &&
      std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
  if (!fits) return std::nullopt;
  return Secret(std::string(scheme) + text);
}

std::string percent_encode(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool unreserved = is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || c == '-' ||
                            c == '.' || c == '_' || c == '~';
    if (unreserved) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[byte >> 4U];
    out += kHex[byte & 0x0FU];
  }
  return out;
}

Verdict make_verdict(Verdict::Kind kind, Who who, std::string why) {
  Verdict verdict;
  verdict.kind = kind;
  verdict.who = who;
  verdict.why = std::move(why);
  return verdict;
}

Verdict pause_lane(Who who, std::string why, std::optional<milliseconds> wait) {
  Verdict verdict = make_verdict(Verdict::Kind::kRetryLater, who, std::move(why));
  verdict.whole_lane = true;
  verdict.wait = wait;
  return verdict;
}

Verdict foreign_answer(std::string_view label, int status) {
  return pause_lane(Who::kNetwork, "an answer " + std::to_string(status) +
                                       " came that is not from " + std::string(label) +
                                       "; the network may want a sign-in, or the server may sleep");
}

Verdict judge_failed_login(std::string_view label, const HttpResponse& response, ResetForm form,
                           std::span<const Secret> secrets) {
  const int status = response.status;
  const std::string words = repeats_any(response.body, secrets) ? "" : own_words(response);
  const auto stop = [&](std::string_view meaning) {
    return make_verdict(Verdict::Kind::kStopLane, Who::kDispatcher,
                        sentence(label, status, meaning, words));
  };
  if (status == 408 || status == 429 || status >= 500) {
    const auto wait = wait_hint(response, form, std::nullopt);
    return pause_lane(Who::kServer, sentence(label, status, "no login at the moment", words), wait);
  }
  if (status == 404 || status == 405) return stop("the URL of the login is wrong");
  if (status >= 300 && status < 400)
    return stop("a redirect, which is not followed; the URL is wrong");
  if (is_page(response)) return foreign_answer(label, status);
  if (status >= 400 && status < 500) {
    return stop("the user name or password is wrong or may not log in; correct it");
  }
  const auto body = json_object(response);
  if (!body) return foreign_answer(label, status);
  return stop("without a token; check the URL and the credentials");
}

}  // namespace handover::backends
