#include "sim/disk/disk_vfs.hpp"

#include <sqlite3.h>

#include <cstring>
#include <string_view>
#include <utility>

#include "platform/assert.hpp"
#include "sim/disk/disk_handle.hpp"
#include "sim/disk/disk_registry.hpp"
#include "sim/disk/sim_disk.hpp"
#include "sim/random.hpp"

namespace handover::sim {
namespace {

/// 2026-01-01T00:00:00Z
constexpr WallTime kStart{milliseconds(1'767'225'600'000)};
/// From SQLite's day 0, noon on 24 November 4714 BC, to 1970.
constexpr sqlite3_int64 kJulianOf1970 = 210'866'760'000'000;

struct State {
  VfsWorld world;
  Random random{0};
};
State& state() {
  static State the_state;
  return the_state;
}

struct Place {
  SimDisk* disk;  // Null: no such disk.
  std::string_view file;
};

/// "/van-17/handover.db" is the file "handover.db" of the disk "van-17".
Place place_of(const char* path) {
  std::string_view rest(path);
  if (!rest.starts_with('/')) return {nullptr, rest};
  rest.remove_prefix(1);
  const auto slash = rest.find('/');
  if (slash == rest.npos || slash + 1 == rest.size()) return {nullptr, rest};
  return {DiskRegistry::of_process().find(rest.substr(0, slash)), rest.substr(slash + 1)};
}

struct OpenFile {
  sqlite3_file base;
  DiskHandle* handle;
};

DiskHandle& handle_of(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file)->handle; }

int close(sqlite3_file* file) {
  delete &handle_of(file);
  file->pMethods = nullptr;
  return SQLITE_OK;
}

int device_characteristics(sqlite3_file* file) {
  return handle_of(file).chances().power_safe_overwrite ? SQLITE_IOCAP_POWERSAFE_OVERWRITE : 0;
}

int read(sqlite3_file* file, void* to, int amount, sqlite3_int64 offset) {
  return handle_of(file).read(static_cast<char*>(to), amount, offset);
}

int write(sqlite3_file* file, const void* from, int amount, sqlite3_int64 offset) {
  return handle_of(file).write({static_cast<const char*>(from), static_cast<std::size_t>(amount)},
                               offset);
}

int file_size(sqlite3_file* file, sqlite3_int64* bytes) {
  std::int64_t size = 0;
  const int result = handle_of(file).size(&size);
  *bytes = size;
  return result;
}

int check_reserved_lock(sqlite3_file* file, int* reserved) {
  bool is_reserved = false;
  const int result = handle_of(file).is_reserved(&is_reserved);
  *reserved = is_reserved ? 1 : 0;
  return result;
}

int unlock(sqlite3_file* file, int level) {
  handle_of(file).unlock(level);
  return SQLITE_OK;
}

// Version 1: no shared memory, which locking_mode=EXCLUSIVE does not need.
const sqlite3_io_methods kMethods = {
    .iVersion = 1,
    .xClose = close,
    .xRead = read,
    .xWrite = write,
    .xTruncate = [](sqlite3_file* f, sqlite3_int64 size) { return handle_of(f).truncate(size); },
    .xSync = [](sqlite3_file* f, int) { return handle_of(f).sync(); },
    .xFileSize = file_size,
    .xLock = [](sqlite3_file* f, int level) { return handle_of(f).lock(level); },
    .xUnlock = unlock,
    .xCheckReservedLock = check_reserved_lock,
    .xFileControl = [](sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; },
    .xSectorSize = [](sqlite3_file* f) { return handle_of(f).chances().sector_size; },
    .xDeviceCharacteristics = device_characteristics,
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr};

}  // namespace

void DiskRegistry::add(SimDisk& disk) { INVARIANT(disks_.emplace(disk.name(), &disk).second); }

void DiskRegistry::remove(const SimDisk& disk) {
  disks_.erase(disk.name());
  if (at_work == &disk) at_work = nullptr;
}

/// What SQLite calls with a path.
class DiskVfs {
 public:
  static int open(sqlite3_vfs*, sqlite3_filename path, sqlite3_file* file, int flags,
                  int* out_flags) {
    file->pMethods = nullptr;
    const Place place =
        path == nullptr ? Place{DiskRegistry::of_process().at_work, {}} : place_of(path);
    if (place.disk == nullptr) return SQLITE_CANTOPEN;
    DiskRegistry::of_process().at_work = place.disk;
    SimDisk& disk = *place.disk;
    int result = disk.enter(DiskCall::kOpen, disk.incarnation_);
    int granted = flags;
    if (result == SQLITE_OK) {
      auto opened = find_or_make(disk, path == nullptr, place.file, granted);
      if (opened == nullptr) result = SQLITE_CANTOPEN;
      if (opened != nullptr) attach(disk, std::move(opened), file, way_of(flags, granted));
    }
    if (out_flags != nullptr) *out_flags = granted;
    return disk.leave({DiskCall::kOpen, place.file, 0, flags, result});
  }

  static int delete_file(sqlite3_vfs*, const char* path, int sync) {
    const Place place = place_of(path);
    return place.disk == nullptr ? SQLITE_IOERR_DELETE_NOENT
                                 : place.disk->delete_file(place.file, sync != 0);
  }

  static int access(sqlite3_vfs*, const char* path, int question, int* found) {
    const Place place = place_of(path);
    *found = 0;
    if (place.disk == nullptr) return SQLITE_OK;
    return place.disk->access(place.file, question == SQLITE_ACCESS_EXISTS, found);
  }

 private:
  /// Changes `flags` to what was granted.
  static std::shared_ptr<SimFile> find_or_make(SimDisk& disk, bool temporary, std::string_view name,
                                               int& flags) {
    if (temporary) {
      ++disk.temporary_files_;
      return std::make_shared<SimFile>("(temporary)");
    }
    auto file = disk.find(name);
    const bool create = (flags & SQLITE_OPEN_CREATE) != 0;
    if (file == nullptr) {
      if (!create) return nullptr;
      file = disk.create(name);
    } else if (create && (flags & SQLITE_OPEN_EXCLUSIVE) != 0) {
      // As the "unix" VFS: what it may not make, it tries to read.
      flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
    }
    if ((flags & SQLITE_OPEN_DELETEONCLOSE) != 0) disk.unlink(name);
    return file;
  }

  static DiskHandle::Way way_of(int asked, int granted) {
    constexpr int kJournals =
        SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL;
    DiskHandle::Way way;
    way.writable = (granted & SQLITE_OPEN_READWRITE) != 0;
    way.first_sync_takes_folder = (asked & SQLITE_OPEN_CREATE) != 0 && (asked & kJournals) != 0;
    way.locks = (asked & SQLITE_OPEN_MAIN_DB) != 0;
    return way;
  }

  static void attach(SimDisk& disk, std::shared_ptr<SimFile> opened, sqlite3_file* file,
                     DiskHandle::Way way) {
    auto* open_file = reinterpret_cast<OpenFile*>(file);
    open_file->handle = new DiskHandle(disk, std::move(opened), way);
    open_file->base.pMethods = &kMethods;
  }
};

namespace {

int full_pathname(sqlite3_vfs*, const char* path, int bytes, char* out) {
  const std::size_t length = std::strlen(path);
  if (path[0] != '/' || length >= static_cast<std::size_t>(bytes)) return SQLITE_CANTOPEN;
  std::memcpy(out, path, length + 1);
  return SQLITE_OK;
}

int randomness(sqlite3_vfs*, int bytes, char* out) {
  for (int i = 0; i < bytes; ++i) out[i] = static_cast<char>(state().random.next() & 0xffU);
  return bytes;
}

int sleep(sqlite3_vfs*, int microseconds) {
  if (state().world.sleep) state().world.sleep(std::chrono::microseconds(microseconds));
  return microseconds;
}

int current_time_ms(sqlite3_vfs*, sqlite3_int64* out) {
  const WallTime now = state().world.wall_now ? state().world.wall_now() : kStart;
  *out = now.time_since_epoch().count() + kJulianOf1970;
  return SQLITE_OK;
}

int current_time(sqlite3_vfs* vfs, double* days) {
  sqlite3_int64 now = 0;
  const int result = current_time_ms(vfs, &now);
  *days = static_cast<double>(now) / 86'400'000.0;
  return result;
}

sqlite3_vfs make_vfs() {
  sqlite3_vfs vfs{};
  vfs.iVersion = 2;
  vfs.szOsFile = sizeof(OpenFile);
  vfs.mxPathname = 512;
  vfs.zName = kSimVfs;
  vfs.xOpen = DiskVfs::open;
  vfs.xDelete = DiskVfs::delete_file;
  vfs.xAccess = DiskVfs::access;
  vfs.xFullPathname = full_pathname;
  vfs.xRandomness = randomness;
  vfs.xSleep = sleep;
  vfs.xCurrentTime = current_time;
  vfs.xGetLastError = [](sqlite3_vfs*, int, char*) { return 0; };
  vfs.xCurrentTimeInt64 = current_time_ms;
  return vfs;
}

}  // namespace

void install_sim_vfs() {
  static sqlite3_vfs vfs = make_vfs();
  INVARIANT(sqlite3_vfs_register(&vfs, 1) == SQLITE_OK);
}

void set_vfs_world(VfsWorld world) {
  state().random = Random(seed_for(world.seed, "sqlite"));
  state().world = std::move(world);
  sqlite3_randomness(0, nullptr);
}

}  // namespace handover::sim
