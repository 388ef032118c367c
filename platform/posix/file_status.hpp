// What can be seen of a file without reading it, and the way to take back one that was just made.
#pragma once

#include <string>

#include "platform/result.hpp"
#include "platform/time.hpp"

namespace handover::posix {

struct FileStatus {
  enum class Kind { kFile, kFolder, kSocket, kOther };
  Kind kind = Kind::kOther;
  unsigned mode = 0;  ///< The permission bits.
  bool own = false;   ///< It belongs to the user that this program runs as.
  WallTime changed_at;
};

/// Symbolic links are followed. Errors: kNotFound; kIo.
[[nodiscard]] Result<FileStatus> file_status(const std::string& path);

/// True if the name is taken, also by a symbolic link that leads nowhere, or if that cannot be
/// found out.
[[nodiscard]] bool name_is_taken(const std::string& path);

/// Removes a file, or a folder that is empty. What is not there, or not empty, is left alone.
void remove_if_there(const std::string& path);

}  // namespace handover::posix
