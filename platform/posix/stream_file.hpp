// Files of any length, read or written piece by piece.
#pragma once

#include <string>
#include <string_view>

#include "platform/result.hpp"

namespace handover::posix {

class InputFile {
 public:
  /// Opens a regular file. Errors: kNotFound; kConfig if it is a folder, a pipe or a device; kIo.
  [[nodiscard]] static Result<InputFile> open(const std::string& path);
  InputFile(InputFile&& other) noexcept;
  InputFile& operator=(InputFile&&) = delete;
  ~InputFile();

  /// The next piece: `bytes` of them, fewer only at the end, where it is empty. Errors: kIo.
  [[nodiscard]] Result<std::string> read(std::size_t bytes);

 private:
  explicit InputFile(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

class OutputFile {
 public:
  /// Makes a file of mode 0600, or empties the one that is there. A symbolic link is not followed.
  /// Errors: kNotFound if its folder is missing; kReadOnly; kDiskFull; kIo.
  [[nodiscard]] static Result<OutputFile> create(const std::string& path);
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();

  /// Errors: kDiskFull; kIo.
  [[nodiscard]] Result<void> write(std::string_view text);

 private:
  explicit OutputFile(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace handover::posix
