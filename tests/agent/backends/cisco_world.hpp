// A Cisco lane on a real store, the order book in front of it, and the simulated gateway behind it,
// in a world whose time belongs to the test.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/backends/cisco/cisco_backend.hpp"
#include "agent/forwarding/lane_loop.hpp"
#include "agent/recording/order_book.hpp"
#include "sim/back-ends/cisco/cisco_model.hpp"
#include "tests/support/recording_log.hpp"
#include "tests/support/scripted_transport.hpp"
#include "tests/support/test_store.hpp"

namespace handover::test {

inline constexpr const char* kLinkedOrder = R"({
  "purchase_order": "PO-1",
  "lines": [
    {"kind": "product", "product": "C9800-40-K9", "quantity": 1, "line_id": 10, "parent_line_id": 0,
     "unit_price": "12000.00", "currency": "USD"},
    {"kind": "option", "product": "C9800-AC-750W", "quantity": 1, "line_id": 21, "parent_line_id": 10},
    {"kind": "service", "product": "CON-SNT-C98004K9", "quantity": 1, "line_id": 30, "parent_line_id": 10},
    {"kind": "service", "product": "CON-SNT-C9800AC7", "quantity": 1, "line_id": 31, "parent_line_id": 21}]})";
inline constexpr const char* kSiteOrder = R"({
  "purchase_order": "PO-1",
  "lines": [{"kind": "service", "product": "CON-SNT-C98004K9", "quantity": 2,
             "serial_numbers": ["FOC1234A1B2", "FOC1234A1B3"]}]})";

inline backends::CiscoSettings cisco_settings() {
  backends::CiscoSettings settings;
  settings.username = "tech.17";
  settings.read_password = [] { return Result<Secret>(Secret(std::string_view("word"))); };
  settings.usage = "Test";
  settings.parties.buyer_duns = "123456789";
  settings.parties.contact_name = "Ada B2B";
  settings.parties.contact_email = "b2b@partner.example";
  settings.parties.contact_phone = "15550100";
  settings.parties.bill_to_name = "Partner & Söhne";
  return settings;
}

inline recording::OrderSettings order_settings() {
  recording::OrderSettings settings;
  settings.rules.bill_to = "1234567";
  settings.rules.buyer_duns = "123456789";
  settings.rules.services = {{"C9800-40-K9", "CON-SNT-C98004K9"}};
  return settings;
}

inline ServiceOrder order_from(const std::string& text) {
  return good(parse_service_order(good(parse_json(text))));
}

class CiscoWorld {
 public:
  explicit CiscoWorld(sim::CiscoOptions options = {},
                      backends::CiscoSettings settings = cisco_settings(),
                      recording::OrderSettings orders = order_settings())
      : model(with_user(std::move(options))),
        backend(std::move(settings)),
        transport(world.clock, world.scheduler),
        order_settings_(std::move(orders)) {
    transport.answer = [this](const HttpRequest& request) { return answer(request); };
    start();
  }
  ~CiscoWorld() { loop.reset(); }

  void restart() {
    loop.reset();
    book.reset();
    recorder.reset();
    world.reopen();
    start();
  }

  /// Errors: of OrderBook::create().
  Result<recording::OrderView> create(const std::string& text) {
    auto view = world.write([&] { return book->create(order_from(text)); });
    loop->wake();
    return view;
  }
  std::string order(const std::string& text) { return good(create(text)).row.id; }
  recording::OrderView show(const std::string& id) { return good(book->show(id)); }
  std::string state(const std::string& id) { return std::string(to_string(show(id).state)); }
  std::string why(const std::string& id) { return show(id).delivery.value().why; }

  void run() { world.scheduler.run(); }
  void pass(MonotonicClock::duration time) { world.scheduler.advance(time); }
  /// Lets time pass until the order is in that state; false if it never is.
  bool becomes(const std::string& id, const std::string& wanted,
               std::chrono::hours most = std::chrono::hours(48)) {
    return world.scheduler.run_until([&] { return state(id) == wanted; }, most);
  }
  std::size_t sent(const char* target = "/rnif") const {
    std::size_t count = 0;
    for (const auto& request : transport.requests)
      count += request.target.starts_with(target) ? 1U : 0U;
    return count;
  }
  /// How many different bodies were posted.
  std::size_t different_messages() const {
    std::set<std::string> bodies;
    for (const auto& request : transport.requests)
      if (request.target == "/rnif") bodies.insert(request.body);
    return bodies.size();
  }

  HttpOutcome answer(const HttpRequest& request) {
    if (before) {
      if (auto outcome = before(request)) return std::move(*outcome);
    }
    return model.handle(request, world.clock.wall_now());
  }

  TestStore world;
  sim::CiscoModel model;
  backends::CiscoBackend backend;
  RecordingLog log;
  ScriptedTransport transport;
  std::function<std::optional<HttpOutcome>(const HttpRequest& request)> before;
  std::unique_ptr<forwarding::ScheduleClock> schedule;
  std::unique_ptr<forwarding::LaneLoop> loop;
  std::unique_ptr<recording::Recorder> recorder;
  std::unique_ptr<recording::OrderBook> book;

 private:
  static sim::CiscoOptions with_user(sim::CiscoOptions options) {
    options.users["tech.17"] = "word";
    return options;
  }

  void start() {
    schedule = std::make_unique<forwarding::ScheduleClock>(world.clock);
    const forwarding::LaneWorld seams{*world,    world.scheduler, world.clock,
                                      *schedule, world.entropy,   log};
    loop = good(forwarding::LaneLoop::make(seams, "cisco", backend, transport, {}));
    const recording::Recorder::World recorder_world{*world, world.clock, *schedule, world.entropy,
                                                    ring_};
    recording::Device device;
    device.technician = {"tech.17", "Given", "Family"};
    recorder = std::make_unique<recording::Recorder>(
        recorder_world, device, recording::StockPolicy::kWarn,
        std::vector<recording::LanePlan>{{loop->id(), &backend}});
    book = std::make_unique<recording::OrderBook>(
        recording::OrderBook::World{*world, world.clock, *schedule, *recorder}, order_settings_);
    loop->wake();
  }

  recording::OrderSettings order_settings_;
  crypto::KeyRing ring_ = good(crypto::KeyRing::parse(std::string(64, 'a') + "\n"));
};

}  // namespace handover::test
