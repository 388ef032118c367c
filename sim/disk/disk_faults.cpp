#include "sim/disk/disk_faults.hpp"

#include <sqlite3.h>

#include "platform/assert.hpp"

namespace handover::sim {
namespace {

/// Draws also for what never happens.
bool happens(Random& random, std::uint32_t one_in) {
  const std::uint64_t drawn = random.next();
  return one_in != 0 && drawn % one_in == 0;
}

}  // namespace

const char* name_of(DiskCall call) {
  switch (call) {
    case DiskCall::kOpen:
      return "open";
    case DiskCall::kRead:
      return "read";
    case DiskCall::kWrite:
      return "write";
    case DiskCall::kTruncate:
      return "truncate";
    case DiskCall::kSync:
      return "sync";
    case DiskCall::kSize:
      return "size";
    case DiskCall::kDelete:
      return "delete";
    case DiskCall::kAccess:
      return "access";
    case DiskCall::kLock:
      return "lock";
    case DiskCall::kCheckLock:
      return "check lock";
  }
  return "";
}

int natural_error(DiskCall call) {
  switch (call) {
    case DiskCall::kOpen:
      return SQLITE_CANTOPEN;
    case DiskCall::kRead:
      return SQLITE_IOERR_READ;
    case DiskCall::kWrite:
      return SQLITE_IOERR_WRITE;
    case DiskCall::kTruncate:
      return SQLITE_IOERR_TRUNCATE;
    case DiskCall::kSync:
      return SQLITE_IOERR_FSYNC;
    case DiskCall::kSize:
      return SQLITE_IOERR_FSTAT;
    case DiskCall::kDelete:
      return SQLITE_IOERR_DELETE;
    case DiskCall::kAccess:
      return SQLITE_IOERR_ACCESS;
    case DiskCall::kLock:
      return SQLITE_IOERR_LOCK;
    case DiskCall::kCheckLock:
      return SQLITE_IOERR_CHECKRESERVEDLOCK;
  }
  return SQLITE_IOERR;
}

int DiskFaults::error_for(DiskCall call, std::uint64_t number) {
  int code = 0;
  const bool by_chance = happens(errors_, chances_.io_error_one_in);
  if (plan_ && (number == plan_->call || (plan_->persistent && number > plan_->call))) {
    code = plan_->code != 0 ? plan_->code : natural_error(call);
  } else if (by_chance) {
    code = natural_error(call);
  }
  if (code != 0) strike(std::string("failed: ") + name_of(call));
  return code;
}

std::chrono::nanoseconds DiskFaults::delay_for(DiskCall call) {
  std::chrono::nanoseconds delay{0};
  if (call == DiskCall::kSync) delay += chances_.sync_time;
  if (happens(slow_calls_, chances_.slow_one_in) && chances_.slow_max.count() > 0) {
    const std::chrono::nanoseconds most = chances_.slow_max;
    const auto drawn = slow_times_.below(static_cast<std::uint64_t>(most.count()) + 1);
    delay += std::chrono::nanoseconds(drawn);
    strike("slow call");
  }
  return delay;
}

bool DiskFaults::lies() {
  const bool lie = happens(lies_, chances_.lie_one_in);
  if (lie) strike("sync that lied");
  return lie;
}

std::int64_t DiskFaults::written_of(std::int64_t steps) {
  if (steps == 0 || torn_.below(2) == 0) return 0;
  return static_cast<std::int64_t>(torn_.below(static_cast<std::uint64_t>(steps) + 1));
}

void DiskFaults::set_chances(const DiskChances& chances) {
  INVARIANT(chances.sector_size >= 512 && chances.sector_size <= 4096);
  INVARIANT((chances.sector_size & (chances.sector_size - 1)) == 0);
  chances_ = chances;
}

void DiskFaults::heal() {
  plan_.reset();
  DiskChances good;
  good.power_safe_overwrite = chances_.power_safe_overwrite;
  good.sector_size = chances_.sector_size;
  good.sync_time = chances_.sync_time;
  chances_ = good;
}

void DiskFaults::strike(const std::string& kind, std::uint64_t times) {
  if (times > 0) struck_[kind] += times;
}

}  // namespace handover::sim
