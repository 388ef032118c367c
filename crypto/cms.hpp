// Detached signatures as S/MIME carries them (RFC 5652 SignedData, DER).
#pragma once

#include <string>
#include <string_view>

#include "platform/result.hpp"
#include "platform/secret.hpp"

namespace handover::crypto {

enum class CmsDigest { kSha256, kSha1 };

/// Signs `bytes` with the first key of `key_pem`, for the first certificate of `certificate_pem`,
/// which goes with it. No signed attributes, so no time: the same bytes and an RSA key give the
/// same signature. Errors: kConfig: no key, no certificate, or they do not belong together.
[[nodiscard]] Result<std::string> cms_sign(std::string_view bytes, const Secret& key_pem,
                                           std::string_view certificate_pem, CmsDigest digest);

/// True if the signature is of these bytes and was made with the key of this very certificate.
[[nodiscard]] bool cms_verify(std::string_view bytes, std::string_view der,
                              std::string_view certificate_pem);

}  // namespace handover::crypto
