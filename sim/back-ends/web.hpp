// The little of the web that the models share: targets, forms, Base64, answers.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/domain/json.hpp"
#include "platform/http.hpp"
#include "platform/time.hpp"
#include "sim/back-ends/back_end_model.hpp"

namespace handover::sim {

using FormFields = std::vector<std::pair<std::string, std::string>>;

/// A request target taken apart, percent-decoded.
struct Target {
  std::string path;
  FormFields query;
};
[[nodiscard]] Target parse_target(std::string_view target);

/// application/x-www-form-urlencoded, as WHATWG URL section 5.1 reads it; a bad percent sequence
/// stands for itself.
[[nodiscard]] FormFields parse_form(std::string_view text);
/// The first field of that name, or nullptr.
[[nodiscard]] const std::string* find_field(const FormFields& fields, std::string_view name);

/// RFC 4648 section 4, with padding; nothing if it is not that.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);
/// RFC 4648 section 5, without padding, as JWT (RFC 7515) wants it.
[[nodiscard]] std::string encode_base64url(std::string_view bytes);
[[nodiscard]] std::optional<std::string> decode_base64url(std::string_view text);

[[nodiscard]] std::string lower_ascii(std::string_view text);
/// True if the header Content-Type names `type`, with or without parameters.
[[nodiscard]] bool has_content_type(const HttpRequest& request, std::string_view type);

/// For a back-end that says both of them in seconds from now.
void add_hints_in_seconds(HttpResponse& response, const RateLimitHints& hints);

[[nodiscard]] HttpResponse json_answer(int status, const Json& body);
[[nodiscard]] Json json_number(std::size_t number);

/// Sun, 06 Nov 1994 08:49:37 GMT (RFC 9110 section 5.6.7).
[[nodiscard]] std::string format_http_date(WallTime time);

}  // namespace handover::sim
