// A kind of lane, as the conformance suite needs it: one row for each kind.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/forwarding/backend.hpp"
#include "sim/back-ends/back_end_model.hpp"

namespace handover::test {

/// The password that every simulated model of the suite lets in.
inline constexpr const char* kRightPassword = "right password";

struct LaneSetup {
  /// Read at each login, so that a test can correct it.
  std::shared_ptr<std::string> password = std::make_shared<std::string>(kRightPassword);
  /// As after a change of the configuration: a record that is built anew has other bytes.
  bool other_settings = false;
  /// The world's clock.
  std::function<WallTime()> now;
};

struct LaneKind {
  std::string name;
  std::function<std::unique_ptr<forwarding::Backend>(const LaneSetup& setup)> make_backend;
  std::function<std::unique_ptr<sim::BackEndModel>()> make_model;
  /// A record with one delivery on this lane. Records of one `thing` (1, 2, …) keep their order;
  /// `step` (1, 2, …) tells them apart. Only kind and body are used.
  std::function<Record(int thing, int step)> make_record;
  /// What the model has applied, in that order, each as effect_name(thing, step). Twice if it was
  /// applied twice.
  std::function<std::vector<std::string>(const sim::BackEndModel& model)> applied;
  /// True if the lane asks before it repeats a delivery of unknown outcome.
  bool looks_up = false;
  /// What of an upload is frozen, where its credential stands in the body too.
  std::function<std::string(const HttpRequest& request)> frozen_body = [](const auto& request) {
    return request.body;
  };
};

[[nodiscard]] inline std::string effect_name(int thing, int step) {
  return "thing " + std::to_string(thing) + ", step " + std::to_string(step);
}

/// All rows.
[[nodiscard]] const std::vector<LaneKind>& lane_kinds();

[[nodiscard]] LaneKind servicemobility_kind();
[[nodiscard]] LaneKind cmdb_kind();
[[nodiscard]] LaneKind cisco_kind();
[[nodiscard]] LaneKind tangoe_kind();

}  // namespace handover::test
