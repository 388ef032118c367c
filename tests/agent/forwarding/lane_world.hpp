// One lane on a real store, and a server that remembers which key it has applied with which bytes.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/fake_backend.hpp"
#include "tests/support/lane_on_store.hpp"

namespace handover::test {

class LaneFixture : public LaneOnStore {
 public:
  explicit LaneFixture(std::string vfs = {}) : LaneOnStore("fake", std::move(vfs)) {
    transport.answer = [this](const HttpRequest& request) { return apply(request); };
  }
  ~LaneFixture() { loop.reset(); }  // Before what it uses.

  void start() { LaneOnStore::start(backend); }
  /// The program dies where it stands, and starts again.
  void restart() {
    die();
    start();
  }

  /// One more record with one delivery, due now. Returns its number.
  std::int64_t add(std::vector<std::int64_t> order_keys = {}) {
    std::int64_t seq = 0;
    good(world.write([&]() -> Result<void> {
      TRY_ASSIGN(const auto entry, world->journal.append(2, world.clock.wall_now(), R"({"n":1})"));
      seq = entry.seq;
      storage::NewDelivery delivery;
      delivery.record_seq = seq;
      delivery.lane = lane;
      delivery.key = "key-" + std::to_string(seq);
      delivery.order_keys = std::move(order_keys);
      delivery.now = world.clock.wall_now().time_since_epoch().count();
      return world->deliveries.add(delivery);
    }));
    if (loop) loop->wake();
    return seq;
  }

  std::int64_t count(DeliveryState state) {
    storage::Query rows(world->database(), "SELECT count(*) FROM deliveries WHERE state = ?",
                        state);
    return rows.next() ? rows.integer(0) : -1;
  }
  /// Lets at most a day pass until no delivery of the lane can go any more.
  bool drain() {
    return world.scheduler.run_until(
        [&] {
          return count(DeliveryState::kPending) + count(DeliveryState::kUnknown) +
                     count(DeliveryState::kInFlight) ==
                 0;
        },
        std::chrono::hours(24));
  }
  /// Requests of that target's beginning that left so far.
  std::size_t sent(std::string_view target = "/records") const {
    std::size_t count = 0;
    for (const auto& request : transport.requests)
      count += request.target.starts_with(target) ? 1U : 0U;
    return count;
  }

  /// What a sound server does: applies each key once, and remembers the bytes.
  HttpOutcome apply(const HttpRequest& request) {
    if (request.target == "/login") {
      HttpResponse response(200);
      response.body = "token-" + std::to_string(++logins);
      return response;
    }
    const std::string key(find_header(request.headers, "Idempotency-Key"));
    if (request.method == "GET") return HttpResponse(looked_up_as);
    const std::string bytes = request.target + "|" +
                              std::string(find_header(request.headers, "X-Build")) + "|" +
                              request.body;
    const auto [place, first] = applied.emplace(key, bytes);
    if (first) order.push_back(key);
    if (place->second != bytes) other_bytes = true;
    return HttpResponse(first ? 201 : 200);
  }

  FakeBackend backend;
  std::map<std::string, std::string> applied;
  std::vector<std::string> order;  ///< Keys as they were applied.
  bool other_bytes = false;        ///< Some key came with other bytes than before.
  int logins = 0;
  int looked_up_as = 404;
};

}  // namespace handover::test
