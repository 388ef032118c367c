#include "sim/back-ends/tangoe/security.hpp"

#include <openssl/evp.h>

#include <array>

#include "sim/back-ends/web.hpp"

namespace handover::sim::tangoe {
namespace {

constexpr std::string_view kSecuritySpace =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
constexpr std::string_view kUtilitySpace =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
constexpr std::string_view kDigestType =
    "http://docs.oasis-open.org/wss/2004/01/"
    "oasis-200401-wss-username-token-profile-1.0#PasswordDigest";
constexpr std::chrono::seconds kAgeMax{300};
constexpr std::chrono::seconds kAheadMax{60};
constexpr const char* kNoHeader = "No WS-Security header found";
constexpr const char* kRefused = "The security token could not be authenticated or authorized";

std::string hash(const EVP_MD* algorithm, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, algorithm, nullptr);
  return {reinterpret_cast<const char*>(digest.data()), size};
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 0x0FU];
  }
  return text;
}

std::string base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4, '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                  reinterpret_cast<const unsigned char*>(bytes.data()), int(bytes.size()));
  return text;
}

std::string text_of(const xml::Element& token, std::string_view space, std::string_view name) {
  const auto* found = token.find(space, name);
  return found == nullptr ? std::string() : std::string(xml::trimmed(found->text));
}

}  // namespace

std::string token_digest(std::string_view nonce_bytes, std::string_view created,
                         std::string_view password) {
  std::string bytes(nonce_bytes);
  bytes += created;
  bytes += hex(hash(EVP_sha256(), password));
  return base64(hash(EVP_sha1(), bytes));
}

Result<WallTime> parse_created(std::string_view text) {
  if (text.ends_with('Z')) return parse_rfc3339(text);
  constexpr std::size_t kOffsetLength = 6;  // +02:00
  if (text.size() < 19 + kOffsetLength) return fail(Error::invalid("", "no time"));
  const std::string_view offset = text.substr(text.size() - kOffsetLength);
  const auto digit = [&](std::size_t i) { return offset[i] - '0'; };
  for (const std::size_t i : {1U, 2U, 4U, 5U}) {
    if (digit(i) < 0 || digit(i) > 9) return fail(Error::invalid("", "no offset"));
  }
  if ((offset[0] != '+' && offset[0] != '-') || offset[3] != ':') {
    return fail(Error::invalid("", "no offset"));
  }
  const std::chrono::minutes east((digit(1) * 10 + digit(2)) * 60 + digit(4) * 10 + digit(5));
  TRY_ASSIGN(const WallTime local,
             parse_rfc3339(std::string(text.substr(0, text.size() - kOffsetLength)) + "Z"));
  return offset[0] == '+' ? local - east : local + east;
}

bool is_security(const xml::Element& block) { return block.is(kSecuritySpace, "Security"); }

std::string Security::check(const xml::Element* header,
                            const std::map<std::string, std::string>& passwords, WallTime now) {
  const auto* security = header == nullptr ? nullptr : header->find(kSecuritySpace, "Security");
  if (security == nullptr) return kNoHeader;
  const auto* token = security->find(kSecuritySpace, "UsernameToken");
  if (token == nullptr) return kRefused;
  const auto user = passwords.find(text_of(*token, kSecuritySpace, "Username"));
  const auto* password = token->find(kSecuritySpace, "Password");
  const std::string nonce = text_of(*token, kSecuritySpace, "Nonce");
  const auto nonce_bytes = decode_base64(nonce);
  const std::string created = text_of(*token, kUtilitySpace, "Created");
  const auto time = parse_created(created);
  if (user == passwords.end() || password == nullptr || !nonce_bytes || !time) return kRefused;
  if (password->attribute("Type") != kDigestType) return kRefused;
  if (xml::trimmed(password->text) != token_digest(*nonce_bytes, created, user->second)) {
    return kRefused;
  }
  if (*time < now - kAgeMax || *time > now + kAheadMax) return kRefused;
  std::erase_if(nonces_, [&](const auto& seen) { return seen.second < now - kAgeMax - kAheadMax; });
  // The bytes: the same ones can be written in several ways.
  return nonces_.emplace(*nonce_bytes, now).second ? "" : kRefused;
}

}  // namespace handover::sim::tangoe
