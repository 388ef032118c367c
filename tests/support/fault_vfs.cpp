#include "tests/support/fault_vfs.hpp"

#include <sqlite3.h>

#include <cstdlib>
#include <string_view>

#include "platform/assert.hpp"

namespace handover::test {
namespace {

constexpr const char* kName = "handover-fault";
FaultVfs* g_faults = nullptr;
sqlite3_vfs* g_disk = nullptr;

struct File {
  sqlite3_file base;
  sqlite3_file* real;
};

sqlite3_file* real(sqlite3_file* file) { return reinterpret_cast<File*>(file)->real; }

void look_for_canaries(std::string_view bytes) {
  for (const auto& canary : g_faults->canaries) {
    if (bytes.find(canary) != bytes.npos) ++g_faults->canaries_seen;
  }
}

int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  if (g_faults != nullptr) {
    ++g_faults->writes;
    look_for_canaries({static_cast<const char*>(bytes), static_cast<std::size_t>(size)});
    if (g_faults->fail_writes_with != 0 && g_faults->good_writes_left-- <= 0)
      return g_faults->fail_writes_with;
  }
  return real(file)->pMethods->xWrite(real(file), bytes, size, offset);
}

int sync(sqlite3_file* file, int flags) {
  if (g_faults != nullptr) {
    ++g_faults->syncs;
    if (g_faults->fail_syncs_with != 0) return g_faults->fail_syncs_with;
  }
  return real(file)->pMethods->xSync(real(file), flags);
}

int close(sqlite3_file* file) {
  const int result = real(file)->pMethods->xClose(real(file));
  std::free(real(file));
  return result;
}

// Version 1: no shared memory, which locking_mode=EXCLUSIVE does not need.
const sqlite3_io_methods kMethods = {
    .iVersion = 1,
    .xClose = close,
    .xRead = [](sqlite3_file* f, void* b, int n,
                sqlite3_int64 o) { return real(f)->pMethods->xRead(real(f), b, n, o); },
    .xWrite = write,
    .xTruncate = [](sqlite3_file* f,
                    sqlite3_int64 n) { return real(f)->pMethods->xTruncate(real(f), n); },
    .xSync = sync,
    .xFileSize = [](sqlite3_file* f,
                    sqlite3_int64* n) { return real(f)->pMethods->xFileSize(real(f), n); },
    .xLock = [](sqlite3_file* f, int l) { return real(f)->pMethods->xLock(real(f), l); },
    .xUnlock = [](sqlite3_file* f, int l) { return real(f)->pMethods->xUnlock(real(f), l); },
    .xCheckReservedLock = [](sqlite3_file* f,
                             int* o) { return real(f)->pMethods->xCheckReservedLock(real(f), o); },
    .xFileControl = [](sqlite3_file* f, int op,
                       void* a) { return real(f)->pMethods->xFileControl(real(f), op, a); },
    .xSectorSize = [](sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); },
    .xDeviceCharacteristics =
        [](sqlite3_file* f) { return real(f)->pMethods->xDeviceCharacteristics(real(f)); },
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr};

int open(sqlite3_vfs*, sqlite3_filename path, sqlite3_file* file, int flags, int* out_flags) {
  constexpr int kTemporary = SQLITE_OPEN_TEMP_DB | SQLITE_OPEN_TEMP_JOURNAL |
                             SQLITE_OPEN_TRANSIENT_DB | SQLITE_OPEN_SUBJOURNAL;
  if (g_faults != nullptr && (flags & kTemporary) != 0) ++g_faults->temporary_files;
  auto* wrapped = reinterpret_cast<File*>(file);
  wrapped->base.pMethods = nullptr;
  wrapped->real =
      static_cast<sqlite3_file*>(std::calloc(1, static_cast<std::size_t>(g_disk->szOsFile)));
  const int opened = g_disk->xOpen(g_disk, path, wrapped->real, flags, out_flags);
  if (wrapped->real->pMethods != nullptr) {
    wrapped->base.pMethods = &kMethods;
  } else {
    std::free(wrapped->real);
  }
  return opened;
}

sqlite3_vfs& vfs() {
  static sqlite3_vfs made = [] {
    g_disk = sqlite3_vfs_find(nullptr);
    sqlite3_vfs copy = *g_disk;
    copy.zName = kName;
    copy.szOsFile = sizeof(File);
    copy.xOpen = open;
    return copy;
  }();
  return made;
}

}  // namespace

FaultVfs::FaultVfs() {
  INVARIANT(g_faults == nullptr);
  INVARIANT(sqlite3_vfs_register(&vfs(), 0) == SQLITE_OK);
  g_faults = this;
}

FaultVfs::~FaultVfs() { g_faults = nullptr; }

std::string FaultVfs::name() { return kName; }

}  // namespace handover::test
