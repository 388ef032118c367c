#include "tests/platform/raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "platform/assert.hpp"

namespace handover::test {
namespace {

constexpr int kGiveUpSeconds = 10;

int open_socket(int family) {
  const int descriptor = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  INVARIANT(descriptor >= 0);
  const timeval limit{kGiveUpSeconds, 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
  return descriptor;
}

int connect_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  const int descriptor = open_socket(AF_UNIX);
  INVARIANT(::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) ==
            0);
  return descriptor;
}

int connect_tcp(const std::string& address_text) {
  const auto colon = address_text.rfind(':');
  const auto port = htons(static_cast<std::uint16_t>(std::stoul(address_text.substr(colon + 1))));
  if (address_text.starts_with('[')) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_addr = in6addr_loopback;
    address.sin6_port = port;
    const int descriptor = open_socket(AF_INET6);
    INVARIANT(::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) ==
              0);
    return descriptor;
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = port;
  const int descriptor = open_socket(AF_INET);
  INVARIANT(::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) ==
            0);
  return descriptor;
}

std::size_t content_length(std::string_view head) {
  static constexpr std::string_view kName = "\r\nContent-Length: ";
  const auto start = head.find(kName);
  if (start == std::string_view::npos) return 0;
  return std::stoul(std::string(head.substr(start + kName.size(), 12)));
}

}  // namespace

RawClient::RawClient(const std::string& address)
    : descriptor_(address.starts_with("unix:") ? connect_unix(address.substr(5))
                                               : connect_tcp(address)) {}

RawClient::~RawClient() { ::close(descriptor_); }

bool RawClient::send(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool RawClient::read_some() {
  std::array<char, 16384> buffer{};
  const ssize_t count = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
  if (count > 0) unread_.append(buffer.data(), static_cast<std::size_t>(count));
  return count > 0;
}

RawAnswer RawClient::read_answer(bool with_body) {
  RawAnswer answer;
  std::size_t end = std::string::npos;
  while ((end = unread_.find("\r\n\r\n")) == std::string::npos) {
    if (!read_some()) return answer;
  }
  answer.head = unread_.substr(0, end + 4);
  unread_.erase(0, end + 4);
  const std::size_t size = with_body ? content_length(answer.head) : 0;
  while (unread_.size() < size) {
    if (!read_some()) return answer;
  }
  answer.status = std::stoi(answer.head.substr(9, 3));
  answer.body = unread_.substr(0, size);
  unread_.erase(0, size);
  return answer;
}

bool RawClient::at_end() {
  char byte = 0;
  return unread_.empty() && ::recv(descriptor_, &byte, 1, 0) == 0;
}

void RawClient::finish_sending() { ::shutdown(descriptor_, SHUT_WR); }

}  // namespace handover::test
