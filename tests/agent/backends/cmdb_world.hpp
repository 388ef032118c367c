// A CMDB lane on a real store, the recorder in front of it, and the simulated CMDB behind it, in a
// world whose time belongs to the test.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/backends/cmdb/cmdb_backend.hpp"
#include "agent/domain/asset_event.hpp"
#include "agent/recording/recorder.hpp"
#include "crypto/sha256.hpp"
#include "sim/back-ends/cmdb/cmdb_model.hpp"
#include "sim/back-ends/simulated_back_end.hpp"
#include "tests/support/lane_on_store.hpp"
#include "tests/support/records.hpp"

namespace handover::test {

inline backends::CmdbSettings cmdb_lane_settings() {
  backends::CmdbSettings settings;
  settings.path = "/api/now/import/u_wwt_asset";
  settings.environment = "test";
  settings.username = "handover";
  settings.read_password = [] { return Result<Secret>(Secret(std::string_view("word"))); };
  return settings;
}

class CmdbWorld : public LaneOnStore {
 public:
  explicit CmdbWorld(backends::CmdbSettings lane_settings = cmdb_lane_settings())
      : LaneOnStore("cmdb"),
        model(options()),
        back_end(model, 7),
        backend(std::make_unique<backends::CmdbBackend>(std::move(lane_settings))) {
    transport.answer = [this](const HttpRequest& request) { return answer(request); };
    start_program();
  }
  ~CmdbWorld() { stop(); }

  void restart() {
    stop();
    world.reopen();
    start_program();
  }
  /// The same device with another configuration of the lane.
  void restart_with(backends::CmdbSettings lane_settings) {
    stop();
    world.reopen();
    backend = std::make_unique<backends::CmdbBackend>(std::move(lane_settings));
    start_program();
  }

  /// An event at WWT. `item`: members behind the serial and part numbers. Returns its number.
  std::int64_t record(const std::string& event, const std::string& serial,
                      const std::string& item = "", const std::string& stockroom = "WWT") {
    return record_body(R"({"event":")" + event + R"(","location":"WWT","stockroom":")" + stockroom +
                       R"(","items":[{"serialNumber":")" + serial +
                       R"(","manufacturerPartNumber":"P-1")" + item + "}]}");
  }
  std::int64_t record_body(const std::string& body) {
    auto view = write_event(body);
    return good(std::move(view)).record.seq;
  }
  Result<recording::RecordView> write_event(const std::string& body) {
    auto view = world.write([&]() -> Result<recording::RecordView> {
      TRY_ASSIGN(Json event, parse_asset_event(to_json(body)));
      return recorder->record_asset_event(std::move(event));
    });
    loop->wake();
    return view;
  }

  void retry(std::int64_t seq) {
    good(world.write([&] { return loop->retry(delivery(seq)); }));
    loop->wake();
  }
  void discard(std::int64_t seq) {
    good(world.write([&] { return loop->discard(delivery(seq), "settled by hand"); }));
    loop->wake();
  }
  void fault(const std::string& rule) {
    back_end.add_fault(good(sim::parse_short_fault_rule(rule)));
  }
  void configure(const std::string& options) { good(model.configure(to_json(options))); }
  /// Somebody else writes through the same door.
  void write_as(const std::string& user, const std::string& body) {
    HttpRequest request("POST", "/api/now/import/u_wwt_asset");
    request.headers = {{"Content-Type", "application/json"},
                       {"Accept", "application/json"},
                       {"Authorization", "Basic " + crypto::to_base64(user + ":word")}};
    request.body = body;
    const auto response = model.handle(request, world.clock.wall_now());
    INVARIANT(response.status == 201);
  }

  bool is(std::int64_t seq, DeliveryState wanted) { return state(seq) == wanted; }
  std::string why(std::int64_t seq) { return delivery(seq).why; }
  std::vector<std::string> posted() const {
    std::vector<std::string> bodies;
    for (const auto& request : transport.requests)
      if (request.method == "POST") bodies.push_back(request.body);
    return bodies;
  }

  sim::CmdbModel model;
  sim::SimulatedBackEnd back_end;
  std::unique_ptr<backends::CmdbBackend> backend;
  std::unique_ptr<recording::Recorder> recorder;

 private:
  static sim::CmdbOptions options() {
    sim::CmdbOptions options;
    for (const char* user : {"handover", "clerk"}) options.users[user] = "word";
    return options;
  }

  void stop() {
    loop.reset();  // Before what it uses.
    recorder.reset();
  }
  void start_program() {
    start(*backend);
    const recording::Recorder::World seams{*world, world.clock, *schedule, world.entropy, ring_};
    recording::Device device;
    device.technician = {"tech.17", "Given", "Family"};
    recorder = std::make_unique<recording::Recorder>(
        seams, device, recording::StockPolicy::kWarn,
        std::vector<recording::LanePlan>{{lane, backend.get()}});
  }

  HttpOutcome answer(const HttpRequest& request) {
    sim::Outcome outcome = back_end.handle(request, world.clock.wall_now());
    if (!outcome.response || outcome.truncate_at) return lost_answer();
    return std::move(*outcome.response);
  }

  crypto::KeyRing ring_ = good(crypto::KeyRing::parse(std::string(64, 'a') + "\n"));
};

}  // namespace handover::test
