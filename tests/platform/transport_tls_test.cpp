#include <openssl/ssl.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <future>

#include "tests/platform/scripted_server.hpp"
#include "tests/platform/transport_fixture.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace handover;
using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using Reason = HttpFailure::Reason;
using test::CertificateSpec;
using test::Identity;
using test::Peer;
using test::ScriptedServer;
using test::ServerTls;
using test::TransportFixture;

namespace {

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// Counts what reached the server after a handshake: nothing may, where the client does not trust
/// it.
struct Fixture {
  test::TestAuthority authority;
  test::TemporaryFolder folder;
  std::string ca_file = folder.write("ca.pem", authority.root().certificate_pem);
  std::atomic<int> requests = 0;

  ScriptedServer::Script answer() {
    return [this](Peer& peer) {
      if (!peer.shake_hands()) return;
      while (!peer.read_request().empty()) {
        ++requests;
        peer.send(kOk);
      }
    };
  }
  net::TransportSettings settings(const ScriptedServer& server,
                                  const std::string& host = "127.0.0.1") const {
    net::TransportSettings settings;
    settings.url_origin = server.origin(host);
    settings.ca_file = ca_file;
    return settings;
  }
};

ServerTls with(Identity identity, int version_max = 0) {
  ServerTls tls;
  tls.identity = std::move(identity);
  tls.version_max = version_max;
  return tls;
}

CertificateSpec days(int first, int last) {
  CertificateSpec spec;
  spec.first_day = first;
  spec.last_day = last;
  return spec;
}

CertificateSpec names(std::vector<std::string> list) {
  CertificateSpec spec;
  spec.names = std::move(list);
  return spec;
}

void check_refused(Fixture& fixture, const HttpOutcome& outcome, const std::string& words) {
  REQUIRE_FALSE(outcome.has_value());
  CHECK(outcome.error().reason == Reason::kTls);
  CHECK_FALSE(outcome.error().request_may_have_left);
  CHECK_THAT(outcome.error().detail, ContainsSubstring(words));
  CHECK(fixture.requests == 0);
}

}  // namespace

TEST_CASE("tls: a server with a good certificate is talked to, by address and by name",
          "[platform][tls]") {
  Fixture f;
  ScriptedServer server(with(f.authority.issue()), f.answer());
  for (const char* host : {"127.0.0.1", "localhost"}) {
    TransportFixture client(f.settings(server, host));
    CHECK(client.get().value().body == "ok");
    CHECK(client.get().value().body == "ok");
  }
  CHECK(server.connections() == 2);
}

TEST_CASE("tls: TLS 1.2 is new enough", "[platform][tls]") {
  Fixture f;
  ScriptedServer server(with(f.authority.issue(), TLS1_2_VERSION), f.answer());
  TransportFixture client(f.settings(server));
  CHECK(client.get().value().body == "ok");
  CHECK(client.get().value().body == "ok");
  CHECK(server.connections() == 1);
}

TEST_CASE("tls: TLS 1.1 is refused", "[platform][tls]") {
  Fixture f;
  ScriptedServer server(with(f.authority.issue(), TLS1_1_VERSION), f.answer());
  TransportFixture client(f.settings(server));
  check_refused(f, client.get(), "the server speaks only an old TLS version");
}

TEST_CASE("tls: an expired certificate is refused with both dates", "[platform][tls]") {
  Fixture f;
  ScriptedServer server(with(f.authority.issue(days(-10, -2))), f.answer());
  TransportFixture client(f.settings(server));
  const auto outcome = client.get();
  check_refused(f, outcome, "the certificate has expired on 20");
  CHECK_THAT(outcome.error().detail, ContainsSubstring("(device clock says 20"));
}

TEST_CASE("tls: a certificate of the future is refused with both dates", "[platform][tls]") {
  Fixture f;
  ScriptedServer server(with(f.authority.issue(days(2, 10))), f.answer());
  TransportFixture client(f.settings(server));
  check_refused(f, client.get(), "the certificate is valid only from 20");
}

TEST_CASE("tls: a certificate of a foreign authority, or of none, is refused", "[platform][tls]") {
  Fixture f;
  const test::TestAuthority foreign;
  for (const Identity& identity : {foreign.issue(), test::make_self_signed()}) {
    ScriptedServer server(with(identity), f.answer());
    TransportFixture client(f.settings(server));
    check_refused(f, client.get(), "not signed by a trusted authority");
  }
}

TEST_CASE("tls: without a file of authorities the system's are trusted, and ours is not among them",
          "[platform][tls]") {
  Fixture f;
  ScriptedServer server(with(f.authority.issue()), f.answer());
  auto settings = f.settings(server);
  settings.ca_file.clear();
  TransportFixture client(settings);
  check_refused(f, client.get(), "not signed by a trusted authority");
}

TEST_CASE("tls: a certificate for another name or address is refused", "[platform][tls]") {
  Fixture f;
  const auto words_for = [&](const Identity& identity, const std::string& host) {
    ScriptedServer server(with(identity), f.answer());
    TransportFixture client(f.settings(server, host));
    check_refused(f, client.get(), "the certificate is for another host name");
  };
  words_for(f.authority.issue(names({"DNS:other.example"})), "localhost");
  words_for(f.authority.issue(names({"IP:127.0.0.2"})), "127.0.0.1");
  words_for(f.authority.issue(names({"DNS:127.0.0.1"})), "127.0.0.1");
  words_for(f.authority.issue(names({"IP:127.0.0.1"})), "localhost");
  words_for(f.authority.issue(names({"DNS:local*"})), "localhost");
}

TEST_CASE("tls: one pinned key of the chain is enough, the server's or its authority's",
          "[platform][tls]") {
  Fixture f;
  const Identity identity = f.authority.issue();
  const std::string spare = test::make_self_signed().pin;
  ScriptedServer server(with(identity), f.answer());
  for (const auto& pin : {identity.pin, f.authority.root().pin}) {
    auto settings = f.settings(server);
    settings.pinned_keys = {spare, pin};
    TransportFixture client(settings);
    CHECK(client.get().value().body == "ok");
  }
}

TEST_CASE("tls: without a pinned key in the chain nothing is sent", "[platform][tls]") {
  Fixture f;
  ScriptedServer server(with(f.authority.issue()), f.answer());
  auto settings = f.settings(server);
  settings.pinned_keys = {test::make_self_signed().pin, test::make_self_signed().pin};
  TransportFixture client(settings);
  check_refused(f, client.get(), "none of the pinned keys matches");
}

TEST_CASE("tls: a pinned key does not replace the authority", "[platform][tls]") {
  Fixture f;
  const Identity identity = test::make_self_signed();
  ScriptedServer server(with(identity), f.answer());
  auto settings = f.settings(server);
  settings.pinned_keys = {identity.pin, test::make_self_signed().pin};
  TransportFixture client(settings);
  check_refused(f, client.get(), "not signed by a trusted authority");
}

TEST_CASE("tls: settings that cannot work are refused before any connection", "[platform][tls]") {
  Fixture f;
  const std::string pin = f.authority.root().pin;
  boost::asio::io_context context;
  const auto code_for = [&](std::vector<std::string> pins, const std::string& ca_file,
                            const std::string& origin) {
    net::TransportSettings settings;
    settings.url_origin = origin;
    settings.ca_file = ca_file;
    settings.pinned_keys = std::move(pins);
    const auto made = net::BeastHttpTransport::make(context.get_executor(), settings);
    REQUIRE_FALSE(made.has_value());
    return made.error().code;
  };
  const std::string origin = "https://example.com";
  CHECK(code_for({pin}, f.ca_file, origin) == Errc::kConfig);
  CHECK(code_for({pin, pin}, f.ca_file, origin) == Errc::kConfig);
  CHECK(code_for({pin, "sha256/short"}, f.ca_file, origin) == Errc::kConfig);
  CHECK(code_for({pin, "sha1/" + pin.substr(7)}, f.ca_file, origin) == Errc::kConfig);
  CHECK(code_for({pin, test::make_self_signed().pin}, f.ca_file, "http://127.0.0.1:1") ==
        Errc::kConfig);
  CHECK(code_for({}, f.folder.file("missing.pem"), origin) == Errc::kConfig);
  CHECK(code_for({}, f.folder.write("empty.pem", "no certificate\n"), origin) == Errc::kConfig);
}

TEST_CASE("tls: a server that never shakes hands is waited for no longer than the limit",
          "[platform][tls]") {
  Fixture f;
  ScriptedServer plain([](Peer& peer) { peer.wait_for_end(); });
  net::TransportSettings settings;
  settings.ca_file = f.ca_file;
  settings.limits.handshake_time = 100ms;
  settings.url_origin = "https://127.0.0.1:" + std::to_string(plain.port());
  TransportFixture client(settings);
  const auto outcome = client.get();
  REQUIRE_FALSE(outcome.has_value());
  CHECK(outcome.error().reason == Reason::kBroken);
  CHECK_FALSE(outcome.error().request_may_have_left);
  CHECK_THAT(outcome.error().detail, ContainsSubstring("no TLS handshake within 100 ms"));
}

TEST_CASE("tls: a connection that ends during the handshake has carried no request",
          "[platform][tls]") {
  Fixture f;
  ScriptedServer plain([](Peer&) {});
  net::TransportSettings settings;
  settings.url_origin = "https://127.0.0.1:" + std::to_string(plain.port());
  settings.ca_file = f.ca_file;
  TransportFixture client(settings);
  const auto outcome = client.get();
  REQUIRE_FALSE(outcome.has_value());
  CHECK(outcome.error().reason == Reason::kBroken);
  CHECK_FALSE(outcome.error().request_may_have_left);
}

TEST_CASE("tls: a server without TLS is told as such", "[platform][tls]") {
  Fixture f;
  ScriptedServer plain([](Peer& peer) {
    peer.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    peer.wait_for_end();
  });
  net::TransportSettings settings;
  settings.url_origin = "https://127.0.0.1:" + std::to_string(plain.port());
  settings.ca_file = f.ca_file;
  TransportFixture client(settings);
  check_refused(f, client.get(), "does not speak TLS");
}

TEST_CASE("tls: a server that is silent after the handshake leaves a doubt", "[platform][tls]") {
  Fixture f;
  ScriptedServer server(with(f.authority.issue()), [](Peer& peer) {
    peer.shake_hands();
    peer.wait_for_end();
  });
  auto settings = f.settings(server);
  settings.limits.answer_time = 100ms;
  TransportFixture client(settings);
  const auto outcome = client.get();
  REQUIRE_FALSE(outcome.has_value());
  CHECK(outcome.error().reason == Reason::kBroken);
  CHECK(outcome.error().request_may_have_left);
}

TEST_CASE("tls: an answer up to the end counts only if the server said goodbye",
          "[platform][tls]") {
  Fixture f;
  ScriptedServer server(with(f.authority.issue()), [](Peer& peer) {
    peer.shake_hands();
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\n\r\nuntil the end");
    if (peer.number() == 0) peer.close_notify();
  });
  TransportFixture client(f.settings(server));
  CHECK(client.get().value().body == "until the end");
  const auto cut = client.get();
  REQUIRE_FALSE(cut.has_value());
  CHECK(cut.error().reason == Reason::kBroken);
}

TEST_CASE("tls: an idle connection that the server has left is not used again", "[platform][tls]") {
  Fixture f;
  std::promise<void> left;
  ScriptedServer server(with(f.authority.issue()), [&](Peer& peer) {
    peer.shake_hands();
    peer.read_request();
    peer.send(kOk);
    if (peer.number() > 0) return peer.wait_for_end();
    peer.close_notify();
    left.set_value();
    peer.wait_for_end();
  });
  TransportFixture client(f.settings(server));
  REQUIRE(client.get().has_value());
  left.get_future().wait();
  CHECK(client.get().has_value());
  CHECK(server.connections() == 2);
}

TEST_CASE("tls: a large request and a large answer pass whole", "[platform][tls]") {
  Fixture f;
  const std::string body(std::size_t{1} << 20, 'b');
  std::promise<std::size_t> size;
  ScriptedServer server(with(f.authority.issue()), [&](Peer& peer) {
    peer.shake_hands();
    size.set_value(peer.read_request().size());
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
              body);
    peer.wait_for_end();
  });
  TransportFixture client(f.settings(server));
  HttpRequest request("POST", "/");
  request.body = body;
  CHECK(client.exchange(std::move(request)).value().body == body);
  CHECK(size.get_future().get() > body.size());
}
