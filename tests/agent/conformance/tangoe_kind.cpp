#include "agent/backends/tangoe/tangoe_backend.hpp"
#include "sim/back-ends/tangoe/tangoe_model.hpp"
#include "tests/agent/conformance/lane_kind.hpp"
#include "tests/support/records.hpp"
#include "tests/support/test_store.hpp"

namespace handover::test {
namespace {

constexpr int kStepsMax = 9;

/// Never the same twice, also after a restart: the server remembers them.
std::string fresh_nonce() {
  static int made = 0;
  return "nonce " + std::to_string(++made);
}

std::unique_ptr<forwarding::Backend> make_backend(const LaneSetup& setup) {
  backends::TangoeSettings settings;
  settings.path = "/asentinelws/services/";
  settings.username = "handover";
  settings.read_password = [password = setup.password]() -> Result<Secret> {
    return Secret(*password);
  };
  settings.now = setup.now;
  settings.make_nonce = fresh_nonce;
  backends::TelecomItems phones;
  phones.products = {"PHONE"};
  phones.service_type = "Wireless";
  phones.adds = {backends::tangoe::TelecomEvent::kReceipt};
  phones.new_item.set("costCenterNo", "4100");
  phones.new_item.set("vendor", "Verizon");
  phones.new_item.set("status", "true");
  if (setup.other_settings) phones.new_item.set("comments", "Another comment");
  settings.items = {phones};
  return std::make_unique<backends::TangoeBackend>(std::move(settings));
}

std::string place_of(int step) { return "step " + std::to_string(step); }

std::unique_ptr<sim::BackEndModel> make_model() {
  sim::TangoeOptions options;
  options.users = {{"handover", kRightPassword}};
  auto model = std::make_unique<sim::TangoeModel>(std::move(options));
  Json places = Json::array();
  for (int step = 1; step <= kStepsMax; ++step) places.push_back(Json(place_of(step)));
  good(model->configure(Json::object({{"locations", std::move(places)}})));
  return model;
}

/// The item is the thing, and where it lies is the step. The first step adds it, the others edit
/// it.
Record make_record(int thing, int step) {
  Record record;
  record.kind = RecordKind::kAssetEvent;
  const std::string event = step == 1 ? R"("receipt","stockroom":")" : R"("shipment","location":")";
  record.body = to_json(R"({"asset_event":{"event":)" + event + place_of(step) +
                        R"(","items":[{"serialNumber":"thing )" + std::to_string(thing) +
                        R"(","manufacturerPartNumber":"PHONE"}]}})");
  return record;
}

std::vector<std::string> applied(const sim::BackEndModel& any) {
  std::vector<std::string> names;
  for (const auto& row : dynamic_cast<const sim::TangoeModel&>(any).inventory().log()) {
    names.push_back(row.item.text_of("inventoryNumber") + ", " + row.item.text_of("locationNo"));
  }
  return names;
}

/// Without the security header, whose time and nonce are new each time.
std::string frozen_body(const HttpRequest& request) {
  const auto begin = request.body.find("<wsse:Security");
  constexpr std::string_view kEnd = "</wsse:Security>";
  const auto end = request.body.find(kEnd);
  if (begin == std::string::npos || end == std::string::npos) return request.body;
  return request.body.substr(0, begin) + request.body.substr(end + kEnd.size());
}

}  // namespace

LaneKind tangoe_kind() {
  LaneKind kind;
  kind.name = "tangoe";
  kind.make_backend = make_backend;
  kind.make_model = make_model;
  kind.make_record = make_record;
  kind.applied = applied;
  kind.looks_up = true;
  kind.frozen_body = frozen_body;
  return kind;
}

}  // namespace handover::test
