// Bytes under a code that a person carries from one place to another: scrypt (RFC 7914) makes the
// key, AES-256-GCM seals.
#pragma once

#include <string>
#include <string_view>

#include "platform/entropy.hpp"
#include "platform/result.hpp"
#include "platform/secret.hpp"

namespace handover::crypto {

/// salt (16 bytes) || nonce (12) || ciphertext || tag (16). Takes about 32 MiB and a tenth of a
/// second, on purpose.
[[nodiscard]] std::string seal(const Secret& plain, const Secret& code, Entropy& entropy);

/// Errors: kInvalid, pointer "": another code, or other bytes than seal() gave; which of them
/// cannot be told.
[[nodiscard]] Result<Secret> unseal(std::string_view sealed, const Secret& code);

}  // namespace handover::crypto
