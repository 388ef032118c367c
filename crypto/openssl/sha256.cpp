#include "crypto/sha256.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <limits>
#include <memory>

#include "platform/assert.hpp"

namespace handover::crypto {
namespace {

struct Free {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};

// Fetching an algorithm takes locks and walks OpenSSL's providers: once a process is enough. Never
// freed, on purpose: OpenSSL's own clean-up at exit may run before ours.
const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  INVARIANT(algorithm != nullptr);
  return algorithm;
}

EVP_MAC* hmac_algorithm() {
  static EVP_MAC* const algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  INVARIANT(algorithm != nullptr);
  return algorithm;
}

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new()) {
    INVARIANT(context_ && EVP_DigestInit_ex2(context_.get(), sha256_algorithm(), nullptr) == 1);
  }
  void update(const void* data, std::size_t size) {
    INVARIANT(EVP_DigestUpdate(context_.get(), data, size) == 1);
  }
  Digest finish() {
    Digest digest;
    unsigned size = 0;
    INVARIANT(EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(digest.data()),
                                 &size) == 1);
    INVARIANT(size == digest.size());
    return digest;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

}  // namespace

Digest sha256(std::span<const std::byte> bytes) {
  Sha256 hash;
  hash.update(bytes.data(), bytes.size());
  return hash.finish();
}

Digest sha256(std::initializer_list<std::string_view> parts) {
  Sha256 hash;
  for (const std::string_view part : parts) hash.update(part.data(), part.size());
  return hash.finish();
}

Digest hmac_sha256(const Secret& key, std::span<const std::string_view> parts) {
  const std::unique_ptr<EVP_MAC_CTX, Free> context(EVP_MAC_CTX_new(hmac_algorithm()));
  INVARIANT(context);
  // OpenSSL only reads the name, but its parameters are not const.
  char digest_name[] = "SHA256";
  const std::array<OSSL_PARAM, 2> parameters = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest_name, 0),
      OSSL_PARAM_construct_end()};
  const auto* const key_bytes = reinterpret_cast<const unsigned char*>(key.bytes().data());
  INVARIANT(!key.empty() &&
            EVP_MAC_init(context.get(), key_bytes, key.bytes().size(), parameters.data()) == 1);
  for (const std::string_view part : parts) {
    const auto* const data = reinterpret_cast<const unsigned char*>(part.data());
    INVARIANT(EVP_MAC_update(context.get(), data, part.size()) == 1);
  }
  Digest mac;
  std::size_t size = 0;
  INVARIANT(EVP_MAC_final(context.get(), reinterpret_cast<unsigned char*>(mac.data()), &size,
                          mac.size()) == 1);
  INVARIANT(size == mac.size());
  return mac;
}

std::string to_base64(std::string_view bytes) {
  INVARIANT(bytes.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max() / 2));
  std::string text((bytes.size() + 2) / 3 * 4, '\0');
  // It writes a NUL after the text, where std::string holds one anyway.
  const int written =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), int(bytes.size()));
  INVARIANT(static_cast<std::size_t>(written) == text.size());
  return text;
}

}  // namespace handover::crypto
