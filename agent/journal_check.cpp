#include "agent/journal_check.hpp"

#include <algorithm>

namespace handover {
namespace {

using storage::DamagedEntry;

// A piece takes about a millisecond; between pieces everything else has its turn.
constexpr std::int64_t kPiece = 100;
constexpr milliseconds kBetweenPieces{100};
// A disk that cannot be read now may be readable later.
constexpr milliseconds kAfterTrouble = std::chrono::minutes(5);

bool names(const std::vector<DamagedEntry>& entries, std::int64_t seq) {
  return std::any_of(entries.begin(), entries.end(),
                     [&](const DamagedEntry& entry) { return entry.seq == seq; });
}

}  // namespace

JournalCheck::~JournalCheck() { *alive_ = false; }

void JournalCheck::start() {
  if (running_) return;
  running_ = true;
  next_ = 1;
  go_on_in(kBetweenPieces);
}

void JournalCheck::go_on_in(milliseconds wait) {
  scheduler_.call_at(clock_.monotonic_now() + wait, [this, alive = alive_] {
    if (*alive) check_some();
  });
}

void JournalCheck::check_some() {
  // Reading a damaged page would undo what is open.
  (void)store_.committer.flush();
  std::vector<DamagedEntry> damaged;
  const auto next = store_.journal.verify(next_, kPiece, damaged);
  auto noted = next.has_value() ? note(damaged, *next) : fail(next.error());
  if (!noted) {
    log_.warning("the journal could not be checked from record " + std::to_string(next_) +
                 " on: " + noted.error().detail + "; it is tried again in five minutes");
    return go_on_in(kAfterTrouble);
  }
  running_ = next->has_value();
  if (!running_) return;
  next_ = **next;
  go_on_in(kBetweenPieces);
}

/// Writes down what was found from next_ up to `end`, or to the last record: damage that is new,
/// and damage that is gone, as after a disk that read wrongly for a while.
Result<void> JournalCheck::note(const std::vector<DamagedEntry>& damaged,
                                std::optional<std::int64_t> end) {
  TRY_ASSIGN(const auto known, store_.journal.damaged());
  std::vector<DamagedEntry> found;
  std::copy_if(damaged.begin(), damaged.end(), std::back_inserter(found),
               [&](const DamagedEntry& entry) { return !names(known, entry.seq); });
  std::vector<DamagedEntry> sound;
  std::copy_if(
      known.begin(), known.end(), std::back_inserter(sound), [&](const DamagedEntry& entry) {
        return entry.seq >= next_ && (!end || entry.seq < *end) && !names(damaged, entry.seq);
      });
  if (found.empty() && sound.empty()) return {};
  for (const DamagedEntry& entry : found) {
    log_.warning("record " + std::to_string(entry.seq) + " is damaged (" + entry.reason +
                 "); it was set aside, everything else goes on");
  }
  for (const DamagedEntry& entry : sound)
    log_.info("record " + std::to_string(entry.seq) + " can be read again");
  auto written = store_.committer.write([&]() -> Result<void> {
    for (const DamagedEntry& entry : found)
      RETURN_IF_ERROR(store_.journal.set_aside(entry, clock_.wall_now()));
    for (const DamagedEntry& entry : sound) RETURN_IF_ERROR(store_.journal.take_back(entry.seq));
    return {};
  });
  // A commit that fails undoes it: then this piece is looked through again.
  return written ? store_.committer.flush() : written;
}

}  // namespace handover
