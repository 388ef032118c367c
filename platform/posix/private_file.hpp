// Files that hold secrets, and the few other files that the program reads whole.
#pragma once

#include <string>
#include <string_view>

#include "platform/result.hpp"
#include "platform/secret.hpp"

namespace handover::posix {

/// Reads a file that only its owner may read. Besides regular files only /dev/fd/N (a pipe given by
/// the caller) is read. Errors: kNotFound; kConfig if others may read it (the sentence has the
/// chmod to run), if it is larger than `bytes_max`, or is no file; kIo.
[[nodiscard]] Result<Secret> read_private_file(const std::string& path, std::size_t bytes_max);

/// The same bytes without the one line end (LF or CR LF) that editors and `echo` put at the end.
[[nodiscard]] Secret without_trailing_newline(const Secret& secret);

/// Writes a new file of mode 0600.
/// Ensures: on success the file and its name survive a power loss; on an error no file is left
/// behind. Errors: kRefused (already-exists) and nothing is changed, if there is anything at
/// `path`; kNotFound if its folder is missing; kDiskFull; kReadOnly; kIo.
[[nodiscard]] Result<void> create_private_file(const std::string& path, std::string_view content);

/// Puts `content` in place of the file at `path`, or makes it, with mode 0600. Ensures: after a
/// power loss the file has the old or the new content, whole; on success the new one. Errors:
/// kNotFound if its folder is missing; kDiskFull; kReadOnly; kIo.
[[nodiscard]] Result<void> replace_private_file(const std::string& path, std::string_view content);

/// Reads a regular file. Errors: kNotFound; kConfig if it is larger than `bytes_max` or is no
/// regular file; kIo.
[[nodiscard]] Result<std::string> read_text_file(const std::string& path, std::size_t bytes_max);

/// Makes a folder of mode 0700 in an existing folder. One that exists already is a success and
/// keeps its mode. Errors: kRefused (already-exists) if a file has that name; kNotFound; kDiskFull;
/// kReadOnly; kIo.
[[nodiscard]] Result<void> create_directory(const std::string& path);

}  // namespace handover::posix
