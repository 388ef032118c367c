// Which disks there are. SQLite has one list of VFSes for the process, so this is one too.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "platform/assert.hpp"

namespace handover::sim {

class SimDisk;

class DiskRegistry {
 public:
  static DiskRegistry& of_process() {
    static DiskRegistry registry;
    return registry;
  }

  void add(SimDisk& disk);
  void remove(const SimDisk& disk);
  /// Null if there is none.
  [[nodiscard]] SimDisk* find(std::string_view name) const {
    const auto found = disks_.find(name);
    return found == disks_.end() ? nullptr : found->second;
  }

  /// The disk that was used last. A temporary file has no path, and belongs to whoever is at work.
  SimDisk* at_work = nullptr;

 private:
  std::map<std::string, SimDisk*, std::less<>> disks_;
};

}  // namespace handover::sim
