#include "sim/back-ends/web.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace handover::sim {
namespace {

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return unsigned(c - '0');
  if (c >= 'a' && c <= 'f') return unsigned(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return unsigned(c - 'A') + 10;
  return std::nullopt;
}

std::string percent_decode(std::string_view text, bool plus_is_blank) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool enough = text[i] == '%' && i + 2 < text.size();
    const auto high = enough ? hex_digit(text[i + 1]) : std::nullopt;
    const auto low = enough ? hex_digit(text[i + 2]) : std::nullopt;
    if (high && low) {
      out += static_cast<char>(*high * 16 + *low);
      i += 2;
    } else {
      out += plus_is_blank && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

/// Decodes characters of kBase64, without padding.
std::optional<std::string> decode_sextets(std::string_view text) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::string out;
  unsigned bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    const auto value = kBase64.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    held = (held << 6U) | unsigned(value);
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out += static_cast<char>((held >> bits) & 0xffU);
    }
  }
  return out;
}

}  // namespace

Target parse_target(std::string_view target) {
  const auto mark = target.find('?');
  Target parts;
  parts.path = percent_decode(target.substr(0, mark), false);
  if (mark != std::string_view::npos) parts.query = parse_form(target.substr(mark + 1));
  return parts;
}

FormFields parse_form(std::string_view text) {
  FormFields fields;
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    const std::string_view field = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (field.empty()) continue;
    const auto equals = field.find('=');
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : field.substr(equals + 1);
    fields.emplace_back(percent_decode(field.substr(0, equals), true), percent_decode(value, true));
  }
  return fields;
}

const std::string* find_field(const FormFields& fields, std::string_view name) {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const auto& field) { return field.first == name; });
  return found == fields.end() ? nullptr : &found->second;
}

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  if (text.ends_with("==")) {
    text.remove_suffix(2);
  } else if (text.ends_with("=")) {
    text.remove_suffix(1);
  }
  return decode_sextets(text);
}

std::string encode_base64url(std::string_view bytes) {
  std::string out;
  unsigned held = 0;
  unsigned bits = 0;
  for (const char c : bytes) {
    held = (held << 8U) | static_cast<unsigned char>(c);
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      out += kBase64[(held >> bits) & 0x3fU];
    }
  }
  if (bits > 0) out += kBase64[(held << (6 - bits)) & 0x3fU];
  std::replace(out.begin(), out.end(), '+', '-');
  std::replace(out.begin(), out.end(), '/', '_');
  return out;
}

std::optional<std::string> decode_base64url(std::string_view text) {
  if (text.find_first_of("+/") != std::string_view::npos) return std::nullopt;
  std::string plain(text);
  std::replace(plain.begin(), plain.end(), '-', '+');
  std::replace(plain.begin(), plain.end(), '_', '/');
  return decode_sextets(plain);
}

std::string lower_ascii(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

bool has_content_type(const HttpRequest& request, std::string_view type) {
  const std::string given = lower_ascii(find_header(request.headers, "Content-Type"));
  return given == type || given.starts_with(std::string(type) + ";");
}

void add_hints_in_seconds(HttpResponse& response, const RateLimitHints& hints) {
  const std::string seconds = std::to_string(hints.wait.count());
  if (hints.retry_after) response.headers.push_back({"Retry-After", seconds});
  if (hints.reset) response.headers.push_back({"X-RateLimit-Reset", seconds});
}

HttpResponse json_answer(int status, const Json& body) {
  HttpResponse response(status);
  response.headers.push_back({"Content-Type", "application/json"});
  response.body = body.dump();
  return response;
}

Json json_number(std::size_t number) { return Json(static_cast<std::int64_t>(number)); }

std::string format_http_date(WallTime time) {
  using std::chrono::days;
  static constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date(day);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time - day);
  const std::chrono::hh_mm_ss<std::chrono::seconds> clock(seconds);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
                kDays[std::chrono::weekday(day).c_encoding()], unsigned(date.day()),
                kMonths[unsigned(date.month()) - 1], int(date.year()), int(clock.hours().count()),
                int(clock.minutes().count()), int(clock.seconds().count()));
  return text.data();
}

}  // namespace handover::sim
