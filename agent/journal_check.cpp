#include "agent/journal_check.hpp"

namespace handover {
namespace {

// A piece takes about a millisecond; between pieces everything else has its turn.
constexpr std::int64_t kPiece = 100;
constexpr milliseconds kBetweenPieces{100};

}  // namespace

JournalCheck::~JournalCheck() { *alive_ = false; }

void JournalCheck::go_on_soon() {
  scheduler_.call_at(clock_.monotonic_now() + kBetweenPieces, [this, alive = alive_] {
    if (*alive) check_some();
  });
}

void JournalCheck::check_some() {
  std::vector<storage::DamagedEntry> damaged;
  const auto next = store_.journal.verify(next_, kPiece, damaged);
  report(damaged);
  if (!next) {
    log_.warning("the journal could not be read from record " + std::to_string(next_) +
                 " on: " + next.error().detail);
    return;
  }
  if (!*next) return;
  next_ = **next;
  go_on_soon();
}

void JournalCheck::report(const std::vector<storage::DamagedEntry>& damaged) {
  for (const auto& entry : damaged) {
    log_.warning("record " + std::to_string(entry.seq) + " is damaged (" + entry.reason +
                 "); it was set aside, everything else goes on");
  }
  if (damaged.empty()) return;
  auto written = store_.committer.write([&]() -> Result<void> {
    for (const auto& entry : damaged)
      RETURN_IF_ERROR(store_.journal.set_aside(entry, clock_.wall_now()));
    return {};
  });
  if (!written) log_.warning("damaged records could not be noted: " + written.error().detail);
}

}  // namespace handover
