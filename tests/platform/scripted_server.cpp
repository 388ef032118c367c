#include "tests/platform/scripted_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <utility>

#include "platform/assert.hpp"

namespace handover::test {
namespace {

constexpr int kGiveUpSeconds = 10;

std::shared_ptr<SSL_CTX> make_context(const ServerTls& settings) {
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  const auto memory = [](const std::string& text) {
    return std::unique_ptr<BIO, decltype(&BIO_free_all)>(
        BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free_all);
  };
  X509* certificate =
      PEM_read_bio_X509(memory(settings.identity.certificate_pem).get(), nullptr, nullptr, nullptr);
  EVP_PKEY* key =
      PEM_read_bio_PrivateKey(memory(settings.identity.key_pem).get(), nullptr, nullptr, nullptr);
  INVARIANT(SSL_CTX_use_certificate(context.get(), certificate) == 1);
  INVARIANT(SSL_CTX_use_PrivateKey(context.get(), key) == 1);
  X509_free(certificate);
  EVP_PKEY_free(key);
  if (settings.version_max != 0) {
    // Debian's OpenSSL refuses old versions at its usual security level.
    SSL_CTX_set_security_level(context.get(), 0);
    INVARIANT(SSL_CTX_ctrl(context.get(), SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_VERSION, nullptr) ==
              1);
    INVARIANT(SSL_CTX_ctrl(context.get(), SSL_CTRL_SET_MAX_PROTO_VERSION, settings.version_max,
                           nullptr) == 1);
  }
  return context;
}

std::size_t body_length(std::string_view head) {
  static constexpr std::string_view kName = "Content-Length: ";
  const auto start = head.find(kName);
  if (start == std::string_view::npos) return 0;
  return std::stoul(std::string(head.substr(start + kName.size(), 12)));
}

}  // namespace

Peer::Peer(int descriptor, ssl_ctx_st* tls, std::size_t number)
    : descriptor_(descriptor), number_(number), tls_(nullptr, SSL_free) {
  const timeval limit{kGiveUpSeconds, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
  const int on = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (tls == nullptr) return;
  tls_.reset(SSL_new(tls));
  SSL_set_fd(tls_.get(), descriptor_);
}

Peer::~Peer() {
  tls_.reset();
  ::close(descriptor_);
}

bool Peer::shake_hands() { return tls_ && SSL_accept(tls_.get()) == 1; }

std::string Peer::read_some() {
  std::array<char, 16384> buffer{};
  const ssize_t count = tls_ ? SSL_read(tls_.get(), buffer.data(), static_cast<int>(buffer.size()))
                             : ::recv(descriptor_, buffer.data(), buffer.size(), 0);
  return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
}

std::string Peer::read_request() {
  std::size_t size = std::string::npos;
  while (true) {
    const auto end = unread_.find("\r\n\r\n");
    if (end != std::string::npos) size = end + 4 + body_length(unread_.substr(0, end));
    if (size != std::string::npos && unread_.size() >= size) break;
    const std::string more = read_some();
    if (more.empty()) return {};
    unread_ += more;
  }
  std::string request = unread_.substr(0, size);
  unread_.erase(0, size);
  return request;
}

bool Peer::send(std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = tls_ ? SSL_write(tls_.get(), text.data(), static_cast<int>(text.size()))
                               : ::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void Peer::wait_for_end() {
  while (!read_some().empty()) {
  }
}

void Peer::close_notify() {
  if (tls_) SSL_shutdown(tls_.get());
}

void Peer::wait_for_bytes() {
  char first = 0;
  static_cast<void>(::recv(descriptor_, &first, 1, MSG_PEEK));
}

void Peer::reset() {
  const linger none{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
}

void Peer::shut_down() { ::shutdown(descriptor_, SHUT_RDWR); }

ScriptedServer::ScriptedServer(std::optional<ServerTls> tls, Script script)
    : script_(std::move(script)) {
  std::signal(
      SIGPIPE,
      SIG_IGN);  // OpenSSL writes with write(2): a client that has gone must not end the tests.
  if (tls) tls_ = make_context(*tls);
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  INVARIANT(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), size) == 0);
  INVARIANT(::listen(listener_, 64) == 0);
  INVARIANT(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

ScriptedServer::~ScriptedServer() {
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  ::close(listener_);
  {
    const std::lock_guard lock(mutex_);
    for (const auto& weak : peers_) {
      if (const auto peer = weak.lock()) peer->shut_down();
    }
  }
  for (auto& thread : threads_) thread.join();
}

std::string ScriptedServer::origin(const std::string& host) const {
  return (tls_ ? "https://" : "http://") + host + ":" + std::to_string(port_);
}

void ScriptedServer::accept_all() {
  while (true) {
    const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0) return;
    auto peer = std::make_shared<Peer>(descriptor, tls_.get(), connections_++);
    {
      const std::lock_guard lock(mutex_);
      peers_.push_back(peer);
    }
    threads_.emplace_back([this, peer = std::move(peer)]() mutable {
      // The end of the script is the end of the connection.
      const auto own = std::move(peer);
      script_(*own);
    });
  }
}

ScriptedServer::Script always(std::string answer) {
  return [answer = std::move(answer)](Peer& peer) {
    while (!peer.read_request().empty()) peer.send(answer);
  };
}

}  // namespace handover::test
