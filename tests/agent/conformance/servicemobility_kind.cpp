#include "agent/backends/servicemobility/servicemobility_backend.hpp"
#include "sim/back-ends/servicemobility/servicemobility_model.hpp"
#include "tests/agent/conformance/lane_kind.hpp"
#include "tests/support/records.hpp"

namespace handover::test {
namespace {

std::unique_ptr<forwarding::Backend> make_backend(const LaneSetup& setup) {
  backends::ServiceMobilitySettings settings;
  settings.username = "tech.17";
  settings.read_password = [password = setup.password]() -> Result<Secret> {
    return Secret(*password);
  };
  if (setup.other_settings) settings.usage_path = "/seiapi/v3/mobile/InventoryUsage?changed=1";
  return std::make_unique<backends::ServiceMobilityBackend>(std::move(settings));
}

std::unique_ptr<sim::BackEndModel> make_model() {
  sim::ServiceMobilityOptions options;
  options.users = {{"tech.17", kRightPassword}};
  return std::make_unique<sim::ServiceMobilityModel>(std::move(options));
}

Record make_record(int thing, int step) {
  Record record;
  record.kind = RecordKind::kUsage;
  record.body = to_json(
      R"({"usage":{"UserID":"tech.17","ModifiedUTC":"2026-11-22T10:26:53Z","RefModule":"1001","RefObjID":")" +
      effect_name(thing, step) +
      R"(","StorageLocations":[{"StorageLocationID":"VAN-17","Items":[{"ProdNum":"P-1","InQty":1,)"
      R"("SerialNum":"SN-)" +
      std::to_string(thing) + R"("}]}]}})");
  return record;
}

std::vector<std::string> applied(const sim::BackEndModel& any) {
  const auto& model = dynamic_cast<const sim::ServiceMobilityModel&>(any);
  std::vector<std::string> names;
  for (const auto& upload : model.uploads()) {
    const std::string name = to_json(*upload.body).text_of("RefObjID");
    names.insert(names.end(), model.effects_of(upload.key), name);
  }
  return names;
}

}  // namespace

LaneKind servicemobility_kind() {
  LaneKind kind;
  kind.name = "servicemobility";
  kind.make_backend = make_backend;
  kind.make_model = make_model;
  kind.make_record = make_record;
  kind.applied = applied;
  return kind;
}

}  // namespace handover::test
