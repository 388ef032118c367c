// zlib streams (RFC 1950).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "platform/result.hpp"

namespace handover::crypto {

/// As small as zlib makes it. The same bytes give the same stream with the same zlib only.
[[nodiscard]] std::string deflate(std::string_view bytes);

/// Never holds more than `bytes_max` bytes, whatever the stream says. Errors: kInvalid, pointer "":
/// no zlib stream, damaged, cut off, more behind its end, or longer than `bytes_max`.
[[nodiscard]] Result<std::string> inflate(std::string_view stream, std::size_t bytes_max);

}  // namespace handover::crypto
