#include "sim/back-ends/back_end_servers.hpp"

#include "tests/sim/blocking_client.hpp"
#include "tests/sim/support.hpp"

namespace handover::sim {
namespace {

using namespace testing;
constexpr auto kCmdb = BackEndName::kCmdb;

std::unique_ptr<BackEndServers> start() {
  BackEndServersSettings settings;
  settings.servicemobility = servicemobility_options();
  settings.cmdb = cmdb_options();
  auto started = BackEndServers::start(std::move(settings));
  REQUIRE(started);
  return std::move(*started);
}

int import_over(BackEndServers& servers, const Json& body) {
  BlockingClient client(servers.port(kCmdb));
  return client.exchange(import_request(body)).response.status;
}

}  // namespace

TEST_CASE("back-end servers: both listen on ports of their own", "[sim][servers]") {
  const auto servers = start();
  CHECK(servers->port(BackEndName::kServiceMobility) != servers->port(kCmdb));
  CHECK(servers->url(kCmdb) == "http://127.0.0.1:" + std::to_string(servers->port(kCmdb)));
  CHECK(import_over(*servers, asset("SN1")) == 201);
  CHECK(servers->state(kCmdb).find("assets")->items().at(0).text_of("serial_number") == "SN1");
  CHECK(servers->counts(kCmdb).text_of("requests") == "1");
}

TEST_CASE(
    "back-end servers: one that is down refuses connections, and comes up on its port with its "
    "state",
    "[sim][servers]") {
  const auto servers = start();
  const std::uint16_t port = servers->port(kCmdb);
  CHECK(import_over(*servers, asset("SN1")) == 201);
  BlockingClient open(port);
  CHECK(open.exchange(get_assets("")).response.status == 200);

  servers->stop(kCmdb);

  CHECK(open.exchange(get_assets("")).error);
  CHECK(BlockingClient(port).connect_error() == boost::asio::error::connection_refused);
  CHECK(servers->counts(kCmdb).text_of("assets_count") == "1");
  // Nobody else gets the port meanwhile.
  boost::asio::io_context io;
  boost::asio::ip::tcp::socket other(io, boost::asio::ip::tcp::v4());
  boost::system::error_code taken;
  other.bind({boost::asio::ip::address_v4::loopback(), port}, taken);
  CHECK(taken == boost::asio::error::address_in_use);

  REQUIRE(servers->start_again(kCmdb));
  REQUIRE(servers->start_again(kCmdb));
  CHECK(servers->port(kCmdb) == port);
  CHECK(import_over(*servers, asset("SN2")) == 201);
  CHECK(servers->counts(kCmdb).text_of("assets_count") == "2");
}

TEST_CASE("back-end servers: faults, options and reset reach the right one", "[sim][servers]") {
  const auto servers = start();
  REQUIRE(servers->add_fault(kCmdb, "status_500:1/1"));
  CHECK(import_over(*servers, asset("SN1")) == 500);
  servers->clear_faults(kCmdb);
  CHECK(import_over(*servers, asset("SN1")) == 201);
  REQUIRE(servers->configure(kCmdb, json(R"({"created_status":false})")));
  CHECK(import_over(*servers, asset("SN1")) == 200);
  servers->reset(kCmdb);
  CHECK(servers->counts(kCmdb).text_of("assets_count") == "0");
  CHECK_FALSE(servers->add_fault(kCmdb, "nonsense:1"));
  CHECK_FALSE(servers->configure(kCmdb, json(R"({"nonsense":1})")));
}

TEST_CASE("back-end servers: names are read as they are written", "[sim][servers]") {
  for (const auto name : {BackEndName::kServiceMobility, kCmdb}) {
    CHECK(*parse_back_end_name(to_string(name)) == name);
  }
  CHECK_FALSE(parse_back_end_name("sap"));
}

}  // namespace handover::sim
