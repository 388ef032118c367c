#include "crypto/cms.hpp"

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

namespace handover::crypto {
namespace {

struct Free {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(CMS_ContentInfo* cms) const { CMS_ContentInfo_free(cms); }
  void operator()(STACK_OF(X509) * certificates) const { sk_X509_free(certificates); }
};
using Bio = std::unique_ptr<BIO, Free>;
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Certificate = std::unique_ptr<X509, Free>;
using Cms = std::unique_ptr<CMS_ContentInfo, Free>;

constexpr unsigned kFlags = CMS_BINARY | CMS_DETACHED | CMS_NOATTR | CMS_NOSMIMECAP;

Bio over(std::string_view bytes) {
  return Bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

/// A key with a passphrase must not make OpenSSL ask at the terminal.
int no_passphrase(char*, int, int, void*) { return -1; }

Certificate read_certificate(std::string_view pem) {
  const Bio bio = over(pem);
  return Certificate(PEM_read_bio_X509(bio.get(), nullptr, &no_passphrase, nullptr));
}

std::string content_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

tl::unexpected<Error> bad(const char* why) {
  ERR_clear_error();
  return fail(Errc::kConfig, why);
}

}  // namespace

Result<std::string> cms_sign(std::string_view bytes, const Secret& key_pem,
                             std::string_view certificate_pem, CmsDigest digest) {
  const Bio key_bio = over(key_pem.reveal());
  const Key key(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, &no_passphrase, nullptr));
  if (!key) return bad("expected a private key in PEM without a passphrase");
  const Certificate certificate = read_certificate(certificate_pem);
  if (!certificate) return bad("the signing certificate cannot be read; expected PEM");
  if (X509_check_private_key(certificate.get(), key.get()) != 1)
    return bad("the key does not belong to the signing certificate");
  const Bio content = over(bytes);
  const Cms cms(CMS_sign(nullptr, nullptr, nullptr, content.get(), kFlags | CMS_PARTIAL));
  const EVP_MD* algorithm = digest == CmsDigest::kSha1 ? EVP_sha1() : EVP_sha256();
  const Bio der(BIO_new(BIO_s_mem()));
  if (!cms || !der ||
      CMS_add1_signer(cms.get(), certificate.get(), key.get(), algorithm, kFlags) == nullptr ||
      CMS_final(cms.get(), content.get(), nullptr, kFlags) != 1 ||
      i2d_CMS_bio(der.get(), cms.get()) != 1) {
    return bad("the key cannot sign");
  }
  return content_of(der.get());
}

bool cms_verify(std::string_view bytes, std::string_view der, std::string_view certificate_pem) {
  const Certificate certificate = read_certificate(certificate_pem);
  const Bio signature = over(der);
  const Cms cms(d2i_CMS_bio(signature.get(), nullptr));
  const std::unique_ptr<STACK_OF(X509), Free> trusted(sk_X509_new_null());
  bool good = false;
  if (certificate && cms && trusted && sk_X509_push(trusted.get(), certificate.get()) > 0) {
    const Bio content = over(bytes);
    // The certificate is pinned, so its chain is not looked at, and those in the message neither.
    constexpr unsigned kVerify = CMS_BINARY | CMS_NOINTERN | CMS_NO_SIGNER_CERT_VERIFY;
    good = CMS_verify(cms.get(), trusted.get(), nullptr, content.get(), nullptr, kVerify) == 1;
  }
  ERR_clear_error();
  return good;
}

}  // namespace handover::crypto
