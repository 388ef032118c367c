// The simulated transport against the real one: what a server or the network does to an exchange
// ends both in the same way.
#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <string>

#include "sim/back-ends/answer_text.hpp"
#include "tests/platform/scripted_server.hpp"
#include "tests/platform/transport_fixture.hpp"
#include "tests/sim/stream_world.hpp"

using namespace handover;
using namespace handover::sim;
using namespace handover::sim::testing;
using test::Peer;

namespace {

const net::TransportLimits kLimits = [] {
  net::TransportLimits limits;
  limits.answer_time = milliseconds(100);
  limits.body_bytes_max = 1000;
  return limits;
}();

/// What an outcome says, without the name of the one who was asked.
std::string told(const HttpOutcome& outcome, const std::string& authority) {
  if (outcome) return std::to_string(outcome->status) + " " + outcome->body;
  std::string detail = outcome.error().detail;
  const auto place = detail.find(authority);
  if (place != std::string::npos) detail.replace(place, authority.size(), "HOST");
  return std::to_string(static_cast<int>(outcome.error().reason)) +
         (outcome.error().request_may_have_left ? " in doubt: " : " not sent: ") + detail;
}

std::string real(const test::ScriptedServer::Script& script) {
  const test::ScriptedServer server(script);
  auto settings = test::settings_for(server.origin());
  settings.limits = kLimits;
  test::TransportFixture client(settings);
  const std::string authority = "127.0.0.1:" + std::to_string(server.port());
  return told(client.exchange(post("x")), authority);
}

std::string simulated(const Fate& fate, const Outcome& outcome) {
  StreamWorld world(NetworkChances(), 1, kLimits);
  world.serve = [&](const HttpRequest&) { return outcome; };
  world.link.plan(fate);
  return told(world.exchange(post("x")), "back-end.example");
}

/// The same answer from both, without faults of the network.
void check_answer(const Outcome& outcome) {
  const auto script = [&](Peer& peer) {
    peer.read_request();
    peer.send(answer_text(outcome, true));
    if (!outcome.truncate_at) peer.wait_for_end();
  };
  CHECK(simulated(Fate(), outcome) == real(script));
}

}  // namespace

TEST_CASE("stream conformance: a whole answer", "[sim][stream]") { check_answer(echo(post("x"))); }

TEST_CASE("stream conformance: a truncated answer", "[sim][stream]") {
  Outcome outcome = echo(post("x"));
  outcome.truncate_at = 3;
  check_answer(outcome);
  outcome.response->body.clear();
  check_answer(outcome);
}

TEST_CASE("stream conformance: an answer that is too large, or no HTTP", "[sim][stream]") {
  Outcome outcome = echo(post("x"));
  outcome.response->body.assign(2000, 'x');
  check_answer(outcome);
  outcome.response->body.clear();
  outcome.response->headers.push_back({"Bad Name", "1"});
  check_answer(outcome);
}

TEST_CASE("stream conformance: an interim answer alone", "[sim][stream]") {
  for (const int status : {101, 103}) {
    Outcome outcome{HttpResponse(status)};
    check_answer(outcome);
  }
}

TEST_CASE("stream conformance: the end or a reset after the request", "[sim][stream]") {
  for (const CloseMode how : {CloseMode::kEnd, CloseMode::kReset}) {
    Outcome nothing;
    nothing.close = how;
    const auto script = [&](Peer& peer) {
      peer.read_request();
      if (how == CloseMode::kReset) peer.reset();
    };
    CHECK(simulated(Fate(), nothing) == real(script));
  }
}

TEST_CASE("stream conformance: the end or a reset in the request", "[sim][stream]") {
  for (const CloseMode how : {CloseMode::kEnd, CloseMode::kReset}) {
    const auto script = [&](Peer& peer) {
      peer.wait_for_bytes();
      peer.reset();
    };
    CHECK(simulated(cut_request(10, how), echo(post("x"))) == real(script));
  }
}

TEST_CASE("stream conformance: the end or a reset in the answer", "[sim][stream]") {
  const std::string text = answer_text(echo(post("x")), true);
  for (const std::size_t place : {std::size_t{0}, std::size_t{10}, text.size() - 1}) {
    INFO("after byte " << place);
    const auto script = [&](Peer& peer) {
      peer.read_request();
      peer.send(std::string_view(text).substr(0, place));
    };
    CHECK(simulated(cut_answer(place, CloseMode::kEnd), echo(post("x"))) == real(script));
  }
}

TEST_CASE("stream conformance: silence before, and in, the answer", "[sim][stream]") {
  for (const std::size_t place : {std::size_t{0}, std::size_t{30}}) {
    const auto script = [&](Peer& peer) {
      peer.read_request();
      peer.send(std::string_view(answer_text(echo(post("x")), true)).substr(0, place));
      peer.wait_for_end();
    };
    CHECK(simulated(cut_answer(place, std::nullopt), echo(post("x"))) == real(script));
  }
}

TEST_CASE("stream conformance: nobody listens", "[sim][stream]") {
  std::string origin;
  {
    const test::ScriptedServer gone([](Peer&) {});
    origin = gone.origin();
  }
  test::TransportFixture client(test::settings_for(origin));
  NetworkChances chances;
  chances.refuse_one_in = 1;
  StreamWorld world(chances);

  CHECK(told(world.exchange(post("x")), "back-end.example") ==
        told(client.exchange(post("x")), origin.substr(origin.find("127"))));
}
