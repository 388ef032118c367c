#include "sim/disk/disk_handle.hpp"

#include <sqlite3.h>

#include <algorithm>

#include "sim/disk/disk_registry.hpp"

namespace handover::sim {

DiskHandle::DiskHandle(SimDisk& disk, std::shared_ptr<SimFile> file, Way way)
    : disk_(disk), file_(std::move(file)), incarnation_(disk.incarnation_), way_(way) {
  disk_.handles_.push_back(this);
}

DiskHandle::~DiskHandle() { std::erase(disk_.handles_, this); }

int DiskHandle::read(char* to, std::int64_t amount, std::int64_t offset) {
  int result = disk_.enter(DiskCall::kRead, incarnation_);
  if (result == SQLITE_OK && file_->read(to, amount, offset) < amount)
    result = SQLITE_IOERR_SHORT_READ;
  return ended(DiskCall::kRead, offset, amount, result);
}

int DiskHandle::write(std::string_view bytes, std::int64_t offset) {
  int result = disk_.enter(DiskCall::kWrite, incarnation_);
  if (is_alive()) {
    if (!disk_.canaries_.empty()) disk_.search(bytes);
    if (result == SQLITE_OK) {
      result = do_write(bytes, offset);
    } else if (way_.writable) {
      write_some_sectors(bytes, offset);
    }
  }
  return ended(DiskCall::kWrite, offset, static_cast<std::int64_t>(bytes.size()), result);
}

int DiskHandle::do_write(std::string_view bytes, std::int64_t offset) {
  if (!way_.writable) return SQLITE_IOERR_WRITE;
  const auto end = offset + static_cast<std::int64_t>(bytes.size());
  const std::int64_t growth = end - file_->size();
  if (disk_.capacity_ && growth > 0 && disk_.used() + growth > *disk_.capacity_) {
    disk_.faults_.strike("disk full");
    const std::int64_t end_that_fits = *disk_.capacity_ - disk_.used() + file_->size();
    if (end_that_fits > offset)
      file_->write(bytes.substr(0, static_cast<std::size_t>(end_that_fits - offset)), offset);
    return SQLITE_FULL;
  }
  file_->write(bytes, offset);
  return SQLITE_OK;
}

void DiskHandle::write_some_sectors(std::string_view bytes, std::int64_t offset) {
  const auto steps = static_cast<std::int64_t>(bytes.size()) / SimFile::kTearBytes;
  const std::int64_t written = disk_.faults_.written_of(steps) * SimFile::kTearBytes;
  if (written > 0) file_->write(bytes.substr(0, static_cast<std::size_t>(written)), offset);
}

int DiskHandle::truncate(std::int64_t size) {
  int result = disk_.enter(DiskCall::kTruncate, incarnation_);
  if (result == SQLITE_OK && !way_.writable) result = natural_error(DiskCall::kTruncate);
  if (result == SQLITE_OK) file_->truncate(size);
  return ended(DiskCall::kTruncate, size, 0, result);
}

int DiskHandle::sync() {
  const int result = disk_.enter(DiskCall::kSync, incarnation_);
  if (result == SQLITE_OK && !disk_.faults_.lies()) {
    file_->sync();
    if (way_.first_sync_takes_folder) disk_.sync_folder();
  } else if (result == SQLITE_OK) {
    file_->promise();
    if (way_.first_sync_takes_folder) disk_.promise_folder();
  }
  if (result == SQLITE_OK) way_.first_sync_takes_folder = false;
  return ended(DiskCall::kSync, 0, 0, result);
}

int DiskHandle::size(std::int64_t* bytes) {
  const int result = disk_.enter(DiskCall::kSize, incarnation_);
  // The "unix" VFS once wrote a single byte into empty databases, and still takes one for none.
  if (result == SQLITE_OK) *bytes = file_->size() == 1 ? 0 : file_->size();
  return ended(DiskCall::kSize, 0, result == SQLITE_OK ? *bytes : 0, result);
}

int DiskHandle::lock(int level) {
  int result = SQLITE_OK;
  if (level > lock_) {
    result = disk_.enter(DiskCall::kLock, incarnation_);
    if (result == SQLITE_OK) result = do_lock(level);
    ended(DiskCall::kLock, level, 0, result);
  }
  return result;
}

int DiskHandle::do_lock(int level) {
  if (!way_.locks) return SQLITE_OK;
  const int others = others_lock();
  if (others >= SQLITE_LOCK_PENDING) return SQLITE_BUSY;
  if (level > SQLITE_LOCK_SHARED && others >= SQLITE_LOCK_RESERVED) return SQLITE_BUSY;
  if (level > SQLITE_LOCK_SHARED && !way_.writable) return SQLITE_IOERR_LOCK;
  if (level == SQLITE_LOCK_EXCLUSIVE && others >= SQLITE_LOCK_SHARED) {
    lock_ = SQLITE_LOCK_PENDING;  // Keeps new readers out until the old ones have gone.
    return SQLITE_BUSY;
  }
  lock_ = level;
  return SQLITE_OK;
}

void DiskHandle::unlock(int level) { lock_ = std::min(lock_, level); }

int DiskHandle::is_reserved(bool* reserved) {
  const int result = disk_.enter(DiskCall::kCheckLock, incarnation_);
  *reserved = result == SQLITE_OK && std::max(lock_, others_lock()) >= SQLITE_LOCK_RESERVED;
  return ended(DiskCall::kCheckLock, 0, *reserved ? 1 : 0, result);
}

int DiskHandle::others_lock() const {
  int most = 0;
  for (const DiskHandle* other : disk_.handles_) {
    if (other != this && other->file_ == file_ && other->is_alive())
      most = std::max(most, other->lock_);
  }
  return most;
}

bool DiskHandle::is_alive() const { return !disk_.dead_ && incarnation_ == disk_.incarnation_; }

int DiskHandle::ended(DiskCall call, std::int64_t offset, std::int64_t amount, int result) const {
  DiskRegistry::of_process().at_work = &disk_;
  return disk_.leave({call, file_->name(), offset, amount, result});
}

}  // namespace handover::sim
