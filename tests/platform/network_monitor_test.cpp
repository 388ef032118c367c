#include "platform/asio/network_monitor.hpp"

#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <string>

using namespace handover;

namespace {

/// A netlink message as the kernel sends it, without attributes.
template <typename Payload>
std::string message(unsigned type, const Payload& payload) {
  nlmsghdr header{};
  header.nlmsg_len = sizeof(header) + sizeof(payload);
  header.nlmsg_type = static_cast<std::uint16_t>(type);
  std::string bytes(sizeof(header) + sizeof(payload), '\0');
  std::memcpy(bytes.data(), &header, sizeof(header));
  std::memcpy(bytes.data() + sizeof(header), &payload, sizeof(payload));
  return bytes;
}

std::string link(unsigned flags) {
  ifinfomsg payload{};
  payload.ifi_flags = flags;
  return message(RTM_NEWLINK, payload);
}

bool tells(const std::string& bytes) {
  return net::tells_of_a_network(std::as_bytes(std::span<const char>(bytes.data(), bytes.size())));
}

}  // namespace

TEST_CASE("network monitor: a running link, an address and a route are hints",
          "[platform][network]") {
  CHECK(tells(link(IFF_UP | IFF_RUNNING)));
  CHECK(tells(message(RTM_NEWADDR, ifaddrmsg{})));
  CHECK(tells(message(RTM_NEWROUTE, rtmsg{})));
  CHECK(tells(link(IFF_UP) + message(RTM_NEWADDR, ifaddrmsg{})));
}

TEST_CASE("network monitor: what goes away is no hint", "[platform][network]") {
  CHECK_FALSE(tells(link(IFF_UP)));
  CHECK_FALSE(tells(message(RTM_DELADDR, ifaddrmsg{})));
  CHECK_FALSE(tells(message(RTM_DELROUTE, rtmsg{})));
  CHECK_FALSE(tells(message(RTM_DELLINK, ifinfomsg{})));
}

TEST_CASE("network monitor: damaged messages are no hint and no harm", "[platform][network]") {
  const std::string whole = message(RTM_NEWADDR, ifaddrmsg{});
  for (std::size_t size = 0; size < whole.size(); ++size) CHECK_FALSE(tells(whole.substr(0, size)));
  CHECK_FALSE(tells(std::string(64, '\0')));
  CHECK_FALSE(tells(std::string(64, '\xff')));
}

TEST_CASE("network monitor: many messages at once are one hint", "[platform][network]") {
  boost::asio::io_context context;
  int ends[2] = {};
  REQUIRE(::socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) == 0);
  net::NetworkMonitor monitor(context.get_executor(), ends[0]);
  int hints = 0;
  monitor.on_restored([&] { ++hints; });
  const std::string address = message(RTM_NEWADDR, ifaddrmsg{});
  const std::string gone = message(RTM_DELADDR, ifaddrmsg{});

  for (const auto& datagram : {address, address, gone})
    REQUIRE(::send(ends[1], datagram.data(), datagram.size(), 0) > 0);
  context.run_one();
  CHECK(hints == 1);

  REQUIRE(::send(ends[1], gone.data(), gone.size(), 0) > 0);
  context.run_one();
  CHECK(hints == 1);
  REQUIRE(::send(ends[1], address.data(), address.size(), 0) > 0);
  context.run_one();
  CHECK(hints == 2);
  ::close(ends[1]);
}

TEST_CASE("network monitor: where there is no netlink it never hints", "[platform][network]") {
  boost::asio::io_context context;
  net::NetworkMonitor monitor(context.get_executor(), -1);
  bool hinted = false;
  monitor.on_restored([&] { hinted = true; });
  context.run();
  CHECK_FALSE(hinted);
}

TEST_CASE("network monitor: on the real kernel it waits without a hint, and goes cleanly",
          "[platform][network]") {
  boost::asio::io_context context;
  {
    net::NetworkMonitor monitor(context.get_executor());
    monitor.on_restored([] {});
    context.poll();  // The network of the machine may change meanwhile: a hint is not wrong.
  }
  context.run();
  SUCCEED();
}
