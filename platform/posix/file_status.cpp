#include "platform/posix/file_status.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace handover::posix {
namespace {

FileStatus::Kind kind_of(mode_t mode) {
  if (S_ISREG(mode)) return FileStatus::Kind::kFile;
  if (S_ISDIR(mode)) return FileStatus::Kind::kFolder;
  if (S_ISSOCK(mode)) return FileStatus::Kind::kSocket;
  return FileStatus::Kind::kOther;
}

}  // namespace

Result<FileStatus> file_status(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) {
    const int number = errno;
    const Errc code = number == ENOENT || number == ENOTDIR ? Errc::kNotFound : Errc::kIo;
    return fail(code, "cannot look at " + path + ": " + std::strerror(number));
  }
  FileStatus status;
  status.kind = kind_of(found.st_mode);
  status.mode = found.st_mode & 07777U;
  status.own = found.st_uid == ::geteuid();
  const milliseconds since_1970 = std::chrono::seconds(found.st_mtim.tv_sec);
  status.changed_at = WallTime(since_1970 + milliseconds(found.st_mtim.tv_nsec / 1'000'000));
  return status;
}

bool name_is_taken(const std::string& path) {
  struct stat found {};
  return ::lstat(path.c_str(), &found) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

void remove_if_there(const std::string& path) { static_cast<void>(std::remove(path.c_str())); }

}  // namespace handover::posix
