#include "agent/backends/cmdb/cmdb_backend.hpp"
#include "sim/back-ends/cmdb/cmdb_model.hpp"
#include "tests/agent/conformance/lane_kind.hpp"
#include "tests/support/records.hpp"

namespace handover::test {
namespace {

std::unique_ptr<forwarding::Backend> make_backend(const LaneSetup& setup) {
  backends::CmdbSettings settings;
  settings.path = "/api/now/import/u_wwt_asset";
  settings.environment = "test";
  settings.username = "handover";
  settings.read_password = [password = setup.password]() -> Result<Secret> {
    return Secret(*password);
  };
  settings.look_up_path = "/api/now/table/alm_hardware";
  if (setup.other_settings) settings.locations = {{"WWT", "Another label"}};
  return std::make_unique<backends::CmdbBackend>(std::move(settings));
}

std::unique_ptr<sim::BackEndModel> make_model() {
  sim::CmdbOptions options;
  options.users = {{"handover", kRightPassword}};
  return std::make_unique<sim::CmdbModel>(std::move(options));
}

/// The unit is the thing, and where it lies is the step: writing it twice would be an update too
/// many.
Record make_record(int thing, int step) {
  Record record;
  record.kind = RecordKind::kAssetEvent;
  record.body = to_json(R"({"asset_event":{"event":"receipt","location":"WWT","stockroom":"step )" +
                        std::to_string(step) + R"(","items":[{"serialNumber":"thing )" +
                        std::to_string(thing) + R"(","manufacturerPartNumber":"P-1"}]}})");
  return record;
}

std::vector<std::string> applied(const sim::BackEndModel& any) {
  std::vector<std::string> names;
  for (const auto& entry : dynamic_cast<const sim::CmdbModel&>(any).assets().audit()) {
    names.push_back(entry.after.at("serial_number") + ", " + entry.after.at("stockroom"));
  }
  return names;
}

}  // namespace

LaneKind cmdb_kind() {
  LaneKind kind;
  kind.name = "cmdb";
  kind.make_backend = make_backend;
  kind.make_model = make_model;
  kind.make_record = make_record;
  kind.applied = applied;
  kind.looks_up = true;
  return kind;
}

}  // namespace handover::test
