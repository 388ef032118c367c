// Hints from the kernel that a network may have come back.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <memory>
#include <span>

#include "platform/connectivity.hpp"

namespace handover::net {

/// True if one of these netlink route messages (rtnetlink(7)) tells of a link that runs, a new
/// address or a new route. Messages that are cut short end the search.
[[nodiscard]] bool tells_of_a_network(std::span<const std::byte> messages);

/// Listens to the kernel's route messages. Where there are none (a sandbox), it just never hints.
/// Many messages that arrive together are one hint. Lifetime: the listener does not run any more
/// once the monitor is gone.
class NetworkMonitor final : public Connectivity {
 public:
  explicit NetworkMonitor(const boost::asio::any_io_executor& executor);
  /// Listens to an open datagram socket with such messages, and owns it. A negative one never
  /// hints.
  NetworkMonitor(const boost::asio::any_io_executor& executor, int descriptor);
  ~NetworkMonitor() override;
  NetworkMonitor(const NetworkMonitor&) = delete;
  NetworkMonitor& operator=(const NetworkMonitor&) = delete;

  void on_restored(std::function<void()> restored) override;

 private:
  struct Watch;
  std::shared_ptr<Watch> watch_;
};

}  // namespace handover::net
