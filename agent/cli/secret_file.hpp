// The secrets that the configuration names by file.
#pragma once

#include <functional>
#include <string>

#include "platform/result.hpp"
#include "platform/secret.hpp"

namespace handover::cli {

/// Of a file with keys, a password or a token. Files with certificates and several keys may be
/// longer: see their configuration.
inline constexpr std::size_t kSecretFileBytesMax = 4096;

/// The 32 bytes that open the store. Errors: those of read_private_file(); kConfig.
[[nodiscard]] Result<Secret> read_store_key(const std::string& file);

/// A reader of the file without its trailing line end. The file is read at each call, so that a
/// corrected password is used without a restart. Errors of the reader: kConfig.
[[nodiscard]] std::function<Result<Secret>()> secret_in(const std::string& file);

}  // namespace handover::cli
