#include "agent/intake/access_token.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>

#include "agent/domain/json.hpp"
#include "crypto/sha256.hpp"

namespace handover::intake {
namespace {

constexpr JsonLimits kTokenJson{.bytes_max = kTokenBytesMax, .depth_max = 8};
// Seconds since 1970 up to the year 9999; more would overflow when leeway is added.
constexpr std::int64_t kSecondsMax = 253'402'300'799;

Error unauthorized(std::string why) { return {Errc::kUnauthorized, std::move(why)}; }

int value_of(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '-') return 62;
  return c == '_' ? 63 : -1;
}

struct Parts {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
  std::string_view signed_text;
};

std::optional<Parts> split(std::string_view token) {
  const auto first = token.find('.');
  const auto second = first == token.npos ? token.npos : token.find('.', first + 1);
  if (second == token.npos || token.find('.', second + 1) != token.npos) return std::nullopt;
  return Parts{token.substr(0, first), token.substr(first + 1, second - first - 1),
               token.substr(second + 1), token.substr(0, second)};
}

/// Every key is tried, also after one that fits.
bool is_signed(const Parts& parts, std::string_view signature, std::span<const Secret> keys) {
  bool fits = false;
  for (const Secret& key : keys) {
    const std::array<std::string_view, 1> text = {parts.signed_text};
    const auto mac = crypto::hmac_sha256(key, text);
    const std::string_view right(reinterpret_cast<const char*>(mac.data()), mac.size());
    fits = equal_constant_time(signature, right) || fits;
  }
  return fits;
}

Result<Json> read_part(std::string_view part, const char* name) {
  const auto text = decode_base64url(part);
  auto object = text ? parse_json(*text, kTokenJson) : Result<Json>(fail(text.error()));
  if (object && object->is_object()) return object;
  return fail(unauthorized(std::string("the token's ") + name + " is not a JSON object"));
}

/// A NumericDate (RFC 7519 section 2), cut to whole seconds; nothing if the claim is not there.
Result<std::optional<WallTime>> time_claim(const Json& claims, std::string_view name) {
  const Json* value = claims.find(name);
  if (value == nullptr) return std::optional<WallTime>();
  const std::string& digits = value->text();
  const std::string_view whole = std::string_view(digits).substr(0, digits.find('.'));
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(whole.data(), whole.data() + whole.size(), seconds);
  const bool sound = value->is_number() && error == std::errc() &&
                     end == whole.data() + whole.size() && seconds >= 0 && seconds <= kSecondsMax;
  if (!sound) return fail(unauthorized("the token's " + std::string(name) + " is not a time"));
  return std::optional<WallTime>(WallTime(std::chrono::seconds(seconds)));
}

Result<void> check_header(const Json& header) {
  const Json* algorithm = header.find("alg");
  if (algorithm == nullptr || !algorithm->is_string() || algorithm->text() != "HS256") {
    return fail(unauthorized("the token's algorithm is not HS256"));
  }
  // RFC 7515 section 4.1.11: who does not understand what is critical must refuse.
  if (header.find("crit") != nullptr)
    return fail(unauthorized("the token asks for an extension that is not known here"));
  return {};
}

Result<void> check_times(const Json& claims, WallTime now, milliseconds leeway) {
  TRY_ASSIGN(const auto expires, time_claim(claims, "exp"));
  TRY_ASSIGN(const auto not_before, time_claim(claims, "nbf"));
  TRY_ASSIGN(const auto issued, time_claim(claims, "iat"));
  if (!expires) return fail(unauthorized("the token has no exp"));
  if (now >= *expires + leeway) return fail(unauthorized("the token has expired"));
  if (not_before && now + leeway < *not_before)
    return fail(unauthorized("the token is not valid yet"));
  if (issued && now + leeway < *issued)
    return fail(unauthorized("the token was issued in the future; compare the clocks"));
  return {};
}

std::optional<Secret> read_key(std::string_view line) {
  constexpr std::string_view kHex = "hex:";
  constexpr std::string_view kBase64 = "base64:";
  if (line.starts_with(kHex)) {
    const auto bytes = crypto::from_hex(line.substr(kHex.size()));
    if (!bytes) return std::nullopt;
    return Secret(std::span<const std::byte>(*bytes));
  }
  if (line.starts_with(kBase64)) {
    std::string url(line.substr(kBase64.size()));
    while (url.ends_with('=')) url.pop_back();
    std::replace(url.begin(), url.end(), '+', '-');
    std::replace(url.begin(), url.end(), '/', '_');
    const auto bytes = decode_base64url(url);
    if (!bytes) return std::nullopt;
    return Secret(std::string_view(*bytes));
  }
  return Secret(line);
}

}  // namespace

Result<std::string> decode_base64url(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size() * 3 / 4);
  unsigned held = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const int value = value_of(c);
    if (value < 0) return fail(Error::invalid("", "no base64url"));
    held = (held << 6U | static_cast<unsigned>(value)) & 0xFFFFU;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push_back(static_cast<char>(held >> bits & 0xFFU));
  }
  const bool left_over = bits >= 6 || (held & ((1U << bits) - 1U)) != 0;
  if (left_over) return fail(Error::invalid("", "no base64url"));
  return bytes;
}

Result<void> check_access_token(std::string_view token, std::span<const Secret> keys, WallTime now,
                                milliseconds leeway) {
  if (token.empty()) return fail(unauthorized("x-access-token is missing"));
  if (token.size() > kTokenBytesMax) return fail(unauthorized("the token is too long"));
  const auto parts = split(token);
  const auto signature = parts ? decode_base64url(parts->signature)
                               : Result<std::string>(fail(Error::invalid("", "")));
  if (!signature) return fail(unauthorized("this is no signed token of three parts"));
  if (!is_signed(*parts, *signature, keys))
    return fail(unauthorized("the token is signed with no key that is known here"));
  TRY_ASSIGN(const Json header, read_part(parts->header, "header"));
  RETURN_IF_ERROR(check_header(header));
  TRY_ASSIGN(const Json claims, read_part(parts->payload, "payload"));
  return check_times(claims, now, leeway);
}

Result<std::vector<Secret>> parse_token_keys(std::string_view text) {
  std::vector<Secret> keys;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
    if (line.empty() || line.front() == '#') continue;
    auto key = read_key(line);
    const bool sound = key && key->bytes().size() >= kTokenKeyBytesMin;
    if (!sound) {
      return fail(Errc::kConfig, "line " + std::to_string(number) +
                                     " is no key; expected at least 32 bytes, as text, or as hex: "
                                     "or base64: and the bytes");
    }
    keys.push_back(std::move(*key));
  }
  if (keys.empty()) return fail(Errc::kConfig, "holds no key; expected one a line");
  if (keys.size() > kTokenKeysMax) return fail(Errc::kConfig, "holds more than 8 keys");
  return keys;
}

}  // namespace handover::intake
