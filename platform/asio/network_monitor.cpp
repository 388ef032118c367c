#include "platform/asio/network_monitor.hpp"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <cstring>
#include <utility>

namespace handover::net {
namespace {

constexpr std::size_t kDatagramBytes = std::size_t{32} << 10;

int open_route_socket() {
  const int descriptor =
      ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
  if (descriptor < 0) return -1;
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups =
      RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_IFADDR | RTMGRP_IPV6_ROUTE;
  if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0)
    return descriptor;
  ::close(descriptor);
  return -1;
}

bool link_runs(std::span<const std::byte> payload) {
  ifinfomsg link{};
  if (payload.size() < sizeof(link)) return false;
  std::memcpy(&link, payload.data(), sizeof(link));
  return (link.ifi_flags & IFF_RUNNING) != 0;
}

}  // namespace

bool tells_of_a_network(std::span<const std::byte> messages) {
  nlmsghdr header{};
  while (messages.size() >= sizeof(header)) {
    std::memcpy(&header, messages.data(), sizeof(header));
    if (header.nlmsg_len < sizeof(header) || header.nlmsg_len > messages.size()) return false;
    const auto payload = messages.subspan(sizeof(header), header.nlmsg_len - sizeof(header));
    if (header.nlmsg_type == RTM_NEWADDR || header.nlmsg_type == RTM_NEWROUTE) return true;
    if (header.nlmsg_type == RTM_NEWLINK && link_runs(payload)) return true;
    const std::size_t aligned =
        (std::size_t{header.nlmsg_len} + NLMSG_ALIGNTO - 1) & ~std::size_t{NLMSG_ALIGNTO - 1};
    messages = messages.subspan(std::min(aligned, messages.size()));
  }
  return false;
}

struct NetworkMonitor::Watch : std::enable_shared_from_this<Watch> {
  Watch(const boost::asio::any_io_executor& executor, int socket) : descriptor(executor) {
    boost::system::error_code ignored;
    if (socket >= 0) static_cast<void>(descriptor.assign(socket, ignored));
  }

  void wait() {
    if (!descriptor.is_open()) return;
    descriptor.async_wait(boost::asio::posix::descriptor_base::wait_read,
                          [self = shared_from_this()](const boost::system::error_code& error) {
                            if (!error) self->on_readable();
                          });
  }

  void on_readable() {
    const bool hint = drain();
    wait();
    // A copy: the listener may replace itself.
    const auto listener = restored;
    if (hint && listener) listener();
  }

  /// Takes all that is there. True if it holds a hint; lost messages (ENOBUFS) count as one.
  bool drain() {
    alignas(nlmsghdr) std::array<std::byte, kDatagramBytes> buffer;
    bool hint = false;
    while (true) {
      const ssize_t count =
          ::recv(descriptor.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && errno == ENOBUFS) {
        hint = true;
        continue;
      }
      if (count < 0 && errno == EAGAIN) return hint;
      if (count <= 0) {
        boost::system::error_code ignored;
        descriptor.close(ignored);
        return hint;
      }
      hint = tells_of_a_network(std::span(buffer).first(static_cast<std::size_t>(count))) || hint;
    }
  }

  boost::asio::posix::stream_descriptor descriptor;
  std::function<void()> restored;
};

NetworkMonitor::NetworkMonitor(const boost::asio::any_io_executor& executor)
    : NetworkMonitor(executor, open_route_socket()) {}

NetworkMonitor::NetworkMonitor(const boost::asio::any_io_executor& executor, int descriptor)
    : watch_(std::make_shared<Watch>(executor, descriptor)) {
  watch_->wait();
}

NetworkMonitor::~NetworkMonitor() {
  watch_->restored = nullptr;
  boost::system::error_code ignored;
  watch_->descriptor.close(ignored);
}

void NetworkMonitor::on_restored(std::function<void()> restored) {
  watch_->restored = std::move(restored);
}

}  // namespace handover::net
