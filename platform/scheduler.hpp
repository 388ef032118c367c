// The seam for running things later. The program has one thread: nothing runs while something else
// runs.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <functional>

#include "platform/time.hpp"

namespace handover {

class Scheduler {
 public:
  enum class TimerId : std::uint64_t {};

  virtual ~Scheduler() = default;
  /// Runs `task` once, later: never from inside this call, after everything that was posted before
  /// it.
  virtual void post(std::function<void()> task) = 0;
  /// Runs `task` once, at `when` or soon after; at once (but not from inside this call) if `when`
  /// has passed.
  virtual TimerId call_at(MonotonicTime when, std::function<void()> task) = 0;
  /// After this call the task does not run. A timer that has run already, or was cancelled, is no
  /// error.
  virtual void cancel(TimerId timer) = 0;
  /// Where coroutines run.
  [[nodiscard]] virtual boost::asio::any_io_executor executor() = 0;
};

}  // namespace handover
