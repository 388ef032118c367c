#include "tests/integration/malformed_fixture.hpp"

namespace handover::test {

QuietAgent::QuietAgent() {
  world_.back_ends().stop(kServiceMobility);
  world_.back_ends().stop(kCmdb);
  sim::DeviceSettings settings;
  settings.user = "tech.17";
  settings.location = "VAN-17";
  settings.retry_first = "1h";
  settings.retry_cap = "24h";
  device_ = world_.make_device(std::move(settings));
  const auto started = device_->start();
  REQUIRE(started);
  sim::DeviceSettings partner;
  partner.user = "tech.22";
  partner.location = "VAN-22";
  const Device other = world_.make_device(std::move(partner), device_);
  const Json line = usage_line("WS-C3850-48U-S", "InQty", "1", "FCW1950C12F");
  record_ = must(device_, 201, "/v1/usages", usage_body("1001", "LOAD-1", "VAN-17", {line}))
                .text_of("id");
  const std::vector<Json> lines = {transfer_line("WS-C3850-48U-S", "1", "FCW1950C12F")};
  offered_ = must(device_, 201, "/v1/transfers", transfer_body("outbound", device_, other, lines))
                 .text_of("id");
  recorded_ = must(device_, 201, "/v1/transfers", transfer_body("inbound", device_, other, lines))
                  .text_of("id");
  REQUIRE(eventually([this] {
    return lane_status(device_, "servicemobility").text_of("state") == "paused" &&
           lane_status(device_, "cmdb").text_of("state") == "paused";
  }));
  before_ = snapshot();
}

std::string QuietAgent::snapshot() const {
  std::string text;
  for (const Json& record : all_records(device_)) {
    text += member(record, "body").dump();
    for (const Json& delivery : member(record, "deliveries").items()) {
      text += delivery.text_of("lane") + delivery.text_of("state") + delivery.text_of("attempts");
    }
  }
  return text + get(device_, "/v1/transfers").dump() + get(device_, "/v1/stock").dump();
}

void check_problem(const HttpAnswer& answer, int status, std::string_view name,
                   std::string_view pointer) {
  INFO("answered " << answer.status << ": " << answer.body);
  CHECK(answer.status == status);
  CHECK(answer.header("Content-Type") == "application/problem+json");
  const auto body = parse_json(answer.body);
  REQUIRE(body);
  CHECK(body->text_of("status") == std::to_string(status));
  CHECK_FALSE(body->text_of("title").empty());
  CHECK(body->text_of("type").starts_with("urn:handover:problem:"));
  if (!name.empty()) CHECK(body->text_of("type") == "urn:handover:problem:" + std::string(name));
  if (pointer.empty()) return;
  bool found = false;
  for (const Json& error : member(*body, "errors").items()) {
    CHECK_FALSE(error.text_of("detail").empty());
    found = found || error.text_of("pointer") == pointer;
  }
  INFO("expected a complaint about " << pointer);
  CHECK(found);
}

}  // namespace handover::test
