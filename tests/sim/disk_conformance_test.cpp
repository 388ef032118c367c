// The simulated disk beside the real one: the same calls, the same answers.
#include <array>

#include "sim/random.hpp"
#include "tests/sim/disk_support.hpp"
#include "tests/support/temporary_folder.hpp"

namespace handover::sim::testing {
namespace {

int g_folder_opens = 0;
int (*g_open_folder)(const char*, int*) = nullptr;

int count_folder_open(const char* path, int* descriptor) {
  ++g_folder_opens;
  return g_open_folder(path, descriptor);
}

/// Counts how often SQLite's own VFS syncs the folder, which it opens for nothing else.
class FolderWatch {
 public:
  explicit FolderWatch(sqlite3_vfs& unix_vfs) : vfs_(unix_vfs) {
    g_open_folder =
        reinterpret_cast<int (*)(const char*, int*)>(vfs_.xGetSystemCall(&vfs_, "openDirectory"));
    vfs_.xSetSystemCall(&vfs_, "openDirectory",
                        reinterpret_cast<sqlite3_syscall_ptr>(count_folder_open));
  }
  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;
  ~FolderWatch() { vfs_.xSetSystemCall(&vfs_, "openDirectory", nullptr); }

 private:
  sqlite3_vfs& vfs_;
};

/// One of the two disks. Each step returns all that came of it as text, to compare.
class Side {
 public:
  Side(sqlite3_vfs& vfs, std::string folder) : vfs_(vfs), folder_(std::move(folder)) {}

  std::string open(std::size_t slot, const std::string& name, int flags) {
    files_.at(slot) = std::make_unique<RawFile>(vfs_, path(name), flags);
    RawFile& file = *files_.at(slot);
    const std::string answer = numbers({file.result, file.result == 0 ? file.out_flags : 0});
    if (file.result != SQLITE_OK) {
      files_.at(slot).reset();
      return answer;
    }
    return answer + numbers({file.sector_size(), file.characteristics()});
  }
  void close(std::size_t slot) { files_.at(slot).reset(); }
  [[nodiscard]] bool has(std::size_t slot) const { return files_.at(slot) != nullptr; }
  RawFile& file(std::size_t slot) { return *files_.at(slot); }

  std::string read(std::size_t slot, std::size_t amount, std::int64_t offset) {
    std::string bytes(amount, '?');
    const int result = file(slot).read(bytes, offset);
    return numbers({result}) + bytes;
  }
  std::string size(std::size_t slot) {
    std::int64_t bytes = 0;
    const int result = file(slot).size(bytes);
    return numbers({result, bytes});
  }
  std::string is_reserved(std::size_t slot) {
    int reserved = 0;
    const int result = file(slot).is_reserved(reserved);
    return numbers({result, reserved});
  }
  std::string remove(const std::string& name, bool sync) {
    return numbers({vfs_.xDelete(&vfs_, path(name).c_str(), sync ? 1 : 0)});
  }
  std::string access(const std::string& name, int question) {
    int found = -1;
    const int result = vfs_.xAccess(&vfs_, path(name).c_str(), question, &found);
    return numbers({result, found != 0 ? 1 : 0});
  }

  static std::string numbers(std::initializer_list<std::int64_t> values) {
    std::string text;
    for (const auto value : values) text += std::to_string(value) + " ";
    return text;
  }

 private:
  [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }

  sqlite3_vfs& vfs_;
  std::string folder_;
  std::array<std::unique_ptr<RawFile>, 4> files_;
};

struct Name {
  const char* name;
  int type;
};
constexpr std::array<Name, 6> kNames = {{{"a.db", SQLITE_OPEN_MAIN_DB},
                                         {"b.db", SQLITE_OPEN_MAIN_DB},
                                         {"a.db-wal", SQLITE_OPEN_WAL},
                                         {"a.db-journal", SQLITE_OPEN_MAIN_JOURNAL},
                                         {"super", SQLITE_OPEN_SUPER_JOURNAL},
                                         {"temp", SQLITE_OPEN_TEMP_DB}}};

/// A random step, drawn once and done on each side.
class Step {
 public:
  explicit Step(Random& random) {
    kind_ = random.below(100);
    slot_ = random.below(4);
    const Name& name = kNames.at(random.below(kNames.size()));
    name_ = name.name;
    flags_ = name.type | way(random);
    // SQLite never opens a database that way, and the "unix" VFS may reuse a descriptor for it.
    if (name.type == SQLITE_OPEN_MAIN_DB) flags_ &= ~SQLITE_OPEN_EXCLUSIVE;
    // Journals take their mode from the database, which must stay.
    if (name_ == "a.db") flags_ &= ~SQLITE_OPEN_DELETEONCLOSE;
    offset_ =
        static_cast<std::int64_t>(random.below(20) * 512 + random.below(2) * random.below(700));
    amount_ = 1 + random.below(6'000);
    fill_ = static_cast<char>('a' + random.below(26));
    level_ = 1 + static_cast<int>(random.below(4));
  }

  std::string run(Side& side) const {
    if (kind_ < 6) return side.remove(name_ == "a.db" ? "b.db" : name_, amount_ % 2 == 0);
    if (kind_ < 12)
      return side.access(name_, amount_ % 2 == 0 ? SQLITE_ACCESS_EXISTS : SQLITE_ACCESS_READWRITE);
    if (!side.has(slot_)) return side.open(slot_, name_, flags_);
    if (kind_ < 20) {
      side.close(slot_);
      return "closed";
    }
    return on_file(side);
  }

  [[nodiscard]] std::string words() const {
    return "kind " + std::to_string(kind_) + " slot " + std::to_string(slot_) + " " + name_ +
           " flags " + std::to_string(flags_) + " offset " + std::to_string(offset_) + " amount " +
           std::to_string(amount_) + " level " + std::to_string(level_);
  }

 private:
  static int way(Random& random) {
    switch (random.below(8)) {
      case 0:
        return SQLITE_OPEN_READONLY;
      case 1:
        return SQLITE_OPEN_READWRITE;
      case 2:
        return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXCLUSIVE;
      case 3:
        return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_DELETEONCLOSE;
      default:
        return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    }
  }

  std::string on_file(Side& side) const {
    RawFile& file = side.file(slot_);
    if (kind_ < 45) return Side::numbers({file.write(std::string(amount_, fill_), offset_)});
    if (kind_ < 70) return side.read(slot_, amount_, offset_);
    if (kind_ < 76) return Side::numbers({file.truncate(offset_)});
    if (kind_ < 80) return Side::numbers({file.sync()});
    if (kind_ < 86) return side.size(slot_);
    if (kind_ < 88) return side.is_reserved(slot_);
    if (kind_ < 94) return Side::numbers({file.unlock(level_ % 2)});
    return lock(file);
  }
  /// As the pager does: first to read, then to write.
  std::string lock(RawFile& file) const {
    const int shared = file.lock(SQLITE_LOCK_SHARED);
    if (shared != SQLITE_OK || level_ == SQLITE_LOCK_SHARED) return Side::numbers({shared});
    const int reserved = file.lock(SQLITE_LOCK_RESERVED);
    if (reserved != SQLITE_OK || level_ == SQLITE_LOCK_RESERVED)
      return Side::numbers({shared, reserved});
    return Side::numbers({shared, reserved, file.lock(SQLITE_LOCK_EXCLUSIVE)});
  }

  std::uint64_t kind_;
  std::size_t slot_;
  std::string name_;
  int flags_;
  std::int64_t offset_;
  std::size_t amount_;
  char fill_;
  int level_;
};

}  // namespace

TEST_CASE(
    "the simulated disk answers each call as SQLite's own does, and syncs the folder when it does",
    "[sim][disk]") {
  sqlite3_vfs& vfs = sim_vfs();
  sqlite3_vfs& unix_vfs = *sqlite3_vfs_find("unix");
  const FolderWatch watch(unix_vfs);
  std::map<std::string, int> seen;

  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const test::TemporaryFolder folder;
    SimDisk disk("d", seed);
    g_folder_opens = 0;
    Side real(unix_vfs, folder.path());
    Side simulated(vfs, "/d");
    REQUIRE(real.open(0, "a.db", kMakeDatabase) == simulated.open(0, "a.db", kMakeDatabase));

    Random random(seed);
    for (int i = 0; i < 500; ++i) {
      const Step step(random);
      const std::string expected = step.run(real);
      const std::string answer = step.run(simulated);
      INFO("seed " << seed << ", step " << i << ": " << step.words());
      REQUIRE(answer.substr(0, 60) == expected.substr(0, 60));
      REQUIRE(answer == expected);
      REQUIRE(disk.folder_syncs() == static_cast<std::uint64_t>(g_folder_opens));
      ++seen[answer.substr(0, answer.find(' '))];
    }
  }

  // Each answer that matters came: done, busy, refused, short, not there.
  for (const int code : {SQLITE_OK, SQLITE_BUSY, SQLITE_CANTOPEN, SQLITE_IOERR_WRITE,
                         SQLITE_IOERR_TRUNCATE, SQLITE_IOERR_SHORT_READ, SQLITE_IOERR_DELETE_NOENT})
    CHECK(seen[std::to_string(code)] > 10);
}

}  // namespace handover::sim::testing
