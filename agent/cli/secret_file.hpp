// The secrets that the configuration names by file.
#pragma once

#include <functional>
#include <string>

#include "platform/result.hpp"
#include "platform/secret.hpp"

namespace handover::cli {

/// A reader of the file without its trailing line end. The file is read at each call, so that a
/// corrected password is used without a restart. Errors of the reader: kConfig.
[[nodiscard]] std::function<Result<Secret>()> secret_in(const std::string& file);

}  // namespace handover::cli
