// Reads the whole journal after each start, and when a lane has met a damaged page, a little at a
// time, and sets damaged records aside: they are reported by `handover status` and no longer sent.
// Start-up never waits for it, and never fails because of a damaged record. While the disk cannot
// be read it waits: records that were set aside and can be read again must not stay hidden.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "platform/clock.hpp"
#include "platform/log.hpp"
#include "platform/scheduler.hpp"
#include "storage/store.hpp"

namespace handover {

class JournalCheck {
 public:
  JournalCheck(storage::Store& store, Scheduler& scheduler, const Clock& clock, Log& log)
      : store_(store),
        scheduler_(scheduler),
        clock_(clock),
        log_(log),
        alive_(std::make_shared<bool>(true)) {}
  ~JournalCheck();
  JournalCheck(const JournalCheck&) = delete;
  JournalCheck& operator=(const JournalCheck&) = delete;

  /// Begins at the first record, unless it is at work already.
  void start();

 private:
  void go_on_in(milliseconds wait);
  void check_some();
  [[nodiscard]] Result<void> note(const std::vector<storage::DamagedEntry>& damaged,
                                  std::optional<std::int64_t> end);

  storage::Store& store_;
  Scheduler& scheduler_;
  const Clock& clock_;
  Log& log_;
  bool running_ = false;
  std::int64_t next_ = 1;
  std::shared_ptr<bool> alive_;
};

}  // namespace handover
