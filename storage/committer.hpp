// Group commit: writes that happen at the same moment share one transaction, and so one wait for
// the disk.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "platform/result.hpp"
#include "platform/scheduler.hpp"
#include "storage/database.hpp"

namespace handover::storage {

/// All writes to the store go through here. A write takes effect in the open transaction at once,
/// for every reader of this program; it is durable, and may be acknowledged to anyone, only when
/// when_durable() has called back without an error.
class Committer {
 public:
  using Durable = std::function<void(const Result<void>& outcome)>;

  Committer(Database& database, Scheduler& scheduler)
      : database_(database), scheduler_(scheduler) {}
  /// Commits what is open. Waiters are called.
  ~Committer();
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  /// Runs `work`, which returns a Result. On an error all that it wrote is undone, and nothing that
  /// others wrote.
  template <typename Work>
  [[nodiscard]] auto write(Work&& work) -> decltype(work()) {
    RETURN_IF_ERROR(begin());
    hurry();
    return finish(work());
  }

  /// The same for what nobody waits for: it is committed with whatever else is committed next, at
  /// `latest` at the latest, or when very many such writes have come together.
  template <typename Work>
  [[nodiscard]] auto write_by(MonotonicTime latest, Work&& work) -> decltype(work()) {
    RETURN_IF_ERROR(begin());
    commit_by(latest);
    return finish(work());
  }

  /// Calls back when everything written so far is durable, or with the error that undid it: at
  /// once, from inside this call, if nothing is open; else after the shared commit, which it makes
  /// come soon.
  void when_durable(Durable call);
  /// The same for callers who only need to hear of it: the commit comes no sooner.
  void on_outcome(Durable call);

  /// `listener` is called after each commit, when its waiters have been. It takes the place of one
  /// before.
  void on_commit(std::function<void()> listener) { committed_ = std::move(listener); }

  /// Commits now. The waiters are called with the outcome, which is also returned.
  Result<void> flush();

 private:
  template <typename Outcome>
  [[nodiscard]] Outcome finish(Outcome outcome) {
    auto ended = end(outcome.has_value());
    if (outcome && !ended) return fail(std::move(ended).error());
    return outcome;
  }

  [[nodiscard]] Result<void> begin();
  [[nodiscard]] Result<void> end(bool keep);
  void hurry();
  void commit_by(MonotonicTime latest);
  void post_flush(std::size_t hurried_before);
  void flush_when_quiet(std::size_t hurried_before);

  Database& database_;
  Scheduler& scheduler_;
  std::vector<Durable> waiting_;
  std::function<void()> committed_;
  std::size_t writes_ = 0;   // In the open transaction.
  std::size_t hurried_ = 0;  // Those of them that somebody waits for.
  bool flush_posted_ = false;
  std::optional<Scheduler::TimerId>
      timer_;  // Set while there are only writes that nobody waits for.
  MonotonicTime timer_at_{};
  std::shared_ptr<bool> alive_ =
      std::make_shared<bool>(true);  // What is posted asks it before it touches this object.
};

}  // namespace handover::storage
