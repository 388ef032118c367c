// Files of a VFS as SQLite sees them, and a store on a simulated disk.
#pragma once

#include <sqlite3.h>

#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/disk/disk_vfs.hpp"
#include "sim/disk/sim_disk.hpp"
#include "storage/store.hpp"
#include "tests/support/fake_scheduler.hpp"
#include "tests/support/seeded_entropy.hpp"

namespace handover::sim::testing {

/// The simulated VFS, with SQLite's generator begun anew.
inline sqlite3_vfs& sim_vfs() {
  install_sim_vfs();
  set_vfs_world({});
  return *sqlite3_vfs_find(kSimVfs);
}

/// A file that was opened through a VFS.
class RawFile {
 public:
  RawFile(sqlite3_vfs& vfs, const std::string& path, int flags)
      : path_(path + std::string(2, '\0')), memory_(static_cast<std::size_t>(vfs.szOsFile)) {
    result = vfs.xOpen(&vfs, path_.c_str(), file(), flags, &out_flags);
  }
  RawFile(const RawFile&) = delete;
  RawFile& operator=(const RawFile&) = delete;
  ~RawFile() {
    if (file()->pMethods != nullptr) file()->pMethods->xClose(file());
  }

  int result = 0;
  int out_flags = 0;

  [[nodiscard]] const sqlite3_io_methods& methods() { return *file()->pMethods; }
  int write(std::string_view bytes, std::int64_t offset) {
    return methods().xWrite(file(), bytes.data(), static_cast<int>(bytes.size()), offset);
  }
  int read(std::string& bytes, std::int64_t offset) {
    return methods().xRead(file(), bytes.data(), static_cast<int>(bytes.size()), offset);
  }
  int truncate(std::int64_t size) { return methods().xTruncate(file(), size); }
  int sync() { return methods().xSync(file(), SQLITE_SYNC_NORMAL); }
  int size(std::int64_t& bytes) {
    sqlite3_int64 size = -1;
    const int sized = methods().xFileSize(file(), &size);
    bytes = size;
    return sized;
  }
  int lock(int level) { return methods().xLock(file(), level); }
  int unlock(int level) { return methods().xUnlock(file(), level); }
  int is_reserved(int& reserved) { return methods().xCheckReservedLock(file(), &reserved); }
  [[nodiscard]] int sector_size() { return methods().xSectorSize(file()); }
  [[nodiscard]] int characteristics() { return methods().xDeviceCharacteristics(file()); }

 private:
  sqlite3_file* file() { return reinterpret_cast<sqlite3_file*>(memory_.data()); }

  std::string path_;
  std::vector<char> memory_;
};

inline constexpr int kMakeDatabase =
    SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
inline constexpr int kMakeLog = SQLITE_OPEN_WAL | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;

inline std::string body_of_record(std::int64_t number) {
  return R"({"CANARY-record":)" + std::to_string(number) + R"(,"pad":")" + std::string(300, 'x') +
         "\"}";
}

/// A program that keeps records on a disk, as the agent does, and knows what it acknowledged.
class RecordKeeper {
 public:
  explicit RecordKeeper(SimDisk& disk) : disk_(disk), scheduler_(clock_) {}

  [[nodiscard]] Result<void> start(storage::OpenMode mode) {
    const Secret key(std::string(32, 'k'));
    const storage::DatabaseSettings settings{disk_.path("handover.db"), kSimVfs, mode};
    TRY_ASSIGN(store_, storage::Store::open(settings, key, entropy_, scheduler_));
    // Small, so that the log is folded in while the test runs.
    return store_->database().execute_script("PRAGMA wal_autocheckpoint = 16");
  }
  void stop() { store_.reset(); }
  [[nodiscard]] bool runs() const { return store_ != nullptr; }
  [[nodiscard]] storage::Store& store() { return *store_; }

  /// Writes a record; it is acknowledged if, and only if, the commit was reported as durable.
  [[nodiscard]] Result<void> add(std::int64_t number) {
    std::int64_t seq = 0;
    const auto work = [&]() -> Result<void> {
      TRY_ASSIGN(const auto entry,
                 store_->journal.append(1, WallTime(milliseconds(1)), body_of_record(number)));
      seq = entry.seq;
      return {};
    };
    const auto written = store_->committer.write(work);
    RETURN_IF_ERROR(store_->committer.flush());
    if (written) acknowledged[seq] = number;
    return written;
  }

  std::map<std::int64_t, std::int64_t> acknowledged;  ///< By the journal's number.

  /// What is wrong with the store, in words; empty if all that was acknowledged is there and whole.
  [[nodiscard]] std::string complaint() {
    for (const auto& [seq, number] : acknowledged) {
      const auto entry = store_->journal.read(seq);
      if (!entry) return "record " + std::to_string(seq) + ": " + entry.error().detail;
      if (entry->body != body_of_record(number))
        return "record " + std::to_string(seq) + " is another one";
    }
    // The check of the ciphertext reads the main file alone; what the log has must be in it.
    if (const auto folded = store_->database().execute_script("PRAGMA wal_checkpoint(TRUNCATE)");
        !folded)
      return folded.error().detail;
    return first_row("PRAGMA integrity_check", "ok") +
           first_row("PRAGMA cipher_integrity_check", "");
  }

  [[nodiscard]] std::int64_t records() { return store_->journal.last_seq().value_or(-1); }

 private:
  std::string first_row(const char* sql, std::string_view good) {
    storage::Query rows(store_->database(), sql);
    const std::string row = rows.next() ? std::string(rows.text(0)) : std::string();
    if (const auto status = rows.status(); !status) return status.error().detail;
    return row == good ? "" : row;
  }

  SimDisk& disk_;
  test::ManualClock clock_;
  test::SeededEntropy entropy_;
  test::FakeScheduler scheduler_;
  std::unique_ptr<storage::Store> store_;
};

}  // namespace handover::sim::testing
