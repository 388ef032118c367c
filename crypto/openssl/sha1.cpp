#include "crypto/sha1.hpp"

#include <openssl/evp.h>

#include <memory>

#include "platform/assert.hpp"

namespace handover::crypto {
namespace {

struct Free {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

}  // namespace

Sha1Digest sha1(std::initializer_list<std::string_view> parts) {
  const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
  INVARIANT(context && EVP_DigestInit_ex(context.get(), EVP_sha1(), nullptr) == 1);
  for (const std::string_view part : parts) {
    INVARIANT(EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1);
  }
  Sha1Digest digest;
  unsigned size = 0;
  INVARIANT(EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(digest.data()),
                               &size) == 1);
  INVARIANT(size == digest.size());
  return digest;
}

}  // namespace handover::crypto
