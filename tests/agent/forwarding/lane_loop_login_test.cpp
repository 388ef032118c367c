// Credentials: one login for the whole lane, and no delivery's tries are used up by it.
#include <catch2/catch_test_macros.hpp>

#include "tests/agent/forwarding/lane_world.hpp"

namespace handover::test {
namespace {

using namespace std::chrono_literals;

bool has_token(const HttpRequest& request, const std::string& token) {
  return find_header(request.headers, "Authorization") == token;
}

}  // namespace

TEST_CASE("login: comes before the first request, once", "[forwarding][login]") {
  LaneFixture test;
  test.backend.logs_in = true;
  for (int i = 0; i < 20; ++i) test.add();
  test.start();

  CHECK(test.drain());

  CHECK(test.logins == 1);
  CHECK(test.transport.requests[0].target == "/login");
  CHECK(has_token(test.transport.requests[5], "token-1"));
}

TEST_CASE(
    "login: a credential that expires mid-queue is fetched anew, once for eight requests in flight",
    "[forwarding][login]") {
  LaneFixture test;
  test.backend.logs_in = true;
  for (int i = 0; i < 40; ++i) test.add();
  std::string valid = "token-1";
  test.transport.answer = [&](const HttpRequest& request) -> HttpOutcome {
    if (request.target == "/login") {
      auto answer = test.apply(request);
      valid = answer->body;
      return answer;
    }
    if (test.sent() == 17) valid = "none yet";
    if (!has_token(request, valid)) return HttpResponse(401);
    return test.apply(request);
  };
  test.start();
  test.pass(70ms);  // The first sixteen are there, with a credential that has worked for a while.
  test.pass(1h);

  CHECK(test.count(DeliveryState::kDelivered) == 40);
  CHECK(test.logins == 2);
  CHECK(test.mode() == LaneMode::kRunning);
  for (std::int64_t seq = 1; seq <= 40; ++seq) CHECK(test.delivery(seq).attempts == 1);
}

TEST_CASE(
    "login: a credential that is refused at once stops the lane, after one login and with all "
    "deliveries",
    "[forwarding][login]") {
  LaneFixture test;
  test.backend.logs_in = true;
  for (int i = 0; i < 40; ++i) test.add();
  test.transport.answer = [&](const HttpRequest& request) -> HttpOutcome {
    return request.target == "/login" ? test.apply(request) : HttpOutcome(HttpResponse(401));
  };
  test.start();

  test.pass(10min);

  CHECK(test.mode() == LaneMode::kStopped);
  CHECK(test.loop->status().last_error == "status 401");
  CHECK(test.logins == 1);
  CHECK(test.sent() <= 8);
  CHECK(test.count(DeliveryState::kPending) == 40);
  for (std::int64_t seq = 1; seq <= 40; ++seq) CHECK(test.delivery(seq).attempts == 0);
  CHECK(test.log.contains("lane fake is stopped"));
  CHECK_FALSE(test.log.contains("status 401"));  // The back-end's words may name a part.
}

TEST_CASE("login: a record that is answered 401 with every credential holds nobody up",
          "[forwarding][login]") {
  LaneFixture test;
  test.backend.logs_in = true;
  for (int i = 0; i < 20; ++i) test.add();
  bool refused = true;
  int refusals = 0;
  test.transport.answer = [&](const HttpRequest& request) -> HttpOutcome {
    if (refused && find_header(request.headers, "Idempotency-Key") == "key-3") {
      ++refusals;
      return HttpResponse(401);
    }
    return test.apply(request);
  };
  test.start();

  test.pass(1min);
  CHECK(test.count(DeliveryState::kDelivered) == 19);
  CHECK(test.mode() == LaneMode::kRunning);
  CHECK(test.delivery(3).state == DeliveryState::kPending);
  test.pass(5h);
  const auto late = test.add();
  test.pass(5s);
  CHECK(test.state(late) == DeliveryState::kDelivered);
  CHECK(test.logins <= 5 * 4 + 2);
  CHECK(refusals < 250);

  refused = false;
  CHECK(test.drain());
  CHECK(test.state(3) == DeliveryState::kDelivered);
}

TEST_CASE("login: the only record of a lane that is answered 401 does not stop those to come",
          "[forwarding][login]") {
  LaneFixture test;
  test.backend.logs_in = true;
  const auto good_one = test.add();
  test.start();
  test.pass(1s);
  CHECK(test.state(good_one) == DeliveryState::kDelivered);
  test.transport.answer = [&](const HttpRequest& request) -> HttpOutcome {
    return find_header(request.headers, "Idempotency-Key") == "key-2" ? HttpResponse(401)
                                                                      : test.apply(request);
  };
  test.add();
  test.pass(3h);

  const auto late = test.add();
  test.pass(5s);

  CHECK(test.state(late) == DeliveryState::kDelivered);
  CHECK(test.logins <= 3 * 4 + 2);
}

TEST_CASE("login: a stopped lane looks again now and then, and resumes when things were put right",
          "[forwarding][login]") {
  LaneFixture test;
  test.backend.logs_in = true;
  for (int i = 0; i < 5; ++i) test.add();
  bool wrong = true;
  int tries = 0;
  test.transport.answer = [&](const HttpRequest& request) -> HttpOutcome {
    if (request.target == "/login") ++tries;
    return wrong ? HttpOutcome(HttpResponse(401)) : test.apply(request);
  };
  test.start();
  test.pass(1s);
  CHECK(test.mode() == LaneMode::kStopped);

  test.pass(2h);
  CHECK(tries <= 10);
  wrong = false;
  CHECK(test.drain());

  CHECK(test.mode() == LaneMode::kRunning);
  CHECK(test.log.contains("lane fake is running"));
}

TEST_CASE("login: a sync makes a stopped lane try at once", "[forwarding][login]") {
  LaneFixture test;
  test.backend.login_error = Error(Errc::kConfig, "the password file cannot be read");
  const auto seq = test.add();
  test.start();
  test.pass(1s);
  CHECK(test.mode() == LaneMode::kStopped);
  CHECK(test.loop->status().last_error == "the password file cannot be read");

  test.backend.login_error.reset();
  good(test.loop->sync_now());
  test.pass(100ms);

  CHECK(test.state(seq) == DeliveryState::kDelivered);
  CHECK(test.mode() == LaneMode::kRunning);
}

TEST_CASE(
    "login: while the network is away it is tried with growing waits, and then everything goes",
    "[forwarding][login]") {
  LaneFixture test;
  test.backend.logs_in = true;
  for (int i = 0; i < 10; ++i) test.add();
  bool away = true;
  test.transport.answer = [&](const HttpRequest& request) {
    return away ? no_network() : test.apply(request);
  };
  test.start();

  test.pass(5h);
  CHECK(test.sent() == 0);
  CHECK(test.sent("/login") < 250);
  away = false;
  CHECK(test.drain());

  CHECK(test.count(DeliveryState::kDelivered) == 10);
}

TEST_CASE(
    "login: what only a newer login can tell is asked for before the next try, and all others go "
    "on",
    "[forwarding][login]") {
  LaneFixture test;
  test.backend.logs_in = true;
  test.add();
  test.backend.encode_error = Error(Errc::kUnauthorized, "the login told of no such type");
  test.start();
  test.pass(10s);
  CHECK(test.count(DeliveryState::kPending) == 1);
  CHECK(test.delivery(1).why == "the login told of no such type");
  CHECK(test.logins == 1);
  CHECK(test.mode() == LaneMode::kRunning);

  test.backend.encode_error.reset();
  test.pass(1h);
  CHECK(test.count(DeliveryState::kDelivered) == 1);
  CHECK(test.logins == 2);
}

}  // namespace handover::test
