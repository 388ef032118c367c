#include "platform/asio/local_client.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/platform/scripted_server.hpp"
#include "tests/platform/server_fixture.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace handover;
using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using net::LocalClient;
using net::Reply;
using test::Peer;
using test::ScriptedServer;
using test::ServerFixture;

namespace {

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

LocalClient client_for(const std::string& address) {
  return std::move(LocalClient::make(address, Secret(std::string_view("t0ken"))).value());
}
std::string address_of(const ScriptedServer& server) {
  return "127.0.0.1:" + std::to_string(server.port());
}

}  // namespace

TEST_CASE("local client: it calls the agent with its token, over TCP and a Unix socket",
          "[platform][client]") {
  const test::TemporaryFolder folder;
  const auto handler = [](const HttpRequest& request, const Reply& reply) {
    HttpResponse response(201);
    response.body = request.body + " " + std::string(find_header(request.headers, "Authorization"));
    reply(std::move(response));
  };
  for (const std::string& address :
       {std::string("127.0.0.1:0"), std::string("[::1]:0"), "unix:" + folder.file("s")}) {
    ServerFixture fixture(handler, {}, address);
    auto client = client_for(fixture.address());
    HttpRequest request("POST", "/v1/sync");
    request.body = "body";
    const auto answer = client.call(std::move(request));
    REQUIRE(answer.has_value());
    CHECK(answer->status == 201);
    CHECK(answer->body == "body Bearer t0ken");
  }
}

TEST_CASE(
    "local client: it keeps its connection, and makes a new one where the agent has closed it",
    "[platform][client]") {
  ScriptedServer server([](Peer& peer) {
    for (int i = 0; i < 2; ++i) {
      peer.read_request();
      peer.send(kOk);
    }
  });
  auto client = client_for(address_of(server));
  CHECK(client.call(HttpRequest("GET", "/")).has_value());
  CHECK(client.call(HttpRequest("GET", "/")).has_value());
  CHECK(server.connections() == 1);
}

TEST_CASE("local client: an answer that ends the connection is followed by a new one",
          "[platform][client]") {
  ScriptedServer server(
      test::always("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"));
  auto client = client_for(address_of(server));
  CHECK(client.call(HttpRequest("GET", "/")).has_value());
  CHECK(client.call(HttpRequest("GET", "/")).has_value());
  CHECK(server.connections() == 2);
}

TEST_CASE("local client: where nobody listens it says how to start the agent",
          "[platform][client]") {
  const test::TemporaryFolder folder;
  std::string dead;
  {
    const ScriptedServer server([](Peer&) {});
    dead = address_of(server);
  }
  for (const std::string& address : {dead, "unix:" + folder.file("none.sock")}) {
    auto client = client_for(address);
    const auto answer = client.call(HttpRequest("GET", "/"));
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().code == Errc::kUnreachable);
    CHECK_THAT(answer.error().detail,
               ContainsSubstring(address + "; start it with: handover agent --config"));
  }
}

TEST_CASE("local client: an agent that does not answer is not waited for longer than asked",
          "[platform][client]") {
  for (const char* answer : {"", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"}) {
    ScriptedServer server([&](Peer& peer) {
      peer.read_request();
      peer.send(answer);
      peer.wait_for_end();
    });
    auto client = client_for(address_of(server));
    const auto outcome = client.call(HttpRequest("GET", "/"), 100ms);
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().code == Errc::kUnreachable);
    CHECK_THAT(outcome.error().detail, ContainsSubstring("does not answer"));
  }
}

TEST_CASE("local client: after a failure the next call begins with a new connection",
          "[platform][client]") {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.send(peer.number() == 0 ? "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf" : kOk);
    if (peer.number() > 0) peer.wait_for_end();
  });
  auto client = client_for(address_of(server));
  const auto first = client.call(HttpRequest("GET", "/"));
  REQUIRE_FALSE(first.has_value());
  CHECK(first.error().code == Errc::kUnreachable);
  CHECK(client.call(HttpRequest("GET", "/")).value().body == "ok");
}

TEST_CASE("local client: what is not the agent is told as such", "[platform][client]") {
  ScriptedServer server(test::always("SSH-2.0-OpenSSH_9.2\r\n\r\n"));
  auto client = client_for(address_of(server));
  const auto answer = client.call(HttpRequest("GET", "/"));
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().code == Errc::kCorrupt);
}

TEST_CASE("local client: a refusal that comes before the whole body was sent is heard",
          "[platform][client]") {
  ServerFixture fixture;
  auto client = client_for(fixture.address());
  HttpRequest request("POST", "/");
  request.body.assign(std::size_t{4} << 20, 'x');
  const auto answer = client.call(std::move(request));
  REQUIRE(answer.has_value());
  CHECK(answer->status == 413);
}

TEST_CASE("local client: a flawed request and a foreign address are refused",
          "[platform][client]") {
  auto client = client_for("127.0.0.1:1");
  const auto answer = client.call(HttpRequest("GET", "/\r\n"));
  REQUIRE_FALSE(answer.has_value());
  CHECK(answer.error().code == Errc::kInvalid);
  CHECK(LocalClient::make("10.0.0.1:80", Secret()).error().code == Errc::kConfig);
}

TEST_CASE("local client: HEAD has no body to wait for", "[platform][client]") {
  ServerFixture fixture;
  auto client = client_for(fixture.address());
  CHECK(client.call(HttpRequest("HEAD", "/")).value().body.empty());
  CHECK(client.call(HttpRequest("GET", "/")).value().body == "GET / ");
}
