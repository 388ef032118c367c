// Base45 (RFC 9285): bytes as the characters that a QR code holds most densely.
#pragma once

#include <string>
#include <string_view>

#include "platform/result.hpp"

namespace handover::crypto {

[[nodiscard]] std::string to_base45(std::string_view bytes);

/// Errors: kInvalid, pointer "": a character outside the alphabet, a length that none has, or a
/// group above what its bytes can hold. The text is not in the error.
[[nodiscard]] Result<std::string> from_base45(std::string_view text);

}  // namespace handover::crypto
