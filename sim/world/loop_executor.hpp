// Where coroutines run in the simulated world: an Asio executor over one owner's queue.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution.hpp>
#include <boost/asio/execution_context.hpp>
#include <memory>
#include <type_traits>
#include <utility>

#include "sim/world/loop.hpp"

namespace handover::sim {

class LoopContext : public boost::asio::execution_context {
 public:
  LoopContext(Loop& loop_of_all, Loop::Owner whose) : loop(loop_of_all), owner(whose) {}
  ~LoopContext() {
    shutdown();
    destroy();
  }
  LoopContext(const LoopContext&) = delete;
  LoopContext& operator=(const LoopContext&) = delete;

  Loop& loop;
  const Loop::Owner owner;
};

/// Never runs anything from inside a call. Do not put Asio's timers or sockets on it: on a context
/// that is not an io_context they start a thread of their own.
class LoopExecutor {
 public:
  explicit LoopExecutor(LoopContext& context) : context_(&context) {}

  template <typename Function>
  void execute(Function&& function) const {
    // A task can be copied, what Asio runs can only be moved.
    auto shared = std::make_shared<std::decay_t<Function>>(std::forward<Function>(function));
    context_->loop.post(context_->owner, [shared] { std::move (*shared)(); });
  }

  [[nodiscard]] boost::asio::execution_context& query(
      boost::asio::execution::context_t /*unused*/) const noexcept {
    return *context_;
  }
  [[nodiscard]] static constexpr boost::asio::execution::blocking_t query(
      boost::asio::execution::blocking_t /*unused*/) noexcept {
    return boost::asio::execution::blocking.never;
  }

  bool operator==(const LoopExecutor& other) const noexcept = default;

 private:
  LoopContext* context_;
};

}  // namespace handover::sim
