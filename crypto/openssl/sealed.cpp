#include "crypto/sealed.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <array>
#include <memory>
#include <span>
#include <vector>

#include "platform/assert.hpp"

namespace handover::crypto {
namespace {

constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kKeyBytes = 32;
// The costs are part of the format: another value opens nothing that was sealed before.
constexpr std::uint64_t kScryptN = 1U << 15U;
constexpr std::uint64_t kScryptR = 8;
constexpr std::uint64_t kScryptP = 1;
constexpr std::uint64_t kScryptBytesMax = std::uint64_t{64} << 20;

struct Free {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, Free>;

const unsigned char* bytes_of(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

/// Wiped when it dies.
struct Buffer {
  std::vector<std::byte> bytes;
  explicit Buffer(std::size_t size) : bytes(size) {}
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
  unsigned char* data() { return reinterpret_cast<unsigned char*>(bytes.data()); }
};

void derive_key(const Secret& code, std::string_view salt, Buffer& key) {
  const std::string_view text = code.reveal();
  const int done = EVP_PBE_scrypt(text.data(), text.size(), bytes_of(salt), salt.size(), kScryptN,
                                  kScryptR, kScryptP, kScryptBytesMax, key.data(), kKeyBytes);
  INVARIANT(done == 1);
}

}  // namespace

std::string seal(const Secret& plain, const Secret& code, Entropy& entropy) {
  std::string sealed(kSaltBytes + kNonceBytes, '\0');
  entropy.fill(std::as_writable_bytes(std::span(sealed)));
  Buffer key(kKeyBytes);
  derive_key(code, std::string_view(sealed).substr(0, kSaltBytes), key);
  const std::string nonce = sealed.substr(kSaltBytes);
  const std::string_view text = plain.reveal();
  std::string cipher(text.size(), '\0');
  std::string tag(kTagBytes, '\0');
  auto* const out = reinterpret_cast<unsigned char*>(cipher.data());
  const Context context(EVP_CIPHER_CTX_new());
  int size = 0;
  const bool done =
      context &&
      EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), bytes_of(nonce)) ==
          1 &&
      EVP_EncryptUpdate(context.get(), out, &size, bytes_of(text), static_cast<int>(text.size())) ==
          1 &&
      EVP_EncryptFinal_ex(context.get(), out + size, &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, tag.data()) == 1;
  INVARIANT(done);
  return sealed + cipher + tag;
}

Result<Secret> unseal(std::string_view sealed, const Secret& code) {
  const auto wrong = [] {
    ERR_clear_error();
    return fail(Error::invalid("", "the code does not open it"));
  };
  if (sealed.size() < kSaltBytes + kNonceBytes + kTagBytes) return wrong();
  Buffer key(kKeyBytes);
  derive_key(code, sealed.substr(0, kSaltBytes), key);
  const std::string_view nonce = sealed.substr(kSaltBytes, kNonceBytes);
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  sealed.remove_prefix(kSaltBytes + kNonceBytes);
  sealed.remove_suffix(kTagBytes);
  Buffer plain(sealed.size() + 1);
  const Context context(EVP_CIPHER_CTX_new());
  int size = 0;
  int last = 0;
  const bool done =
      context &&
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), bytes_of(nonce)) ==
          1 &&
      EVP_DecryptUpdate(context.get(), plain.data(), &size, bytes_of(sealed),
                        static_cast<int>(sealed.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(context.get(), plain.data() + size, &last) == 1;
  if (!done) return wrong();
  return Secret(std::span<const std::byte>(plain.bytes).first(sealed.size()));
}

}  // namespace handover::crypto
