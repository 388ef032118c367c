// Random adds, claims and changes against a model that is too simple to be wrong.
#include <rapidcheck.h>
#include <catch2/catch_test_macros.hpp>

#include <algorithm>
#include <set>

#include "tests/support/test_store.hpp"

namespace handover::test {
namespace {

using storage::Delivery;
using storage::DeliveryChange;
using storage::DeliveryState;

struct Expected {
  std::int64_t id = 0;
  std::int64_t lane = 0;
  std::set<std::int64_t> keys;
  DeliveryState state = DeliveryState::kPending;
  std::int64_t next_try_at = 0;

  [[nodiscard]] bool open() const { return state < DeliveryState::kDelivered; }
  [[nodiscard]] bool waits() const { return state < DeliveryState::kInFlight; }
};

class Model {
 public:
  [[nodiscard]] bool is_blocked(const Expected& delivery) const {
    return std::any_of(all.begin(), all.end(), [&](const Expected& earlier) {
      return earlier.open() && earlier.lane == delivery.lane && earlier.id < delivery.id &&
             std::any_of(delivery.keys.begin(), delivery.keys.end(),
                         [&](std::int64_t key) { return earlier.keys.contains(key); });
    });
  }

  [[nodiscard]] std::vector<std::int64_t> records_behind(const Expected& delivery) const {
    std::vector<std::int64_t> records;
    for (const auto& later : all) {
      const bool shares = std::any_of(delivery.keys.begin(), delivery.keys.end(),
                                      [&](std::int64_t key) { return later.keys.contains(key); });
      if (later.open() && later.lane == delivery.lane && later.id > delivery.id && shares)
        records.push_back(later.id / 65536);
    }
    return records;
  }

  /// What a claim must give, in order.
  [[nodiscard]] std::vector<std::int64_t> claimable(std::int64_t lane, std::int64_t now,
                                                    std::size_t limit) const {
    std::vector<Expected> due;
    for (const auto& delivery : all) {
      if (delivery.lane == lane && delivery.waits() && delivery.next_try_at <= now &&
          !is_blocked(delivery))
        due.push_back(delivery);
    }
    std::sort(due.begin(), due.end(), [](const Expected& a, const Expected& b) {
      return std::tuple(a.state != DeliveryState::kUnknown, a.next_try_at, a.id) <
             std::tuple(b.state != DeliveryState::kUnknown, b.next_try_at, b.id);
    });
    std::vector<std::int64_t> ids;
    for (const auto& delivery : due) {
      if (ids.size() < limit) ids.push_back(delivery.id);
    }
    return ids;
  }

  Expected& find(std::int64_t id) {
    return *std::find_if(all.begin(), all.end(), [&](const Expected& e) { return e.id == id; });
  }

  std::vector<Expected> all;
};

class Run {
 public:
  explicit Run(TestStore& world) : world_(world) {
    static int runs = 0;
    first_seq_ = ++runs * 1000;
    for (const char* name : {"a", "b"}) {
      lanes_.push_back(good(world_->committer.write(
          [&] { return world_->deliveries.lane_id(name + std::to_string(runs), "fake"); })));
    }
  }

  void step() {
    switch (*rc::gen::inRange(0, 5)) {
      case 0:
      case 1:
        return add();
      case 2:
        return claim();
      case 3:
        return change();
      default:
        now_ += *rc::gen::inRange(0, 40);
    }
  }

  void compare() {
    for (const auto& expected : model_.all) {
      const Delivery stored = good(world_->deliveries.read(expected.id));
      RC_ASSERT(stored.state == expected.state);
      if (!expected.open()) continue;
      RC_ASSERT((stored.blocked_by != 0) == model_.is_blocked(expected));
      RC_ASSERT(good(world_->deliveries.records_behind(expected.id, expected.lane, 100)) ==
                model_.records_behind(expected));
    }
  }

 private:
  void add() {
    storage::NewDelivery delivery;
    Expected expected;
    delivery.record_seq = first_seq_ + ++added_;
    delivery.lane = expected.lane = *rc::gen::elementOf(lanes_);
    const int keys = *rc::gen::inRange(0, 3);
    for (int i = 0; i < keys; ++i) {
      delivery.order_keys.push_back(*rc::gen::inRange(1, 5));
      expected.keys.insert(delivery.order_keys.back());
    }
    delivery.now = expected.next_try_at = now_;
    expected.id = delivery.record_seq * 65536;
    good(world_->committer.write([&] { return world_->deliveries.add(delivery); }));
    model_.all.push_back(expected);
  }

  void claim() {
    const auto lane = *rc::gen::elementOf(lanes_);
    const auto limit = *rc::gen::inRange(0, 4);
    const auto expected = model_.claimable(lane, now_, static_cast<std::size_t>(limit));
    std::vector<std::int64_t> claimed;
    for (const auto& delivery : good(world_->committer.write(
             [&] { return world_->deliveries.claim(lane, now_, limit); }))) {
      claimed.push_back(delivery.id);
      model_.find(delivery.id).state = DeliveryState::kInFlight;
    }
    RC_ASSERT(claimed == expected);
  }

  /// An outcome for one in flight, or what a person does to one that waits.
  void change() {
    std::vector<std::int64_t> open;
    for (const auto& delivery : model_.all) {
      if (delivery.open()) open.push_back(delivery.id);
    }
    if (open.empty()) return;
    Expected& delivery = model_.find(*rc::gen::elementOf(open));
    DeliveryChange change;
    change.now = now_;
    change.next_try_at = now_ + *rc::gen::inRange(0, 40);
    change.state = delivery.state == DeliveryState::kInFlight
                       ? *rc::gen::element(DeliveryState::kPending, DeliveryState::kUnknown,
                                           DeliveryState::kQuarantined, DeliveryState::kDelivered,
                                           DeliveryState::kSuperseded)
                       : *rc::gen::element(DeliveryState::kPending, DeliveryState::kDiscarded);
    good(world_->committer.write([&] { return world_->deliveries.change(delivery.id, change); }));
    delivery.state = change.state;
    delivery.next_try_at = change.next_try_at;
  }

  TestStore& world_;
  Model model_;
  std::vector<std::int64_t> lanes_;
  std::int64_t first_seq_ = 0;
  std::int64_t added_ = 0;
  std::int64_t now_ = 1000;
};

}  // namespace

TEST_CASE("deliveries: any interleaving keeps the order of each key, and holds back nothing else",
          "[storage][deliveries][property]") {
  TestStore world;
  const bool held = rc::check("order per key", [&] {
    Run run(world);
    const int steps = *rc::gen::inRange(1, 60);
    for (int i = 0; i < steps; ++i) run.step();
    run.compare();
    good(world->committer.flush());
    world.scheduler.run();
  });
  CHECK(held);
}

}  // namespace handover::test
