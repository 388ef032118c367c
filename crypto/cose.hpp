// COSE_Sign1 with EdDSA (RFC 9052, RFC 9053): a payload and one signature over it.
#pragma once

#include <string>
#include <string_view>

#include "crypto/ed25519.hpp"
#include "platform/result.hpp"

namespace handover::crypto {

/// A signed message that was taken apart. Nothing in it is proved before cose_verify() said so.
struct CoseSign1 {
  std::string key_id;  ///< Of the protected header; empty if it has none.
  std::string payload;
  std::string protected_header;  ///< As it was signed.
  std::string signature;
  /// Something stands in the header that no signature covers: the same words can be another
  /// message.
  bool has_unprotected_header = false;
};

/// The tagged message, in deterministic CBOR. `purpose` is signed with it and not in it
/// (external_aad): a signature for one purpose is none for another. An empty `key_id` is left out.
[[nodiscard]] std::string cose_sign(std::string_view payload, std::string_view purpose,
                                    const SigningKey& key, std::string_view key_id = {});

/// Errors: kInvalid, pointer "": no tagged COSE_Sign1 in deterministic CBOR, another algorithm than
/// EdDSA, no payload, or a header that must be understood and is not (crit).
[[nodiscard]] Result<CoseSign1> parse_cose_sign1(std::string_view message);

[[nodiscard]] bool cose_verify(const CoseSign1& message, std::string_view purpose,
                               std::string_view public_key);

}  // namespace handover::crypto
