// Technicians order services from Cisco for what they installed.
#include "sim/world/mind.hpp"
#include "sim/world/shown.hpp"

namespace handover::sim {
namespace {

using boost::asio::awaitable;
using std::chrono::minutes;

/// One of the drafts that his device shows, or null.
awaitable<Json> find_draft(Mind& mind) {
  HttpRequest request("GET", "/v1/service-orders?state=draft&limit=20");
  auto asking = mind.world.submit(mind.device, std::move(request), false);
  const std::optional<HttpResponse> answer = co_await std::move(asking);
  if (!answer || answer->status != 200) co_return Json();
  const Json body = body_of(*answer);
  const auto& drafts = member(body, "items").items();
  if (drafts.empty()) co_return Json();
  co_return drafts[mind.order_dice.below(drafts.size())];
}

/// True if the order is on its way.
awaitable<bool> submit(Mind& mind, Deed& deed, Json draft) {
  World& world = mind.world;
  const bool forgets = mind.order_dice.below(8) == 0;
  Json order = member(draft, "order");
  if (!forgets) order.set("purchase_order", tag_of(deed.number));
  const std::string target = "/v1/service-orders/" + draft.text_of("id") + "/submit";
  const Json body = Json::object({{"order", std::move(order)}});
  auto asking = ask(mind, deed, deed.device, post(target, body, key_of(deed, "submit")));
  const std::optional<HttpResponse> answer = co_await std::move(asking);
  if (!answer) co_return false;
  deed.acknowledged = answer->status == 200;
  deed.refused = !deed.acknowledged;
  const bool expected = forgets ? deed.refused : deed.acknowledged;
  world.findings().check(
      Invariant::kHonesty, expected || problem_of(*answer) == "order-closed",
      [&] {
        return tag_of(deed.number) + " was answered " + std::to_string(answer->status) + ": " +
               answer->body;
      },
      world.device(deed.device).name());
  if (forgets) ++world.faults()["people: forgot the purchase order number"];
  co_return deed.acknowledged;
}

/// What has left the device already is not taken back.
awaitable<void> cancel(Mind& mind, Deed& deed, std::string id) {
  co_await mind.world.sleep(mind.think(minutes(10)));
  HttpRequest request("POST", "/v1/service-orders/" + id + "/cancel");
  request.headers.push_back({"Idempotency-Key", key_of(deed, "cancel")});
  auto asking = ask(mind, deed, deed.device, std::move(request));
  const std::optional<HttpResponse> answer = co_await std::move(asking);
  if (answer && answer->status == 200) ++mind.world.faults()["people: order cancelled"];
  mind.world.findings().check(
      Invariant::kHonesty, !answer || answer->status == 200 || problem_of(*answer) == "order-sent",
      [&] { return tag_of(deed.number) + " was not cancelled: " + answer->body; },
      mind.world.device(deed.device).name());
}

}  // namespace

awaitable<void> order_services(Mind& mind) {
  auto finding = find_draft(mind);
  const Json draft = co_await std::move(finding);
  if (draft.is_null()) co_return;
  Deed& deed = mind.world.ledger().add(DeedKind::kServiceOrder, mind.device);
  auto submitting = submit(mind, deed, draft);
  const bool done = co_await std::move(submitting);
  if (!done || !mind.does(mind.world.swarm().cancel_one_in)) co_return;
  auto cancelling = cancel(mind, deed, draft.text_of("id"));
  co_await std::move(cancelling);
}

}  // namespace handover::sim
