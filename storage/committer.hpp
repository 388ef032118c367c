// Group commit: writes that happen at the same moment share one transaction, and so one wait for the disk.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "platform/result.hpp"
#include "platform/scheduler.hpp"
#include "storage/database.hpp"

namespace handover::storage {

/// All writes to the store go through here. A write takes effect in the open transaction at once, for every reader of this
/// program; it is durable, and may be acknowledged to anyone, only when when_durable() has called back without an error.
class Committer {
 public:
  using Durable = std::function<void(const Result<void>& outcome)>;

  Committer(Database& database, Scheduler& scheduler) : database_(database), scheduler_(scheduler) {}
  /// Commits what is open. Waiters are called.
  ~Committer();
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  /// Runs `work`, which returns a Result. On an error all that it wrote is undone, and nothing that others wrote.
  template <typename Work>
  [[nodiscard]] auto write(Work&& work) -> decltype(work()) {
    RETURN_IF_ERROR(begin());
    auto outcome = work();
    auto ended = end(outcome.has_value());
    if (outcome && !ended) return fail(std::move(ended).error());
    return outcome;
  }

  /// Calls back when everything written so far is durable, or with the error that undid it: at once, from inside this call,
  /// if nothing is open; else after the shared commit.
  void when_durable(Durable call);

  /// Commits now. The waiters are called with the outcome, which is also returned.
  Result<void> flush();

 private:
  [[nodiscard]] Result<void> begin();
  [[nodiscard]] Result<void> end(bool keep);
  void flush_when_quiet(std::size_t writes_before);

  Database& database_;
  Scheduler& scheduler_;
  std::vector<Durable> waiting_;
  std::size_t writes_ = 0;  // In the open transaction.
  bool flush_posted_ = false;
};

}  // namespace handover::storage
