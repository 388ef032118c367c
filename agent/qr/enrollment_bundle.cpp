#include "agent/qr/enrollment_bundle.hpp"

#include <algorithm>

#include "agent/qr/claims.hpp"
#include "crypto/cose.hpp"
#include "crypto/sealed.hpp"
#include "crypto/validation_code.hpp"

namespace handover::qr {
namespace {

using crypto::Cbor;

constexpr std::string_view kPurpose = "handover/enrollment/1";
constexpr std::size_t kCodeDigits = 26;
constexpr std::size_t kFilesMax = 32;
constexpr std::size_t kNameBytesMax = 64;

constexpr std::int64_t kCertificate = 1;
constexpr std::int64_t kDeviceSeed = 2;
constexpr std::int64_t kCompanyKeys = 3;
constexpr std::int64_t kConfig = 4;
constexpr std::int64_t kFiles = 5;

tl::unexpected<Error> unreadable() {
  return fail(Error::refused("enrollment-unreadable",
                             "this is no enrollment, or it is damaged; fetch it again"));
}

bool is_plain_name(std::string_view name) {
  constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789.-";
  return !name.empty() && name.size() <= kNameBytesMax && name.front() != '.' &&
         name.find_first_not_of(kAllowed) == name.npos;
}

Cbor content_of(const Bundle& bundle) {
  std::vector<Cbor> keys;
  for (const auto& key : bundle.company_keys.keys()) keys.push_back(Cbor::bytes(key));
  std::vector<Cbor::Entry> files;
  for (const auto& [name, content] : bundle.files)
    files.emplace_back(Cbor::text(name), Cbor::bytes(std::string(content.reveal())));
  return Cbor::map({{Cbor(kCertificate), Cbor::bytes(bundle.certificate.bytes)},
                    {Cbor(kDeviceSeed), Cbor::bytes(std::string(bundle.device_seed.reveal()))},
                    {Cbor(kCompanyKeys), Cbor::array(std::move(keys))},
                    {Cbor(kConfig), Cbor::text(bundle.config)},
                    {Cbor(kFiles), Cbor::map(std::move(files))}});
}

Result<void> read_files(const Cbor& tree, Bundle& bundle) {
  const Cbor* files = tree.find(kFiles);
  if (files == nullptr || files->entries().size() > kFilesMax) return unreadable();
  for (const auto& [name, content] : files->entries()) {
    if (!is_plain_name(name.string()) || !content.is(Cbor::Kind::kBytes)) return unreadable();
    bundle.files.emplace_back(name.string(), Secret(std::string_view(content.string())));
  }
  return {};
}

Result<void> check_keys(const Bundle& bundle) {
  const auto key = crypto::SigningKey::from_seed(bundle.device_seed);
  if (!key || key->public_key() != bundle.certificate.public_key) return unreadable();
  return {};
}

/// The certificate's bytes are proved with the keys that came along.
Result<Bundle> bundle_of(const Cbor& tree) {
  Claims claims(tree);
  Bundle bundle;
  const std::string certificate = claims.bytes(kCertificate);
  bundle.device_seed = Secret(std::string_view(claims.bytes(kDeviceSeed)));
  std::vector<std::string> keys;
  for (const Cbor& key : claims.list(kCompanyKeys, kCompanyKeysMax)) {
    if (key.string().size() != crypto::kEd25519KeyBytes) return unreadable();
    keys.push_back(key.string());
  }
  const Cbor* config = tree.find(kConfig);
  if (!claims.good() || config == nullptr || !config->is(Cbor::Kind::kText)) return unreadable();
  bundle.config = config->string();
  bundle.company_keys = CompanyKeys::of(std::move(keys));
  TRY_ASSIGN(bundle.certificate, read_certificate(certificate, bundle.company_keys));
  RETURN_IF_ERROR(read_files(tree, bundle));
  RETURN_IF_ERROR(check_keys(bundle));
  return bundle;
}

}  // namespace

Secret draw_bundle_code(Entropy& entropy) {
  std::string digits;
  while (digits.size() < kCodeDigits)
    digits.push_back(static_cast<char>('0' + uniform_below(entropy, 10)));
  return Secret(digits + crypto::check_digits(digits));
}

Result<Secret> parse_bundle_code(std::string_view typed) {
  std::string digits;
  for (const char c : typed) {
    if (c >= '0' && c <= '9') {
      digits.push_back(c);
    } else if (c != ' ' && c != '-' && c != '\t' && c != '\r' && c != '\n') {
      return fail(Error::invalid("", "expected the 28 digits of the enrollment code"));
    }
  }
  if (digits.size() != kCodeDigits + 2 ||
      crypto::check_digits(digits.substr(0, kCodeDigits)) != digits.substr(kCodeDigits)) {
    return fail(Error::invalid("",
                               "the enrollment code was mistyped: expected 28 digits, the "
                               "last two of which check the others"));
  }
  return Secret(digits);
}

std::string make_bundle(const Bundle& bundle, const crypto::SigningKey& company_key,
                        const Secret& code, Entropy& entropy) {
  const std::string sealed = crypto::seal(Secret(content_of(bundle).encode()), code, entropy);
  return crypto::cose_sign(sealed, kPurpose, company_key, key_id_of(company_key.public_key()));
}

Result<Bundle> open_bundle(std::string_view bytes, const Secret& code) {
  if (bytes.size() > kBundleBytesMax) return unreadable();
  const auto message = crypto::parse_cose_sign1(bytes);
  if (!message || message->has_unprotected_header) return unreadable();
  const auto content = crypto::unseal(message->payload, code);
  if (!content) {
    return fail(Error::refused("enrollment-code-wrong",
                               "the code does not open this enrollment: compare both with the "
                               "office; an enrollment has its own code"));
  }
  const auto tree = crypto::parse_cbor(content->reveal());
  if (!tree) return unreadable();
  TRY_ASSIGN(Bundle bundle, bundle_of(*tree));
  const std::string* key = bundle.company_keys.find(message->key_id);
  if (key == nullptr || message->key_id != bundle.certificate.company_key_id ||
      !crypto::cose_verify(*message, kPurpose, *key)) {
    return fail(Error::refused("signature-wrong",
                               "the company did not sign this enrollment; tell the office"));
  }
  return bundle;
}

}  // namespace handover::qr
