#include "tests/bench/bench.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <span>
#include <thread>
#include <utility>

#include "crypto/sha256.hpp"
#include "platform/posix/private_file.hpp"
#include "sim/devices/device_process.hpp"
#include "tests/bench/http_load.hpp"
#include "tests/bench/process_usage.hpp"
#include "tests/bench/sink.hpp"
#include "tests/bench/store_floor.hpp"

namespace handover::bench {
namespace {

using sim::DeviceProcess;

constexpr std::size_t kManyClients = 16;
constexpr std::size_t kInFlight = 8;
constexpr std::size_t kCountedRecords = 64;
constexpr std::size_t kFillPiece = 5000;
constexpr std::size_t kReplays = 3;
constexpr std::chrono::milliseconds kPoll{1};
constexpr std::chrono::minutes kDrainTime{10};
constexpr double kMebibyte = 1024.0 * 1024.0;

/// One serialized unit, used for a work order: a record as they are most of the day.
std::string usage_body(std::size_t number) {
  const std::string digits = std::to_string(1'000'000 + number);
  return R"({"usage":{"RefModule":"1002","RefObjID":"WO-)" + digits +
         R"(","StorageLocations":[{"StorageLocationID":"VAN-17","Items":[)" +
         R"({"ProdNum":"WS-C3850-48U-S","OutQty":1,"SerialNum":"FCW)" + digits +
         R"("}]}]},"site":"c/o Customer"})";
}

/// As random as the UUIDs that apps use: neighbours in time are none in an index (SplitMix64,
/// Steele et al. 2014).
std::string usage_key(std::size_t number) {
  std::uint64_t state = (number + 1) * 0x9e3779b97f4a7c15U;
  state = (state ^ (state >> 30U)) * 0xbf58476d1ce4e5b9U;
  state = (state ^ (state >> 27U)) * 0x94d049bb133111ebU;
  state ^= state >> 31U;
  return crypto::to_hex(std::as_bytes(std::span(&state, 1))) + "-bench";
}

class Bench {
 public:
  explicit Bench(const BenchSettings& settings) : settings_(settings) {}

  Result<BenchOutcome> run() {
    RETURN_IF_ERROR(prepare());
    RETURN_IF_ERROR(measure_memory(outcome_.resident_empty_mib));
    RETURN_IF_ERROR(measure_recording());
    RETURN_IF_ERROR(fill());
    RETURN_IF_ERROR(measure_memory(outcome_.resident_waiting_mib));
    RETURN_IF_ERROR(measure_starts());
    RETURN_IF_ERROR(measure_drain());
    RETURN_IF_ERROR(measure_memory(outcome_.resident_drained_mib));
    device_->stop();
    return outcome_;
  }

 private:
  Result<void> prepare() {
    say("making a device, and counting what a record stores");
    std::error_code error;
    if (!std::filesystem::create_directory(settings_.folder, error)) {
      return fail(Errc::kConfig,
                  settings_.folder + ": cannot be made, or is there already; choose another --dir");
    }
    sim::DeviceSettings device;
    device.directory = settings_.folder + "/device";
    device.user = "tech.17";
    device.location = "VAN-17";
    device.lanes_toml =
        "[[lanes]]\nname = \"servicemobility\"\nkind = \"servicemobility\"\nurl = \"" +
        sink_.url() + "\"\nusername = \"handover\"\npassword_file = \"back-end.password\"\n";
    device.retry_cap = "5m";
    device.in_flight_max = kInFlight;
    TRY_ASSIGN(device_, DeviceProcess::make(std::move(device)));
    TRY_ASSIGN(const Secret token,
               posix::read_private_file(device_->directory() + "/api.token", 4096));
    authorization_ = "Bearer " + std::string(posix::without_trailing_newline(token).reveal());
    RETURN_IF_ERROR(count_bytes());
    return device_->start();
  }

  Result<void> count_bytes() {
    const std::string store = device_->directory() + "/handover.db";
    TRY_ASSIGN(const Secret key, read_store_key(device_->directory()));
    RETURN_IF_ERROR(device_->start());
    RETURN_IF_ERROR(record(1, 1));
    device_->stop();
    TRY_ASSIGN(const std::int64_t before, stored_bytes(store, key));
    RETURN_IF_ERROR(device_->start());
    RETURN_IF_ERROR(record(kCountedRecords, 1));
    device_->stop();
    TRY_ASSIGN(const std::int64_t after, stored_bytes(store, key));
    outcome_.record_bytes = static_cast<std::size_t>(after - before) / kCountedRecords;
    TRY_ASSIGN(floor_, StoreFloor::make(settings_.folder + "/floor.db", key));
    return {};
  }

  /// `count` new records through the API.
  Result<Round> record(std::size_t count, std::size_t clients) {
    std::vector<std::string> requests;
    requests.reserve(count);
    for (std::size_t i = 0; i < count; ++i) requests.push_back(post_usage(recorded_++));
    return send_all(unix_endpoint(device_->directory() + "/handover.sock"), requests, clients);
  }

  [[nodiscard]] std::string post_usage(std::size_t number) const {
    const std::string body = usage_body(number);
    return "POST /v1/usages HTTP/1.1\r\nHost: localhost\r\nAuthorization: " + authorization_ +
           "\r\nContent-Type: application/json\r\nIdempotency-Key: " + usage_key(number) +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }

  Result<void> measure_recording() {
    std::vector<Round> floor;
    std::vector<Round> one;
    std::vector<Round> sixteen;
    for (std::size_t round = 1; round <= settings_.rounds; ++round) {
      say("recording: round " + std::to_string(round) + " of " + std::to_string(settings_.rounds));
      TRY_ASSIGN(Round bare, floor_->insert(settings_.calls, outcome_.record_bytes));
      TRY_ASSIGN(Round alone, record(settings_.calls, 1));
      TRY_ASSIGN(Round together, record(settings_.calls * 4, kManyClients));
      floor.push_back(std::move(bare));
      one.push_back(std::move(alone));
      sixteen.push_back(std::move(together));
    }
    outcome_.floor = figures_of(floor);
    outcome_.one_client = figures_of(one);
    outcome_.sixteen_clients = figures_of(sixteen);
    return {};
  }

  Result<void> fill() {
    Duration time{0};
    const std::size_t start = recorded_;
    TRY_ASSIGN(const Duration used_before, processor_time(device_->process()));
    while (recorded_ < settings_.waiting) {
      const std::size_t piece = std::min(kFillPiece, settings_.waiting - recorded_);
      TRY_ASSIGN(const Round round, record(piece, kManyClients));
      time += round.whole;
      say("filling: " + std::to_string(recorded_) + " records wait");
    }
    outcome_.waiting = recorded_;
    if (recorded_ == start) return {};
    outcome_.fill_per_second = per_second(recorded_ - start, time);
    return used_since(used_before, recorded_ - start, outcome_.fill_processor_us);
  }

  Result<void> measure_starts() {
    std::vector<double> times;
    for (std::size_t i = 0; i < settings_.starts; ++i) {
      say("starting with " + std::to_string(outcome_.waiting) +
          " waiting: " + std::to_string(i + 1));
      device_->stop();
      TRY_ASSIGN(const Duration time, start_and_record());
      times.push_back(microseconds(time) / 1000);
    }
    outcome_.start_ms = median(times);
    return measure_memory(outcome_.resident_restarted_mib);
  }

  /// From before the process exists to the answer to its first record.
  Result<Duration> start_and_record() {
    HttpRequest request("POST", "/v1/usages");
    request.headers = {{"Content-Type", "application/json"},
                       {"Idempotency-Key", usage_key(recorded_)}};
    request.body = usage_body(recorded_++);
    const auto start = SteadyClock::now();
    RETURN_IF_ERROR(device_->launch());
    while (SteadyClock::now() - start < std::chrono::seconds(20)) {
      TRY_ASSIGN(auto client, device_->connect());
      const auto answer = client.call(request);
      if (answer && answer->status == 201) return Duration(SteadyClock::now() - start);
      if (answer)
        return fail(Errc::kUnreachable,
                    "the first record was answered " + std::to_string(answer->status));
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
    return fail(Errc::kUnreachable, "the agent does not answer");
  }

  Result<void> measure_drain() {
    say("draining");
    const std::size_t waiting = recorded_;
    sink_.open();
    TRY_ASSIGN(const Duration used_before, processor_time(device_->process()));
    const auto start = SteadyClock::now();
    TRY_ASSIGN(const auto synced, device_->call("POST", "/v1/sync"));
    if (!synced.ok())
      return fail(Errc::kUnreachable, "sync was answered " + std::to_string(synced.status));
    while (sink_.count() < waiting && SteadyClock::now() - start < kDrainTime)
      std::this_thread::sleep_for(kPoll);
    RETURN_IF_ERROR(await_nothing_pending());
    outcome_.drain_per_second = per_second(waiting, SteadyClock::now() - start);
    RETURN_IF_ERROR(used_since(used_before, waiting, outcome_.drain_processor_us));
    return measure_drain_floor();
  }

  Result<void> measure_drain_floor() {
    const std::vector<std::string> requests = sink_.take_requests();
    std::vector<double> rates;
    std::vector<double> used;
    for (std::size_t i = 0; i < kReplays; ++i) {
      say("the same requests from a bare client: " + std::to_string(i + 1) + " of " +
          std::to_string(kReplays));
      const Duration used_before = own_processor_time();
      TRY_ASSIGN(const Round round, send_all(loopback_endpoint(sink_.port()), requests, kInFlight));
      used.push_back(microseconds(own_processor_time() - used_before) /
                     static_cast<double>(requests.size()));
      rates.push_back(per_second(requests.size(), round.whole));
      (void)sink_.take_requests();
    }
    outcome_.drain_floor_per_second = median(rates);
    outcome_.drain_floor_processor_us = median(used);
    return {};
  }

  /// The agent's processor time since `before`, for each of `records`.
  Result<void> used_since(Duration before, std::size_t records, double& each_us) const {
    TRY_ASSIGN(const Duration now, processor_time(device_->process()));
    each_us = microseconds(now - before) / static_cast<double>(records);
    return {};
  }

  /// The drain ends when the last outcome is written down, not when the last request was answered.
  Result<void> await_nothing_pending() {
    const auto start = SteadyClock::now();
    while (SteadyClock::now() - start < kDrainTime) {
      TRY_ASSIGN(const auto status, device_->call("GET", "/v1/status"));
      const Json* lanes = status.body.find("lanes");
      if (lanes == nullptr || lanes->items().size() != 1)
        return fail(Errc::kUnreachable, "the status has no lane");
      const Json& lane = lanes->items().front();
      if (lane.text_of("pending") == "0" && lane.text_of("unknown") == "0") return {};
      std::this_thread::sleep_for(kPoll);
    }
    return fail(Errc::kUnreachable, "the queue did not drain");
  }

  Result<void> measure_memory(double& mebibytes) const {
    TRY_ASSIGN(const std::int64_t bytes, resident_bytes(device_->process()));
    mebibytes = static_cast<double>(bytes) / kMebibyte;
    return {};
  }

  void say(const std::string& line) const { settings_.progress(line); }

  const BenchSettings& settings_;
  BenchOutcome outcome_;
  Sink sink_;
  std::unique_ptr<DeviceProcess> device_;
  std::unique_ptr<StoreFloor> floor_;
  std::string authorization_;
  std::size_t recorded_ = 0;
};

}  // namespace

Result<BenchOutcome> run_bench(const BenchSettings& settings) { return Bench(settings).run(); }

}  // namespace handover::bench
