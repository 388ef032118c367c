// A SQLite VFS in front of the platform's own: counts what reaches the disk, and fails what a test
// wants to fail.
#pragma once

#include <string>
#include <vector>

namespace handover::test {

/// What all files opened through the VFS have in common. One at a time; the constructor starts from
/// nothing.
class FaultVfs {
 public:
  FaultVfs();
  FaultVfs(const FaultVfs&) = delete;
  FaultVfs& operator=(const FaultVfs&) = delete;
  ~FaultVfs();

  /// For DatabaseSettings::vfs.
  [[nodiscard]] static std::string name();

  int syncs = 0;
  int writes = 0;
  int fail_writes_with = 0;  ///< A SQLite result code, or 0.
  int fail_syncs_with = 0;
  int good_writes_left = 0;           ///< Before fail_writes_with begins.
  std::vector<std::string> canaries;  ///< Words that must never be written in clear.
  int canaries_seen = 0;
  int temporary_files = 0;  ///< Opened so far, for what SQLite does not keep in memory.
};

}  // namespace handover::test
