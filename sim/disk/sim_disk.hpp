// One device's disk: files that SQLite opens through the VFS "sim", and everything that can happen
// to them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/disk/disk_faults.hpp"
#include "sim/disk/sim_file.hpp"
#include "sim/random.hpp"

namespace handover::sim {

struct DiskEvent {
  DiskCall call;
  std::string_view file;  ///< Without the disk's name.
  std::int64_t offset;
  std::int64_t amount;
  int result;  ///< A SQLite code.
};

class DiskHandle;

/// All files of a disk, as programs see them.
using DiskImage = std::map<std::string, std::string>;

/// Its files have the paths "/<name>/<file>", e.g. "/van-17/handover.db". Lives longer than every
/// connection to them. Two disks have nothing in common.
class SimDisk {
 public:
  /// Requires: the VFS is installed (disk_vfs.hpp), and no other disk has this name.
  SimDisk(std::string name, std::uint64_t seed);
  ~SimDisk();
  SimDisk(const SimDisk&) = delete;
  SimDisk& operator=(const SimDisk&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::string path(std::string_view file) const;

  // --- The life of the machine.

  /// From now on every call fails. Each unsynced change is kept, dropped or torn at steps of 512
  /// bytes, and of the changes of the folder a random beginning survives.
  void cut_power();
  /// The program ended: as cut_power() for it, but nothing is lost. What was not synced is still
  /// not, so that a later power cut can take it.
  void kill();
  /// A new program may open files. Handles of an earlier one stay dead for good.
  void power_on();
  [[nodiscard]] bool is_dead() const { return dead_; }

  // --- Exact faults, for enumeration. Calls count from 1.

  /// Calls so far that could fail. Those on dead handles do not count.
  [[nodiscard]] std::uint64_t calls() const { return calls_; }
  /// cut_power() or kill() when this call comes, before it takes effect.
  void cut_power_at(std::uint64_t call) { cut_at_ = call; }
  void kill_at(std::uint64_t call) { kill_at_ = call; }
  /// Fails this call, or it and all after it, with a SQLite code; 0: the one that such a call gives
  /// on a real system. A failing write may still have written some sectors.
  void fail_at(std::uint64_t call, int code, bool persistent) {
    faults_.fail_at(call, code, persistent);
  }
  /// Writes that need more than this in all files together end in SQLITE_FULL.
  void set_capacity(std::optional<std::int64_t> bytes) { capacity_ = bytes; }
  /// In a log that is read back after a crash SQLite takes the first damaged frame for the end:
  /// what stands behind it is lost without a word, and no check in the store can tell.
  /// Requires: the file is there, and the offsets are in it.
  void rot(std::string_view file, const Rot& rot);
  void lift_rot();

  // --- Faults by chance.

  void set_chances(const DiskChances& chances) { faults_.set_chances(chances); }
  [[nodiscard]] const DiskChances& chances() const { return faults_.chances(); }
  /// No more faults: planned, by chance, capacity, rot. What is dead stays dead, what was lost is
  /// lost.
  void heal();

  // --- Observation.

  /// For the hash of a run. Never bytes: ciphertext differs from run to run.
  std::function<void(const DiskEvent&)> on_call;
  /// The device is busy for so long.
  std::function<void(std::chrono::nanoseconds)> on_delay;
  /// What power cuts took although a sync had said that it was done.
  [[nodiscard]] std::uint64_t promises_broken() const { return promises_broken_; }
  /// Faults that struck, by kind, for the report.
  [[nodiscard]] const std::map<std::string, std::uint64_t>& struck() const {
    return faults_.struck();
  }
  /// Searches everything that is written from now on.
  void watch_for(std::string canary) { canaries_.push_back(std::move(canary)); }
  [[nodiscard]] std::uint64_t canaries_seen() const { return canaries_seen_; }
  /// Files without a name, for what SQLite does not keep in memory.
  [[nodiscard]] std::uint64_t temporary_files() const { return temporary_files_; }
  /// How often the folder was made durable.
  [[nodiscard]] std::uint64_t folder_syncs() const { return folder_syncs_; }
  [[nodiscard]] std::vector<std::string> files() const;
  /// What programs see of a file; empty if it is not there.
  [[nodiscard]] std::string_view image(std::string_view file) const;
  [[nodiscard]] std::int64_t used() const;

  /// The whole disk, e.g. to put it into another device.
  [[nodiscard]] DiskImage snapshot() const;
  /// Replaces everything, durably. Handles that are open die.
  void restore(const DiskImage& image);

 private:
  friend class DiskHandle;
  friend class DiskVfs;
  using FilePointer = std::shared_ptr<SimFile>;
  struct FolderChange {
    std::string name;
    FilePointer file;  // Null: deleted.
  };

  // A call begins: returns what it must return instead of doing its work, or 0.
  [[nodiscard]] int enter(DiskCall call, std::uint64_t incarnation);
  int leave(const DiskEvent& event) const;
  void die();
  void sync_folder();
  void promise_folder() { folder_promised_ = folder_changes_.size(); }
  void lose_folder_changes();
  void search(std::string_view bytes);

  // What the VFS asks of a path.
  [[nodiscard]] FilePointer find(std::string_view file) const;
  [[nodiscard]] FilePointer create(std::string_view file);
  void unlink(std::string_view file);
  [[nodiscard]] int delete_file(std::string_view file, bool sync);
  [[nodiscard]] int access(std::string_view file, bool exists, int* found);

  std::string name_;
  DiskFaults faults_;
  Random power_random_;
  std::map<std::string, FilePointer, std::less<>> files_;
  std::map<std::string, FilePointer, std::less<>> durable_files_;
  std::vector<FolderChange> folder_changes_;  // Since the folder was synced.
  std::size_t folder_promised_ = 0;           // So many of them, from the oldest on.
  std::uint64_t incarnation_ = 1;
  bool dead_ = false;
  std::uint64_t calls_ = 0;
  std::uint64_t cut_at_ = 0;
  std::uint64_t kill_at_ = 0;
  std::optional<std::int64_t> capacity_;
  std::vector<std::string> canaries_;
  std::uint64_t canaries_seen_ = 0;
  std::uint64_t promises_broken_ = 0;
  std::uint64_t temporary_files_ = 0;
  std::uint64_t folder_syncs_ = 0;
  std::vector<DiskHandle*> handles_;  // All that are open, dead ones too.
};

}  // namespace handover::sim
