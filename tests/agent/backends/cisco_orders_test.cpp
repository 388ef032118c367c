// The order book: drafts, proposals, cancelling, and rules that need the store.
#include <catch2/catch_test_macros.hpp>

#include "tests/agent/backends/cisco_world.hpp"
#include "tests/support/records.hpp"

namespace handover::test {
namespace {

using recording::OrderView;

std::string replaced(std::string text, const std::string& piece, const std::string& instead) {
  const auto place = text.find(piece);
  REQUIRE(place != std::string::npos);
  return text.replace(place, piece.size(), instead);
}

TEST_CASE("cisco orders: a wrong order is stopped here, and leaves nothing behind", "[cisco]") {
  CiscoWorld cisco;
  const auto refused = cisco.create(replaced(kSiteOrder, "\"quantity\": 2", "\"quantity\": 3"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::kInvalid);
  REQUIRE(refused.error().fields.size() == 1);
  CHECK(refused.error().fields[0].pointer == "/order/lines/0/serial_numbers");
  CHECK(refused.error().fields[0].detail.starts_with("C9 (L15): "));
  cisco.pass(std::chrono::minutes(5));
  CHECK(cisco.transport.requests.empty());
  CHECK(good(cisco.world->service_orders.list(0, 10)).empty());
  CHECK(good(cisco.world->journal.last_seq()) == 0);
}

TEST_CASE("cisco orders: what only the document's grammar refuses is stopped too (C22)",
          "[cisco]") {
  auto settings = cisco_settings();
  settings.parties.contact_phone = std::string(31, '5');
  CiscoWorld cisco({}, settings);
  const auto refused = cisco.create(kSiteOrder);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().detail.starts_with("C22: "));
  CHECK(good(cisco.world->journal.last_seq()) == 0);
}

TEST_CASE("cisco orders: a purchase order number is used once, whatever became of it (C16)",
          "[cisco]") {
  CiscoWorld cisco;
  const std::string id = cisco.order(kSiteOrder);
  REQUIRE(cisco.becomes(id, "accepted"));
  const auto again = cisco.create(kLinkedOrder);
  REQUIRE_FALSE(again);
  CHECK(again.error().fields[0].detail.starts_with("C16 (L28): "));
  CHECK(cisco.create(replaced(kLinkedOrder, "PO-1", "PO-2")));
  CHECK(cisco.create(replaced(kLinkedOrder, "\"PO-1\",", "\"PO-1\", \"bill_to\": \"42\",")));
}

TEST_CASE("cisco orders: units of two products on one line, as this device knows them (C13)",
          "[cisco]") {
  CiscoWorld cisco;
  good(cisco.world.write([&] {
    return cisco.recorder->record_usage(
        usage("1001", R"([{"ProdNum":"C9800-40-K9","InQty":1,"SerialNum":"FOC1234A1B2"},
                    {"ProdNum":"C9200-24T","InQty":1,"SerialNum":"FOC1234A1B3"}])"));
  }));
  const auto refused = cisco.create(kSiteOrder);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().fields[0].detail.starts_with("C13 (L12): "));
}

TEST_CASE("cisco orders: an installation proposes the order, and sends nothing", "[cisco]") {
  auto settings = order_settings();
  settings.propose = true;
  CiscoWorld cisco({}, cisco_settings(), settings);
  const auto install = [&](const char* module, const char* items) {
    return good(cisco.world.write([&]() -> Result<std::optional<OrderView>> {
      TRY_ASSIGN(const auto view, cisco.recorder->record_usage(usage(module, items)));
      return cisco.book->propose(view.record);
    }));
  };
  constexpr const char* kUnit = R"([{"ProdNum":"C9800-40-K9","OutQty":1,"SerialNum":"FOC1234A1B2"},
                                    {"ProdNum":"CAB-6A","OutQty":3}])";
  CHECK_FALSE(install("1008", kUnit));
  CHECK_FALSE(install("1002", R"([{"ProdNum":"CAB-6A","OutQty":3}])"));
  const auto proposed = install("1002", kUnit);
  REQUIRE(proposed);
  CHECK(proposed->state == OrderState::kDraft);
  REQUIRE(proposed->findings.size() == 1);
  CHECK(proposed->findings[0].rule == "C16 (L28)");
  CHECK(proposed->order.find("lines")->items()[0].text_of("product") == "CON-SNT-C98004K9");
  cisco.pass(std::chrono::hours(2));
  CHECK(cisco.transport.requests.empty());

  cisco.restart();
  ServiceOrder order = good(parse_service_order(cisco.show(proposed->row.id).order));
  CHECK_FALSE(cisco.world.write([&] { return cisco.book->submit(proposed->row.id, {}); }));
  order.purchase_order = "PO-7";
  good(cisco.world.write([&] { return cisco.book->submit(proposed->row.id, order); }));
  cisco.loop->wake();
  REQUIRE(cisco.becomes(proposed->row.id, "accepted"));
  const auto twice = cisco.world.write([&] { return cisco.book->submit(proposed->row.id, order); });
  REQUIRE_FALSE(twice);
  CHECK(twice.error().problem == "order-closed");
}

TEST_CASE("cisco orders: a draft that keeps the rules is checked, and can be cancelled",
          "[cisco]") {
  CiscoWorld cisco;
  const auto draft =
      good(cisco.world.write([&] { return cisco.book->create_draft(order_from(kSiteOrder)); }));
  CHECK(draft.state == OrderState::kChecked);
  CHECK_FALSE(cisco.create(kSiteOrder));  // Its number is taken.
  good(cisco.world.write([&] { return cisco.book->cancel(draft.row.id); }));
  CHECK(cisco.state(draft.row.id) == "cancelled");
  CHECK(cisco.create(kSiteOrder));
}

TEST_CASE("cisco orders: an order is cancelled before it leaves, and not after", "[cisco]") {
  CiscoWorld cisco;
  cisco.before = [](const HttpRequest&) { return std::optional<HttpOutcome>(no_network()); };
  const std::string id = cisco.order(kSiteOrder);
  cisco.pass(std::chrono::minutes(10));
  CHECK(cisco.state(id) == "queued");
  good(cisco.world.write([&] { return cisco.book->cancel(id); }));
  CHECK(cisco.state(id) == "cancelled");
  cisco.before = nullptr;
  cisco.pass(std::chrono::hours(2));
  CHECK(cisco.model.orders().empty());

  const std::string second = cisco.order(replaced(kSiteOrder, "PO-1", "PO-2"));
  cisco.pass(std::chrono::seconds(1));
  const auto late = cisco.world.write([&] { return cisco.book->cancel(second); });
  REQUIRE_FALSE(late);
  CHECK(late.error().problem == "order-sent");
}

TEST_CASE("cisco orders: without a lane nothing is ordered", "[cisco]") {
  CiscoWorld cisco;
  recording::OrderBook none({*cisco.world, cisco.world.clock, *cisco.schedule, *cisco.recorder},
                            {});
  const auto refused = cisco.world.write([&] { return none.create(order_from(kSiteOrder)); });
  REQUIRE_FALSE(refused);
  CHECK(refused.error().problem == "no-cisco-lane");
}

}  // namespace
}  // namespace handover::test
