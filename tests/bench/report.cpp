#include "tests/bench/report.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace handover::bench {
namespace {

std::string number(double value, int digits) {
  std::array<char, 48> text{};
  const int length = std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  return {text.data(), static_cast<std::size_t>(length)};
}

Json json_number(double value) { return Json::number(number(value, 3)); }

/// What the issue asks for; each is a figure of one run against a floor or a limit.
struct Target {
  const char* name;
  const char* words;
  double value;
  double limit;
  bool at_most;
  const char* unit;

  [[nodiscard]] bool is_met() const { return at_most ? value <= limit : value >= limit; }
};

std::array<Target, 5> targets_of(const BenchOutcome& o) {
  const double resident = std::max(o.resident_waiting_mib, o.resident_restarted_mib);
  return {
      {{"one_client_p50_to_floor", "one client, p50, to the bare insert's",
        o.one_client.p50_us / o.floor.p50_us, 1.5, true, "x"},
       {"sixteen_clients_rate_to_floor", "sixteen clients, records a second, to the bare insert's",
        o.sixteen_clients.per_second / o.floor.per_second, 3, false, "x"},
       {"drain_to_floor", "drain, records a second, to the bare client's",
        o.drain_per_second / o.drain_floor_per_second, 0.7, false, "x"},
       {"resident_mib", "resident with all waiting", resident, 16, true, "MiB"},
       {"start_ms", "start to first accepted record", o.start_ms, 50, true, "ms"}}};
}

std::string line(const char* name, const Figures& figures) {
  std::array<char, 160> text{};
  const int length = std::snprintf(text.data(), text.size(), "  %-30s %10.0f %12.1f %12.1f\n", name,
                                   figures.per_second, figures.p50_us, figures.p99_us);
  return {text.data(), static_cast<std::size_t>(length)};
}

std::string line(const Target& target) {
  std::array<char, 160> text{};
  const int length = std::snprintf(
      text.data(), text.size(), "  %-54s %8.2f %-4s %s %-5g %s\n", target.words, target.value,
      target.unit, target.at_most ? "<=" : ">=", target.limit, target.is_met() ? "met" : "MISSED");
  return {text.data(), static_cast<std::size_t>(length)};
}

Json json_of(const Figures& figures) {
  return Json::object({{"records_per_second", json_number(figures.per_second)},
                       {"p50_us", json_number(figures.p50_us)},
                       {"p99_us", json_number(figures.p99_us)}});
}

}  // namespace

std::string table_of(const BenchOutcome& o) {
  std::string text = "recording (" + std::to_string(o.record_bytes) + " bytes a record)\n" +
                     "                                   records/s       p50 us       p99 us\n";
  text += line("bare insert, one at a time", o.floor);
  text += line("agent, one client", o.one_client);
  text += line("agent, sixteen clients", o.sixteen_clients);
  text += "drain of " + std::to_string(o.waiting) + " waiting records\n";
  text += "  agent " + number(o.drain_per_second, 0) + " records/s, bare client " +
          number(o.drain_floor_per_second, 0) + " requests/s; the queue was filled at " +
          number(o.fill_per_second, 0) + " records/s\n";
  text += "processor time, us a record\n  agent, accepting " + number(o.fill_processor_us, 1) +
          ", delivering " + number(o.drain_processor_us, 1) + "; bare client " +
          number(o.drain_floor_processor_us, 1) + "\n";
  text += "resident memory, MiB\n  empty " + number(o.resident_empty_mib, 1) + ", all accepted " +
          number(o.resident_waiting_mib, 1) + ", restarted " + number(o.resident_restarted_mib, 1) +
          ", drained " + number(o.resident_drained_mib, 1) + "\n";
  text += "wanted\n";
  for (const Target& target : targets_of(o)) text += line(target);
  return text;
}

Json json_of(const BenchOutcome& o) {
  Json targets = Json::object();
  for (const Target& target : targets_of(o)) {
    targets.set(target.name,
                Json::object({{"value", json_number(target.value)},
                              {target.at_most ? "at_most" : "at_least", json_number(target.limit)},
                              {"met", Json(target.is_met())}}));
  }
  return Json::object(
      {{"record_bytes", Json(static_cast<std::int64_t>(o.record_bytes))},
       {"floor", json_of(o.floor)},
       {"one_client", json_of(o.one_client)},
       {"sixteen_clients", json_of(o.sixteen_clients)},
       {"waiting", Json(static_cast<std::int64_t>(o.waiting))},
       {"fill_per_second", json_number(o.fill_per_second)},
       {"drain_per_second", json_number(o.drain_per_second)},
       {"drain_floor_per_second", json_number(o.drain_floor_per_second)},
       {"processor_us", Json::object({{"accept", json_number(o.fill_processor_us)},
                                      {"deliver", json_number(o.drain_processor_us)},
                                      {"drain_floor", json_number(o.drain_floor_processor_us)}})},
       {"resident_mib", Json::object({{"empty", json_number(o.resident_empty_mib)},
                                      {"waiting", json_number(o.resident_waiting_mib)},
                                      {"restarted", json_number(o.resident_restarted_mib)},
                                      {"drained", json_number(o.resident_drained_mib)}})},
       {"start_ms", json_number(o.start_ms)},
       {"wanted", std::move(targets)}});
}

}  // namespace handover::bench
