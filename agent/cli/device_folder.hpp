// The folder of a new device, made whole or not at all.
#pragma once

#include <string>
#include <vector>

#include "agent/cli/session.hpp"
#include "platform/entropy.hpp"
#include "platform/secret.hpp"

namespace handover::cli {

inline constexpr const char* kStoreKeyName = "store.key";
inline constexpr const char* kKeyRingName = "validation.keys";
inline constexpr const char* kConfigName = "handover.toml";

/// A file that is about to be made, with mode 0600.
struct NewFile {
  std::string name;
  Secret content;
};

/// 32 random bytes as 64 hex digits and a line end.
[[nodiscard]] Secret make_key(Entropy& entropy);

/// Makes the folder (mode 0700), the files in their order, and the store. Requires: the first file
/// is the store's key, the last the configuration. Ensures: nothing that was there is changed; on
/// an error, what this call made is gone. Errors: kRefused (already-exists); those of the files and
/// the store.
[[nodiscard]] Result<void> make_device_folder(Session& session, const std::string& dir,
                                              const std::vector<NewFile>& files);

}  // namespace handover::cli
