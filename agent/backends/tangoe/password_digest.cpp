#include "agent/backends/tangoe/password_digest.hpp"

#include "agent/backends/tangoe/envelope.hpp"
#include "agent/backends/xml/xml_writer.hpp"
#include "crypto/sha1.hpp"
#include "crypto/sha256.hpp"

namespace handover::backends::tangoe {
namespace {

constexpr std::string_view kSecuritySpace =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
constexpr std::string_view kUtilitySpace =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
constexpr std::string_view kDigestType =
    "http://docs.oasis-open.org/wss/2004/01/"
    "oasis-200401-wss-username-token-profile-1.0#PasswordDigest";
constexpr std::string_view kBase64Type =
    "http://docs.oasis-open.org/wss/2004/01/"
    "oasis-200401-wss-soap-message-security-1.0#Base64Binary";

}  // namespace

Secret password_hash(const Secret& password) {
  return Secret(crypto::to_hex(crypto::sha256(password.bytes())));
}

std::string password_digest(std::string_view nonce_bytes, std::string_view created,
                            const Secret& hash) {
  const auto digest = crypto::sha1({nonce_bytes, created, hash.reveal()});
  return crypto::to_base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string security_header(std::string_view username, const Secret& hash,
                            std::string_view nonce_bytes, WallTime created) {
  const std::string time = format_rfc3339(created);
  xml::Writer writer = xml::Writer::part();
  writer.open("wsse:Security").attribute("xmlns:wsse", kSecuritySpace);
  writer.attribute("xmlns:wsu", kUtilitySpace).attribute("soapenv:mustUnderstand", "1");
  writer.open("wsse:UsernameToken").attribute("wsu:Id", "UsernameToken-1");
  writer.leaf("wsse:Username", username);
  writer.open("wsse:Password").attribute("Type", kDigestType);
  writer.text(password_digest(nonce_bytes, time, hash)).close();
  writer.open("wsse:Nonce").attribute("EncodingType", kBase64Type);
  writer.text(crypto::to_base64(nonce_bytes)).close();
  writer.leaf("wsu:Created", time);
  writer.close().close();
  return writer.take();
}

}  // namespace handover::backends::tangoe
