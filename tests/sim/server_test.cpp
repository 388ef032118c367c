#include "sim/back-ends/server.hpp"

#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <chrono>

#include "sim/back-ends/back_end_servers.hpp"
#include "tests/sim/blocking_client.hpp"
#include "tests/sim/support.hpp"

namespace handover::sim {
namespace {

using namespace testing;
namespace http = boost::beast::http;
constexpr auto kSm = BackEndName::kServiceMobility;

/// Servers on free ports, and one client with a login.
struct World {
  std::unique_ptr<BackEndServers> servers;
  std::string token;

  World() {
    BackEndServersSettings settings;
    settings.servicemobility = servicemobility_options();
    settings.cmdb = cmdb_options();
    auto started = BackEndServers::start(std::move(settings));
    REQUIRE(started);
    servers = std::move(*started);
    BlockingClient client(port());
    const auto answer = client.exchange(login_request());
    REQUIRE(answer.response.status == 200);
    token = body_of(answer.response).text_of("token");
  }
  std::uint16_t port() const { return servers->port(kSm); }
  HttpRequest request(const std::string& key = "k") const {
    return upload(token, kTransferPath, half(true), key);
  }
  BlockingClient::Answer send_with(std::string_view fault) {
    REQUIRE(servers->add_fault(kSm, fault));
    BlockingClient client(port());
    return client.exchange(request());
  }
  std::string halves() { return servers->counts(kSm).text_of("halves_count"); }
};

}  // namespace

TEST_CASE("server: one connection carries many requests", "[sim][server]") {
  World world;
  BlockingClient client(world.port());
  for (int i = 0; i < 100; ++i) {
    const auto answer = client.exchange(world.request(std::to_string(i)));
    REQUIRE_FALSE(answer.error);
    REQUIRE(answer.response.status == 201);
  }
  CHECK(world.halves() == "100");
}

TEST_CASE("server: Connection: close is honoured", "[sim][server]") {
  World world;
  BlockingClient client(world.port());

  const auto last = client.exchange(with(world.request(), "Connection", "close"));
  CHECK(last.response.status == 201);
  CHECK(find_header(last.response.headers, "Connection") == "close");
  CHECK(client.exchange(world.request()).error);
}

TEST_CASE("server: after a lost reply the effect is there and the connection ends without a byte",
          "[sim][server]") {
  World world;

  const auto answer = world.send_with("lost_reply:1");

  CHECK(answer.error == http::error::end_of_stream);
  CHECK_FALSE(answer.header_here);
  CHECK(world.halves() == "1");
  BlockingClient again(world.port());
  CHECK(again.exchange(world.request()).response.status == 200);
  CHECK(world.halves() == "1");
}

TEST_CASE("server: a lost reply can end in a reset instead", "[sim][server]") {
  World world;
  FaultRule rule = *parse_short_fault_rule("lost_reply:1");
  rule.fault.close = CloseMode::kReset;
  world.servers->add_fault(kSm, rule);
  BlockingClient client(world.port());

  const auto answer = client.exchange(world.request());

  CHECK(answer.error == boost::asio::error::connection_reset);
  CHECK(world.halves() == "1");
}

TEST_CASE("server: a reset before leaves no effect", "[sim][server]") {
  World world;

  const auto answer = world.send_with("reset_before:1");

  CHECK(answer.error == boost::asio::error::connection_reset);
  CHECK(world.halves() == "0");
}

TEST_CASE("server: a truncated answer has its header and half a body, and the effect is there",
          "[sim][server]") {
  World world;

  const auto answer = world.send_with("truncated:1");

  CHECK(answer.error == http::error::partial_message);
  CHECK(answer.header_here);
  CHECK(answer.response.status == 201);
  CHECK_FALSE(parse_json(answer.response.body));
  CHECK(std::stoul(std::string(find_header(answer.response.headers, "Content-Length"))) >
        answer.response.body.size());
  CHECK(world.halves() == "1");
}

TEST_CASE("server: a slow answer comes after its delay, and others are not held up",
          "[sim][server]") {
  World world;
  REQUIRE(world.servers->add_fault(kSm, "slow=60:1"));
  const auto start = std::chrono::steady_clock::now();
  BlockingClient client(world.port());

  const auto answer = client.exchange(world.request());

  CHECK(answer.response.status == 201);
  CHECK(std::chrono::steady_clock::now() - start >= milliseconds(60));
}

TEST_CASE("server: while one answer is slow another connection is served", "[sim][server]") {
  World world;
  REQUIRE(world.servers->add_fault(kSm, "slow=3600000:1"));
  boost::asio::io_context io;
  boost::asio::ip::tcp::socket slow(io);
  slow.connect({boost::asio::ip::address_v4::loopback(), world.port()});
  const HttpRequest request = world.request();
  http::request<http::string_body> message(http::verb::post, request.target, 11);
  for (const auto& header : request.headers) message.set(header.name, header.value);
  message.body() = request.body;
  message.prepare_payload();
  http::write(slow, message);

  // The slow one may not have been read yet; the fault strikes whichever comes first, so ask past
  // it.
  BlockingClient other(world.port());
  while (world.servers->counts(kSm).find("faults")->find("slow") == nullptr) {
  }
  CHECK(other.exchange(world.request("k2")).response.status == 201);
  // Ending with an answer still under way must neither hang nor leak.
}

TEST_CASE("server: injected statuses and pages arrive whole on a connection that goes on",
          "[sim][server]") {
  World world;
  BlockingClient client(world.port());
  for (const auto& [fault, status] :
       {std::pair("status_401:1", 401), std::pair("status_429:1", 429),
        std::pair("status_500:1", 500), std::pair("status_502:1", 502),
        std::pair("status_503:1", 503), std::pair("html200:1", 200), std::pair("error200:1", 200),
        std::pair("unknown_product:1", 410), std::pair("expired_tokens:1", 401)}) {
    INFO(fault);
    REQUIRE(world.servers->add_fault(kSm, fault));
    const auto answer = client.exchange(world.request());
    CHECK_FALSE(answer.error);
    CHECK(answer.response.status == status);
  }
  CHECK(world.halves() == "0");
}

TEST_CASE("server: the control path is served on the same port", "[sim][server]") {
  World world;
  BlockingClient client(world.port());
  CHECK(
      client.exchange(post("/_sim/faults", R"({"kind":"status_503","next":1})")).response.status ==
      200);
  CHECK(client.exchange(world.request()).response.status == 503);
  CHECK(client.exchange(world.request()).response.status == 201);

  const auto state = client.exchange(HttpRequest("GET", "/_sim/state"));

  CHECK(body_of(state.response).find("halves")->items().size() == 1);
}

TEST_CASE("server: what is no HTTP, or larger than the limit, ends the connection",
          "[sim][server]") {
  World world;
  boost::asio::io_context io;
  boost::asio::ip::tcp::socket socket(io);
  socket.connect({boost::asio::ip::address_v4::loopback(), world.port()});
  boost::asio::write(socket, boost::asio::buffer(std::string("nonsense\r\n\r\n")));
  char byte = 0;
  boost::system::error_code error;
  boost::asio::read(socket, boost::asio::buffer(&byte, 1), error);
  CHECK(error);

  HttpRequest large = world.request();
  large.body.assign(5U << 20U, 'x');
  BlockingClient client(world.port());
  CHECK(client.exchange(large).error);
}

TEST_CASE("server: only loopback addresses are listened on, and a taken port is told",
          "[sim][server]") {
  World world;
  for (const auto* host : {"0.0.0.0", "192.0.2.1", "localhost", ""}) {
    BackEndServersSettings settings;
    settings.cmdb_address.host = host;
    const auto started = BackEndServers::start(std::move(settings));
    REQUIRE_FALSE(started);
    CHECK(started.error().code == Errc::kConfig);
  }
  BackEndServersSettings settings;
  settings.cmdb_address.port = world.port();
  const auto started = BackEndServers::start(std::move(settings));
  REQUIRE_FALSE(started);
  CHECK(started.error().code == Errc::kInUse);
}

}  // namespace handover::sim
