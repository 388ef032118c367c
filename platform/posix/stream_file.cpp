#include "platform/posix/stream_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace handover::posix {
namespace {

Error error_of(int number, const std::string& what) {
  Errc code = Errc::kIo;
  if (number == ENOENT || number == ENOTDIR) code = Errc::kNotFound;
  if (number == ENOSPC || number == EDQUOT) code = Errc::kDiskFull;
  if (number == EROFS || number == EACCES || number == EPERM) code = Errc::kReadOnly;
  return {code, what + ": " + ::strerror(number)};
}

void close_if_open(int descriptor) {
  if (descriptor >= 0) ::close(descriptor);
}

}  // namespace

Result<InputFile> InputFile::open(const std::string& path) {
  // Opening a pipe must not wait for its other end.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (descriptor < 0) {
    Error error = error_of(errno, "cannot read " + path);
    if (error.code == Errc::kReadOnly) error.code = Errc::kIo;
    return fail(std::move(error));
  }
  InputFile file(descriptor);
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return fail(error_of(errno, "cannot read " + path));
  if (S_ISDIR(status.st_mode)) return fail(Errc::kConfig, path + " is a folder; expected a file");
  if (!S_ISREG(status.st_mode))
    return fail(Errc::kConfig, path + " is a pipe or a device; expected a file");
  return file;
}

InputFile::InputFile(InputFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}
InputFile::~InputFile() { close_if_open(descriptor_); }

Result<std::string> InputFile::read(std::size_t bytes) {
  std::string piece(bytes, '\0');
  std::size_t size = 0;
  while (size < bytes) {
    const ssize_t got = ::read(descriptor_, piece.data() + size, bytes - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(error_of(errno, "cannot read on"));
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  piece.resize(size);
  return piece;
}

Result<OutputFile> OutputFile::create(const std::string& path) {
  const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY;
  const int descriptor = ::open(path.c_str(), flags, 0600);
  if (descriptor < 0) return fail(error_of(errno, "cannot write " + path));
  return OutputFile(descriptor);
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}
OutputFile::~OutputFile() { close_if_open(descriptor_); }

Result<void> OutputFile::write(std::string_view text) {
  while (!text.empty()) {
    const ssize_t put = ::write(descriptor_, text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return fail(error_of(errno, "cannot write on"));
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

}  // namespace handover::posix
