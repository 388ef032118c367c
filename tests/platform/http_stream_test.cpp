// Answers that are sent piece by piece, and a client that follows them.
#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <thread>

#include "platform/asio/local_client.hpp"
#include "tests/platform/raw_client.hpp"
#include "tests/platform/server_fixture.hpp"

using namespace handover;
using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using net::Reply;
using net::ServerLimits;
using test::RawClient;
using test::ServerFixture;

namespace {

const std::string kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

/// Gives numbered pieces of `size` bytes, `count` of them, and then waits; counts what was asked
/// for and how many streams are open.
struct Source {
  std::size_t size = 4;
  int count = 3;
  bool ends = true;
  std::atomic<int> asked{0};
  std::atomic<int> open{0};

  class Stream final : public HttpBodyStream {
   public:
    explicit Stream(Source& source) : source_(source) { ++source_.open; }
    ~Stream() override { --source_.open; }
    void next(Piece give) override {
      ++source_.asked;
      if (given_ < source_.count) {
        ++given_;
        return give(std::string(source_.size - 1, static_cast<char>('0' + given_ % 10)) + "\n");
      }
      if (source_.ends) return give({});
      waiting_ = std::move(give);
    }

   private:
    Source& source_;
    int given_ = 0;
    Piece waiting_;
  };

  net::HttpHandler handler() {
    return [this](const HttpRequest& request, const Reply& reply) {
      HttpResponse response(200);
      if (request.target == "/plain") response.body = "plain";
      if (request.target != "/plain") response.stream = std::make_shared<Stream>(*this);
      reply(std::move(response));
    };
  }
};

bool soon(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (!condition() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  return condition();
}

net::LocalClient client_for(const ServerFixture& fixture) {
  return std::move(
      net::LocalClient::make(fixture.address(), Secret(std::string_view("t"))).value());
}

}  // namespace

TEST_CASE("http stream: pieces come chunked, and the connection ends with the stream",
          "[platform][server]") {
  Source source;
  ServerFixture fixture(source.handler());
  RawClient client(fixture.address());
  const auto answer = client.call(kGet);
  CHECK_THAT(answer.head, ContainsSubstring("Transfer-Encoding: chunked\r\n"));
  CHECK_THAT(answer.head, !ContainsSubstring("Content-Length"));
  CHECK_THAT(answer.head, ContainsSubstring("Connection: close\r\n"));
  std::string body = answer.body;
  CHECK(soon([&] { return source.open == 0; }));
}

TEST_CASE("http stream: HTTP/1.0 gets the bytes as they are, and HEAD none of them",
          "[platform][server]") {
  Source source;
  ServerFixture fixture(source.handler());
  RawClient old(fixture.address());
  const auto answer = old.call("GET /a HTTP/1.0\r\nHost: x\r\n\r\n");
  CHECK(answer.status == 200);
  CHECK_THAT(answer.head, !ContainsSubstring("Transfer-Encoding"));
  RawClient head(fixture.address());
  head.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(head.read_answer(false).status == 200);
  CHECK(soon([&] { return source.open == 0; }));
}

TEST_CASE("http stream: a peer that does not read is asked nothing more for, and is cut off",
          "[platform][server]") {
  Source source;
  source.size = std::size_t{64} << 10;
  source.count = 100'000;
  ServerLimits limits;
  limits.write_time = 300ms;
  ServerFixture fixture(source.handler(), limits);
  RawClient slow(fixture.address());
  slow.send(kGet);

  // Others are served all the while.
  REQUIRE(soon([&] { return source.asked > 1; }));
  RawClient other(fixture.address());
  CHECK(other.call("GET /plain HTTP/1.1\r\nHost: x\r\n\r\n").body == "plain");
  CHECK(soon([&] { return source.open == 0; }));
  // What the sockets hold, and not a piece more, is all that was made for it.
  CHECK(source.asked < 1000);
}

TEST_CASE("http stream: a peer that goes while nothing is told is let go", "[platform][server]") {
  Source source;
  source.ends = false;
  ServerFixture fixture(source.handler());
  {
    RawClient client(fixture.address());
    client.send(kGet);
    REQUIRE(soon([&] { return source.asked == source.count + 1; }));
    CHECK(source.open == 1);
  }
  CHECK(soon([&] { return source.open == 0; }));
}

TEST_CASE("http stream: no time limit ends a stream that has nothing to tell",
          "[platform][server]") {
  Source source;
  source.ends = false;
  ServerLimits limits;
  limits.idle_time = limits.write_time = limits.request_time = 30ms;
  ServerFixture fixture(source.handler(), limits);
  auto client = client_for(fixture);
  int ticks = 0;
  const auto followed = client.follow(HttpRequest("GET", "/a"), 60ms, [&](std::string_view bytes) {
    return !bytes.empty() || ++ticks < 3;
  });
  CHECK(followed.has_value());
  CHECK(ticks == 3);
}

TEST_CASE("local client: it follows a stream, and can stop, and says when the agent ends it",
          "[platform][client]") {
  Source source;
  ServerFixture fixture(source.handler());
  auto client = client_for(fixture);
  std::string all;
  const auto to_the_end = client.follow(HttpRequest("GET", "/a"), 5s, [&](std::string_view bytes) {
    all += bytes;
    return true;
  });
  REQUIRE_FALSE(to_the_end.has_value());
  CHECK(to_the_end.error().code == Errc::kUnreachable);
  CHECK(all == "111\n222\n333\n");

  const auto enough =
      client.follow(HttpRequest("GET", "/a"), 5s, [](std::string_view) { return false; });
  CHECK(enough.has_value());
  CHECK(client.call(HttpRequest("GET", "/plain")).value().body == "plain");
}

TEST_CASE("local client: an answer that is a refusal is no stream", "[platform][client]") {
  ServerFixture fixture([](const HttpRequest&, const Reply& reply) { reply(HttpResponse(503)); });
  auto client = client_for(fixture);
  const auto refused =
      client.follow(HttpRequest("GET", "/a"), 5s, [](std::string_view) { return true; });
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == Errc::kRefused);
}
