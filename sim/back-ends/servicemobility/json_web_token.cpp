#include "sim/back-ends/servicemobility/json_web_token.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <charconv>

#include "agent/domain/json.hpp"
#include "platform/assert.hpp"
#include "platform/secret.hpp"
#include "sim/back-ends/web.hpp"

namespace handover::sim {
namespace {

std::string hmac_sha256(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned length = 0;
  const unsigned char* made =
      HMAC(EVP_sha256(), key.data(), int(key.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac.data(), &length);
  INVARIANT(made != nullptr);
  return std::string(reinterpret_cast<const char*>(mac.data()), length);
}

std::string_view header() { return R"({"alg":"HS256","typ":"JWT"})"; }

std::optional<std::int64_t> whole_number(const Json& object, std::string_view name) {
  const std::string& digits = object.text_of(name);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

}  // namespace

std::string sign_token(const TokenClaims& claims, std::string_view key) {
  const Json payload = Json::object({{"exp", Json(claims.expires)},
                                     {"iat", Json(claims.issued)},
                                     {"jti", Json(std::to_string(claims.number))},
                                     {"name", claims.name}});
  std::string token = encode_base64url(header()) + "." + encode_base64url(payload.dump());
  const std::string signature = encode_base64url(hmac_sha256(key, token));
  return token + "." + signature;
}

std::optional<TokenClaims> verify_token(std::string_view token, std::string_view key) {
  const auto header_end = token.find('.');
  const auto payload_end = token.rfind('.');
  if (header_end == std::string_view::npos || payload_end == header_end) return std::nullopt;
  const std::string signature = encode_base64url(hmac_sha256(key, token.substr(0, payload_end)));
  if (!equal_constant_time(token.substr(payload_end + 1), signature)) return std::nullopt;
  if (decode_base64url(token.substr(0, header_end)) != header()) return std::nullopt;

  const auto text = decode_base64url(token.substr(header_end + 1, payload_end - header_end - 1));
  if (!text) return std::nullopt;
  const auto payload = parse_json(*text);
  if (!payload) return std::nullopt;
  const auto expires = whole_number(*payload, "exp");
  const auto issued = whole_number(*payload, "iat");
  const auto number = whole_number(*payload, "jti");
  if (!expires || !issued || !number) return std::nullopt;
  return TokenClaims{payload->text_of("name"), *issued, *expires, *number};
}

}  // namespace handover::sim
