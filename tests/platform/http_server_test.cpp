#include "platform/asio/http_server.hpp"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "tests/platform/raw_client.hpp"
#include "tests/platform/server_fixture.hpp"

using namespace handover;
using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using net::Reply;
using net::ServerLimits;
using test::echo;
using test::RawAnswer;
using test::RawClient;
using test::ServerFixture;

namespace {

constexpr auto kShort = 100ms;
const std::string kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

std::string post(const std::string& body, const std::string& headers = "") {
  return "POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         headers + "\r\n" + body;
}

void check_problem(const RawAnswer& answer, int status, const std::string& name) {
  CHECK(answer.status == status);
  CHECK_THAT(answer.head, ContainsSubstring("Content-Type: application/problem+json\r\n"));
  CHECK_THAT(answer.head, ContainsSubstring("Connection: close\r\n"));
  CHECK_THAT(answer.body, ContainsSubstring("\"urn:handover:problem:" + name + "\""));
  CHECK_THAT(answer.body, ContainsSubstring("\"status\":" + std::to_string(status)));
}

/// A handler that keeps each Reply for the test to use.
struct Keeper {
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<Reply> reply;
  int calls = 0;

  net::HttpHandler handler() {
    return [this](const HttpRequest&, Reply given) {
      const std::lock_guard lock(mutex);
      reply = std::move(given);
      ++calls;
      changed.notify_all();
    };
  }
  bool wait_for_calls(int count) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, 10s, [&] { return calls >= count; });
  }
  int count() {
    const std::lock_guard lock(mutex);
    return calls;
  }
};

}  // namespace

TEST_CASE("http server: it answers over IPv4 and IPv6, at the port that it says",
          "[platform][server]") {
  for (const char* address : {"127.0.0.1:0", "[::1]:0"}) {
    ServerFixture fixture(echo(), {}, address);
    INFO(fixture.address());
    RawClient client(fixture.address());
    const auto answer = client.call(post("body"));
    CHECK(answer.status == 200);
    CHECK(answer.body == "POST /p body");
  }
}

TEST_CASE("http server: every answer is framed, and is not to be stored or guessed at",
          "[platform][server]") {
  ServerFixture fixture;
  const auto answer = RawClient(fixture.address()).call(kGet);
  CHECK_THAT(answer.head, ContainsSubstring("HTTP/1.1 200 OK\r\n"));
  CHECK_THAT(answer.head, ContainsSubstring("Content-Length: 7\r\n"));
  CHECK_THAT(answer.head, ContainsSubstring("Cache-Control: no-store\r\n"));
  CHECK_THAT(answer.head, ContainsSubstring("X-Content-Type-Options: nosniff\r\n"));
}

TEST_CASE("http server: a connection serves many requests", "[platform][server]") {
  ServerFixture fixture;
  RawClient client(fixture.address());
  for (int i = 0; i < 20; ++i)
    CHECK(client.call(post(std::to_string(i))).body == "POST /p " + std::to_string(i));
}

TEST_CASE("http server: pipelined requests are answered in their order, one at a time",
          "[platform][server]") {
  Keeper keeper;
  ServerFixture fixture(keeper.handler());
  RawClient client(fixture.address());
  client.send(kGet + post("two") + kGet);

  for (int i = 1; i <= 3; ++i) {
    REQUIRE(keeper.wait_for_calls(i));
    CHECK(keeper.count() == i);
    fixture.run([&] { (*keeper.reply)(HttpResponse(200 + i)); });
    CHECK(client.read_answer().status == 200 + i);
  }
}

TEST_CASE("http server: many pipelined requests that are answered at once do not nest",
          "[platform][server]") {
  ServerFixture fixture;
  RawClient client(fixture.address());
  std::string requests;
  for (int i = 0; i < 500; ++i) requests += kGet;
  std::thread sender([&] { client.send(requests); });
  int answers = 0;
  while (answers < 500 && client.read_answer().status == 200) ++answers;
  sender.join();
  CHECK(answers == 500);
}

TEST_CASE("http server: HEAD is answered with the length, without the body", "[platform][server]") {
  ServerFixture fixture;
  RawClient client(fixture.address());
  client.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto head = client.read_answer(false);
  CHECK(head.status == 200);
  CHECK_THAT(head.head, ContainsSubstring("Content-Length: 8\r\n"));
  CHECK(client.call(kGet).body == "GET /a ");
}

TEST_CASE("http server: 204 has neither length nor body", "[platform][server]") {
  ServerFixture fixture([](const HttpRequest&, const Reply& reply) { reply(HttpResponse(204)); });
  RawClient client(fixture.address());
  CHECK_THAT(client.call(kGet).head, !ContainsSubstring("Content-Length"));
  CHECK(client.call(kGet).status == 204);
}

TEST_CASE("http server: a client that asks for the end gets it after its answer",
          "[platform][server]") {
  ServerFixture fixture;
  for (const char* request :
       {"GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "GET /a HTTP/1.0\r\n\r\n"}) {
    RawClient client(fixture.address());
    const auto answer = client.call(request);
    CHECK(answer.status == 200);
    CHECK_THAT(answer.head, ContainsSubstring("Connection: close\r\n"));
    CHECK(client.at_end());
  }
}

TEST_CASE("http server: a client that only stops sending still gets its answer",
          "[platform][server]") {
  ServerFixture fixture;
  RawClient client(fixture.address());
  client.send(post("x"));
  client.finish_sending();
  CHECK(client.read_answer().status == 200);
}

TEST_CASE("http server: a wish to upgrade is ignored", "[platform][server]") {
  ServerFixture fixture;
  RawClient client(fixture.address());
  CHECK(
      client.call("GET /a HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
          .status == 200);
  CHECK(client.call(kGet).status == 200);
}

TEST_CASE("http server: a chunked body is put together", "[platform][server]") {
  ServerFixture fixture;
  RawClient client(fixture.address());
  const auto answer = client.call(
      "POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\nX-Late: 1\r\n\r\n");
  CHECK(answer.body == "POST /p abcde");
  CHECK(client.call(kGet).status == 200);
}

TEST_CASE("http server: a client that asks first is told to go on", "[platform][server]") {
  ServerFixture fixture;
  RawClient client(fixture.address());
  client.send("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.read_answer().status == 100);
  CHECK(client.call("body").body == "POST /p body");
}

TEST_CASE("http server: a client that asks first with too large a body is told so at once",
          "[platform][server]") {
  ServerFixture fixture;
  RawClient client(fixture.address());
  check_problem(
      client.call(
          "POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\nExpect: 100-continue\r\n\r\n"),
      413, "body-too-large");
}

TEST_CASE("http server: an unknown expectation is refused", "[platform][server]") {
  ServerFixture fixture;
  RawClient client(fixture.address());
  check_problem(
      client.call("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: miracles\r\n\r\n"),
      417, "expectation");
}

TEST_CASE("http server: a body of the largest size is taken, one byte more is refused and heard",
          "[platform][server]") {
  ServerFixture fixture;
  RawClient client(fixture.address());
  const std::string body(limits::kServerBodyBytesMax, 'b');
  CHECK(client.call(post(body)).body.size() == body.size() + 8);

  RawClient greedy(fixture.address());
  // The answer comes before the body is read; the client must still be able to read it.
  check_problem(greedy.call(post(body + "b")), 413, "body-too-large");
  CHECK(greedy.at_end());
}

TEST_CASE("http server: a chunked body is only as large as the limit", "[platform][server]") {
  ServerLimits limits;
  limits.body_bytes_max = 100;
  ServerFixture fixture(echo(), limits);
  const std::string start = "POST /p HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string chunk = "32\r\n" + std::string(50, 'c') + "\r\n";
  CHECK(RawClient(fixture.address()).call(start + chunk + chunk + "0\r\n\r\n").status == 200);
  check_problem(RawClient(fixture.address()).call(start + chunk + chunk + "1\r\nc\r\n0\r\n\r\n"),
                413, "body-too-large");
}

TEST_CASE("http server: a header is only as large as the limit", "[platform][server]") {
  ServerFixture fixture;
  const std::string big(limits::kServerHeaderBytesMax, 'h');
  const std::string fits(limits::kServerHeaderBytesMax - 100, 'h');
  CHECK(RawClient(fixture.address())
            .call("GET / HTTP/1.1\r\nHost: x\r\nX: " + fits + "\r\n\r\n")
            .status == 200);
  check_problem(
      RawClient(fixture.address()).call("GET / HTTP/1.1\r\nHost: x\r\nX: " + big + "\r\n\r\n"), 431,
      "header-too-large");
  check_problem(RawClient(fixture.address()).call("GET /" + big + " HTTP/1.1\r\nHost: x\r\n\r\n"),
                431, "header-too-large");
  check_problem(
      RawClient(fixture.address())
          .call("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;" + big + big),
      431, "header-too-large");
}

TEST_CASE("http server: what is no well-formed request is refused", "[platform][server]") {
  ServerFixture fixture;
  for (const char* text :
       {"nonsense\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "GET http://x/ HTTP/1.1\r\nHost: x\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/2.0\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : x\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nA\x01: b\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: "
        "chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: "
        "3\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\nGET / HTTP/1.1\r\nHost: "
        "x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "\x16\x03\x01\x02\x05\x01\x0d\x0a\x0d\x0a"}) {
    INFO(text);
    RawClient client(fixture.address());
    check_problem(client.call(text), 400, "malformed-request");
    CHECK(client.at_end());
  }
}

TEST_CASE("http server: a request must be complete within its time, however it drips",
          "[platform][server]") {
  ServerLimits limits;
  limits.request_time = kShort;
  ServerFixture fixture(echo(), limits);
  for (const std::string& text :
       {std::string("G"), kGet.substr(0, 20), post("whole").substr(0, 50)}) {
    INFO(text);
    RawClient client(fixture.address());
    client.send(text);
    check_problem(client.read_answer(), 408, "request-timeout");
    CHECK(client.at_end());
  }
}

TEST_CASE("http server: the time of a slow client does not start anew with each byte",
          "[platform][server]") {
  ServerLimits limits;
  limits.request_time = kShort;
  limits.linger_time = kShort;
  ServerFixture fixture(echo(), limits);
  RawClient client(fixture.address());
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable never;
  int sent = 0;
  client.send("GET / HTTP/1.1\r\nHost: x\r\nX: ");
  while (sent < 400 && client.send("x")) {
    ++sent;
    never.wait_for(lock, 5ms);
  }
  CHECK(sent < 400);
}

TEST_CASE("http server: a connection that stays idle is closed without a word",
          "[platform][server]") {
  ServerLimits limits;
  limits.idle_time = kShort;
  ServerFixture fixture(echo(), limits);
  RawClient fresh(fixture.address());
  RawClient used(fixture.address());
  CHECK(used.call(kGet).status == 200);
  CHECK(fresh.at_end());
  CHECK(used.at_end());
}

TEST_CASE("http server: a client that does not read its answer is cut off", "[platform][server]") {
  ServerLimits limits;
  limits.write_time = kShort;
  ServerFixture fixture(
      [&](const HttpRequest& request, const Reply& reply) {
        HttpResponse response(200);
        if (request.method == "GET") response.body.assign(std::size_t{32} << 20, 'x');
        reply(std::move(response));
      },
      limits);
  RawClient client(fixture.address());
  client.send(kGet);
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable never;
  // Until the server has ended the connection, sending works.
  int sent = 0;
  while (sent < 1000 && client.send("x")) {
    ++sent;
    never.wait_for(lock, 5ms);
  }
  CHECK(sent < 1000);
  CHECK(RawClient(fixture.address()).call(post("")).status == 200);
}

TEST_CASE("http server: a large answer passes whole to a client that reads", "[platform][server]") {
  const std::string body(std::size_t{8} << 20, 'x');
  ServerFixture fixture([&](const HttpRequest&, const Reply& reply) {
    HttpResponse response(200);
    response.body = body;
    reply(std::move(response));
  });
  RawClient client(fixture.address());
  CHECK(client.call(kGet).body == body);
  CHECK(client.call(kGet).body == body);
}

TEST_CASE(
    "http server: the connection after the last is told so, and a place that becomes free is used",
    "[platform][server]") {
  ServerLimits limits;
  limits.connections_max = 2;
  ServerFixture fixture(echo(), limits);
  auto first = std::make_unique<RawClient>(fixture.address());
  RawClient second(fixture.address());
  CHECK(first->call(kGet).status == 200);
  CHECK(second.call(kGet).status == 200);

  RawClient third(fixture.address());
  check_problem(third.call(kGet), 503, "too-many-connections");
  CHECK(third.at_end());
  CHECK(first->call(kGet).status == 200);
  first->finish_sending();
  CHECK(first->at_end());
  first.reset();

  CHECK(RawClient(fixture.address()).call(kGet).status == 200);
}

TEST_CASE("http server: a crowd over the limit waits in the queue and is served in the end",
          "[platform][server]") {
  ServerLimits limits;
  limits.connections_max = 1;
  limits.linger_time = kShort;
  ServerFixture fixture(echo(), limits);
  std::vector<std::unique_ptr<RawClient>> crowd;
  for (int i = 0; i < 40; ++i) crowd.push_back(std::make_unique<RawClient>(fixture.address()));
  int answered = 0;
  for (const auto& client : crowd) answered += client->call(kGet).status != 0 ? 1 : 0;
  CHECK(answered == 40);
}

TEST_CASE("http server: an answer may come later, once", "[platform][server]") {
  Keeper keeper;
  ServerFixture fixture(keeper.handler());
  RawClient client(fixture.address());
  client.send(kGet);
  REQUIRE(keeper.wait_for_calls(1));

  fixture.run([&] {
    (*keeper.reply)(HttpResponse(201));
    (*keeper.reply)(HttpResponse(500));
  });

  CHECK(client.read_answer().status == 201);
  client.send(kGet);
  REQUIRE(keeper.wait_for_calls(2));
  fixture.run([&] { (*keeper.reply)(HttpResponse(202)); });
  CHECK(client.read_answer().status == 202);
}

TEST_CASE("http server: an answer after the client has gone is dropped", "[platform][server]") {
  Keeper keeper;
  ServerFixture fixture(keeper.handler());
  {
    RawClient client(fixture.address());
    client.send(kGet);
    REQUIRE(keeper.wait_for_calls(1));
  }
  fixture.run([&] { (*keeper.reply)(HttpResponse(200)); });
  fixture.run([&] { (*keeper.reply)(HttpResponse(200)); });

  RawClient next(fixture.address());
  next.send(kGet);
  REQUIRE(keeper.wait_for_calls(2));
  fixture.run([&] { (*keeper.reply)(HttpResponse(203)); });
  CHECK(next.read_answer().status == 203);
}

TEST_CASE("http server: a request whose answer is thrown away ends without one",
          "[platform][server]") {
  ServerFixture dropping([](const HttpRequest&, const Reply&) {});
  RawClient client(dropping.address());
  client.send(kGet);
  CHECK(client.at_end());

  Keeper keeper;
  ServerFixture fixture(keeper.handler());
  RawClient later(fixture.address());
  later.send(kGet);
  REQUIRE(keeper.wait_for_calls(1));
  fixture.run([&] { keeper.reply.reset(); });
  CHECK(later.at_end());
}

TEST_CASE("http server: an answer that is not HTTP becomes a 500", "[platform][server]") {
  ServerFixture fixture([](const HttpRequest&, const Reply& reply) {
    HttpResponse response(200);
    HttpHeader header;
    header.name = "X-Note";
    header.value = "a\r\nX-Evil: 1";
    response.headers.push_back(header);
    reply(std::move(response));
  });
  check_problem(RawClient(fixture.address()).call(kGet), 500, "internal");
}

TEST_CASE("http server: stopped, it ends its connections and calls nobody any more",
          "[platform][server]") {
  Keeper keeper;
  ServerFixture fixture(keeper.handler());
  RawClient waiting(fixture.address());
  RawClient idle(fixture.address());
  waiting.send(kGet);
  REQUIRE(keeper.wait_for_calls(1));

  fixture.run([&] { fixture.server->stop(); });

  CHECK(waiting.at_end());
  CHECK(idle.at_end());
  fixture.run([&] { (*keeper.reply)(HttpResponse(200)); });
  CHECK(keeper.count() == 1);
}

TEST_CASE("http server: a handler may end its own server", "[platform][server]") {
  ServerFixture* self = nullptr;
  std::string note = "longer than a small string, so that a use after its end is seen";
  ServerFixture fixture([&self, note](const HttpRequest&, const Reply& reply) {
    self->server->stop();
    HttpResponse response(200);
    response.body = note;
    reply(std::move(response));
  });
  self = &fixture;
  RawClient client(fixture.address());
  client.send(kGet);
  CHECK(client.at_end());
}

TEST_CASE("http server: it listens only where nobody else can reach it", "[platform][server]") {
  boost::asio::io_context context;
  for (const char* address :
       {"0.0.0.0:0", "127.0.0.2:0", "[::]:0", "::1:0", "localhost:0", "192.168.1.1:80", "127.0.0.1",
        "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536", ":80", "", "unix:", "tcp:127.0.0.1:1"}) {
    INFO(address);
    const auto made = net::HttpServer::listen(context.get_executor(), address, {}, echo());
    REQUIRE_FALSE(made.has_value());
    CHECK(made.error().code == Errc::kConfig);
  }
}

TEST_CASE("http server: a port that is taken is told as such", "[platform][server]") {
  ServerFixture fixture;
  boost::asio::io_context context;
  const auto second =
      net::HttpServer::listen(context.get_executor(), fixture.address(), {}, echo());
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().code == Errc::kInUse);
}
