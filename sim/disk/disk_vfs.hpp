// The SQLite VFS "sim", which finds the disk by the first part of a path.
#pragma once

#include <cstdint>
#include <functional>

#include "platform/time.hpp"

namespace handover::sim {

/// For DatabaseSettings::vfs.
inline constexpr const char* kSimVfs = "sim";

/// Registers it as SQLite's default: SQLite seeds its own generator from the default one. Calling
/// it again changes nothing.
void install_sim_vfs();

/// What SQLite asks of no disk in particular, and of the whole process.
struct VfsWorld {
  std::uint64_t seed = 0;
  std::function<WallTime()> wall_now;                   ///< Empty: 2026-01-01.
  std::function<void(std::chrono::nanoseconds)> sleep;  ///< Empty: sleeping takes no time.
};

/// Begins a run: SQLite's generator starts anew from the seed. Requires: installed.
void set_vfs_world(VfsWorld world);

}  // namespace handover::sim
