// The server's side of TLS, with OpenSSL's own client against it.
#include "platform/asio/tls_server.hpp"

#include <openssl/ssl.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch_test_macros.hpp>
#include <future>
#include <thread>

#include "tests/platform/server_fixture.hpp"
#include "tests/platform/transport_fixture.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/temporary_folder.hpp"

namespace handover::test {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// A server with a good certificate, on a thread of its own.
class TlsFixture {
 public:
  explicit TlsFixture(net::ServerLimits limits = {}, net::HttpHandler handler = echo()) {
    const Identity identity = authority.issue();
    auto tls =
        net::TlsServer::make(identity.certificate_pem, Secret(std::string_view(identity.key_pem)));
    server_ = std::move(net::HttpServer::listen_tls(context_.get_executor(), "127.0.0.1:0", limits,
                                                    std::move(tls.value()), std::move(handler))
                            .value());
    thread_ = std::thread([this] { context_.run(); });
  }
  TlsFixture(const TlsFixture&) = delete;
  TlsFixture& operator=(const TlsFixture&) = delete;
  ~TlsFixture() {
    std::promise<void> done;
    asio::post(context_, [&] {
      server_.reset();
      done.set_value();
    });
    done.get_future().wait();
    work_.reset();
    context_.stop();
    thread_.join();
  }
  [[nodiscard]] std::uint16_t port() const {
    const std::string& address = server_->address();
    return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  }
  [[nodiscard]] std::string origin() const { return "https://127.0.0.1:" + std::to_string(port()); }

  TestAuthority authority;

 private:
  asio::io_context context_;
  asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
  std::unique_ptr<net::HttpServer> server_;
  std::thread thread_;
};

/// A client that does as it is told, also what no decent one does.
class TlsPeer {
 public:
  explicit TlsPeer(std::uint16_t port, int oldest = TLS1_VERSION, int newest = 0)
      : context_(asio::ssl::context::tls_client), stream_(io_, prepared(oldest, newest)) {
    stream_.next_layer().connect({asio::ip::address_v4::loopback(), port});
  }

  error_code shake_hands() {
    error_code error;
    stream_.handshake(asio::ssl::stream_base::client, error);
    return error;
  }
  void send(const std::string& text) { asio::write(stream_, asio::buffer(text)); }
  /// All that comes up to the end.
  std::string read_all(error_code& error) {
    std::string text;
    asio::read(stream_, asio::dynamic_buffer(text), error);
    return text;
  }
  /// True when the server has cut the connection off.
  bool is_cut_off() {
    error_code error;
    std::array<char, 256> bytes{};
    while (!error) stream_.next_layer().read_some(asio::buffer(bytes), error);
    return error == asio::error::eof || error == asio::error::connection_reset;
  }
  tcp::socket& socket() { return stream_.next_layer(); }

 private:
  asio::ssl::context& prepared(int oldest, int newest) {
    SSL_CTX* context = context_.native_handle();
    SSL_CTX_set_min_proto_version(context, oldest);
    SSL_CTX_set_max_proto_version(context, newest);
    // The old protocols are not even tried at OpenSSL's usual level.
    SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0");
    return context_;
  }

  asio::io_context io_;
  asio::ssl::context context_;
  asio::ssl::stream<tcp::socket> stream_;
};

}  // namespace

TEST_CASE("tls server: requests are answered over one connection, large ones too",
          "[platform][tls]") {
  TlsFixture server;
  TemporaryFolder folder;
  net::TransportSettings settings;
  settings.url_origin = server.origin();
  settings.ca_file = folder.write("ca.pem", server.authority.root().certificate_pem);
  TransportFixture client(settings);
  CHECK(client.get().value().body.starts_with("GET "));
  HttpRequest request("POST", "/large");
  request.body = std::string(500'000, 'b');
  CHECK(client.exchange(std::move(request)).value().body.size() > 500'000);
  CHECK(client.get().value().status == 200);
}

TEST_CASE("tls server: TLS 1.2 and 1.3 are spoken, 1.1 and older are refused", "[platform][tls]") {
  TlsFixture server;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsPeer peer(server.port(), version, version);
    CHECK_FALSE(peer.shake_hands());
  }
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
    TlsPeer peer(server.port(), version, version);
    CHECK(peer.shake_hands());
  }
}

TEST_CASE("tls server: who never finishes the handshake is cut off, and the others are served",
          "[platform][tls]") {
  net::ServerLimits limits;
  limits.handshake_time = 100ms;
  limits.idle_time = 60s;
  TlsFixture server(limits);
  TlsPeer silent(server.port());
  TlsPeer half(server.port());
  // The beginning of a ClientHello, and no more.
  asio::write(half.socket(), asio::buffer(std::string("\x16\x03\x01\x02\x00\x01", 6)));
  TlsPeer good(server.port());
  REQUIRE_FALSE(good.shake_hands());
  CHECK(silent.is_cut_off());
  CHECK(half.is_cut_off());
  error_code error;
  good.send("GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  CHECK(good.read_all(error).find("GET /x") != std::string::npos);
  // The end was said, not only cut.
  CHECK(error == asio::error::eof);
}

TEST_CASE("tls server: plain HTTP on its port is cut off", "[platform][tls]") {
  TlsFixture server;
  TlsPeer peer(server.port());
  asio::write(peer.socket(), asio::buffer(std::string("GET / HTTP/1.1\r\nHost: a\r\n\r\n")));
  CHECK(peer.is_cut_off());
}

TEST_CASE("tls server: a request that drips, or is too large, has the limits of a plain one",
          "[platform][tls]") {
  net::ServerLimits limits;
  limits.request_time = 100ms;
  limits.body_bytes_max = 1000;
  TlsFixture server(limits);
  error_code error;
  TlsPeer slow(server.port());
  REQUIRE_FALSE(slow.shake_hands());
  slow.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
  CHECK(slow.read_all(error).starts_with("HTTP/1.1 408"));
  TlsPeer large(server.port());
  REQUIRE_FALSE(large.shake_hands());
  large.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2000\r\n\r\n" + std::string(2000, 'b'));
  CHECK(large.read_all(error).starts_with("HTTP/1.1 413"));
}

TEST_CASE("tls server: over the limit of connections the next is cut off", "[platform][tls]") {
  net::ServerLimits limits;
  limits.connections_max = 1;
  TlsFixture server(limits);
  TlsPeer first(server.port());
  REQUIRE_FALSE(first.shake_hands());
  TlsPeer second(server.port());
  CHECK(second.is_cut_off());
  error_code error;
  first.send("GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  CHECK(first.read_all(error).starts_with("HTTP/1.1 200"));
}

TEST_CASE("tls server: files that do not fit each other are refused at the start",
          "[platform][tls]") {
  const Identity one = make_self_signed();
  const Identity other = make_self_signed();
  const auto code = [](const std::string& chain, const std::string& key) {
    const auto made = net::TlsServer::make(chain, Secret(std::string_view(key)));
    return made ? Errc::kIo : made.error().code;
  };
  CHECK(net::TlsServer::make(one.certificate_pem, Secret(std::string_view(one.key_pem))));
  CHECK(code(one.certificate_pem, other.key_pem) == Errc::kConfig);
  CHECK(code("no certificate", one.key_pem) == Errc::kConfig);
  CHECK(code(one.certificate_pem, "no key") == Errc::kConfig);
  CHECK(code(one.certificate_pem, "") == Errc::kConfig);
}

TEST_CASE("tls server: it listens at IP addresses alone", "[platform][tls]") {
  const Identity identity = make_self_signed();
  asio::io_context context;
  for (const char* address : {"unix:/tmp/x.sock", "localhost:0", "127.0.0.1", "[127.0.0.1]:0",
                              "::1:0", "127.0.0.1:70000"}) {
    auto tls =
        net::TlsServer::make(identity.certificate_pem, Secret(std::string_view(identity.key_pem)));
    const auto server = net::HttpServer::listen_tls(context.get_executor(), address, {},
                                                    std::move(tls.value()), echo());
    REQUIRE_FALSE(server);
    CHECK(server.error().code == Errc::kConfig);
  }
}

}  // namespace handover::test
