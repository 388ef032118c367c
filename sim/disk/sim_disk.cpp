#include "sim/disk/sim_disk.hpp"

#include <sqlite3.h>
#include <string.h>

#include <algorithm>

#include "platform/assert.hpp"
#include "sim/disk/disk_registry.hpp"

namespace handover::sim {

SimDisk::SimDisk(std::string name, std::uint64_t seed)
    : name_(std::move(name)),
      faults_(seed_for(seed, "disk faults")),
      power_random_(seed_for(seed, "disk power")) {
  INVARIANT(!name_.empty() && name_.find('/') == name_.npos);
  DiskRegistry::of_process().add(*this);
}

SimDisk::~SimDisk() {
  INVARIANT(handles_.empty());
  DiskRegistry::of_process().remove(*this);
}

std::string SimDisk::path(std::string_view file) const {
  return "/" + name_ + "/" + std::string(file);
}

// --- The life of the machine.

void SimDisk::cut_power() {
  die();
  faults_.strike("power cut");
  std::vector<FilePointer> all;
  const auto add = [&](const FilePointer& file) {
    if (file != nullptr && std::find(all.begin(), all.end(), file) == all.end())
      all.push_back(file);
  };
  for (const auto& [name, file] : files_) add(file);
  for (const auto& [name, file] : durable_files_) add(file);
  for (const auto& change : folder_changes_) add(change.file);
  const Sector sector{faults_.chances().sector_size, faults_.chances().power_safe_overwrite};
  for (const auto& file : all) {
    const PowerLoss loss = file->lose_power(power_random_, sector);
    faults_.strike("unsynced change kept", loss.kept);
    faults_.strike("unsynced change dropped", loss.dropped);
    faults_.strike("unsynced write torn", loss.torn);
    promises_broken_ += loss.promised;
  }
  lose_folder_changes();
}

void SimDisk::kill() {
  die();
  faults_.strike("process killed");
}

void SimDisk::power_on() { dead_ = false; }

void SimDisk::die() {
  dead_ = true;
  ++incarnation_;
  cut_at_ = 0;
  kill_at_ = 0;
}

void SimDisk::sync_folder() {
  ++folder_syncs_;
  if (folder_changes_.empty()) return;
  durable_files_ = files_;
  folder_changes_.clear();
  folder_promised_ = 0;
}

void SimDisk::lose_folder_changes() {
  const std::size_t kept = power_random_.below(folder_changes_.size() + 1);
  faults_.strike("folder change lost", folder_changes_.size() - kept);
  for (std::size_t i = 0; i < kept; ++i) {
    const FolderChange& change = folder_changes_[i];
    if (change.file != nullptr) {
      durable_files_[change.name] = change.file;
    } else {
      durable_files_.erase(change.name);
    }
  }
  if (folder_promised_ > kept) promises_broken_ += folder_promised_ - kept;
  folder_promised_ = 0;
  folder_changes_.clear();
  files_ = durable_files_;
}

// --- Faults.

void SimDisk::rot(std::string_view file, const Rot& rot) {
  const FilePointer there = find(file);
  INVARIANT(there != nullptr);
  there->rot(rot);
  faults_.strike("rot");
}

void SimDisk::lift_rot() {
  for (const auto& [name, file] : files_) file->lift_rot();
}

void SimDisk::heal() {
  faults_.heal();
  cut_at_ = 0;
  kill_at_ = 0;
  capacity_.reset();
  lift_rot();
}

// --- Observation.

std::vector<std::string> SimDisk::files() const {
  std::vector<std::string> names;
  for (const auto& [name, file] : files_) names.push_back(name);
  return names;
}

std::string_view SimDisk::image(std::string_view file) const {
  const FilePointer there = find(file);
  return there == nullptr ? std::string_view() : std::string_view(there->visible());
}

std::int64_t SimDisk::used() const {
  std::int64_t bytes = 0;
  for (const auto& [name, file] : files_) bytes += file->size();
  return bytes;
}

DiskImage SimDisk::snapshot() const {
  DiskImage image;
  for (const auto& [name, file] : files_) image[name] = file->visible();
  return image;
}

void SimDisk::restore(const DiskImage& image) {
  ++incarnation_;
  files_.clear();
  folder_changes_.clear();
  folder_promised_ = 0;
  for (const auto& [name, bytes] : image) {
    const auto file = std::make_shared<SimFile>(name);
    file->set(bytes);
    files_[name] = file;
  }
  durable_files_ = files_;
}

void SimDisk::search(std::string_view bytes) {
  for (const auto& canary : canaries_) {
    if (::memmem(bytes.data(), bytes.size(), canary.data(), canary.size()) != nullptr)
      ++canaries_seen_;
  }
}

// --- Calls.

int SimDisk::enter(DiskCall call, std::uint64_t incarnation) {
  if (dead_ || incarnation != incarnation_) return natural_error(call);
  ++calls_;
  if (calls_ == cut_at_) {
    faults_.strike("power cut in a call");
    cut_power();
  }
  if (calls_ == kill_at_) {
    faults_.strike("process killed in a call");
    kill();
  }
  if (dead_) return natural_error(call);
  if (const auto delay = faults_.delay_for(call); delay.count() > 0 && on_delay) on_delay(delay);
  return faults_.error_for(call, calls_);
}

int SimDisk::leave(const DiskEvent& event) const {
  if (on_call) on_call(event);
  return event.result;
}

SimDisk::FilePointer SimDisk::find(std::string_view file) const {
  const auto there = files_.find(file);
  return there == files_.end() ? nullptr : there->second;
}

SimDisk::FilePointer SimDisk::create(std::string_view file) {
  auto made = std::make_shared<SimFile>(std::string(file));
  files_[made->name()] = made;
  folder_changes_.push_back({made->name(), made});
  return made;
}

void SimDisk::unlink(std::string_view file) {
  files_.erase(files_.find(file));
  folder_changes_.push_back({std::string(file), nullptr});
}

int SimDisk::delete_file(std::string_view file, bool sync) {
  int result = enter(DiskCall::kDelete, incarnation_);
  if (result == SQLITE_OK && find(file) == nullptr) {
    result = SQLITE_IOERR_DELETE_NOENT;
  } else if (result == SQLITE_OK) {
    unlink(file);
    if (sync && !faults_.lies()) {
      sync_folder();
    } else if (sync) {
      promise_folder();
    }
  }
  return leave({DiskCall::kDelete, file, 0, sync ? 1 : 0, result});
}

int SimDisk::access(std::string_view file, bool exists, int* found) {
  const int result = enter(DiskCall::kAccess, incarnation_);
  *found = 0;
  if (result == SQLITE_OK) {
    const FilePointer there = find(file);
    // SQLite does not count an empty file as one that exists: a journal that was not begun.
    *found = there != nullptr && (!exists || there->size() > 0) ? 1 : 0;
  }
  return leave({DiskCall::kAccess, file, 0, *found, result});
}

}  // namespace handover::sim
