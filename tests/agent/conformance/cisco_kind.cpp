#include "agent/backends/cisco/cisco_backend.hpp"
#include "sim/back-ends/cisco/cisco_model.hpp"
#include "tests/agent/conformance/lane_kind.hpp"
#include "tests/support/records.hpp"

namespace handover::test {
namespace {

std::unique_ptr<forwarding::Backend> make_backend(const LaneSetup& setup) {
  backends::CiscoSettings settings;
  settings.username = "handover";
  settings.read_password = [password = setup.password]() -> Result<Secret> {
    return Secret(*password);
  };
  settings.usage = "Test";
  settings.parties.buyer_duns = "123456789";
  settings.parties.contact_name = "Ada";
  settings.parties.contact_email = "b2b@partner.example";
  settings.parties.contact_phone = "15550100";
  settings.parties.bill_to_name = setup.other_settings ? "Another name" : "Partner";
  // The wire tests wait in real time.
  settings.poll_first = milliseconds(100);
  return std::make_unique<backends::CiscoBackend>(std::move(settings));
}

std::unique_ptr<sim::BackEndModel> make_model() {
  sim::CiscoOptions options;
  options.users = {{"handover", kRightPassword}};
  return std::make_unique<sim::CiscoModel>(std::move(options));
}

/// The purchase order number is the thing, and the serial number the step. Orders of one number
/// keep their order; the agent itself lets no number be used twice.
Record make_record(int thing, int step) {
  Record record;
  record.kind = RecordKind::kServiceOrder;
  record.body = to_json(R"({"service_order":{"purchase_order":"thing )" + std::to_string(thing) +
                        R"(","bill_to":"1234567","order_type":"Service",)"
                        R"("requested_date":"2026-12-01","lines":[{"line_number":"1",)"
                        R"("kind":"service","product":"CON-SNT-1801","quantity":1,"line_id":"10",)"
                        R"("parent_line_id":"0","serial_numbers":["STEP)" +
                        std::to_string(step) + R"("]}]},"order_id":"o"})");
  return record;
}

std::vector<std::string> applied(const sim::BackEndModel& any) {
  std::vector<std::string> names;
  for (const auto& order : dynamic_cast<const sim::CiscoModel&>(any).orders()) {
    if (!order.checked.accepted) continue;
    const std::string step = order.checked.lines.at(0).covers.substr(4);
    names.push_back(order.purchase_order + ", step " + step);
  }
  return names;
}

}  // namespace

LaneKind cisco_kind() {
  LaneKind kind;
  kind.name = "cisco";
  kind.make_backend = make_backend;
  kind.make_model = make_model;
  kind.make_record = make_record;
  kind.applied = applied;
  kind.looks_up = true;
  return kind;
}

}  // namespace handover::test
