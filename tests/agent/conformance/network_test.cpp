// What a hostile or broken network does to an answer, over real sockets.
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <condition_variable>

#include "storage/deliveries.hpp"
#include "tests/agent/conformance/wire_world.hpp"

namespace handover::test {
namespace {

using storage::DeliveryState;

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  const auto at = text.find(what);
  if (at == std::string::npos) return text;
  return text.replace(at, what.size(), with);
}

void send_half(Peer& peer, const std::string& honest) {
  peer.send(honest.substr(0, honest.size() - honest.size() / 4));
}

void send_too_much(Peer& peer, const std::string&) {
  const std::string body(std::size_t{5} << 20, ' ');
  peer.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
            std::to_string(body.size()) + "\r\n\r\n" + body);
}

/// Each byte comes much sooner than the limit; only the client's end stops it. Blanks before the
/// body would be JSON all the same, so the length that was announced is never reached.
void drip(Peer& peer, const std::string& honest) {
  const std::string longer = replaced(honest, "Content-Length: ", "Content-Length: 9");
  peer.send(longer.substr(0, longer.find("\r\n\r\n") + 4));
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable never;
  while (peer.send(" ")) never.wait_for(lock, std::chrono::milliseconds(5));
}

std::string declared_as(const std::string& honest, std::string_view type) {
  return replaced(replaced(honest, "application/json", type), "text/xml", type);
}
void send_as_text(Peer& peer, const std::string& honest) {
  peer.send(declared_as(honest, "text/plain"));
}
void send_as_page(Peer& peer, const std::string& honest) {
  peer.send(declared_as(honest, "text/html"));
}
void send_no_http(Peer& peer, const std::string&) { peer.send("SSH-2.0-OpenSSH_9.2\r\n\r\n"); }
void end_at_once(Peer& peer, const std::string&) { peer.reset(); }

struct Case {
  const char* what;
  Mischief mischief;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> kCases = {
      {"half an answer", send_half},
      {"an answer above the limit", send_too_much},
      {"an answer that drips in", drip},
      {"an answer declared as plain text", send_as_text},
      {"an answer declared as a page", send_as_page},
      {"no HTTP at all", send_no_http},
      {"a reset", end_at_once},
  };
  return kCases;
}

TEST_CASE("conformance: a broken answer is no delivery, and in the end it was applied once",
          "[conformance]") {
  const auto& trouble = GENERATE(from_range(cases()));
  const bool applied = GENERATE(true, false);
  WireWorld world(GENERATE(from_range(lane_kinds())), {trouble.mischief, applied});
  INFO(trouble.what << (applied ? ", applied" : ", not applied"));

  world.send_into_trouble();
  CHECK(world.delivery().state != DeliveryState::kDelivered);
  REQUIRE(world.deliver());

  CHECK(world.applied() == std::vector<std::string>{effect_name(1, 1)});
}

TEST_CASE("conformance: a redirect is never followed, least of all to another host",
          "[conformance]") {
  const int status = GENERATE(301, 302, 303, 307, 308);
  const LaneKind& kind = GENERATE(from_range(lane_kinds()));
  CAPTURE(kind.name, status);
  ScriptedServer elsewhere(always("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"));
  const auto redirect = [&](Peer& peer, const std::string&) {
    peer.send("HTTP/1.1 " + std::to_string(status) + " Elsewhere\r\nLocation: " +
              elsewhere.origin("localhost") + "/records\r\nContent-Length: 0\r\n\r\n");
  };
  WireWorld world(kind, {redirect, false});

  world.send_into_trouble();
  CHECK(world.delivery().state != DeliveryState::kDelivered);
  CHECK(world.delivery().state != DeliveryState::kQuarantined);
  REQUIRE(world.deliver());

  CHECK(elsewhere.connections() == 0);
  CHECK(world.applied() == std::vector<std::string>{effect_name(1, 1)});
}

}  // namespace
}  // namespace handover::test
