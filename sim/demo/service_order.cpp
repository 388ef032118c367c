// The chapter of the demo about Cisco: an installation leads to a service order.
#include "sim/demo/demo.hpp"
#include "sim/demo/story.hpp"

namespace handover::sim {
namespace {

constexpr const char* kOrders = "/v1/service-orders";
constexpr const char* kPurchaseOrder = "PO-2026-117";

Json service_line(Json serials) {
  const auto count = static_cast<std::int64_t>(serials.items().size());
  return Json::object({{"kind", "service"},
                       {"product", "CON-SNT-C98004K9"},
                       {"quantity", Json(count)},
                       {"serial_numbers", std::move(serials)}});
}

Json order_body(Json serials) {
  Json lines = Json::array({service_line(std::move(serials))});
  return Json::object(
      {{"order", Json::object({{"purchase_order", kPurchaseOrder}, {"lines", std::move(lines)}})}});
}

}  // namespace

Result<void> Demo::order_service() {
  tell_step(
      "The installed unit needs a service contract: the device proposes the order, and sends "
      "nothing by itself.");
  TRY_ASSIGN(const Answer orders, receiver_->call("GET", kOrders));
  const Json* items = orders.body.find("items");
  if (items == nullptr || items->items().size() != 1)
    return fail(wrong("the installation did not lead to one proposed service order"));
  const std::string target = std::string(kOrders) + "/" + items->items()[0].text_of("id");
  const Json* order = items->items()[0].find("order");
  const Json& line = order->find("lines")->items().at(0);
  tell("proposed:  " + line.text_of("product") + " for " +
       line.find("serial_numbers")->items().at(0).text());

  TRY_ASSIGN(const Json refused, must(*receiver_, "a wrong order", 400, target + "/submit",
                                      order_body(Json::array({"CUSTDC07", "FCW1950C12F"}))));
  const std::string rule = refused.find("errors")->items().at(0).text_of("detail");
  tell("a wrong one, with the switch's serial number too, is stopped on the device: " + rule);
  if (!rule.starts_with("C13 (L12)"))
    return fail(wrong("the wrong order should be stopped by the rule C13 (L12)"));

  TRY_ASSIGN(const Json submitted, must(*receiver_, "the order", 200, target + "/submit",
                                        order_body(Json::array({"CUSTDC07"}))));
  order_id_ = submitted.text_of("id");
  tell("submitted: purchase order " + submitted.text_of("purchase_order") + " is " +
       submitted.text_of("state") + ", offline");
  return {};
}

Result<void> Demo::check_cisco() {
  TRY_ASSIGN(const Answer order, receiver_->call("GET", std::string(kOrders) + "/" + order_id_));
  const Json state = back_ends_->state(BackEndName::kCisco);
  tell("Cisco: " + state.text_of("orders_count") + " order, " + kPurchaseOrder + " is " +
       order.body.text_of("state") + "; faults: " + state.find("faults")->dump());
  if (order.body.text_of("state") != "accepted")
    return fail(wrong("Cisco did not accept the service order"));
  if (state.text_of("orders_count") != "1" || state.text_of("doubled_orders_count") != "0")
    return fail(wrong("Cisco's gateway should hold the order once"));
  return {};
}

}  // namespace handover::sim
