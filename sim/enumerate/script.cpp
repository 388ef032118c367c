#include "sim/enumerate/script.hpp"

#include <string>
#include <utility>

#include "sim/back-ends/servicemobility/quantity.hpp"

namespace handover::sim {
namespace {

using boost::asio::awaitable;

constexpr std::size_t kSender = 0;
constexpr std::size_t kReceiver = 1;
const Part kUnit{"SW-9200", "SNKANARIE1000", ""};
const Part kCable{"CAB-CAT6-KANARIE", "", "B7"};

HttpRequest post(const std::string& target, const Json& body, const Deed& deed,
                 std::string_view step) {
  HttpRequest request("POST", target);
  request.headers.push_back({"Content-Type", "application/json"});
  request.headers.push_back(
      {"Idempotency-Key", "key-" + std::to_string(deed.number) + "-" + std::string(step)});
  request.body = body.dump();
  return request;
}

Json body_of(const HttpResponse& response) {
  auto body = parse_json(response.body);
  return body ? std::move(*body) : Json();
}

Json item(const Part& part, const char* quantity_name, std::int64_t micros) {
  return Json::object({{"ProdNum", part.product},
                       {quantity_name, Json::number(format_quantity(micros))},
                       {"SerialNum", part.serial},
                       {"BatchNum", part.batch}});
}

/// The device must take it: nothing is wrong with it.
bool expect(Stage& stage, Deed& deed, const HttpResponse& answer, int status) {
  deed.refused = answer.status != status && answer.status != 200;
  stage.findings().check(
      Invariant::kHonesty, answer.status == status,
      [&] {
        return tag_of(deed.number) + " was answered " + std::to_string(answer.status) + ": " +
               answer.body;
      },
      stage.device(deed.device).name());
  return answer.status == status;
}

awaitable<void> record(Stage& stage, Deed& deed, std::string target, Json body) {
  auto asking = stage.submit(deed.device, post(target, body, deed, "record"));
  const HttpResponse answer = co_await std::move(asking);
  if (!expect(stage, deed, answer, 201)) co_return;
  deed.acknowledged = true;
  deed.id = body_of(answer).text_of("id");
}

awaitable<void> report_arrival(Stage& stage) {
  Deed& deed = stage.ledger().add(DeedKind::kAssetEvent, kSender);
  deed.news.unit = kUnit;
  const Json body = Json::object(
      {{"event", "receipt"},
       {"location", stage.device(kSender).settings().location},
       {"stockroom", tag_of(deed.number)},
       {"items", Json::array({Json::object({{"serialNumber", kUnit.serial},
                                            {"manufacturerPartNumber", kUnit.product}})})}});
  auto recording = record(stage, deed, "/v1/asset-events", body);
  co_await std::move(recording);
}

awaitable<void> use(Stage& stage, std::size_t device, PartList parts) {
  Deed& deed = stage.ledger().add(DeedKind::kUsage, device);
  deed.terms.parts = std::move(parts);
  std::vector<Json> items;
  for (const auto& [part, micros] : deed.terms.parts) items.push_back(item(part, "OutQty", micros));
  Json location = Json::object({{"StorageLocationID", stage.device(device).settings().location},
                                {"Items", Json::array(std::move(items))}});
  Json usage = Json::object({{"RefModule", "1002"},
                             {"RefObjID", tag_of(deed.number)},
                             {"StorageLocations", Json::array({std::move(location)})}});
  Json body = Json::object({{"usage", std::move(usage)}, {"site", kCustomerSite}});
  auto recording = record(stage, deed, "/v1/usages", std::move(body));
  co_await std::move(recording);
}

Json transfer_body(Stage& stage, const Deed& deed) {
  const bool outbound = deed.kind == DeedKind::kOffer;
  const HandheldSettings& from = stage.device(deed.terms.from).settings();
  const HandheldSettings& to = stage.device(deed.terms.to).settings();
  std::vector<Json> items;
  for (const auto& [part, micros] : deed.terms.parts) items.push_back(item(part, "Qty", micros));
  Json reasons = Json::array({Json(tag_of(deed.number))});
  Json technician = Json::object({{"UserID", outbound ? to.user : from.user},
                                  {"FirstName", "KANARIE"},
                                  {"LastName", "Family"}});
  Json attributes = Json::object({{"HANDOVER", Json::object({{"REASON", std::move(reasons)}})}});
  Json transfer = Json::object({{"FromStorageLocation", from.location},
                                {"ToStorageLocation", to.location},
                                {"TransferTech", std::move(technician)},
                                {"Items", Json::array(std::move(items))},
                                {"FlexAttrs", std::move(attributes)}});
  return Json::object(
      {{"direction", outbound ? "outbound" : "inbound"}, {"transfer", std::move(transfer)}});
}

awaitable<void> start_half(Stage& stage, Deed& deed) {
  deed.terms = {kSender, kReceiver, {{kUnit, kOneUnit}, {kCable, 2 * kOneUnit}}};
  auto asking =
      stage.submit(deed.device, post("/v1/transfers", transfer_body(stage, deed), deed, "start"));
  const HttpResponse answer = co_await std::move(asking);
  if (expect(stage, deed, answer, 201)) learn(deed, body_of(answer));
}

awaitable<void> enter_code(Stage& stage, Deed& deed, std::string code) {
  const Json spoken = Json::object({{"code", code}});
  auto asking =
      stage.submit(deed.device, post("/v1/transfers/" + deed.id + "/code", spoken, deed, "code"));
  const HttpResponse answer = co_await std::move(asking);
  stage.auditor().judge_code(deed, stage.device(deed.device).name(), code, answer.status, "", true);
  if (expect(stage, deed, answer, 200)) learn(deed, body_of(answer));
}

awaitable<void> hand_over(Stage& stage) {
  Deed& offer = stage.ledger().add(DeedKind::kOffer, kSender);
  auto offering = start_half(stage, offer);
  co_await std::move(offering);
  Deed& receipt = stage.ledger().add(DeedKind::kReceipt, kReceiver);
  auto receiving = start_half(stage, receipt);
  co_await std::move(receiving);
  auto hearing = enter_code(stage, receipt, offer.code);
  co_await std::move(hearing);
  auto confirming = enter_code(stage, offer, receipt.code);
  co_await std::move(confirming);
}

/// The technician submits what his device proposes.
awaitable<void> order_service(Stage& stage) {
  auto looking = stage.submit(kSender, HttpRequest("GET", "/v1/service-orders?state=draft"));
  const HttpResponse shown = co_await std::move(looking);
  const Json drafts = body_of(shown);
  const Json* items = drafts.find("items");
  const bool proposed = items != nullptr && items->items().size() == 1;
  stage.findings().check(
      Invariant::kHonesty, proposed, [&] { return "no service is proposed: " + shown.body; },
      stage.device(kSender).name());
  if (!proposed) co_return;
  const Json draft = items->items().front();
  Deed& deed = stage.ledger().add(DeedKind::kServiceOrder, kSender);
  Json order = *draft.find("order");
  order.set("purchase_order", tag_of(deed.number));
  const Json body = Json::object({{"order", std::move(order)}});
  const std::string target = "/v1/service-orders/" + draft.text_of("id") + "/submit";
  auto asking = stage.submit(kSender, post(target, body, deed, "submit"));
  const HttpResponse answer = co_await std::move(asking);
  deed.acknowledged = expect(stage, deed, answer, 200);
}

/// One program ends in good order, the other one is killed, if they have not died already.
awaitable<void> restart_both(Stage& stage) {
  if (stage.device(kSender).is_up()) stage.device(kSender).stop();
  if (stage.device(kReceiver).is_up()) stage.device(kReceiver).kill();
  for (const std::size_t device : {kSender, kReceiver}) {
    auto waiting = stage.wait_until_up(device);
    co_await std::move(waiting);
  }
}

}  // namespace

awaitable<void> play_whole_job(Stage& stage) {
  stage.set_coverage(true);
  auto arriving = report_arrival(stage);
  co_await std::move(arriving);
  auto reporting = stage.wait_until_delivered();
  co_await std::move(reporting);
  stage.note("world", "into the basement");
  stage.set_coverage(false);
  auto handing = hand_over(stage);
  co_await std::move(handing);
  PartList parts{{kUnit, kOneUnit}, {kCable, kOneUnit}};
  auto using_up = use(stage, kReceiver, std::move(parts));
  co_await std::move(using_up);
  auto restarting = restart_both(stage);
  co_await std::move(restarting);
  stage.note("world", "coverage returns");
  stage.set_coverage(true);
  auto waiting = stage.wait_until_delivered();
  co_await std::move(waiting);
}

awaitable<void> play_update(Stage& stage) {
  stage.set_coverage(true);
  auto arriving = report_arrival(stage);
  co_await std::move(arriving);
  auto reporting = stage.wait_until_delivered();
  co_await std::move(reporting);
  stage.set_coverage(false);
  auto handing = hand_over(stage);
  co_await std::move(handing);
  PartList parts{{kUnit, kOneUnit}, {kCable, kOneUnit}};
  auto using_up = use(stage, kReceiver, std::move(parts));
  co_await std::move(using_up);
  stage.begin_update(kReceiver);
  auto restarting = stage.wait_until_up(kReceiver);
  co_await std::move(restarting);
  stage.end_update();
  stage.set_coverage(true);
  auto waiting = stage.wait_until_delivered();
  co_await std::move(waiting);
}

awaitable<void> play_order(Stage& stage) {
  stage.set_coverage(true);
  auto arriving = report_arrival(stage);
  co_await std::move(arriving);
  auto reporting = stage.wait_until_delivered();
  co_await std::move(reporting);
  PartList parts{{kUnit, kOneUnit}};
  auto using_up = use(stage, kSender, std::move(parts));
  co_await std::move(using_up);
  auto ordering = order_service(stage);
  co_await std::move(ordering);
  auto waiting = stage.wait_until_delivered();
  co_await std::move(waiting);
}

awaitable<void> play_two_deliveries(Stage& stage) {
  stage.set_coverage(true);
  auto arriving = report_arrival(stage);
  co_await std::move(arriving);
  PartList parts{{kCable, kOneUnit}};
  auto using_up = use(stage, kSender, std::move(parts));
  co_await std::move(using_up);
  auto waiting = stage.wait_until_delivered();
  co_await std::move(waiting);
}

}  // namespace handover::sim
