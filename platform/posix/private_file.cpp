#include "platform/posix/private_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

namespace handover::posix {
namespace {

/// An open file that is closed when it goes.
class OpenFile {
 public:
  explicit OpenFile(int descriptor) : descriptor_(descriptor) {}
  OpenFile(OpenFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  OpenFile& operator=(OpenFile&&) = delete;
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

/// Bytes that are overwritten when they go.
struct WipedBuffer {
  std::vector<std::byte> bytes;

  explicit WipedBuffer(std::size_t size) : bytes(size) {}
  WipedBuffer(WipedBuffer&&) = default;
  WipedBuffer& operator=(WipedBuffer&&) = delete;
  WipedBuffer(const WipedBuffer&) = delete;
  WipedBuffer& operator=(const WipedBuffer&) = delete;
  ~WipedBuffer() {
    if (!bytes.empty()) ::explicit_bzero(bytes.data(), bytes.size());
  }
};

Errc code_of(int number) {
  switch (number) {
    case ENOENT:
    case ENOTDIR:
      return Errc::kNotFound;
    case ENOSPC:
    case EDQUOT:
      return Errc::kDiskFull;
    case EROFS:
    case EACCES:
    case EPERM:
      return Errc::kReadOnly;
    default:
      return Errc::kIo;
  }
}

Error system_error(int number, const std::string& what, const std::string& path) {
  return {code_of(number), what + " " + path + ": " + ::strerror(number)};
}

bool is_descriptor_path(const std::string& path) {
  return path.starts_with("/dev/fd/") || path.starts_with("/proc/self/fd/") || path == "/dev/stdin";
}

Result<OpenFile> open_to_read(const std::string& path) {
  // O_NONBLOCK: a named pipe that nobody writes to must not hold up the program. It does nothing to
  // a regular file.
  const int wait = is_descriptor_path(path) ? 0 : O_NONBLOCK;
  OpenFile file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | wait));
  if (file.get() >= 0) return file;
  const int number = errno;
  Error error = system_error(number, "cannot read", path);
  if (error.code == Errc::kReadOnly) error.code = Errc::kIo;
  return fail(std::move(error));
}

/// Up to `bytes_max` bytes, or kConfig if there are more.
Result<WipedBuffer> read_all(const OpenFile& file, const std::string& path, std::size_t bytes_max) {
  WipedBuffer buffer(bytes_max + 1);  // The byte too many tells a file that is too large.
  std::size_t size = 0;
  while (size < buffer.bytes.size()) {
    const ssize_t count =
        ::read(file.get(), buffer.bytes.data() + size, buffer.bytes.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const int number = errno;
      return fail(Errc::kIo, "cannot read " + path + ": " + ::strerror(number));
    }
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  if (size > bytes_max) {
    return fail(Errc::kConfig, path + " is larger than " + std::to_string(bytes_max) + " bytes");
  }
  buffer.bytes.resize(size);
  return buffer;
}

Result<void> check_private(const OpenFile& file, const std::string& path) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return fail(system_error(errno, "cannot look at", path));
  if (!S_ISREG(status.st_mode)) {
    if (S_ISFIFO(status.st_mode) && is_descriptor_path(path)) return {};
    return fail(Errc::kConfig, path + " is not a regular file");
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return fail(Errc::kConfig, path + " can be read by others; run: chmod 600 " + path);
  }
  return {};
}

Result<void> write_all(const OpenFile& file, const std::string& path, std::string_view content) {
  while (!content.empty()) {
    const ssize_t count = ::write(file.get(), content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(system_error(errno, "cannot write", path));
    content.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<void> sync_folder_of(const std::string& path) {
  const auto slash = path.find_last_of('/');
  std::string folder = ".";
  if (slash != std::string::npos) folder = slash == 0 ? "/" : path.substr(0, slash);
  const OpenFile directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0 || ::fsync(directory.get()) != 0) {
    return fail(system_error(errno, "cannot make durable", path));
  }
  return {};
}

Result<void> fill_new_file(const OpenFile& file, const std::string& path,
                           std::string_view content) {
  // The mode given to open() is cut by the umask, which may take the owner's own rights.
  if (::fchmod(file.get(), S_IRUSR | S_IWUSR) != 0) {
    return fail(system_error(errno, "cannot protect", path));
  }
  RETURN_IF_ERROR(write_all(file, path, content));
  if (::fsync(file.get()) != 0) return fail(system_error(errno, "cannot make durable", path));
  return sync_folder_of(path);
}

}  // namespace

Result<Secret> read_private_file(const std::string& path, std::size_t bytes_max) {
  TRY_ASSIGN(const OpenFile file, open_to_read(path));
  RETURN_IF_ERROR(check_private(file, path));
  TRY_ASSIGN(const WipedBuffer buffer, read_all(file, path, bytes_max));
  return Secret(std::span<const std::byte>(buffer.bytes));
}

Secret without_trailing_newline(const Secret& secret) {
  std::string_view text = secret.reveal();
  if (text.ends_with('\n')) {
    text.remove_suffix(1);
    if (text.ends_with('\r')) text.remove_suffix(1);
  }
  return Secret(text);
}

Result<void> create_private_file(const std::string& path, std::string_view content) {
  const OpenFile file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                             S_IRUSR | S_IWUSR));
  if (file.get() < 0) {
    const int number = errno;
    if (number == EEXIST) {
      return fail(
          Error::refused("already-exists", path + " exists already; it is never overwritten"));
    }
    return fail(system_error(number, "cannot create", path));
  }
  auto filled = fill_new_file(file, path, content);
  if (!filled) ::unlink(path.c_str());
  return filled;
}

Result<void> replace_private_file(const std::string& path, std::string_view content) {
  const std::string beside = path + ".new";
  ::unlink(beside.c_str());  // What a call that was cut off left.
  RETURN_IF_ERROR(create_private_file(beside, content));
  if (::rename(beside.c_str(), path.c_str()) == 0) return sync_folder_of(path);
  const int number = errno;
  ::unlink(beside.c_str());
  return fail(system_error(number, "cannot replace", path));
}

Result<std::string> read_text_file(const std::string& path, std::size_t bytes_max) {
  TRY_ASSIGN(const OpenFile file, open_to_read(path));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return fail(system_error(errno, "cannot look at", path));
  if (!S_ISREG(status.st_mode)) return fail(Errc::kConfig, path + " is not a regular file");
  TRY_ASSIGN(const WipedBuffer buffer, read_all(file, path, bytes_max));
  return std::string(reinterpret_cast<const char*>(buffer.bytes.data()), buffer.bytes.size());
}

Result<void> create_directory(const std::string& path) {
  if (::mkdir(path.c_str(), S_IRWXU) == 0) return sync_folder_of(path);
  const int number = errno;
  if (number != EEXIST) return fail(system_error(number, "cannot create folder", path));
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return {};
  return fail(Error::refused("already-exists", path + " exists already and is not a folder"));
}

}  // namespace handover::posix
