#include "agent/backends/tangoe/tangoe_backend.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "agent/backends/answer.hpp"
#include "agent/backends/tangoe/field_rules.hpp"
#include "agent/backends/tangoe/messages.hpp"
#include "agent/backends/tangoe/password_digest.hpp"
#include "agent/backends/tangoe/service_types.hpp"
#include "agent/backends/unit_key.hpp"
#include "platform/assert.hpp"

namespace handover::backends {
namespace {

using forwarding::DeliveryContext;
using forwarding::DeliveryPlan;
using tangoe::InventoryItem;
using tangoe::Reading;
using tangoe::TelecomChange;
using Kind = Verdict::Kind;

constexpr std::string_view kLabel = "Tangoe";
// A failure is tried so often, since one code stands for wrong data and for trouble of its own.
constexpr std::int64_t kTriesMax = 4;

std::string_view number_name(TelecomItems::NumberFrom from) {
  switch (from) {
    case TelecomItems::NumberFrom::kSerial:
      return "serial number";
    case TelecomItems::NumberFrom::kBatch:
      return "batch number";
    case TelecomItems::NumberFrom::kAssetTag:
      return "asset tag";
  }
  return {};
}

const std::string& number_of(const TelecomChange& change, TelecomItems::NumberFrom from) {
  switch (from) {
    case TelecomItems::NumberFrom::kSerial:
      return change.serial;
    case TelecomItems::NumberFrom::kBatch:
      return change.batch;
    case TelecomItems::NumberFrom::kAssetTag:
      break;
  }
  return change.asset_tag;
}

std::string mapped(const std::map<std::string, std::string>& by_folded, const std::string& typed) {
  const auto found = by_folded.find(folded(typed));
  return found == by_folded.end() ? typed : found->second;
}

void fold_keys(std::map<std::string, std::string>& names) {
  std::map<std::string, std::string> by_folded;
  for (auto& [name, value] : names) by_folded[folded(name)] = std::move(value);
  names = std::move(by_folded);
}

bool is_add(const TelecomItems& items, tangoe::TelecomEvent event) {
  return std::find(items.adds.begin(), items.adds.end(), event) != items.adds.end();
}

/// The item that the frozen request holds; nothing if it cannot be read, which only damage
/// explains.
std::optional<tangoe::WrittenItem> sent_item(const DeliveryContext& context) {
  if (context.request == nullptr) return std::nullopt;
  auto written = tangoe::read_written_item(context.request->body);
  if (!written) return std::nullopt;
  return std::move(*written);
}

/// What a reading means that is about the lane and not about one delivery; nothing for the others.
std::optional<Verdict> lane_verdict(const Reading& reading, const HttpResponse& response) {
  switch (reading.kind) {
    case Reading::Kind::kCredentials:
      return make_verdict(Kind::kLoginNeeded, Who::kDispatcher, reading.why);
    case Reading::Kind::kClock:
      return make_verdict(Kind::kStopLane, Who::kTechnician, reading.why);
    case Reading::Kind::kSecurityOff:
    case Reading::Kind::kConfiguration:
    case Reading::Kind::kLogin:
      return make_verdict(Kind::kStopLane, Who::kDispatcher, reading.why);
    case Reading::Kind::kBusy:
      return pause_lane(Who::kServer, reading.why,
                        wait_hint(response, ResetForm::kSeconds, std::nullopt));
    case Reading::Kind::kPage:
      return foreign_answer(kLabel, response.status);
    case Reading::Kind::kDone:
    case Reading::Kind::kFailed:
    case Reading::Kind::kMessageWrong:
    case Reading::Kind::kUnclear:
      break;
  }
  return std::nullopt;
}

Verdict judge_failed(const DeliveryContext& context, const Reading& reading) {
  if (context.attempts < kTriesMax) {
    return make_verdict(Kind::kRetryLater, Who::kServer,
                        reading.why +
                            "; it does not say whether that is for good, so it is tried " +
                            std::to_string(kTriesMax - context.attempts) + " more times");
  }
  return make_verdict(Kind::kRefused, Who::kDispatcher, reading.why);
}

}  // namespace

TangoeBackend::TangoeBackend(TangoeSettings settings) : settings_(std::move(settings)) {
  INVARIANT(!settings_.secured || settings_.read_password != nullptr);
  INVARIANT(settings_.now != nullptr && settings_.make_nonce != nullptr);
  fold_keys(settings_.employees);
  fold_keys(settings_.locations);
}

const TelecomItems* TangoeBackend::items_for(const std::string& product) const {
  for (const TelecomItems& items : settings_.items) {
    if (std::any_of(items.products.begin(), items.products.end(),
                    [&](const std::string& pattern) { return fits(pattern, product); })) {
      return &items;
    }
  }
  return nullptr;
}

bool TangoeBackend::says_something(const TelecomItems& items, const TelecomChange& change) const {
  return is_add(items, change.event) || (settings_.set_location && !change.place.empty()) ||
         (settings_.set_assigned_to && !change.holder.empty());
}

std::vector<TangoeBackend::Planned> TangoeBackend::planned(const Record& record) const {
  std::vector<Planned> all;
  std::set<std::string> names;
  for (TelecomChange& change : tangoe::telecom_changes(record)) {
    const TelecomItems* items = items_for(change.product);
    if (items == nullptr || !says_something(*items, change)) continue;
    Planned what;
    what.items = items;
    what.number = number_of(change, items->number);
    // A line without its number is planned all the same: it fails where people see it.
    const std::string name =
        what.number.empty() ? change.product + ", " + change.line : what.number;
    what.unit = free_name(name, names);
    what.change = std::move(change);
    all.push_back(std::move(what));
  }
  return all;
}

std::vector<DeliveryPlan> TangoeBackend::plan(const Record& record) const {
  std::vector<DeliveryPlan> deliveries;
  for (const Planned& what : planned(record)) {
    DeliveryPlan delivery;
    delivery.unit = what.unit;
    if (!what.number.empty()) {
      delivery.order_keys.push_back("telecom:" + what.items->service_type + ":" +
                                    folded(what.number));
    }
    deliveries.push_back(std::move(delivery));
  }
  return deliveries;
}

Result<InventoryItem> TangoeBackend::make_item(const Planned& what, bool add,
                                               const std::string& service_type_id,
                                               WallTime when) const {
  InventoryItem item = add ? what.items->new_item : InventoryItem();
  item.set("serviceTypeID", service_type_id);
  item.set("inventoryNumber", what.number);
  if (add && item.find("dateActivated") == nullptr) {
    item.set("dateActivated", tangoe::format_date(when));
  }
  if (settings_.set_location && !what.change.place.empty()) {
    item.set("locationNo", mapped(settings_.locations, what.change.place));
  }
  if (settings_.set_assigned_to && !what.change.holder.empty()) {
    item.set("assignedTo", mapped(settings_.employees, what.change.holder));
  }
  RETURN_IF_ERROR(tangoe::check(item, add ? tangoe::Purpose::kAdd : tangoe::Purpose::kEdit));
  return item;
}

HttpRequest TangoeBackend::make_request(const std::string& path, std::string envelope) {
  HttpRequest request("POST", path);
  request.headers = {
      {"Content-Type", "text/xml; charset=utf-8"}, {"Accept", "text/xml"}, {"SOAPAction", "\"\""}};
  request.body = std::move(envelope);
  return request;
}

Result<HttpRequest> TangoeBackend::encode(const DeliveryContext& context) const {
  const auto all = planned(context.record);
  const auto what = std::find_if(all.begin(), all.end(),
                                 [&](const Planned& one) { return one.unit == context.unit; });
  if (what == all.end()) {
    return fail(Errc::kConfig,
                "no [[lanes.items]] of the Tangoe lane is about this item any more; "
                "set it back, or discard the delivery");
  }
  if (what->number.empty()) {
    return fail(Error::invalid("", "the line has no " +
                                       std::string(number_name(what->items->number)) +
                                       ", which is the inventory number of " +
                                       what->items->service_type + " items in Tangoe"));
  }
  TRY_ASSIGN(const std::string type_id,
             tangoe::service_type_id(context.credential, what->items->service_type));
  const bool add = is_add(*what->items, what->change.event);
  TRY_ASSIGN(const InventoryItem item, make_item(*what, add, type_id, context.record.captured_at));
  return make_request(settings_.path, add ? tangoe::add_inventory_item_request(item)
                                          : tangoe::edit_inventory_item_request(item));
}

std::string TangoeBackend::target(const DeliveryContext&, const HttpRequest&) const {
  return settings_.path;
}

Verdict TangoeBackend::judge(const DeliveryContext& context, const HttpResponse& response) const {
  const auto sent = sent_item(context);
  const bool add = sent && sent->add;
  const Reading reading =
      tangoe::read_answer(response, add ? "AddInventoryItem" : "EditInventoryItem", context.now);
  if (auto verdict = lane_verdict(reading, response)) return *verdict;
  if (reading.kind == Reading::Kind::kDone) {
    Verdict verdict = make_verdict(Kind::kAccepted, Who::kNobody, reading.why);
    verdict.receipt = Json::object({{"operation", Json(add ? "add" : "edit")}});
    const std::string id = plain_words(tangoe::read_inventory_id(*reading.payload));
    if (!id.empty()) verdict.receipt.set("inventoryID", Json(id));
    return verdict;
  }
  if (reading.kind == Reading::Kind::kFailed) return judge_failed(context, reading);
  if (reading.kind == Reading::Kind::kMessageWrong) {
    return make_verdict(Kind::kRefused, Who::kDispatcher, reading.why);
  }
  Verdict verdict = make_verdict(Kind::kUnknown, Who::kServer, reading.why);
  verdict.wait = failure_hint(response, ResetForm::kSeconds, std::nullopt);
  return verdict;
}

std::optional<HttpRequest> TangoeBackend::look_up(const DeliveryContext& context) const {
  if (!context.repeat && context.attempts <= 1) return std::nullopt;
  const auto sent = sent_item(context);
  if (!sent || (!context.repeat && !sent->add)) return std::nullopt;
  return make_request(settings_.path,
                      tangoe::get_inventory_item_request({sent->item.text_of("serviceTypeID"),
                                                          sent->item.text_of("inventoryNumber")}));
}

Verdict TangoeBackend::judge_look_up(const DeliveryContext& context,
                                     const HttpResponse& response) const {
  const Reading reading = tangoe::read_answer(response, "GetInventoryItem", context.now);
  if (auto verdict = lane_verdict(reading, response)) return *verdict;
  if (reading.kind == Reading::Kind::kUnclear) {
    return make_verdict(
        Kind::kRetryLater, Who::kServer,
        sentence(kLabel, response.status, "when asked what it knows of the item", reading.words));
  }
  const Verdict send = make_verdict(Kind::kSend, Who::kNobody, "Tangoe does not show it yet");
  const auto sent = sent_item(context);
  const auto found = reading.kind == Reading::Kind::kDone && reading.payload
                         ? tangoe::read_inventory_item(*reading.payload)
                         : std::nullopt;
  // An item that is not there answers the same code as a database in trouble. Sending is safe all
  // the same: Tangoe adds no number twice, and an edit says the same again.
  if (!sent || !found) return send;
  const std::string difference = tangoe::first_difference(*found, sent->item);
  if (difference.empty()) {
    Verdict verdict =
        make_verdict(Kind::kAccepted, Who::kNobody, "Tangoe shows it, so an earlier try arrived");
    verdict.receipt = Json::object({{"looked_up", Json(true)}});
    const std::string id = plain_words(found->text_of("inventoryID"));
    if (!id.empty()) verdict.receipt.set("inventoryID", Json(id));
    return verdict;
  }
  if (!sent->add) return send;
  return make_verdict(Kind::kRefused, Who::kDispatcher,
                      "Tangoe has an item of this number already, and its " +
                          plain_words(difference) +
                          " is another; settle it in Tangoe, then discard this delivery");
}

Result<forwarding::Login> TangoeBackend::login() const {
  Secret hash;
  if (settings_.secured) {
    TRY_ASSIGN(const Secret password, settings_.read_password());
    hash = tangoe::password_hash(password);
  }
  HttpRequest request = make_request(settings_.path, tangoe::get_service_types_request());
  authorize(request, tangoe::make_credential(hash, {}));
  return forwarding::Login(std::move(request));
}

forwarding::LoginOutcome TangoeBackend::judge_login(const HttpResponse& response) const {
  const Reading reading = tangoe::read_answer(response, "GetServiceTypes", settings_.now());
  if (reading.kind == Reading::Kind::kDone) {
    const auto types = tangoe::read_service_types(*reading.payload);
    if (!settings_.secured) return tangoe::make_credential(Secret(), types);
    auto password = settings_.read_password();
    if (password) return tangoe::make_credential(tangoe::password_hash(*password), types);
    return make_verdict(Kind::kStopLane, Who::kDispatcher, password.error().detail);
  }
  auto verdict = lane_verdict(reading, response);
  if (!verdict) {
    const bool ours = reading.kind == Reading::Kind::kMessageWrong;
    verdict = ours ? make_verdict(Kind::kStopLane, Who::kDispatcher, reading.why)
                   : pause_lane(Who::kServer, reading.why);
  }
  // There is no newer credential than the one that was just refused.
  if (verdict->kind == Kind::kLoginNeeded) verdict->kind = Kind::kStopLane;
  return std::move(*verdict);
}

void TangoeBackend::authorize(HttpRequest& request, const Secret& credential) const {
  const Secret hash = tangoe::hash_in(credential);
  if (hash.empty()) return;
  request.body = tangoe::with_header(
      request.body,
      tangoe::security_header(settings_.username, hash, settings_.make_nonce(), settings_.now()));
}

}  // namespace handover::backends
