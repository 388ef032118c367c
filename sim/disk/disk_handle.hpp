// An open file of a simulated disk. Each call returns a SQLite code, as the "unix" VFS would.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "sim/disk/sim_disk.hpp"

namespace handover::sim {

class DiskHandle {
 public:
  struct Way {
    bool writable = true;
    /// As the "unix" VFS does with a journal or log that it may create.
    bool first_sync_takes_folder = false;
    bool locks = false;  ///< Only main databases do.
  };

  DiskHandle(SimDisk& disk, std::shared_ptr<SimFile> file, Way way);
  /// Closing cannot fail, and makes nothing durable.
  ~DiskHandle();
  DiskHandle(const DiskHandle&) = delete;
  DiskHandle& operator=(const DiskHandle&) = delete;

  [[nodiscard]] int read(char* to, std::int64_t amount, std::int64_t offset);
  [[nodiscard]] int write(std::string_view bytes, std::int64_t offset);
  [[nodiscard]] int truncate(std::int64_t size);
  [[nodiscard]] int sync();
  [[nodiscard]] int size(std::int64_t* bytes);
  [[nodiscard]] int lock(int level);
  void unlock(int level);
  [[nodiscard]] int is_reserved(bool* reserved);
  [[nodiscard]] const DiskChances& chances() const { return disk_.chances(); }

 private:
  [[nodiscard]] int do_write(std::string_view bytes, std::int64_t offset);
  void write_some_sectors(std::string_view bytes, std::int64_t offset);
  [[nodiscard]] int do_lock(int level);
  [[nodiscard]] int others_lock() const;
  [[nodiscard]] bool is_alive() const;
  int ended(DiskCall call, std::int64_t offset, std::int64_t amount, int result) const;

  SimDisk& disk_;
  std::shared_ptr<SimFile> file_;
  std::uint64_t incarnation_;
  Way way_;
  int lock_ = 0;
};

}  // namespace handover::sim
