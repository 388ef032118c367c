#include "crypto/ed25519.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <array>
#include <memory>

#include "platform/assert.hpp"

namespace handover::crypto {
namespace {

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, Free>;
using Context = std::unique_ptr<EVP_MD_CTX, Free>;

const unsigned char* bytes_of(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

Key key_of(const Secret& seed) {
  Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(seed.reveal()),
                                       seed.bytes().size()));
  INVARIANT(key != nullptr);
  return key;
}

}  // namespace

SigningKey SigningKey::draw(Entropy& entropy) {
  std::array<std::byte, kEd25519KeyBytes> seed{};
  entropy.fill(seed);
  SigningKey key{Secret(std::span<const std::byte>(seed))};
  wipe(seed);
  return key;
}

Result<SigningKey> SigningKey::from_seed(const Secret& seed) {
  if (seed.bytes().size() != kEd25519KeyBytes)
    return fail(Error::invalid("", "expected a private key of 32 bytes"));
  return SigningKey(seed.clone());
}

SigningKey::SigningKey(Secret seed) : seed_(std::move(seed)) {
  public_key_.resize(kEd25519KeyBytes);
  std::size_t size = public_key_.size();
  const int done = EVP_PKEY_get_raw_public_key(
      key_of(seed_).get(), reinterpret_cast<unsigned char*>(public_key_.data()), &size);
  INVARIANT(done == 1 && size == kEd25519KeyBytes);
}

std::string SigningKey::sign(std::string_view bytes) const {
  const Key key = key_of(seed_);
  const Context context(EVP_MD_CTX_new());
  std::string signature(kEd25519SignatureBytes, '\0');
  std::size_t size = signature.size();
  const bool done =
      context && EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     bytes_of(bytes), bytes.size()) == 1;
  INVARIANT(done && size == kEd25519SignatureBytes);
  return signature;
}

bool ed25519_verify(std::string_view public_key, std::string_view bytes,
                    std::string_view signature) {
  if (public_key.size() != kEd25519KeyBytes || signature.size() != kEd25519SignatureBytes)
    return false;
  const Key key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(public_key),
                                            public_key.size()));
  const Context context(EVP_MD_CTX_new());
  const bool good =
      key && context &&
      EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
      EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(bytes),
                       bytes.size()) == 1;
  ERR_clear_error();
  return good;
}

}  // namespace handover::crypto
