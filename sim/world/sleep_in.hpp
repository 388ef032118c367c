// How people wait in the simulated world.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <utility>

#include "sim/world/loop.hpp"

namespace handover::sim {

[[nodiscard]] inline boost::asio::awaitable<void> sleep_in(Loop& loop, VirtualTime time) {
  const auto initiate = [&loop, time](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    loop.call_at(Loop::Owner::kWorld, loop.now() + time, [shared] { std::move (*shared)(); });
  };
  auto waiting = boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(
      initiate, boost::asio::use_awaitable);
  co_await std::move(waiting);
}

}  // namespace handover::sim
