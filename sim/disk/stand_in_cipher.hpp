// Cheap primitives under SQLCipher, for runs that write millions of pages. SQLCipher itself, its
// pages and its checks stay; only AES and HMAC-SHA512, which are no code of ours, are replaced. The
// stand-ins hide every byte, notice every flipped bit, and are no cryptography.
#pragma once

#include <cstdint>

namespace handover::sim {

/// For databases that are opened from now on. False, and nothing has changed, where this SQLCipher
/// is another one than the one that this was made for: then runs are the same, and slower.
/// Requires: no database is open.
bool use_stand_in_cipher(std::uint64_t seed);

/// OpenSSL's again.
void use_real_cipher();

}  // namespace handover::sim
