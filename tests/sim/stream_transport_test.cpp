#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <set>
#include <string>

#include "sim/back-ends/servicemobility/servicemobility_model.hpp"
#include "tests/sim/stream_world.hpp"

using namespace handover;
using namespace handover::sim;
using namespace handover::sim::testing;
using namespace std::chrono_literals;
using Catch::Matchers::ContainsSubstring;
using Reason = HttpFailure::Reason;

namespace {

constexpr std::size_t kFirstRequestBytes = 400;  // More than the requests here have.

void check_failure(const HttpOutcome& outcome, Reason reason, bool may_have_left,
                   const std::string& words) {
  REQUIRE_FALSE(outcome.has_value());
  INFO(outcome.error().detail);
  CHECK(outcome.error().reason == reason);
  CHECK(outcome.error().request_may_have_left == may_have_left);
  CHECK_THAT(outcome.error().detail, ContainsSubstring(words));
}

}  // namespace

TEST_CASE("stream: request and answer pass whole, whatever pieces they come in", "[sim][stream]") {
  for (std::size_t longest = 1; longest <= 200; ++longest) {
    INFO("pieces of up to " << longest);
    NetworkChances chances = with_delay();
    chances.split_one_in = 1;
    chances.split_bytes_max = longest;
    StreamWorld world(chances, longest);

    const HttpOutcome outcome = world.exchange(post("{\"a\":1}"));

    REQUIRE(outcome.has_value());
    CHECK(outcome->status == 201);
    CHECK(outcome->body == "seen: {\"a\":1}");
    CHECK(find_header(outcome->headers, "X-Path") == "/records");
    REQUIRE(world.handled.size() == 1);
    CHECK(world.handled[0].body == "{\"a\":1}");
    CHECK(find_header(world.handled[0].headers, "Host") == "back-end.example");
    CHECK(find_header(world.handled[0].headers, "Idempotency-Key") == "k1");
  }
}

TEST_CASE("stream: fifty requests over fifty hours, each answered with its own", "[sim][stream]") {
  NetworkChances chances = with_delay();
  chances.split_one_in = 2;
  chances.close_idle_one_in = 3;
  StreamWorld world(chances);

  for (int i = 0; i < 50; ++i) {
    const std::string body = "request " + std::to_string(i);
    const HttpOutcome outcome = world.exchange(post(body));
    REQUIRE(outcome.has_value());
    CHECK(outcome->body == "seen: " + body);
    world.scheduler.advance(1h);
  }

  CHECK(world.handled.size() == 50);
  CHECK(world.link.connections() == 50);  // None outlives an hour.
  CHECK(world.scheduler.timers() == 0);
}

TEST_CASE("stream: a connection is kept for the next exchange, and not beyond its idle time",
          "[sim][stream]") {
  StreamWorld world(with_delay());
  for (int i = 0; i < 5; ++i) REQUIRE(world.exchange(post("x")).has_value());
  CHECK(world.link.connections() == 1);

  world.scheduler.advance(limits::kIdleConnectionTime + 1ms);

  REQUIRE(world.exchange(post("x")).has_value());
  CHECK(world.link.connections() == 2);
}

TEST_CASE("stream: an idle connection that the server has closed costs the next exchange nothing",
          "[sim][stream]") {
  StreamWorld world(with_delay());
  Fate fate;
  fate.closes_after = 1s;
  world.link.plan(fate);
  REQUIRE(world.exchange(post("x")).has_value());
  world.scheduler.advance(2s);

  CHECK(world.exchange(post("y")).has_value());

  CHECK(world.link.connections() == 2);
  CHECK(world.handled.size() == 2);
}

TEST_CASE("stream: a request that crosses the server's goodbye is in doubt, and not sent again",
          "[sim][stream]") {
  NetworkChances chances;
  chances.delay_min = chances.delay_max = 100ms;
  StreamWorld world(chances);
  Fate fate;
  fate.closes_after = 1s;
  world.link.plan(fate);
  REQUIRE(world.exchange(post("x")).has_value());
  // The answer was 100 ms on its way; the goodbye comes 1 s after it.
  world.scheduler.advance(950ms);

  check_failure(world.exchange(post("y")), Reason::kBroken, true, "before the answer");

  CHECK(world.handled.size() == 1);
  CHECK(world.link.connections() == 1);
}

TEST_CASE("stream: a request that breaks at any byte is in doubt, and applied only if it is whole",
          "[sim][stream]") {
  for (const CloseMode how : {CloseMode::kEnd, CloseMode::kReset}) {
    std::set<std::size_t> seen;
    for (std::uint64_t place = 0; place < kFirstRequestBytes; ++place) {
      INFO("after byte " << place);
      StreamWorld world(with_delay());
      world.link.plan(cut_request(place, how));

      check_failure(world.exchange(post("x")), Reason::kBroken, true, "before the answer");
      seen.insert(world.handled.size());
    }
    CHECK(seen == std::set<std::size_t>{0, 1});
  }
}

TEST_CASE("stream: an answer that breaks at any byte is no answer, if it is not whole",
          "[sim][stream]") {
  for (const CloseMode how : {CloseMode::kEnd, CloseMode::kReset}) {
    std::size_t before = 0;
    std::size_t answered = 0;
    // One round for each byte of the answer, and one for what comes after it.
    for (std::uint64_t place = 0; answered == 0; ++place) {
      INFO("after byte " << place);
      StreamWorld world(with_delay());
      world.link.plan(cut_answer(place, how));

      const HttpOutcome outcome = world.exchange(post("x"));

      CHECK(world.handled.size() == 1);
      if (outcome.has_value()) {
        CHECK(outcome->body == "seen: x");
        ++answered;
        continue;
      }
      check_failure(outcome, Reason::kBroken, true, "the answer");
      if (outcome.error().detail.ends_with("before the answer")) ++before;
    }
    CHECK(before == 1);
  }
}

TEST_CASE("stream: a lost request is waited for until the limit, and is in doubt",
          "[sim][stream]") {
  for (std::uint64_t place = 0; place < kFirstRequestBytes; ++place) {
    INFO("after byte " << place);
    StreamWorld world;
    world.link.plan(cut_request(place, std::nullopt));
    const MonotonicTime start = world.clock.monotonic_now();

    check_failure(world.exchange(post("x")), Reason::kBroken, true, "no whole answer within 65 s");

    CHECK(world.since(start) == limits::kAnswerTime);
    CHECK(world.handled.empty());
  }
}

TEST_CASE("stream: a lost answer is waited for until the limit; the request was applied",
          "[sim][stream]") {
  for (std::uint64_t place = 0; place < kFirstRequestBytes; ++place) {
    INFO("after byte " << place);
    StreamWorld world;
    world.link.plan(cut_answer(place, std::nullopt));

    check_failure(world.exchange(post("x")), Reason::kBroken, true, "no whole answer within 65 s");

    CHECK(world.handled.size() == 1);
    CHECK(world.exchange(post("y")).has_value());
    CHECK(world.link.connections() == 2);
  }
}

TEST_CASE("stream: an answer that drips is cut off at the limit for the whole answer",
          "[sim][stream]") {
  StreamWorld world(with_delay());
  Fate fate;
  fate.drip = true;
  world.link.plan(fate);
  const MonotonicTime start = world.clock.monotonic_now();

  check_failure(world.exchange(post("x")), Reason::kBroken, true, "no whole answer within 65 s");

  CHECK(world.since(start) >= limits::kAnswerTime);
  CHECK(world.since(start) < limits::kAnswerTime + 2s);
  CHECK(world.handled.size() == 1);
}

TEST_CASE("stream: what the back-end does with a connection is carried out", "[sim][stream]") {
  StreamWorld world(with_delay());
  Outcome outcome = echo(post("x"));

  SECTION("an answer in the middle of its body") {
    outcome.truncate_at = 3;
    world.serve = [&](const HttpRequest&) { return outcome; };
    check_failure(world.exchange(post("x")), Reason::kBroken, true, "in the middle of the answer");
  }
  SECTION("no answer") {
    outcome.response.reset();
    for (const CloseMode how : {CloseMode::kEnd, CloseMode::kReset}) {
      outcome.close = how;
      world.serve = [&](const HttpRequest&) { return outcome; };
      check_failure(world.exchange(post("x")), Reason::kBroken, true, "before the answer");
    }
    CHECK(world.link.connections() == 2);
  }
  SECTION("a late answer") {
    outcome.delay = 30s;
    world.serve = [&](const HttpRequest&) { return outcome; };
    const MonotonicTime start = world.clock.monotonic_now();
    CHECK(world.exchange(post("x")).has_value());
    CHECK(world.since(start) > 30s);
  }
  SECTION("an answer that is too late") {
    outcome.delay = 70s;
    world.serve = [&](const HttpRequest&) { return outcome; };
    check_failure(world.exchange(post("x")), Reason::kBroken, true, "within 65 s");
  }
  SECTION("an answer that is no HTTP") {
    outcome.response->headers.push_back({"Bad Name", "1"});
    world.serve = [&](const HttpRequest&) { return outcome; };
    check_failure(world.exchange(post("x")), Reason::kBadAnswer, true, "not HTTP/1.1");
  }
  SECTION("an answer that is too large") {
    outcome.response->body.assign(limits::kAnswerBodyBytesMax + 1, 'x');
    world.serve = [&](const HttpRequest&) { return outcome; };
    check_failure(world.exchange(post("x")), Reason::kBadAnswer, true, "too large");
  }
  CHECK_FALSE(world.handled.empty());
}

TEST_CASE("stream: a captive portal answers in the back-end's place", "[sim][stream]") {
  NetworkChances chances = with_delay();
  chances.captive_portal_one_in = 1;
  StreamWorld world(chances);

  const HttpOutcome outcome = world.exchange(post("x"));

  REQUIRE(outcome.has_value());
  CHECK(outcome->status == 200);
  CHECK(find_header(outcome->headers, "Content-Type") == "text/html");
  CHECK(world.handled.empty());
}

TEST_CASE("stream: somebody on the way may send a request twice", "[sim][stream]") {
  NetworkChances chances;
  chances.duplicate_one_in = 1;
  StreamWorld world(chances);

  CHECK(world.exchange(post("x")).has_value());

  REQUIRE(world.handled.size() == 2);
  CHECK(world.handled[0].body == world.handled[1].body);
}

TEST_CASE("stream: where nobody listens nothing has left", "[sim][stream]") {
  NetworkChances chances;
  chances.refuse_one_in = 1;
  StreamWorld world(chances);
  check_failure(world.exchange(post("x")), Reason::kNoNetwork, false, "refused");
  CHECK(world.handled.empty());
}

TEST_CASE("stream: without coverage nothing has left, and no wait is longer than the limit",
          "[sim][stream]") {
  std::set<std::string> heard;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    StreamWorld world(with_delay(), seed);
    world.link.set_up(false);
    const MonotonicTime start = world.clock.monotonic_now();

    const HttpOutcome outcome = world.exchange(post("x"));

    check_failure(outcome, Reason::kNoNetwork, false, "cannot connect to back-end.example");
    CHECK(world.since(start) <= limits::kConnectTime);
    heard.insert(outcome.error().detail);
    world.link.set_up(true);
    CHECK(world.exchange(post("x")).has_value());
  }
  CHECK(heard.size() == 2);  // At once, and not at all.
}

TEST_CASE("stream: a network that goes in the middle ends the exchange, at once or at the limit",
          "[sim][stream]") {
  NetworkChances chances;
  chances.delay_min = chances.delay_max = 100ms;
  std::set<std::string> heard;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    INFO("seed " << seed);
    StreamWorld world(chances, seed);
    std::optional<HttpOutcome> outcome;
    world.start(post("x"), outcome);
    world.scheduler.advance(milliseconds(seed * 10));  // Connecting takes 200 ms, the rest as long.
    world.link.set_up(false);
    const bool connected = world.link.connections() > 0;

    REQUIRE(world.scheduler.run_until([&] { return outcome.has_value(); }, 2min));

    REQUIRE_FALSE(outcome->has_value());
    CHECK((*outcome).error().reason == (connected ? Reason::kBroken : Reason::kNoNetwork));
    CHECK((*outcome).error().request_may_have_left == connected);
    heard.insert((*outcome).error().detail);
    world.link.set_up(true);
    CHECK(world.exchange(post("x")).has_value());
  }
  CHECK(heard.size() == 3);
}

TEST_CASE("stream: a server that does not read is waited for no longer than the limit",
          "[sim][stream]") {
  StreamWorld world(with_delay());
  world.link.plan(cut_request(1000, std::nullopt));

  const HttpOutcome outcome = world.exchange(post(std::string(std::size_t{1} << 20, 'x')));

  check_failure(outcome, Reason::kBroken, true, "could not be sent within 30 s");
  CHECK(world.handled.empty());
}

TEST_CASE("stream: a large request is sent as the server takes it", "[sim][stream]") {
  NetworkChances chances = with_delay();
  chances.split_one_in = 1;
  chances.split_bytes_max = 5000;
  StreamWorld world(chances);
  const std::string body(std::size_t{1} << 20, 'x');

  const HttpOutcome outcome = world.exchange(post(body));

  REQUIRE(outcome.has_value());
  CHECK(outcome->body == "seen: " + body);

  SECTION("and is in doubt if the connection breaks meanwhile") {
    world.link.plan(cut_request(900'000, CloseMode::kReset));
    check_failure(world.exchange(post(body)), Reason::kBroken, true,
                  "the connection ended while the request was sent");
    CHECK(world.handled.size() == 1);
  }
}

TEST_CASE("stream: a flawed request is refused before anything is sent", "[sim][stream]") {
  StreamWorld world;
  HttpRequest injected = post("x");
  injected.headers.push_back({"X-Note", "a\r\nX-Evil: 1"});
  check_failure(world.exchange(std::move(injected)), Reason::kBadRequest, false, "X-Note");
  CHECK(world.link.connections() == 0);
}

TEST_CASE("stream: eight exchanges run at the same time", "[sim][stream]") {
  StreamWorld world(with_delay());
  std::vector<std::optional<HttpOutcome>> outcomes(8);
  for (auto& outcome : outcomes) world.start(post("x"), outcome);

  world.scheduler.advance(10s);

  for (const auto& outcome : outcomes) {
    REQUIRE(outcome.has_value());
    CHECK((*outcome).has_value());
  }
  CHECK(world.link.connections() == 8);
}

TEST_CASE("stream: destroyed during exchanges, it ends them as cancelled; what has left arrives",
          "[sim][stream]") {
  NetworkChances chances;
  chances.delay_min = chances.delay_max = 100ms;
  StreamWorld world(chances);
  std::optional<HttpOutcome> waiting;
  std::optional<HttpOutcome> connecting;
  std::optional<HttpOutcome> starting;
  world.start(post("x"), waiting);
  world.scheduler.advance(250ms);
  world.start(post("y"), connecting);
  world.scheduler.advance(10ms);
  world.start(post("z"), starting);

  world.transport.reset();
  world.scheduler.advance(10s);

  REQUIRE(waiting.has_value());
  check_failure(*waiting, Reason::kCancelled, true, "stopping");
  REQUIRE(connecting.has_value());
  check_failure(*connecting, Reason::kCancelled, false, "stopping");
  REQUIRE(starting.has_value());
  check_failure(*starting, Reason::kCancelled, false, "stopping");
  REQUIRE(world.handled.size() == 1);
  CHECK(world.handled[0].body == "x");
  CHECK(world.scheduler.timers() == 0);
}

TEST_CASE("stream: a device that dies in an exchange leaks nothing; what has left arrives",
          "[sim][stream]") {
  NetworkChances chances;
  chances.delay_min = chances.delay_max = 100ms;
  for (int tenths = 0; tenths < 6; ++tenths) {
    INFO("dies after " << tenths << " tenths of a second");
    StreamWorld world(chances);
    auto device = std::make_unique<test::FakeScheduler>(world.clock);
    auto transport = std::make_unique<StreamTransport>(world.link, *device, world.clock,
                                                       "back-end.example", net::TransportLimits());
    auto sentinel = std::make_shared<int>(0);
    const std::weak_ptr<int> held = sentinel;
    bool ended = false;
    boost::asio::co_spawn(device->executor(), transport->exchange(post("x")),
                          [&ended, sentinel = std::move(sentinel)](
                              const std::exception_ptr&, const HttpOutcome&) { ended = true; });
    device->run();
    for (int i = 0; i < tenths * 10; ++i) {
      world.scheduler.advance(10ms);
      device->advance(0ms);
    }

    transport.reset();
    device.reset();
    world.scheduler.advance(10s);

    CHECK(held.expired());
    CHECK(ended == (tenths >= 4));  // 200 ms to connect, 100 ms there, 100 ms back.
    CHECK(world.handled.size() == (tenths >= 2 ? 1U : 0U));
    CHECK(world.scheduler.timers() == 0);
  }
}

TEST_CASE("stream: the same seed is the same story, to the byte and the millisecond",
          "[sim][stream]") {
  NetworkChances chances = with_delay();
  chances.lose_request_one_in = chances.lose_reply_one_in = chances.duplicate_one_in = 11;
  chances.reset_one_in = chances.drip_one_in = chances.captive_portal_one_in = 7;
  chances.refuse_one_in = chances.close_idle_one_in = 5;
  chances.split_one_in = 2;
  const auto story = [&](std::uint64_t seed) {
    StreamWorld world(chances, seed);
    std::string told;
    for (int i = 0; i < 50; ++i) {
      const HttpOutcome outcome = world.exchange(post("request " + std::to_string(i)));
      told += outcome ? outcome->body : outcome.error().detail;
      world.scheduler.advance(i % 2 == 0 ? 1h : 20s);
    }
    return told + std::to_string(world.link.trace()) + std::to_string(world.handled.size());
  };

  std::set<std::string> stories;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const std::string told = story(seed);
    CHECK(told == story(seed));
    stories.insert(told);
  }
  CHECK(stories.size() == 20);
}

TEST_CASE("stream: a simulated back-end answers over it, with what goes wrong there",
          "[sim][stream]") {
  ServiceMobilityOptions options;
  options.users = {{"tech.17", "secret"}};
  ServiceMobilityModel model(options);
  SimulatedBackEnd back_end(model, 1);
  FaultRule rule;
  rule.fault = parse_fault("lost_reply").value();
  rule.next = 1;
  back_end.add_fault(rule);
  StreamWorld world(with_delay());
  world.serve = [&](const HttpRequest& request) {
    return back_end.handle(request, world.clock.wall_now());
  };
  HttpRequest login("POST", "/createjwt");
  login.headers.push_back({"Content-Type", "application/json"});
  login.body = R"({"username":"tech.17","password":"secret"})";

  check_failure(world.exchange(login), Reason::kBroken, true, "before the answer");
  const HttpOutcome outcome = world.exchange(login);

  REQUIRE(outcome.has_value());
  CHECK(outcome->status == 200);
  CHECK_THAT(outcome->body, ContainsSubstring("token"));
}
