#include "agent/api/call.hpp"

#include <algorithm>
#include <charconv>

#include "agent/domain/field_reader.hpp"

namespace handover::api {
namespace {

constexpr std::int64_t kLimitDefault = 100;
constexpr std::int64_t kLimitMax = 500;
constexpr std::size_t kParametersMax = 16;
constexpr std::int64_t kAfterMax = std::int64_t{1} << 40;

std::optional<int> hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const auto high = hex_value(text[i + 1]);
    const auto low = hex_value(text[i + 2]);
    if (!high || !low) return std::nullopt;
    decoded += static_cast<char>(*high * 16 + *low);
    i += 2;
  }
  return decoded;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const auto end = std::min(text.find(separator), text.size());
    if (end > 0) parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

Error bad_target() { return Error::invalid("", "the request's path or query is not well encoded"); }

Result<std::int64_t> number(std::string_view name, std::string_view text, std::int64_t least,
                            std::int64_t most) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc{} && end == text.data() + text.size() && value >= least && value <= most)
    return value;
  return fail(Error::invalid(
      "?" + std::string(name),
      "expected a whole number from " + std::to_string(least) + " to " + std::to_string(most)));
}

}  // namespace

Result<Call> Call::make(const HttpRequest& request) {
  Call call;
  call.request_ = &request;
  const std::string_view target = request.target;
  const auto query_start = std::min(target.find('?'), target.size());
  for (const auto step : split(target.substr(0, query_start), '/')) {
    auto decoded = percent_decode(step);
    if (!decoded) return fail(bad_target());
    call.steps_.push_back(std::move(*decoded));
  }
  if (query_start == target.size()) return call;
  const auto parameters = split(target.substr(query_start + 1), '&');
  if (parameters.size() > kParametersMax) return fail(bad_target());
  for (const auto parameter : parameters) {
    const auto equals = std::min(parameter.find('='), parameter.size());
    auto name = percent_decode(parameter.substr(0, equals));
    auto value = percent_decode(parameter.substr(std::min(equals + 1, parameter.size())));
    if (!name || !value) return fail(bad_target());
    if (!call.parameters_.emplace(*name, std::move(*value)).second) {
      return fail(Error::invalid("?" + *name, "given twice; expected once"));
    }
  }
  return call;
}

Result<void> Call::only_parameters(std::initializer_list<std::string_view> names) const {
  for (const auto& [name, value] : parameters_) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    const std::string near = nearest_name(name, names);
    return fail(Error::invalid(
        "?" + name.substr(0, 80),
        near.empty() ? "unknown parameter" : "unknown parameter; did you mean " + near + "?"));
  }
  return {};
}

std::string Call::parameter(std::string_view name) const {
  const auto found = parameters_.find(name);
  return found == parameters_.end() ? std::string() : found->second;
}

Result<std::int64_t> Call::limit() const {
  const std::string text = parameter("limit");
  if (text.empty()) return kLimitDefault;
  return number("limit", text, 1, kLimitMax);
}

Result<std::int64_t> Call::after() const {
  const std::string text = parameter("after");
  if (text.empty()) return 0;
  return number("after", text, 0, kAfterMax);
}

Result<Json> Call::body() const { return parse_json(request_->body); }

Result<std::string> Call::only_text(std::string_view name) const {
  TRY_ASSIGN(const Json given, body());
  Complaints complaints;
  FieldReader reader(given, "", complaints);
  reader.only({name});
  std::string text = reader.required_text(name);
  if (!complaints.empty()) return fail(std::move(complaints).to_error());
  return text;
}

Result<void> Call::expect_no_body() const {
  if (request_->body.empty()) return {};
  TRY_ASSIGN(const Json given, body());
  if (given.is_object() && given.members().empty()) return {};
  return fail(Error::invalid("", "this call takes no body"));
}

std::string_view bearer_token(const HttpRequest& request) {
  constexpr std::string_view kBearer = "Bearer ";
  const std::string_view shown = find_header(request.headers, "Authorization");
  const bool fits = equal_ignoring_case(shown.substr(0, kBearer.size()), kBearer);
  return fits ? shown.substr(kBearer.size()) : std::string_view();
}

}  // namespace handover::api
