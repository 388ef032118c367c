#include "tests/support/certificates.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <array>
#include <ctime>

#include "platform/assert.hpp"

namespace handover::test {
namespace {

using Key = std::shared_ptr<EVP_PKEY>;
using Certificate = std::shared_ptr<X509>;
using Memory = std::unique_ptr<BIO, decltype(&BIO_free_all)>;

Key make_key() {
  Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), EVP_PKEY_free);
  INVARIANT(key != nullptr);
  return key;
}

void add_extension(X509* certificate, int id, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, id, value.c_str());
  INVARIANT(extension != nullptr);
  INVARIANT(X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

void set_name(X509_NAME* name, const std::string& text) {
  INVARIANT(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                       reinterpret_cast<const unsigned char*>(text.data()),
                                       static_cast<int>(text.size()), -1, 0) == 1);
}

void set_days(X509* certificate, int first, int last) {
  time_t now = std::time(nullptr);
  INVARIANT(X509_time_adj_ex(X509_getm_notBefore(certificate), first, 0, &now) != nullptr);
  INVARIANT(X509_time_adj_ex(X509_getm_notAfter(certificate), last, 0, &now) != nullptr);
}

Certificate make_certificate(const Key& key, const std::string& name) {
  static long serial = 1;
  Certificate certificate(X509_new(), X509_free);
  INVARIANT(X509_set_version(certificate.get(), X509_VERSION_3) == 1);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial++);
  INVARIANT(X509_set_pubkey(certificate.get(), key.get()) == 1);
  set_name(X509_get_subject_name(certificate.get()), name);
  return certificate;
}

std::string text_of(const Memory& memory) {
  std::string text(static_cast<std::size_t>(BIO_ctrl_pending(memory.get())), '\0');
  INVARIANT(BIO_read(memory.get(), text.data(), static_cast<int>(text.size())) ==
            static_cast<int>(text.size()));
  return text;
}

std::string pin_of(const Key& key) {
  unsigned char* encoded = nullptr;
  const int length = i2d_PUBKEY(key.get(), &encoded);
  INVARIANT(length > 0);
  std::array<unsigned char, 32> digest{};
  INVARIANT(EVP_Digest(encoded, static_cast<std::size_t>(length), digest.data(), nullptr,
                       EVP_sha256(), nullptr) == 1);
  OPENSSL_free(encoded);
  std::array<unsigned char, 45> text{};
  EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(digest.size()));
  return std::string("sha256/") + reinterpret_cast<const char*>(text.data());
}

Identity describe(const Key& key, const Certificate& certificate) {
  Identity identity;
  const Memory certificate_memory(BIO_new(BIO_s_mem()), BIO_free_all);
  PEM_write_bio_X509(certificate_memory.get(), certificate.get());
  identity.certificate_pem = text_of(certificate_memory);
  const Memory key_memory(BIO_new(BIO_s_mem()), BIO_free_all);
  PEM_write_bio_PrivateKey(key_memory.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  identity.key_pem = text_of(key_memory);
  identity.pin = pin_of(key);
  return identity;
}

std::string join(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ",") + name;
  return text;
}

void sign(const Certificate& certificate, const Certificate& issuer, const Key& issuer_key) {
  INVARIANT(X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer.get())) == 1);
  INVARIANT(X509_sign(certificate.get(), issuer_key.get(), EVP_sha256()) > 0);
}

}  // namespace

Identity make_self_signed(const CertificateSpec& spec) {
  const Key key = make_key();
  const Certificate certificate = make_certificate(key, "self-signed");
  set_days(certificate.get(), spec.first_day, spec.last_day);
  add_extension(certificate.get(), NID_subject_alt_name, join(spec.names));
  sign(certificate, certificate, key);
  return describe(key, certificate);
}

TestAuthority::TestAuthority()
    : key_(make_key()), certificate_(make_certificate(key_, "Test authority")) {
  set_days(certificate_.get(), -1000, 1000);
  add_extension(certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
  add_extension(certificate_.get(), NID_key_usage, "critical,keyCertSign");
  sign(certificate_, certificate_, key_);
  root_ = describe(key_, certificate_);
}

Identity TestAuthority::issue(const CertificateSpec& spec) const {
  const Key key = make_key();
  const Certificate certificate = make_certificate(key, "Test server");
  set_days(certificate.get(), spec.first_day, spec.last_day);
  add_extension(certificate.get(), NID_subject_alt_name, join(spec.names));
  sign(certificate, certificate_, key_);
  return describe(key, certificate);
}

}  // namespace handover::test
