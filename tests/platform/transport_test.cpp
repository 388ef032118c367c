#include <stdlib.h>

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <condition_variable>
#include <future>

#include "tests/platform/scripted_server.hpp"
#include "tests/platform/transport_fixture.hpp"

using namespace handover;
using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;
using Reason = HttpFailure::Reason;
using test::always;
using test::Peer;
using test::ScriptedServer;
using test::settings_for;
using test::TransportFixture;

namespace {

constexpr auto kShort = 100ms;
const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

HttpHeader header(std::string name, std::string value) {
  HttpHeader result;
  result.name = std::move(name);
  result.value = std::move(value);
  return result;
}

HttpRequest post(std::string body) {
  HttpRequest request("POST", "/records?x=1");
  request.headers.push_back(header("Idempotency-Key", "k1"));
  request.body = std::move(body);
  return request;
}

/// A port where nobody listens.
std::string dead_origin() {
  const ScriptedServer server([](Peer&) {});
  return server.origin();
}

void check_failure(const HttpOutcome& outcome, Reason reason, bool may_have_left) {
  REQUIRE_FALSE(outcome.has_value());
  INFO(outcome.error().detail);
  CHECK(outcome.error().reason == reason);
  CHECK(outcome.error().request_may_have_left == may_have_left);
  CHECK_FALSE(outcome.error().detail.empty());
}

}  // namespace

TEST_CASE("transport: request and answer pass whole", "[platform][transport]") {
  std::promise<std::string> seen;
  ScriptedServer server([&](Peer& peer) {
    seen.set_value(peer.read_request());
    peer.send("HTTP/1.1 201 Created\r\nX-Twice: a\r\nX-Twice: b\r\nContent-Length: 5\r\n\r\nhello");
    peer.wait_for_end();
  });
  TransportFixture client(settings_for(server.origin()));

  const auto outcome = client.exchange(post("{\"a\":1}"));

  const std::string request = seen.get_future().get();
  CHECK_THAT(request, StartsWith("POST /records?x=1 HTTP/1.1\r\n"));
  CHECK_THAT(request,
             ContainsSubstring("\r\nHost: 127.0.0.1:" + std::to_string(server.port()) + "\r\n"));
  CHECK_THAT(request, ContainsSubstring("\r\nIdempotency-Key: k1\r\n"));
  CHECK_THAT(request, ContainsSubstring("\r\nContent-Length: 7\r\n"));
  CHECK_THAT(request, ContainsSubstring("\r\nConnection: keep-alive\r\n"));
  CHECK(request.ends_with("\r\n\r\n{\"a\":1}"));
  REQUIRE(outcome.has_value());
  CHECK(outcome->status == 201);
  CHECK(outcome->body == "hello");
  CHECK(std::count(outcome->headers.begin(), outcome->headers.end(), header("X-Twice", "b")) == 1);
}

TEST_CASE("transport: a GET has no Content-Length, an empty POST has one",
          "[platform][transport]") {
  std::promise<std::string> get_seen;
  std::promise<std::string> post_seen;
  ScriptedServer server([&](Peer& peer) {
    get_seen.set_value(peer.read_request());
    peer.send(kOk);
    post_seen.set_value(peer.read_request());
    peer.send(kOk);
  });
  TransportFixture client(settings_for(server.origin()));
  REQUIRE(client.get().has_value());
  REQUIRE(client.exchange(post("")).has_value());
  CHECK(get_seen.get_future().get().find("Content-Length") == std::string::npos);
  CHECK_THAT(post_seen.get_future().get(), ContainsSubstring("Content-Length: 0\r\n"));
}

TEST_CASE("transport: a connection is kept for the next exchange", "[platform][transport]") {
  ScriptedServer server(always(kOk));
  TransportFixture client(settings_for(server.origin()));
  for (int i = 0; i < 5; ++i) REQUIRE(client.get().value().body == "ok");
  CHECK(server.connections() == 1);
}

TEST_CASE("transport: a connection that the server wants closed is not used again",
          "[platform][transport]") {
  for (const char* answer :
       {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more that nobody asked for"}) {
    INFO(answer);
    ScriptedServer server(always(answer));
    TransportFixture client(settings_for(server.origin()));
    CHECK(client.get().value().body == "ok");
    CHECK(client.get().value().body == "ok");
    CHECK(server.connections() == 2);
  }
}

TEST_CASE(
    "transport: an idle connection that the server has closed costs the next exchange nothing",
    "[platform][transport]") {
  std::promise<void> closed;
  ScriptedServer server([&](Peer& peer) {
    peer.read_request();
    peer.send(kOk);
    if (peer.number() > 0) return peer.wait_for_end();
    peer.shut_down();
    closed.set_value();
  });
  TransportFixture client(settings_for(server.origin()));
  REQUIRE(client.get().has_value());
  closed.get_future().wait();

  const auto outcome = client.exchange(post("x"));

  CHECK(outcome.has_value());
  CHECK(server.connections() == 2);
}

TEST_CASE("transport: an idle connection on which the server speaks unasked is not used again",
          "[platform][transport]") {
  std::promise<void> spoken;
  ScriptedServer server([&](Peer& peer) {
    peer.read_request();
    peer.send(kOk);
    if (peer.number() == 0) {
      peer.send("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
      spoken.set_value();
    }
    peer.wait_for_end();
  });
  TransportFixture client(settings_for(server.origin()));
  REQUIRE(client.get().has_value());
  spoken.get_future().wait();
  CHECK(client.get().value().status == 200);
  CHECK(server.connections() == 2);
}

TEST_CASE("transport: an idle connection is closed after its time", "[platform][transport]") {
  std::promise<void> ended;
  ScriptedServer server([&](Peer& peer) {
    peer.read_request();
    peer.send(kOk);
    peer.wait_for_end();
    ended.set_value();
  });
  auto settings = settings_for(server.origin());
  settings.limits.idle_time = kShort;
  TransportFixture client(settings);
  REQUIRE(client.get().has_value());
  client.context.run();  // Until nothing is left to wait for.
  CHECK(ended.get_future().wait_for(5s) == std::future_status::ready);
}

TEST_CASE("transport: no more idle connections are kept than the limit", "[platform][transport]") {
  std::mutex mutex;
  std::condition_variable changed;
  int waiting = 0;
  std::promise<void> one_ended;
  std::atomic<bool> told = false;
  ScriptedServer server([&](Peer& peer) {
    peer.read_request();
    {
      std::unique_lock lock(mutex);
      ++waiting;
      changed.notify_all();
      changed.wait_for(lock, 5s, [&] { return waiting == 2; });
    }
    peer.send(kOk);
    peer.wait_for_end();
    if (!told.exchange(true)) one_ended.set_value();
  });
  auto settings = settings_for(server.origin());
  settings.limits.idle_connections_max = 1;
  TransportFixture client(settings);
  std::optional<HttpOutcome> first;
  std::optional<HttpOutcome> second;
  client.start(HttpRequest("GET", "/"), first);
  client.start(HttpRequest("GET", "/"), second);
  while (!first || !second) client.context.run_one();
  CHECK(one_ended.get_future().wait_for(5s) == std::future_status::ready);
}

TEST_CASE("transport: eight exchanges run at the same time", "[platform][transport]") {
  std::mutex mutex;
  std::condition_variable changed;
  int waiting = 0;
  ScriptedServer server([&](Peer& peer) {
    peer.read_request();
    std::unique_lock lock(mutex);
    ++waiting;
    changed.notify_all();
    // Nobody is answered before all have asked.
    if (!changed.wait_for(lock, 5s, [&] { return waiting == 8; })) return;
    peer.send(kOk);
  });
  TransportFixture client(settings_for(server.origin()));
  std::array<std::optional<HttpOutcome>, 8> outcomes;

  for (auto& outcome : outcomes) client.start(HttpRequest("GET", "/"), outcome);
  const auto missing = [](const auto& outcome) { return !outcome.has_value(); };
  while (std::any_of(outcomes.begin(), outcomes.end(), missing)) client.context.run_one();

  for (const auto& outcome : outcomes) CHECK((*outcome).has_value());
  CHECK(server.connections() == 8);
}

TEST_CASE("transport: answers without a body end at their header", "[platform][transport]") {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 204 No Content\r\n\r\n");
    peer.read_request();
    peer.send("HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\n\r\n");
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
    peer.wait_for_end();
  });
  TransportFixture client(settings_for(server.origin()));
  CHECK(client.get().value().status == 204);
  CHECK(client.get().value().status == 304);
  CHECK(client.exchange(HttpRequest("HEAD", "/")).value().status == 200);
  CHECK(server.connections() == 1);
}

TEST_CASE("transport: chunked answers, and answers up to the end of the connection, are read whole",
          "[platform][transport]") {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    if (peer.number() == 0) {
      peer.send(
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
          "chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Late: 1\r\n\r\n");
      peer.read_request();
    }
    peer.send("HTTP/1.1 200 OK\r\n\r\nuntil the end");
  });
  TransportFixture client(settings_for(server.origin()));
  const auto chunked = client.get().value();
  CHECK(chunked.body == "abcde");
  CHECK(find_header(chunked.headers, "X-Late").empty());
  CHECK(client.get().value().body == "until the end");
}

TEST_CASE("transport: interim answers are passed over, but not without end",
          "[platform][transport]") {
  const std::string interim = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n";
  ScriptedServer server([&](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 100 Continue\r\n\r\n" + interim + kOk);
    peer.read_request();
    for (int i = 0; i < 100; ++i) peer.send(interim);
    peer.wait_for_end();
  });
  TransportFixture client(settings_for(server.origin()));
  CHECK(client.get().value().status == 200);
  check_failure(client.get(), Reason::kBadAnswer, true);
}

TEST_CASE("transport: a redirect is an answer, and is not followed", "[platform][transport]") {
  ScriptedServer other(always(kOk));
  ScriptedServer server(always("HTTP/1.1 302 Found\r\nLocation: " + other.origin() +
                               "/\r\nContent-Length: 0\r\n\r\n"));
  TransportFixture client(settings_for(server.origin()));
  const auto answer = client.get().value();
  CHECK(answer.status == 302);
  CHECK(find_header(answer.headers, "Location") == other.origin() + "/");
  CHECK(other.connections() == 0);
}

TEST_CASE("transport: a proxy in the environment is not used", "[platform][transport]") {
  ScriptedServer proxy(always("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nproxy"));
  for (const char* name : {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"}) {
    ::setenv(name, proxy.origin().c_str(), 1);
  }
  ScriptedServer server(always(kOk));
  TransportFixture client(settings_for(server.origin()));
  CHECK(client.get().value().body == "ok");
  CHECK(proxy.connections() == 0);
  for (const char* name : {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"})
    ::unsetenv(name);
}

TEST_CASE("transport: where nobody listens nothing has left", "[platform][transport]") {
  TransportFixture client(settings_for(dead_origin()));
  const auto outcome = client.exchange(post("x"));
  check_failure(outcome, Reason::kNoNetwork, false);
  CHECK_THAT(outcome.error().detail, ContainsSubstring("refused"));
}

TEST_CASE("transport: a name is tried at each of its addresses", "[platform][transport]") {
  // `localhost` is often ::1 first, where this server does not listen.
  ScriptedServer server(always(kOk));
  TransportFixture client(settings_for(server.origin("localhost")));
  CHECK(client.get().value().body == "ok");
}

TEST_CASE("transport: a reset before the request was read leaves a doubt",
          "[platform][transport]") {
  // A reset any sooner can overtake the end of connecting.
  ScriptedServer server([](Peer& peer) {
    peer.wait_for_bytes();
    peer.reset();
  });
  TransportFixture client(settings_for(server.origin()));
  check_failure(client.exchange(post("x")), Reason::kBroken, true);
}

TEST_CASE("transport: an end or a reset after the request leaves a doubt",
          "[platform][transport]") {
  for (const bool with_reset : {false, true}) {
    ScriptedServer server([&](Peer& peer) {
      peer.read_request();
      if (with_reset) peer.reset();
    });
    TransportFixture client(settings_for(server.origin()));
    check_failure(client.exchange(post("x")), Reason::kBroken, true);
    CHECK(server.connections() == 1);
  }
}

TEST_CASE("transport: a kept connection that is reset by the next request is not tried again",
          "[platform][transport]") {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.send(kOk);
    peer.read_request();
    peer.reset();
  });
  TransportFixture client(settings_for(server.origin()));
  REQUIRE(client.get().has_value());
  check_failure(client.exchange(post("x")), Reason::kBroken, true);
  CHECK(server.connections() == 1);
}

TEST_CASE("transport: a truncated answer is no answer", "[platform][transport]") {
  for (const char* answer :
       {"HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\n"}) {
    INFO(answer);
    ScriptedServer server([&](Peer& peer) {
      peer.read_request();
      peer.send(answer);
    });
    TransportFixture client(settings_for(server.origin()));
    check_failure(client.get(), Reason::kBroken, true);
  }
}

TEST_CASE("transport: what is no HTTP/1.1 is a bad answer", "[platform][transport]") {
  for (const char* answer :
       {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 abc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nx",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nBad Name: 1\r\n\r\n"}) {
    INFO(answer);
    ScriptedServer server([&](Peer& peer) {
      peer.read_request();
      peer.send(answer);
      peer.wait_for_end();
    });
    TransportFixture client(settings_for(server.origin()));
    check_failure(client.get(), Reason::kBadAnswer, true);
  }
}

TEST_CASE("transport: an answer is only as large as the limits", "[platform][transport]") {
  const std::string big(2000, 'x');
  for (const std::string& answer :
       {"HTTP/1.1 200 OK\r\nX-Big: " + big + "\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX-Big: " + big + big,
        std::string("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n"),
        "HTTP/1.1 200 OK\r\n\r\n" + big,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + big + "\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + big + big}) {
    INFO(answer.substr(0, 60));
    ScriptedServer server([&](Peer& peer) {
      peer.read_request();
      peer.send(answer);
      peer.wait_for_end();
    });
    auto settings = settings_for(server.origin());
    settings.limits.header_bytes_max = 1000;
    settings.limits.body_bytes_max = 1000;
    TransportFixture client(settings);
    const auto outcome = client.get();
    check_failure(outcome, Reason::kBadAnswer, true);
    CHECK_THAT(outcome.error().detail, ContainsSubstring("too large"));
  }
}

TEST_CASE("transport: an answer of the largest size is read", "[platform][transport]") {
  const std::string body(limits::kAnswerBodyBytesMax, 'x');
  ScriptedServer server(always("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) +
                               "\r\n\r\n" + body));
  TransportFixture client(settings_for(server.origin()));
  CHECK(client.get().value().body == body);
}

TEST_CASE("transport: a server that goes silent is waited for no longer than the limit",
          "[platform][transport]") {
  for (const char* answer :
       {"", "HTTP/1.1 200 OK\r\nConte", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"}) {
    INFO(answer);
    ScriptedServer server([&](Peer& peer) {
      peer.read_request();
      peer.send(answer);
      peer.wait_for_end();
    });
    auto settings = settings_for(server.origin());
    settings.limits.answer_time = kShort;
    TransportFixture client(settings);
    const auto outcome = client.exchange(post("x"));
    check_failure(outcome, Reason::kBroken, true);
    CHECK_THAT(outcome.error().detail, ContainsSubstring("within 100 ms"));
  }
}

TEST_CASE("transport: a server that drips is cut off at the limit for the whole answer",
          "[platform][transport]") {
  ScriptedServer server([](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    // Each byte comes much sooner than the limit; only the client's end stops it.
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable never;
    while (peer.send("x")) never.wait_for(lock, 5ms);
  });
  auto settings = settings_for(server.origin());
  settings.limits.answer_time = kShort;
  TransportFixture client(settings);
  check_failure(client.get(), Reason::kBroken, true);
}

TEST_CASE("transport: a server that does not read is waited for no longer than the limit",
          "[platform][transport]") {
  std::promise<void> done;
  auto future = done.get_future();
  ScriptedServer server([&](Peer&) { future.wait_for(10s); });
  auto settings = settings_for(server.origin());
  settings.limits.write_time = kShort;
  TransportFixture client(settings);
  const auto outcome = client.exchange(post(std::string(std::size_t{32} << 20, 'x')));
  done.set_value();
  check_failure(outcome, Reason::kBroken, true);
  CHECK_THAT(outcome.error().detail, ContainsSubstring("could not be sent"));
}

TEST_CASE("transport: an address that swallows packets is waited for no longer than the limit",
          "[platform][transport]") {
  // A listener with a full queue answers no further connection, as a firewall that drops packets.
  boost::asio::io_context other;
  using boost::asio::ip::tcp;
  tcp::acceptor acceptor(other, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
  acceptor.listen(0);
  std::vector<tcp::socket> fillers;
  for (int i = 0; i < 8; ++i) {
    fillers.emplace_back(other);
    fillers.back().async_connect(acceptor.local_endpoint(),
                                 [](const boost::system::error_code&) {});
  }
  other.run_for(20ms);
  auto settings =
      settings_for("http://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()));
  settings.limits.connect_time = kShort;
  TransportFixture client(settings);
  const auto outcome = client.get();
  check_failure(outcome, Reason::kNoNetwork, false);
  CHECK_THAT(outcome.error().detail, ContainsSubstring("no answer within 100 ms"));
}

TEST_CASE("transport: a flawed request is refused before anything is sent",
          "[platform][transport]") {
  ScriptedServer server(always(kOk));
  TransportFixture client(settings_for(server.origin()));
  HttpRequest injected = post("x");
  injected.headers.push_back(header("X-Note", "a\r\nX-Evil: 1"));
  check_failure(client.exchange(std::move(injected)), Reason::kBadRequest, false);
  check_failure(client.get("/a\r\nX-Evil: 1"), Reason::kBadRequest, false);
  CHECK(server.connections() == 0);
}

TEST_CASE("transport: destroyed during exchanges, it ends them as cancelled",
          "[platform][transport]") {
  std::promise<void> asked;
  ScriptedServer server([&](Peer& peer) {
    peer.read_request();
    asked.set_value();
    peer.wait_for_end();
  });
  TransportFixture client(settings_for(server.origin()));
  std::optional<HttpOutcome> waiting;
  std::optional<HttpOutcome> starting;
  client.start(post("x"), waiting);
  auto future = asked.get_future();
  while (future.wait_for(0s) != std::future_status::ready) client.context.run_one_for(10ms);
  client.start(post("y"), starting);

  client.transport.reset();
  client.context.run();

  REQUIRE(waiting.has_value());
  check_failure(*waiting, Reason::kCancelled, true);
  REQUIRE(starting.has_value());
  check_failure(*starting, Reason::kCancelled, false);
}

TEST_CASE("transport: an event loop that ends in the middle of an exchange leaks nothing",
          "[platform][transport]") {
  ScriptedServer server([](Peer& peer) { peer.wait_for_end(); });
  std::optional<HttpOutcome> outcome;
  {
    TransportFixture client(settings_for(server.origin()));
    client.start(post("x"), outcome);
    client.context.run_for(20ms);
    client.transport.reset();
  }
  CHECK_FALSE(outcome.has_value());
}

TEST_CASE("transport: plain HTTP goes only to this device", "[platform][transport]") {
  boost::asio::io_context context;
  const auto code_for = [&](const std::string& origin) {
    const auto made = net::BeastHttpTransport::make(context.get_executor(), settings_for(origin));
    return made ? std::optional<Errc>() : std::optional<Errc>(made.error().code);
  };
  CHECK_FALSE(code_for("http://127.0.0.1:18080").has_value());
  CHECK_FALSE(code_for("http://127.1.2.3").has_value());
  CHECK_FALSE(code_for("http://[::1]:1").has_value());
  CHECK_FALSE(code_for("http://localhost:1/").has_value());
  CHECK_FALSE(code_for("https://example.com").has_value());
  CHECK(code_for("http://example.com") == Errc::kConfig);
  CHECK(code_for("http://10.0.0.1") == Errc::kConfig);
  CHECK(code_for("https://example.com/path") == Errc::kConfig);
  CHECK(code_for("nonsense") == Errc::kConfig);
}
