#include "agent/qr/certificate.hpp"

#include <algorithm>

#include "agent/qr/claims.hpp"
#include "crypto/cose.hpp"
#include "crypto/sha256.hpp"

namespace handover::qr {
namespace {

using crypto::Cbor;

constexpr std::string_view kPurpose = "handover/certificate/1";
constexpr std::size_t kCertificateBytesMax = 4096;
constexpr std::size_t kKeyIdBytes = 8;
constexpr std::size_t kKeyFileBytesMax = 4096;
constexpr milliseconds kClockSlack{3'600'000};

// CWT claims (RFC 8392), the confirmation key (RFC 8747), and our own, which are private.
constexpr std::int64_t kIssuer = 1;
constexpr std::int64_t kSubject = 2;
constexpr std::int64_t kExpires = 4;
constexpr std::int64_t kNotBefore = 5;
constexpr std::int64_t kConfirmation = 8;
constexpr std::int64_t kDevice = -65537;
constexpr std::int64_t kNames = -65538;
constexpr std::int64_t kLocations = -65539;
// COSE_Key of an Ed25519 key (RFC 9053, section 7.2).
constexpr std::int64_t kCoseKey = 1;
constexpr std::int64_t kKeyType = 1;
constexpr std::int64_t kOctetKeyPair = 1;
constexpr std::int64_t kCurve = -1;
constexpr std::int64_t kEd25519 = 6;
constexpr std::int64_t kX = -2;

tl::unexpected<Error> unreadable() {
  return fail(Error::refused("qr-unreadable",
                             "the certificate in it cannot be read; say the code aloud instead"));
}

/// The device's key out of {1: COSE_Key}; empty if it is of another kind.
std::string public_key_in(const Cbor& confirmation) {
  const Cbor* key = confirmation.find(kCoseKey);
  if (key == nullptr) return {};
  const Cbor* type = key->find(kKeyType);
  const Cbor* curve = key->find(kCurve);
  const Cbor* x = key->find(kX);
  const bool known = type != nullptr && type->number() == kOctetKeyPair && curve != nullptr &&
                     curve->number() == kEd25519 && x != nullptr && x->is(Cbor::Kind::kBytes) &&
                     x->string().size() == crypto::kEd25519KeyBytes;
  return known ? x->string() : std::string();
}

Result<Certificate> certificate_of(const crypto::CoseSign1& message, std::string_view bytes) {
  const auto tree = crypto::parse_cbor(message.payload);
  if (!tree) return unreadable();
  Claims claims(*tree);
  Certificate read;
  read.company = claims.text(kIssuer);
  read.technician.user_id = claims.text(kSubject);
  const auto names = claims.texts(kNames, 2, 2);
  read.technician.first_name = names[0];
  read.technician.last_name = names[1];
  read.device_id = claims.text(kDevice);
  read.locations = claims.texts(kLocations, 1, kLocationsMax);
  read.valid_from = claims.time(kNotBefore);
  read.valid_until = claims.time(kExpires);
  const Cbor* confirmation = tree->find(kConfirmation);
  if (confirmation != nullptr) read.public_key = public_key_in(*confirmation);
  if (!claims.good() || read.public_key.empty() || read.technician.user_id.empty())
    return unreadable();
  read.company_key_id = message.key_id;
  read.bytes = bytes;
  return read;
}

Result<crypto::CoseSign1> open_certificate(std::string_view bytes) {
  if (bytes.size() > kCertificateBytesMax) return unreadable();
  auto message = crypto::parse_cose_sign1(bytes);
  if (!message || message->has_unprotected_header) return unreadable();
  return message;
}

}  // namespace

Result<CompanyKeys> CompanyKeys::parse(std::string_view file_text) {
  const auto refuse = [](const std::string& why) {
    return fail(Errc::kConfig, "company keys: " + why);
  };
  if (file_text.size() > kKeyFileBytesMax) return refuse("the file is longer than 4096 bytes");
  std::vector<std::string> keys;
  for (int number = 1; !file_text.empty(); ++number) {
    const auto end = std::min(file_text.find('\n'), file_text.size());
    std::string_view line = file_text.substr(0, end);
    file_text.remove_prefix(std::min(end + 1, file_text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    const auto bytes = crypto::from_hex(line);
    if (!bytes || bytes->size() != crypto::kEd25519KeyBytes)
      return refuse("line " + std::to_string(number) + ": expected 64 hex digits");
    if (keys.size() == kCompanyKeysMax)
      return refuse("line " + std::to_string(number) + ": a fourth key; keep the newest three");
    keys.emplace_back(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  }
  if (keys.empty()) return refuse("there is no key; put one line of 64 hex digits into the file");
  return of(std::move(keys));
}

CompanyKeys CompanyKeys::of(std::vector<std::string> keys) {
  CompanyKeys made;
  made.keys_ = std::move(keys);
  return made;
}

const std::string* CompanyKeys::find(std::string_view key_id) const {
  const auto found = std::find_if(keys_.begin(), keys_.end(),
                                  [&](const auto& key) { return key_id_of(key) == key_id; });
  return found == keys_.end() ? nullptr : &*found;
}

std::string CompanyKeys::file_text() const {
  std::string text;
  for (const auto& key : keys_) text += crypto::to_hex(std::as_bytes(std::span(key))) + "\n";
  return text;
}

std::string key_id_of(std::string_view public_key) {
  const auto digest = crypto::sha256({public_key});
  return {reinterpret_cast<const char*>(digest.data()), kKeyIdBytes};
}

std::string make_certificate(const Certificate& certificate,
                             const crypto::SigningKey& company_key) {
  const Technician& technician = certificate.technician;
  const Cbor key = Cbor::map({{Cbor(kKeyType), Cbor(kOctetKeyPair)},
                              {Cbor(kCurve), Cbor(kEd25519)},
                              {Cbor(kX), Cbor::bytes(certificate.public_key)}});
  const Cbor claims = Cbor::map({{Cbor(kIssuer), Cbor::text(certificate.company)},
                                 {Cbor(kSubject), Cbor::text(technician.user_id)},
                                 {Cbor(kExpires), Cbor(seconds_of(certificate.valid_until))},
                                 {Cbor(kNotBefore), Cbor(seconds_of(certificate.valid_from))},
                                 {Cbor(kConfirmation), Cbor::map({{Cbor(kCoseKey), key}})},
                                 {Cbor(kDevice), Cbor::text(certificate.device_id)},
                                 {Cbor(kNames), Cbor::array({Cbor::text(technician.first_name),
                                                             Cbor::text(technician.last_name)})},
                                 {Cbor(kLocations), Cbor::array(to_cbor(certificate.locations))}});
  return crypto::cose_sign(claims.encode(), kPurpose, company_key,
                           key_id_of(company_key.public_key()));
}

Result<Certificate> read_certificate(std::string_view bytes, const CompanyKeys& company_keys) {
  TRY_ASSIGN(const crypto::CoseSign1 message, open_certificate(bytes));
  const std::string* key = company_keys.find(message.key_id);
  if (key == nullptr) {
    return fail(Error::refused(
        "certificate-unknown",
        "its certificate is of another company, or of a company key that this device does not "
        "know; say the code aloud, and ask the office for a new enrollment"));
  }
  if (!crypto::cose_verify(message, kPurpose, *key)) {
    return fail(Error::refused("signature-wrong",
                               "the company did not sign its certificate: do not trust this code; "
                               "say the code aloud, and tell the office"));
  }
  return certificate_of(message, bytes);
}

Result<Certificate> parse_certificate(std::string_view bytes) {
  TRY_ASSIGN(const crypto::CoseSign1 message, open_certificate(bytes));
  return certificate_of(message, bytes);
}

Result<void> check_validity(const Certificate& certificate, WallTime now) {
  const std::string& user = certificate.technician.user_id;
  if (now > certificate.valid_until + kClockSlack) {
    return fail(Error::refused("certificate-expired",
                               "the certificate of " + user + " expired at " +
                                   format_rfc3339_seconds(certificate.valid_until) +
                                   "; say the code aloud, and have that device enrolled anew"));
  }
  if (now < certificate.valid_from - kClockSlack) {
    return fail(Error::refused("certificate-not-yet-valid",
                               "the certificate of " + user + " is valid from " +
                                   format_rfc3339_seconds(certificate.valid_from) +
                                   "; check the clock of this device, or say the code aloud"));
  }
  return {};
}

}  // namespace handover::qr
