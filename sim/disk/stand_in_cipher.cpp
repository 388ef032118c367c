#include "sim/disk/stand_in_cipher.hpp"

#include <dlfcn.h>
#include <sqlite3.h>

#include <array>
#include <cstring>
#include <span>
#include <string_view>

#include "platform/assert.hpp"
#include "sim/random.hpp"

namespace handover::sim {
namespace {

using Bytes = unsigned char;

/// As SQLCipher declares it: the header is not installed. "This will allow an application to fetch
/// the current registered provider and make minor changes to it."
struct Provider {
  int (*activate)(void*);
  int (*deactivate)(void*);
  const char* (*name)(void*);
  int (*add_random)(void*, void*, int);
  int (*random)(void*, void*, int);
  int (*hmac)(void*, int algorithm, Bytes* key, int key_bytes, Bytes* in, int in_bytes, Bytes* in2,
              int in2_bytes, Bytes* out);
  int (*kdf)(void*, int, const Bytes*, int, Bytes*, int, int, int, Bytes*);
  int (*cipher)(void*, int encrypts, Bytes* key, int key_bytes, Bytes* iv, Bytes* in, int in_bytes,
                Bytes* out);
};
constexpr std::string_view kKnownVersion = "4.6.1";
constexpr int kSha512 = 2;
constexpr std::size_t kSha512Bytes = 64;
constexpr std::size_t kIvBytes = 16;
constexpr std::size_t kWord = sizeof(std::uint64_t);

std::uint64_t stir(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31);
}

std::uint64_t word_at(const Bytes* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, kWord);
  return word;
}

/// Four lanes, so that no word waits for the one before it. Each step is a bijection of its lane:
/// no single change is lost.
class Digest {
 public:
  void add(std::span<const Bytes> bytes) {
    std::size_t lane = 0;
    while (bytes.size() >= kWord) {
      mix(lane, word_at(bytes.data()));
      lane = (lane + 1) % lanes_.size();
      bytes = bytes.subspan(kWord);
    }
    std::uint64_t rest = bytes.size() << 56U;
    std::memcpy(&rest, bytes.data(), bytes.size());
    mix(lane, rest);
  }
  [[nodiscard]] std::uint64_t word(std::uint64_t number) const {
    std::uint64_t all = number;
    for (const std::uint64_t lane : lanes_) all = stir(all + lane);
    return all;
  }

 private:
  void mix(std::size_t lane, std::uint64_t word) {
    lanes_[lane] = ((lanes_[lane] << 23U) | (lanes_[lane] >> 41U)) * 0x9e3779b97f4a7c15U + word;
  }
  std::array<std::uint64_t, 4> lanes_{1, 2, 3, 4};
};

std::span<const Bytes> span_of(const Bytes* bytes, int size) {
  return {bytes, bytes == nullptr ? 0 : static_cast<std::size_t>(size)};
}

struct Exchange {
  Provider* provider = nullptr;
  Provider real{};
  Random random{0};
};
Exchange& exchange() {
  static Exchange the_exchange;
  return the_exchange;
}

int hmac(void* context, int algorithm, Bytes* key, int key_bytes, Bytes* in, int in_bytes,
         Bytes* in2, int in2_bytes, Bytes* out) {
  if (algorithm != kSha512) {
    return exchange().real.hmac(context, algorithm, key, key_bytes, in, in_bytes, in2, in2_bytes,
                                out);
  }
  Digest digest;
  digest.add(span_of(key, key_bytes));
  digest.add(span_of(in, in_bytes));
  digest.add(span_of(in2, in2_bytes));
  for (std::size_t i = 0; i < kSha512Bytes / kWord; ++i) {
    const std::uint64_t word = digest.word(i);
    std::memcpy(out + i * kWord, &word, kWord);
  }
  return SQLITE_OK;
}

/// Both ways: each word is hidden by one of a sequence that key and start alone determine.
int cipher(void*, int, Bytes* key, int key_bytes, Bytes* iv, Bytes* in, int in_bytes, Bytes* out) {
  Digest digest;
  digest.add(span_of(key, key_bytes));
  digest.add(span_of(iv, kIvBytes));
  const std::uint64_t start = digest.word(0);
  INVARIANT(in_bytes % static_cast<int>(kWord) == 0);
  for (std::size_t at = 0; at < static_cast<std::size_t>(in_bytes); at += kWord) {
    const std::uint64_t word = word_at(in + at) ^ stir(start + at);
    std::memcpy(out + at, &word, kWord);
  }
  return SQLITE_OK;
}

int random(void*, void* buffer, int bytes) {
  auto* out = static_cast<Bytes*>(buffer);
  for (int i = 0; i < bytes; ++i) out[i] = static_cast<Bytes>(exchange().random.next() & 0xffU);
  return SQLITE_OK;
}

bool is_known_version(sqlite3* database) {
  bool known = false;
  const auto compare = [](void* result, int, char** values, char**) {
    *static_cast<bool*>(result) = std::string_view(values[0]).starts_with(kKnownVersion);
    return 0;
  };
  sqlite3_exec(database, "PRAGMA cipher_version", compare, &known, nullptr);
  return known;
}

/// SQLCipher has a provider as long as a database with a key is open, so one stays open in memory.
Provider* find_provider() {
  using Get = Provider* (*)();
  const auto get = reinterpret_cast<Get>(::dlsym(RTLD_DEFAULT, "sqlcipher_get_provider"));
  if (get == nullptr) return nullptr;
  static sqlite3* keeper = nullptr;
  if (sqlite3_open(":memory:", &keeper) != SQLITE_OK || !is_known_version(keeper)) return nullptr;
  if (sqlite3_key(keeper, "keeper", 6) != SQLITE_OK) return nullptr;
  return get();
}

}  // namespace

bool use_stand_in_cipher(std::uint64_t seed) {
  Exchange& its = exchange();
  static Provider* const kProvider = find_provider();
  if (kProvider == nullptr) return false;
  if (its.provider == nullptr) its.real = *kProvider;
  its.provider = kProvider;
  its.random = Random(seed_for(seed, "cipher"));
  kProvider->hmac = &hmac;
  kProvider->cipher = &cipher;
  kProvider->random = &random;
  return true;
}

void use_real_cipher() {
  const Exchange& its = exchange();
  if (its.provider != nullptr) *its.provider = its.real;
}

}  // namespace handover::sim
