// A technician's device: a store, a key ring, and the recorder on top.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/recording/recorder.hpp"
#include "crypto/validation_code.hpp"
#include "tests/support/enrollments.hpp"
#include "tests/support/fake_backend.hpp"
#include "tests/support/records.hpp"
#include "tests/support/test_store.hpp"

namespace handover::test {

using recording::CodeOutcome;
using recording::Recorder;
using recording::RecordView;
using recording::StockPolicy;
using recording::TransferView;
using storage::TransferState;

inline std::string ring_text(std::string_view digits) {
  std::string text;
  for (const char digit : digits) text += std::string(64, digit) + "\n";
  return text;
}

class Handheld {
 public:
  explicit Handheld(std::string user, std::uint64_t seed, StockPolicy policy = StockPolicy::kWarn,
                    std::string_view ring = "a", std::string vfs = {})
      : world(std::move(vfs), seed),
        user_(std::move(user)),
        policy_(policy),
        ring_(good(crypto::KeyRing::parse(ring_text(ring)))),
        schedule_(world.clock) {
    make_recorder();
  }

  /// What a restart does.
  void restart() {
    world.reopen();
    make_recorder();
  }

  /// The configuration names another technician, and the agent is started again.
  void hand_to(std::string user) {
    user_ = std::move(user);
    restart();
  }

  template <typename Work>
  auto write(Work&& work) {
    return world.write(work);
  }
  Result<TransferView> start(std::string_view direction, std::string_view items = kTwoItems) {
    return write([&] { return recorder->start(transfer(direction, items)); });
  }
  CodeOutcome enter(const TransferView& view, std::string_view code) {
    return good(write([&] { return recorder->enter_code(view.row.id, code); }));
  }
  Result<RecordView> use(std::string_view module, std::string_view items) {
    return write([&] { return recorder->record_usage(usage(module, items)); });
  }
  /// The company gives it a certificate, and it starts anew.
  void enroll(Company& company, const std::string& location) {
    enrollment_ = company.enroll({user_, "Given", "Family"}, location, world.clock.wall_now());
    make_recorder();
  }
  [[nodiscard]] const qr::Enrollment* enrollment() const {
    return enrollment_ ? &*enrollment_ : nullptr;
  }
  TransferView show(const TransferView& view) { return good(recorder->show(view.row.id)); }
  std::vector<Json> records() {
    std::vector<Json> bodies;
    for (const auto seq : good(world->journal.list(0, 1000)))
      bodies.push_back(to_json(good(world->journal.read(seq)).body));
    return bodies;
  }
  std::string in_stock(std::string_view prod, std::string_view serial = "",
                       std::string_view batch = "", std::string_view location = "van-17") {
    return good(world->stock.quantity_of({std::string(location), std::string(prod),
                                          std::string(batch), std::string(serial)}))
        .to_string();
  }

  TestStore world;
  FakeBackend backend;
  std::unique_ptr<Recorder> recorder;

 private:
  void make_recorder() {
    const auto lane = good(world.write([&] { return world->deliveries.lane_id("fake", "fake"); }));
    const Recorder::World seams{*world, world.clock, schedule_, world.entropy, ring_, enrollment()};
    recording::Device device;
    device.technician = {user_, "Given", "Family"};
    recorder = std::make_unique<Recorder>(seams, device, policy_,
                                          std::vector<recording::LanePlan>{{lane, &backend}});
  }

  std::string user_;
  StockPolicy policy_;
  crypto::KeyRing ring_;
  forwarding::ScheduleClock schedule_;
  std::optional<qr::Enrollment> enrollment_;
};

/// tech.17 hands over to tech.22.
struct TwoHandhelds {
  explicit TwoHandhelds(std::string_view sender_ring = "a", std::string_view receiver_ring = "a")
      : sender("tech.17", 1, StockPolicy::kWarn, sender_ring),
        receiver("tech.22", 2, StockPolicy::kWarn, receiver_ring) {}

  Handheld sender;
  Handheld receiver;
};

inline const std::string& text_at(const Json& object,
                                  std::initializer_list<std::string_view> path) {
  const Json* place = &object;
  for (const auto name : path) {
    place = place->find(name);
    INVARIANT(place != nullptr);
  }
  return place->text();
}

/// A sound receiver code that fits nothing.
inline std::string wrong_receiver_code(int number) {
  std::string digits = std::to_string(100000 + number);
  return digits + crypto::check_digits(digits);
}
/// A sound sender code with the nonce of `code` that fits nothing.
inline std::string wrong_sender_code(std::string_view code, int number) {
  std::string digits = std::string(code.substr(0, 4)) + std::to_string(100000 + number);
  return digits + crypto::check_digits(digits);
}

}  // namespace handover::test
