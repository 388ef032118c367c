// One lane of some kind on a real store, and its simulated back-end in the same process: time and
// network belong to the test.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "crypto/sha256.hpp"
#include "sim/back-ends/simulated_back_end.hpp"
#include "tests/agent/conformance/lane_kind.hpp"
#include "tests/support/lane_on_store.hpp"

namespace handover::test {

/// Writes the record and its one delivery, as Recorder does. Returns its number.
/// Requires: called inside Committer::write().
inline Result<std::int64_t> write_record(storage::Store& store, Entropy& entropy,
                                         const forwarding::Backend& backend, std::int64_t lane,
                                         Record record, WallTime now) {
  TRY_ASSIGN(const auto entry,
             store.journal.append(static_cast<int>(record.kind), now, record.body.dump()));
  auto plans = backend.plan(record);
  INVARIANT(plans.size() == 1);
  storage::NewDelivery delivery;
  delivery.record_seq = entry.seq;
  delivery.lane = lane;
  delivery.unit = plans.front().unit;
  delivery.environment = plans.front().environment;
  delivery.key = make_uuid(entropy);
  delivery.now = now.time_since_epoch().count();
  for (const auto& key : plans.front().order_keys)
    delivery.order_keys.push_back(crypto::sha256_number(key));
  RETURN_IF_ERROR(store.deliveries.add(delivery));
  return entry.seq;
}

class ModelWorld : public LaneOnStore {
 public:
  explicit ModelWorld(const LaneKind& lane_kind, LaneSetup lane_setup = {})
      : LaneOnStore("lane"),
        kind(lane_kind),
        setup(std::move(lane_setup)),
        model(kind.make_model()),
        back_end(*model, 7) {
    setup.now = [this] { return world.clock.wall_now(); };
    transport.answer = [this](const HttpRequest& request) { return answer(request); };
    start();
  }
  ~ModelWorld() { loop.reset(); }  // Before what it uses.

  void start() {
    backend = kind.make_backend(setup);
    LaneOnStore::start(*backend);
  }
  /// The program dies where it stands, and starts again.
  void restart() {
    die();
    start();
  }

  /// One more record, due now. Returns its number.
  std::int64_t add(int thing, int step = 1) {
    const auto seq = good(world.write([&] {
      return write_record(*world, world.entropy, *backend, lane, kind.make_record(thing, step),
                          world.clock.wall_now());
    }));
    loop->wake();
    return seq;
  }
  /// In the short form of parse_short_fault_rule(), for uploads only: "lost_reply:1".
  void add_fault(const std::string& rule) {
    back_end.add_fault(
        good(sim::parse_short_fault_rule(rule + ":" + std::string(model->upload_prefix()))));
  }

  std::vector<std::string> applied() { return kind.applied(*model); }
  /// Lets at most a day pass until no delivery can go without a person.
  bool drain() {
    return world.scheduler.run_until([&] { return waiting() == 0; }, std::chrono::hours(24));
  }
  std::int64_t waiting() {
    const auto counts = good(world->deliveries.counts(lane));
    return counts.pending + counts.unknown;
  }
  void retry(std::int64_t seq) {
    good(world.write([&] { return loop->retry(delivery(seq)); }));
    loop->wake();
  }
  /// All requests that carried a record, in the order in which they left.
  std::vector<HttpRequest> uploads() const {
    std::vector<HttpRequest> found;
    for (const auto& request : transport.requests)
      if (is_upload(request)) found.push_back(request);
    return found;
  }
  bool is_upload(const HttpRequest& request) const {
    return request.method == "POST" && model->route_of(request).starts_with(model->upload_prefix());
  }

  LaneKind kind;
  LaneSetup setup;
  std::unique_ptr<sim::BackEndModel> model;
  sim::SimulatedBackEnd back_end;
  std::unique_ptr<forwarding::Backend> backend;

 private:
  HttpOutcome answer(const HttpRequest& request) {
    sim::Outcome outcome = back_end.handle(request, world.clock.wall_now());
    if (!outcome.response || outcome.truncate_at) return lost_answer();
    return std::move(*outcome.response);
  }
};

}  // namespace handover::test
