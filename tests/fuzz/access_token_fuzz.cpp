// No token gets in that was not signed with the key; whatever a signed one says is read in bounds,
// and one that gets in would not do so after its end. The first line is the header, the second the
// payload, the rest the token that comes as it is.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "agent/intake/access_token.hpp"
#include "crypto/sha256.hpp"
#include "platform/assert.hpp"

using namespace handover;

namespace {

// 2026-11-22T10:26:53Z
constexpr std::int64_t kNow = 1'795'343'213'000;
constexpr std::int64_t kEndOfTime = 253'402'300'799'000;
constexpr milliseconds kLeeway{60'000};

std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == text.npos ? text.size() : end + 1);
  return line;
}

std::string base64url(std::string_view bytes) {
  std::string text = crypto::to_base64(bytes);
  while (text.ends_with('=')) text.pop_back();
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

std::string sign(const std::string& text, const Secret& key) {
  const std::array<std::string_view, 1> parts = {text};
  const auto mac = crypto::hmac_sha256(key, parts);
  return text + "." + base64url({reinterpret_cast<const char*>(mac.data()), mac.size()});
}

bool gets_in(std::string_view token, const std::array<Secret, 1>& keys, std::int64_t now) {
  return intake::check_access_token(token, keys, WallTime(milliseconds(now)), kLeeway).has_value();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view header = take_line(text);
  const std::string_view payload = take_line(text);
  const std::array<Secret, 1> keys = {
      Secret(std::string_view("a key of the fuzz target, no secret"))};
  const std::array<Secret, 1> others = {
      Secret(std::string_view("another key of the target, neither"))};

  INVARIANT(!gets_in(text, keys, kNow));
  const std::string signed_one = sign(base64url(header) + "." + base64url(payload), keys[0]);
  if (gets_in(signed_one, keys, kNow)) {
    INVARIANT(!gets_in(signed_one, others, kNow));
    INVARIANT(!gets_in(signed_one, keys, kEndOfTime + kLeeway.count() + 1000));
    INVARIANT(!gets_in(signed_one + ".", keys, kNow));
    INVARIANT(
        !gets_in(std::string_view(signed_one).substr(0, signed_one.rfind('.') + 1), keys, kNow));
    INVARIANT(header.find("HS256") != header.npos || header.find('\\') != header.npos);
  }
  const auto bytes = intake::decode_base64url(text);
  INVARIANT(!bytes || base64url(*bytes) == text);
  (void)intake::parse_token_keys(text);
  return 0;
}
