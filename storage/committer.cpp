#include "storage/committer.hpp"
#include "platform/deliberate_bug.hpp"
#include "platform/mark.hpp"

namespace handover::storage {
namespace {

// So many writes share one transaction at most: a bound on what one wait for the disk can delay.
constexpr std::size_t kWritesMax = 256;

}  // namespace

Committer::~Committer() {
  *alive_ = false;
  if (timer_) scheduler_.cancel(*timer_);
  (void)flush();
}

Result<void> Committer::begin() {
  if (!database_.in_transaction()) {
    if (writes_ > 0) {
      HANDOVER_MARK("storage.undone_is_heard_before_new");
      (void)flush();  // The disk's error undid what was open: its callers must hear that before
                      // anything new starts.
    }
    RETURN_IF_ERROR(database_.execute("BEGIN IMMEDIATE"));
  }
  RETURN_IF_ERROR(database_.execute("SAVEPOINT piece"));
  database_.begin_piece();
  ++writes_;  // From now on: who asks when_durable() from inside the piece waits for it too.
  return {};
}

Result<void> Committer::end(bool keep) {
  const bool undone = database_.is_piece_undone();
  database_.end_piece();
  // After some errors (full disk, I/O) SQLite has rolled back the whole transaction by itself;
  // flush() tells everybody else.
  if (undone) {
    HANDOVER_MARK("storage.piece_undone_by_disk");
    if (keep) return fail(undone_error());
    return {};
  }
  if (keep) return database_.execute("RELEASE piece");
  auto alone = database_.execute("ROLLBACK TO piece").and_then([&] {
    return database_.execute("RELEASE piece");
  });
  // What cannot be undone alone must not be committed with the others' work: nothing is.
  if (!alone) (void)database_.execute("ROLLBACK");
  return alone;
}

void Committer::hurry() {
  ++hurried_;
  if (flush_posted_) return;
  flush_posted_ = true;
  post_flush(hurried_);
}

void Committer::commit_by(MonotonicTime latest) {
  if (flush_posted_) return;
  if (writes_ >= kWritesMax) return hurry();
  if (timer_ && timer_at_ <= latest) return;
  if (timer_) scheduler_.cancel(*timer_);
  timer_at_ = latest;
  timer_ = scheduler_.call_at(latest, [this, alive = alive_] {
    if (!*alive) return;
    timer_.reset();
    (void)flush();
  });
}

void Committer::post_flush(std::size_t hurried_before) {
  scheduler_.post([this, alive = alive_, hurried_before] {
    if (*alive) flush_when_quiet(hurried_before);
  });
}

/// Lets one more turn of the event loop pass as long as each turn brings new writers who wait:
/// callers that came together are answered together, and a lone caller waits for nobody.
void Committer::flush_when_quiet(std::size_t hurried_before) {
  if (hurried_ > hurried_before && writes_ < kWritesMax) {
    HANDOVER_MARK("storage.commit_waits_for_more");
    post_flush(hurried_);
    return;
  }
  flush_posted_ = false;
  (void)flush();
}

void Committer::when_durable(Durable call) {
  if (writes_ > 0 && !flush_posted_) hurry();
  on_outcome(std::move(call));
}

void Committer::on_outcome(Durable call) {
  if (writes_ == 0) {
    call({});
    return;
  }
  waiting_.push_back(std::move(call));
}

Result<void> Committer::flush() {
  if (writes_ == 0) return {};
  writes_ = 0;
  hurried_ = 0;
  if (timer_) scheduler_.cancel(*std::exchange(timer_, std::nullopt));
  Result<void> outcome;
  if (database_.in_transaction()) {
    outcome = database_.execute("COMMIT");
    if (!outcome) HANDOVER_MARK("storage.commit_failed");
    if (!outcome && database_.in_transaction()) (void)database_.execute("ROLLBACK");
    if (deliberate_bug(Bug::kCommitErrorSwallowed)) outcome = {};
  } else {
    HANDOVER_MARK("storage.transaction_undone_by_disk");
    outcome = fail(undone_error());
  }
  const auto callers = std::exchange(waiting_, {});
  for (const auto& call : callers) call(outcome);
  if (outcome && committed_) committed_();
  return outcome;
}

}  // namespace handover::storage
