// What every back-end needs to read an answer: its words made fit for people, its kind, and how
// long it asks us to wait. Answers are untrusted: each function here takes any bytes, and bounds
// what it returns.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "agent/domain/json.hpp"
#include "agent/forwarding/backend.hpp"
#include "platform/http.hpp"
#include "platform/secret.hpp"
#include "platform/time.hpp"

namespace handover::backends {

using forwarding::Verdict;
using forwarding::Who;

/// No server makes us wait longer than this: a wrong hint must not silence a lane for a day.
inline constexpr milliseconds kWaitMax = std::chrono::hours(2);
/// The most that is kept of a server's own words, in characters.
inline constexpr std::size_t kWordsMax = 300;

/// `text` as one line of at most kWordsMax characters: no control or invisible characters,
/// ill-formed UTF-8 replaced, white space folded. Each of `codes` is replaced by "[code]", also
/// where its digits are grouped with blanks or hyphens. The result is for a record's truth table,
/// not for a log: it may still name a product or a serial number.
[[nodiscard]] std::string plain_words(std::string_view text,
                                      std::span<const std::string> codes = {});

/// The server's own explanation in one line, or nothing. Knows ServiceMobility's two error bodies,
/// ServiceNow's envelope and OAuth's error; leaves out the members that repeat our payload
/// (`params`, `value`). A plain text body is taken as it is.
[[nodiscard]] std::string own_words(const HttpResponse& response,
                                    std::span<const std::string> codes = {});
[[nodiscard]] std::string own_words(const Json& body, std::span<const std::string> codes = {});

/// "<label> answered <status>, <meaning>: <words>"; `meaning` and `words` may be empty.
[[nodiscard]] std::string sentence(std::string_view label, int status, std::string_view meaning,
                                   std::string_view words);

/// True for a web page where an API should have answered: a sign-in page of a network, a proxy, a
/// sleeping instance.
[[nodiscard]] bool is_page(const HttpResponse& response);

/// The body, if it is a JSON object and is not declared to be something else.
[[nodiscard]] std::optional<Json> json_object(const HttpResponse& response);

/// True if a body says that the request failed, whatever the status line says.
[[nodiscard]] bool is_error(const Json& body);

/// What a server's X-RateLimit-Reset counts.
enum class ResetForm { kSeconds, kUnixTime };

/// How long the server asks us to wait, within [0, kWaitMax]: Retry-After (seconds or a date), else
/// X-RateLimit-Reset. Absolute times are compared with the answer's own Date, because the device's
/// clock may be hours off; with `now` only where there is none.
[[nodiscard]] std::optional<milliseconds> wait_hint(const HttpResponse& response, ResetForm form,
                                                    std::optional<WallTime> now);

/// The same of an answer that says that something failed. A rate limit's reset is part of many
/// answers, and asks to wait only where no requests are left.
[[nodiscard]] std::optional<milliseconds> failure_hint(const HttpResponse& response, ResetForm form,
                                                       std::optional<WallTime> now);

/// A token fit for a header: visible ASCII, of sane length. A server must not be able to add
/// headers to our requests.
[[nodiscard]] std::optional<Secret> header_token(std::string_view scheme, const Json* token);

/// `text` for a query or a form (RFC 3986: all but the unreserved characters become %XX).
[[nodiscard]] std::string percent_encode(std::string_view text);

[[nodiscard]] Verdict make_verdict(Verdict::Kind kind, Who who, std::string why);
/// Retry later, for every delivery of the lane.
[[nodiscard]] Verdict pause_lane(Who who, std::string why, std::optional<milliseconds> wait = {});
/// What a page or another foreign answer means: not delivered, the network is not what it should
/// be.
[[nodiscard]] Verdict foreign_answer(std::string_view label, int status);

/// What the answers to a login mean that brought no token; the same for every back-end. An answer
/// that repeats one of `secrets`, which were sent with the login, is not quoted.
[[nodiscard]] Verdict judge_failed_login(std::string_view label, const HttpResponse& response,
                                         ResetForm form, std::span<const Secret> secrets);

}  // namespace handover::backends
