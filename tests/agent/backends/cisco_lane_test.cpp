// An order's way to Cisco and back, over lost answers, restarts, retries and deadlines.
#include <catch2/catch_test_macros.hpp>

#include "tests/agent/backends/cisco_world.hpp"

namespace handover::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using storage::DeliveryState;

TEST_CASE("cisco lane: sent, acknowledged, accepted", "[cisco]") {
  sim::CiscoOptions options;
  options.acknowledge_after = seconds(600);
  options.confirm_after = seconds(3600);
  CiscoWorld cisco(options);
  const std::string id = cisco.order(kLinkedOrder);
  CHECK(cisco.state(id) == "queued");
  cisco.pass(seconds(1));
  CHECK(cisco.state(id) == "sent");
  REQUIRE(cisco.becomes(id, "acknowledged"));
  CHECK(cisco.show(id).delivery->attempts == 1);
  REQUIRE(cisco.becomes(id, "accepted"));
  const auto delivery = *cisco.show(id).delivery;
  CHECK(delivery.state == DeliveryState::kDelivered);
  CHECK(delivery.attempts == 1);
  const Json receipt = good(parse_json(delivery.receipt));
  CHECK(receipt.text_of("status") == "Accept");
  CHECK(receipt.text_of("web_order") == "900001");
  CHECK(cisco.sent() == 1);
  CHECK(cisco.model.orders().size() == 1);
  CHECK(cisco.model.orders()[0].checked.lines[2].covers == "line 1");
  // Waiting for hours is no failure of the road.
  CHECK(cisco.loop->status().mode == forwarding::LaneMode::kRunning);
  CHECK(cisco.loop->status().last_error.empty());
}

TEST_CASE("cisco lane: a confirmation that comes before the acknowledgment counts", "[cisco]") {
  sim::CiscoOptions options;
  options.acknowledge_after = seconds(3600);
  options.confirm_after = seconds(60);
  CiscoWorld cisco(options);
  const std::string id = cisco.order(kSiteOrder);
  REQUIRE(cisco.becomes(id, "accepted"));
  CHECK(cisco.sent() == 1);
}

TEST_CASE("cisco lane: a Pending is waited for, past every deadline, and never sent again",
          "[cisco]") {
  sim::CiscoOptions options;
  options.confirm_after = seconds(60);
  options.pending_for = hours(40);
  CiscoWorld cisco(options);
  const std::string id = cisco.order(kSiteOrder);
  REQUIRE(cisco.becomes(id, "pending"));
  cisco.pass(hours(30));
  CHECK(cisco.state(id) == "pending");
  REQUIRE(cisco.becomes(id, "accepted"));
  CHECK(cisco.sent() == 1);
}

TEST_CASE("cisco lane: a rejection is told with Cisco's own words, and kept for a person",
          "[cisco]") {
  sim::CiscoOptions options;
  options.check.serial_numbers = {"FOC1234A1B2"};
  CiscoWorld cisco(options);
  const std::string id = cisco.order(kSiteOrder);
  REQUIRE(cisco.becomes(id, "rejected"));
  const auto delivery = *cisco.show(id).delivery;
  CHECK(delivery.state == DeliveryState::kQuarantined);
  INFO(delivery.why);
  CHECK(delivery.why.find("Invalid or missing serial number") != std::string::npos);
  CHECK(delivery.why.find("A serial number is unknown") != std::string::npos);
  CHECK(delivery.why.find("line 1") != std::string::npos);
  // A retry by a person asks again, and sends nothing.
  cisco.world.write([&] { return cisco.loop->retry(delivery); });
  cisco.loop->wake();
  REQUIRE(cisco.world.scheduler.run_until(
      [&] { return cisco.show(id).delivery->state == DeliveryState::kQuarantined; }, hours(1)));
  CHECK(cisco.sent() == 1);
  CHECK(cisco.state(id) == "rejected");
  cisco.world.write([&] { return cisco.loop->discard(*cisco.show(id).delivery, "by phone"); });
  CHECK(cisco.state(id) == "closed");
}

TEST_CASE("cisco lane: a rejection of the header whose lines all say Accept", "[cisco]") {
  sim::CiscoOptions options;
  options.rejects = 1;
  options.header_rejects_only = true;
  CiscoWorld cisco(options);
  const std::string id = cisco.order(kSiteOrder);
  REQUIRE(cisco.becomes(id, "rejected"));
  CHECK(cisco.why(id).find("Credit hold") != std::string::npos);
}

TEST_CASE("cisco lane: an Exception ends the order with its code", "[cisco]") {
  sim::CiscoOptions options;
  options.exceptions = 1;
  CiscoWorld cisco(options);
  const std::string id = cisco.order(kSiteOrder);
  REQUIRE(cisco.becomes(id, "exception"));
  CHECK(cisco.why(id).find("UNP.SCON.READERR") != std::string::npos);
  CHECK(cisco.show(id).delivery->state == DeliveryState::kQuarantined);
}

TEST_CASE(
    "cisco lane: without an acknowledgment the same message goes out again, four times in all",
    "[cisco]") {
  sim::CiscoOptions options;
  options.never_acknowledge = true;
  options.never_confirm = true;
  CiscoWorld cisco(options);
  const std::string id = cisco.order(kSiteOrder);
  cisco.pass(minutes(119));
  CHECK(cisco.sent() == 1);
  cisco.pass(minutes(2));
  CHECK(cisco.sent() == 2);
  cisco.pass(hours(2));
  CHECK(cisco.sent() == 3);
  REQUIRE(cisco.becomes(id, "failed"));
  CHECK(cisco.sent() == 4);
  CHECK(cisco.different_messages() == 1);
  CHECK(cisco.model.orders().size() == 1);
  CHECK(cisco.model.orders()[0].times_seen == 4);
  CHECK(cisco.why(id).find("ask Cisco") != std::string::npos);
  // Nobody sends it a fifth time, a person's retry neither.
  cisco.world.write([&] { return cisco.loop->retry(*cisco.show(id).delivery); });
  cisco.loop->wake();
  cisco.pass(hours(30));
  CHECK(cisco.state(id) == "failed");
  CHECK(cisco.sent() == 4);
}

TEST_CASE(
    "cisco lane: acknowledged and never confirmed fails after a day, and a late word is found",
    "[cisco]") {
  sim::CiscoOptions options;
  options.confirm_after = hours(30);
  CiscoWorld cisco(options);
  const std::string id = cisco.order(kSiteOrder);
  cisco.pass(hours(23));
  CHECK(cisco.state(id) == "acknowledged");
  cisco.pass(hours(2));
  CHECK(cisco.state(id) == "failed");
  CHECK(cisco.sent() == 1);
  cisco.pass(hours(6));
  cisco.world.write([&] { return cisco.loop->retry(*cisco.show(id).delivery); });
  cisco.loop->wake();
  REQUIRE(cisco.becomes(id, "accepted"));
  CHECK(cisco.sent() == 1);
}

TEST_CASE("cisco lane: the answer to the sending gets lost", "[cisco]") {
  sim::CiscoOptions options;
  SECTION("and the relay knows that it passed the message on") {}
  SECTION("and the relay does not say what it passed on") { options.forget_requests = true; }
  SECTION("and nothing was acknowledged yet, so it may be sent again") {
    options.forget_requests = true;
    options.acknowledge_after = minutes(30);
    options.confirm_after = hours(1);
  }
  CiscoWorld cisco(options);
  int lost = 1;
  cisco.before = [&](const HttpRequest& request) -> std::optional<HttpOutcome> {
    if (request.target != "/rnif" || lost-- <= 0) return std::nullopt;
    (void)cisco.model.handle(request, cisco.world.clock.wall_now());
    return lost_answer();
  };
  const std::string id = cisco.order(kSiteOrder);
  REQUIRE(cisco.becomes(id, "accepted"));
  CHECK(cisco.different_messages() == 1);
  CHECK(cisco.model.orders().size() == 1);
  CHECK(cisco.model.doubled() == 0);
}

TEST_CASE("cisco lane: a request that never arrived is sent again as the same message", "[cisco]") {
  CiscoWorld cisco;
  int lost = 2;
  cisco.before = [&](const HttpRequest& request) -> std::optional<HttpOutcome> {
    if (request.target != "/rnif" || lost-- <= 0) return std::nullopt;
    return lost_answer();
  };
  const std::string id = cisco.order(kSiteOrder);
  REQUIRE(cisco.becomes(id, "accepted"));
  CHECK(cisco.sent() == 3);
  CHECK(cisco.different_messages() == 1);
  CHECK(cisco.model.orders().size() == 1);
}

TEST_CASE("cisco lane: a restart at any step loses nothing and buys nothing twice", "[cisco]") {
  sim::CiscoOptions options;
  options.acknowledge_after = seconds(300);
  options.confirm_after = seconds(4000);
  for (const auto moment : {milliseconds(0), milliseconds(5), milliseconds(15), milliseconds(25),
                            milliseconds(200), milliseconds(299'000), milliseconds(301'000),
                            milliseconds(3'999'000), milliseconds(4'001'000)}) {
    INFO(moment.count() << " ms");
    CiscoWorld cisco(options);
    const std::string id = cisco.order(kSiteOrder);
    cisco.pass(moment);
    cisco.restart();
    REQUIRE(cisco.becomes(id, "accepted"));
    CHECK(cisco.different_messages() <= 1);
    CHECK(cisco.model.orders().size() == 1);
    CHECK(cisco.model.doubled() == 0);
  }
}

TEST_CASE("cisco lane: a clock that is set back puts off no deadline", "[cisco]") {
  sim::CiscoOptions options;
  options.never_acknowledge = true;
  options.never_confirm = true;
  CiscoWorld cisco(options);
  const std::string id = cisco.order(kSiteOrder);
  cisco.pass(hours(1));
  CHECK(cisco.sent() == 1);
  cisco.world.clock.set_wall(cisco.world.clock.wall_now() - hours(24 * 300));
  cisco.pass(hours(2) + minutes(20));
  CHECK(cisco.sent() == 2);
  CHECK(cisco.becomes(id, "failed"));
}

TEST_CASE("cisco lane: deadlines survive a restart, and overdue ones count at once", "[cisco]") {
  sim::CiscoOptions options;
  options.never_acknowledge = true;
  options.never_confirm = true;
  CiscoWorld cisco(options);
  const std::string id = cisco.order(kSiteOrder);
  cisco.pass(hours(1));
  CHECK(cisco.sent() == 1);
  cisco.restart();
  cisco.pass(minutes(50));
  CHECK(cisco.sent() == 1);  // Not two hours from the restart, and not one.
  cisco.pass(minutes(15));
  CHECK(cisco.sent() == 2);
  cisco.world.clock.advance(hours(3));  // Switched off.
  cisco.restart();
  cisco.pass(minutes(6));
  CHECK(cisco.sent() == 3);
  CHECK(cisco.different_messages() == 1);
}

TEST_CASE("cisco lane: what the relay says wrongly waits, and is not taken for an answer",
          "[cisco]") {
  CiscoWorld cisco;
  int wrong = 5;
  cisco.before = [&](const HttpRequest& request) -> std::optional<HttpOutcome> {
    if (!request.target.starts_with("/relay") || wrong <= 0) return std::nullopt;
    HttpResponse response(200);
    switch (wrong--) {
      case 5:
        response.headers.push_back({"Content-Type", "text/html"});
        response.body = "<!DOCTYPE html><html>Sign in</html>";
        break;
      case 4:
        response.body = R"({"messages":"none"})";
        break;
      case 3:
        response.body =
            R"({"messages":[{"content_type":"text/plain","body":"AAAA"},{"body":7},null]})";
        break;
      case 2:
        response = HttpResponse(503);
        break;
      default:
        return no_network();
    }
    return response;
  };
  const std::string id = cisco.order(kSiteOrder);
  REQUIRE(cisco.becomes(id, "accepted"));
  CHECK(wrong == 0);
  CHECK(cisco.different_messages() == 1);
  CHECK(cisco.model.orders().size() == 1);
}

TEST_CASE("cisco lane: an answer to another order is none to this one", "[cisco]") {
  CiscoWorld cisco;
  cisco.before = [&](const HttpRequest& request) -> std::optional<HttpOutcome> {
    // The relay mixes things up: it answers with what it has of PO-1, whatever was asked.
    if (!request.target.starts_with("/relay")) return std::nullopt;
    HttpRequest other = request;
    other.target = "/relay/v1/messages?sender=123456789&purchase_order=PO-1";
    return cisco.model.handle(other, cisco.world.clock.wall_now());
  };
  const std::string first = cisco.order(kSiteOrder);
  REQUIRE(cisco.becomes(first, "accepted"));
  std::string text = kSiteOrder;
  text.replace(text.find("PO-1"), 4, "PO-2");
  const std::string second = cisco.order(text);
  cisco.pass(minutes(30));
  CHECK(cisco.state(second) == "sent");
}

TEST_CASE("cisco lane: refusals of the relay itself", "[cisco]") {
  CiscoWorld cisco;
  int status = 413;
  cisco.before = [&](const HttpRequest& request) -> std::optional<HttpOutcome> {
    if (request.target != "/rnif" || status == 0) return std::nullopt;
    return HttpResponse(status);
  };
  const std::string id = cisco.order(kSiteOrder);
  cisco.pass(seconds(5));
  CHECK(cisco.show(id).delivery->state == DeliveryState::kQuarantined);
  CHECK(cisco.state(id) == "failed");
  status = 404;
  cisco.world.write([&] { return cisco.loop->retry(*cisco.show(id).delivery); });
  cisco.loop->wake();
  cisco.pass(seconds(5));
  CHECK(cisco.loop->status().mode == forwarding::LaneMode::kStopped);
  status = 0;
  good(cisco.loop->sync_now());
  REQUIRE(cisco.becomes(id, "accepted"));
}

TEST_CASE("cisco lane: an order for another environment stays here", "[cisco]") {
  CiscoWorld cisco;
  auto settings = cisco_settings();
  settings.usage = "Production";
  const backends::CiscoBackend production(std::move(settings));
  const std::string id = good(cisco.create(kSiteOrder)).row.id;
  const Record record{"r", 1, RecordKind::kServiceOrder, {}, {}};
  forwarding::DeliveryContext context{record, "PO-1", "Test", "key", false, {}};
  const auto sent = production.encode(context);
  REQUIRE_FALSE(sent);
  CHECK(sent.error().code == Errc::kConfig);
}

}  // namespace
}  // namespace handover::test
