#include "sim/world/people.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "sim/back-ends/servicemobility/quantity.hpp"
#include "sim/world/mind.hpp"
#include "sim/world/typing.hpp"

namespace handover::sim {
namespace {

using boost::asio::awaitable;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<const char*, 3> kCounted = {"CAB-CAT6-KANARIE", "Schraube M6 ÄÖ", "FILTER-9"};

Json transfer_body(World& world, const Deed& deed, Random& random) {
  const bool outbound = deed.kind == DeedKind::kOffer;
  const HandheldSettings& from = world.device(deed.terms.from).settings();
  const HandheldSettings& to = world.device(deed.terms.to).settings();
  Json reasons = Json::array({Json(tag_of(deed.number))});
  Json technician = Json::object({{"UserID", outbound ? to.user : from.user},
                                  {"FirstName", "KANARIE"},
                                  {"LastName", "Family"}});
  Json transfer = Json::object(
      {{"FromStorageLocation", from.location},
       {"ToStorageLocation", to.location},
       {"TransferTech", std::move(technician)},
       {"Items", items_of(deed.terms.parts, random, !outbound)},
       {"FlexAttrs",
        Json::object({{"HANDOVER", Json::object({{"REASON", std::move(reasons)}})}})}});
  return Json::object(
      {{"direction", outbound ? "outbound" : "inbound"}, {"transfer", std::move(transfer)}});
}

/// The code as it is heard and typed: in groups, and now and then with a slip.
std::string as_heard(Mind& mind, std::string code) {
  if (code.empty()) return "0000 0000 0000";
  if (mind.does(mind.world.swarm().slips_one_in)) {
    char& digit = code[mind.random.below(code.size())];
    digit = static_cast<char>('0' + mind.random.below(10));
    ++mind.world.faults()["people: slip"];
  }
  return code;
}

awaitable<bool> start_half(Mind& mind, Deed& deed) {
  const Json body = transfer_body(mind.world, deed, mind.random);
  auto asking = ask(mind, deed, deed.device, post("/v1/transfers", body, key_of(deed, "start")));
  const std::optional<HttpResponse> answer = co_await std::move(asking);
  if (!answer) co_return false;
  if (answer->status == 201) learn(deed, body_of(*answer));
  if (answer->status != 201) deed.refused = true;
  mind.world.findings().check(
      Invariant::kHonesty, answer->status == 201 || problem_of(*answer) == "not-in-stock",
      [&] { return tag_of(deed.number) + " was refused: " + answer->body; },
      mind.world.device(deed.device).name());
  co_return answer->status == 201;
}

/// After an answer was lost: looks what became of it.
awaitable<void> look(Mind& mind, Deed& deed) {
  HttpRequest request("GET", "/v1/transfers/" + deed.id);
  auto asking = mind.world.submit(deed.device, std::move(request), false);
  const std::optional<HttpResponse> answer = co_await std::move(asking);
  if (answer && answer->status == 200) learn(deed, body_of(*answer));
}

/// Enters the other side's code once. True if the half is complete with it.
awaitable<bool> enter_code(Mind& mind, Deed& deed, std::string code, int time) {
  World& world = mind.world;
  Json spoken = Json::object({{"code", code.substr(0, 4) + " " + code.substr(4)}});
  const bool fit = world.keys_fit(deed.terms.from, deed.terms.to);
  auto asking = ask(mind, deed, deed.device,
                    post("/v1/transfers/" + deed.id + "/code", spoken,
                         key_of(deed, "code " + code + " " + std::to_string(time))));
  const std::optional<HttpResponse> answer = co_await std::move(asking);
  if (!answer) co_return false;
  const std::string problem = problem_of(*answer);
  if (problem != "transfer-closed" && problem != "offer-dead") {
    world.auditor().judge_code(deed, world.device(deed.device).name(), code, answer->status,
                               problem, fit && world.keys_fit(deed.terms.from, deed.terms.to));
  }
  if (answer->status == 200) learn(deed, body_of(*answer));
  if (problem == "transfer-closed" || problem == "code-replayed") {
    auto looking = look(mind, deed);
    co_await std::move(looking);
  }
  co_return deed.state == "completed";
}

/// Reads a code to the other side until it was taken, or nobody wants to go on.
awaitable<bool> exchange_code(Mind& mind, Deed& deed, std::string code) {
  for (int time = 0; time < 4; ++time) {
    auto entering = enter_code(mind, deed, as_heard(mind, code), time);
    const bool done = co_await std::move(entering);
    if (done) co_return true;
    if (mind.does(mind.world.swarm().walk_away_one_in)) break;
    co_await mind.world.sleep(mind.think(minutes(3)));
  }
  co_return false;
}

awaitable<void> cancel(Mind& mind, Deed& deed) {
  if (deed.id.empty()) co_return;
  auto asking =
      ask(mind, deed, deed.device,
          post("/v1/transfers/" + deed.id + "/cancel", Json::object(), key_of(deed, "cancel")));
  const std::optional<HttpResponse> answer = co_await std::move(asking);
  if (answer && answer->status == 200) learn(deed, body_of(*answer));
  ++mind.world.faults()["people: cancelled"];
}

awaitable<bool> offer_again(Mind& mind, Deed& deed) {
  deed.code_uncertain = true;
  const std::string before = deed.code;
  auto asking = ask(
      mind, deed, deed.device,
      post("/v1/transfers/" + deed.id + "/offer", Json::object(), key_of(deed, "offer " + before)));
  const std::optional<HttpResponse> answer = co_await std::move(asking);
  if (answer && answer->status == 200) {
    learn(deed, body_of(*answer));
    mind.world.findings().check(
        Invariant::kAgreement, deed.code != before,
        [&] { return tag_of(deed.number) + " was offered again with the same code"; },
        mind.world.device(deed.device).name());
  }
  co_return answer && answer->status == 200;
}

/// Something like it, but not it.
PartList other_parts(PartList parts, Random& random) {
  auto first = parts.begin();
  if (first->first.serial.empty() && random.below(2) == 0) {
    first->second += kOneUnit;
  } else {
    parts[{kCounted[0], "", "B-OTHER"}] = kOneUnit;
  }
  return parts;
}

/// What he hands over: things that he has, and now and then one that he has not.
PartList choose_parts(Mind& mind, std::vector<std::size_t>& hands) {
  PartList parts;
  auto& units = mind.world.units();
  for (std::size_t i = 0; i < units.size() && parts.size() < 2; ++i) {
    const bool his = units[i].holder == mind.device && !units[i].used;
    // Parts that are on offer already are used all the same now and then.
    const bool free = !units[i].in_hand || mind.random.below(10) == 0;
    if (!his || !free || mind.random.below(3) != 0) continue;
    parts[{units[i].product, units[i].serial, ""}] = kOneUnit;
    units[i].in_hand = true;
    hands.push_back(i);
  }
  if (parts.empty() || mind.random.below(2) == 0) {
    const std::string batch = mind.random.below(3) == 0 ? "B7" : "";
    const auto micros = static_cast<std::int64_t>(1 + mind.random.below(50)) * 100'000;
    parts[{kCounted[mind.random.below(kCounted.size())], "", batch}] = micros;
  }
  return parts;
}

void let_go(World& world, const std::vector<std::size_t>& hands) {
  for (const std::size_t unit : hands) world.units()[unit].in_hand = false;
}

/// The receiver types the list and enters the sender's code; true if his half is complete.
awaitable<bool> receive(Mind& mind, Deed& offer, Deed& receipt) {
  auto starting = start_half(mind, receipt);
  const bool started = co_await std::move(starting);
  if (!started) co_return false;
  co_await mind.world.sleep(mind.think(minutes(2)));
  auto entering = exchange_code(mind, receipt, offer.code);
  const bool done = co_await std::move(entering);
  if (done) {
    mind.old_codes.emplace_back(receipt.number, receipt.accepted_code);
  }
  co_return done;
}

/// He types his half into the sender's handheld, which must not take it.
awaitable<void> use_wrong_device(Mind& mind, const Deed& offer) {
  World& world = mind.world;
  Deed& receipt = world.ledger().add(DeedKind::kReceipt, offer.terms.from);
  receipt.terms = offer.terms;
  ++world.faults()["people: devices swapped"];
  const Json body = transfer_body(world, receipt, mind.random);
  auto asking =
      ask(mind, receipt, receipt.device, post("/v1/transfers", body, key_of(receipt, "start")));
  const std::optional<HttpResponse> answer = co_await std::move(asking);
  receipt.refused = answer.has_value();
  world.findings().check(
      Invariant::kAgreement, !answer || answer->status == 422 || answer->status == 400,
      [&] { return "the sender's device took the receiver's half: " + answer->body; },
      world.device(receipt.device).name());
}

Deed& add_receipt(World& world, const Deed& offer) {
  Deed& receipt = world.ledger().add(DeedKind::kReceipt, offer.terms.to);
  receipt.terms = offer.terms;
  return receipt;
}

/// Somebody tries codes until the half is dead, and once more.
awaitable<void> guess(Mind& mind, Deed& deed, std::string code) {
  ++mind.world.faults()["people: codes guessed"];
  for (int time = 10; time < 16 && !code.empty(); ++time) {
    auto entering = enter_code(mind, deed, wrong_code(code, mind.random), time);
    co_await std::move(entering);
  }
}

/// On one of the two devices. After that it takes a new offer.
awaitable<void> guess_somewhere(Mind& mind, Deed& offer) {
  if (mind.random.below(2) == 0) {
    auto guessing = guess(mind, offer, "12345678");
    co_await std::move(guessing);
    auto offering = offer_again(mind, offer);
    co_await std::move(offering);
    co_return;
  }
  Deed& receipt = add_receipt(mind.world, offer);
  auto starting = start_half(mind, receipt);
  const bool started = co_await std::move(starting);
  if (!started) co_return;
  auto guessing = guess(mind, receipt, offer.code);
  co_await std::move(guessing);
}

/// The receiver's part, in up to three goes. The receipt that was completed, or null.
awaitable<Deed*> receive_somehow(Mind& mind, Deed& offer) {
  World& world = mind.world;
  for (int go = 0; go < 3; ++go) {
    Deed& receipt = add_receipt(world, offer);
    if (go == 0 && mind.does(world.swarm().other_parts_one_in)) {
      receipt.terms.parts = other_parts(offer.terms.parts, mind.random);
      ++world.faults()["people: other parts confirmed"];
    }
    auto receiving = receive(mind, offer, receipt);
    const bool done = co_await std::move(receiving);
    if (done) co_return &receipt;
    if (receipt.terms == offer.terms && mind.does(world.swarm().walk_away_one_in)) break;
    if (receipt.state == "recorded") {
      auto cancelling = cancel(mind, receipt);
      co_await std::move(cancelling);
    }
    if (offer.state != "offered") co_return nullptr;
    auto offering = offer_again(mind, offer);
    const bool again = co_await std::move(offering);
    if (!again) co_return nullptr;
  }
  co_return nullptr;
}

awaitable<void> hand_over(Mind& mind) {
  World& world = mind.world;
  std::vector<std::size_t> hands;
  Deed& offer = world.ledger().add(DeedKind::kOffer, mind.device);
  const std::size_t others = world.device_count() - 1;
  offer.terms = {mind.device, (mind.device + 1 + mind.random.below(others)) % world.device_count(),
                 choose_parts(mind, hands)};
  auto starting = start_half(mind, offer);
  const bool started = co_await std::move(starting);
  if (!started) co_return let_go(world, hands);
  co_await world.sleep(mind.think(minutes(5)));
  if (mind.does(world.swarm().cancel_one_in)) {
    auto cancelling = cancel(mind, offer);
    co_await std::move(cancelling);
    co_return let_go(world, hands);
  }
  if (mind.does(world.swarm().replay_one_in)) {
    auto mixing = use_wrong_device(mind, offer);
    co_await std::move(mixing);
  }
  if (world.swarm().guess_one_in > 0 && mind.does(world.swarm().guess_one_in)) {
    auto guessing = guess_somewhere(mind, offer);
    co_await std::move(guessing);
  }
  auto receiving = receive_somehow(mind, offer);
  Deed* receipt = co_await std::move(receiving);
  if (receipt == nullptr) co_return let_go(world, hands);
  for (const std::size_t unit : hands) world.units()[unit].holder = offer.terms.to;
  // The sender thinks that it came to nothing; the receiver has the parts in his hand.
  if (strikes(mind.late_dice, world.swarm().cancel_one_in)) {
    ++world.faults()["people: cancelled after the receiver was done"];
    auto cancelling = cancel(mind, offer);
    co_await std::move(cancelling);
    co_return let_go(world, hands);
  }
  if (mind.does(world.swarm().walk_away_one_in)) {
    ++world.faults()["people: walked away half done"];
    co_return let_go(world, hands);
  }
  co_await world.sleep(mind.think(minutes(5)));
  auto entering = exchange_code(mind, offer, receipt->code);
  co_await std::move(entering);
  let_go(world, hands);
}

/// He records the same parts once more, and says the code of last time.
awaitable<void> replay(Mind& mind) {
  if (mind.old_codes.empty()) co_return;
  const auto [number, code] = mind.old_codes[mind.random.below(mind.old_codes.size())];
  World& world = mind.world;
  Deed& again = world.ledger().add(DeedKind::kReceipt, world.ledger().deed(number).device);
  again.terms = world.ledger().deed(number).terms;
  ++world.faults()["people: old code replayed"];
  auto starting = start_half(mind, again);
  const bool started = co_await std::move(starting);
  if (!started) co_return;
  auto entering = enter_code(mind, again, code, 0);
  co_await std::move(entering);
  auto cancelling = cancel(mind, again);
  co_await std::move(cancelling);
}

awaitable<void> use_parts(Mind& mind) {
  World& world = mind.world;
  std::vector<std::size_t> hands;
  const PartList parts = choose_parts(mind, hands);
  Deed& deed = world.ledger().add(DeedKind::kUsage, mind.device);
  deed.terms.parts = parts;
  Json items = Json::array();
  for (const auto& [part, micros] : parts) {
    items.push_back(Json::object({{"ProdNum", part.product},
                                  {"OutQty", Json::number(format_quantity(micros))},
                                  {"SerialNum", part.serial},
                                  {"BatchNum", part.batch}}));
  }
  Json locations = Json::array(
      {Json::object({{"StorageLocationID", world.device(mind.device).settings().location},
                     {"Items", std::move(items)}})});
  const Json body =
      Json::object({{"usage", Json::object({{"RefModule", "1002"},
                                            {"RefObjID", tag_of(deed.number)},
                                            {"StorageLocations", std::move(locations)}})},
                    {"site", kCustomerSite}});
  auto recording = record(mind, deed, "/v1/usages", body);
  co_await std::move(recording);
  for (const std::size_t unit : hands) world.units()[unit].used = true;
  let_go(world, hands);
}

awaitable<void> report_receipt(Mind& mind) {
  World& world = mind.world;
  auto& units = world.units();
  const Unit unit = units[mind.random.below(units.size())];
  Deed& deed = world.ledger().add(DeedKind::kAssetEvent, mind.device);
  deed.news.unit = {unit.product, unit.serial, ""};
  Json items = Json::array(
      {Json::object({{"serialNumber", unit.serial}, {"manufacturerPartNumber", unit.product}})});
  const Json body = Json::object({{"event", "receipt"},
                                  {"location", world.device(mind.device).settings().location},
                                  {"stockroom", tag_of(deed.number)},
                                  {"items", std::move(items)}});
  auto recording = record(mind, deed, "/v1/asset-events", body);
  co_await std::move(recording);
}

awaitable<void> press_sync(Mind& mind) {
  HttpRequest request("POST", "/v1/sync");
  auto asking = mind.world.submit(mind.device, std::move(request), false);
  co_await std::move(asking);
}

awaitable<void> do_something(Mind& mind) {
  const std::uint64_t drawn = mind.random.below(20);
  if (drawn < 9) {
    auto doing = hand_over(mind);
    co_await std::move(doing);
  } else if (drawn < 15) {
    auto doing = use_parts(mind);
    co_await std::move(doing);
  } else if (drawn < 17) {
    auto doing = press_sync(mind);
    co_await std::move(doing);
  } else if (drawn < 18) {
    auto doing = report_receipt(mind);
    co_await std::move(doing);
  } else {
    auto inspecting = mind.world.inspect(mind.device);
    co_await std::move(inspecting);
  }
  if (mind.does(mind.world.swarm().replay_one_in)) {
    auto doing = replay(mind);
    co_await std::move(doing);
  }
  if (mind.world.swarm().warehouse && mind.warehouse_dice.below(2) == 0) {
    auto working = work_in_warehouse(mind);
    co_await std::move(working);
  }
  if (mind.world.swarm().cisco && mind.order_dice.below(2) == 0) {
    auto ordering = order_services(mind);
    co_await std::move(ordering);
  }
}

}  // namespace

awaitable<void> live(World& world, std::size_t device, std::uint64_t seed) {
  Mind mind(world, seed, device);
  const auto day = std::chrono::seconds(86'400);
  while (world.is_working()) {
    const auto most = static_cast<std::uint64_t>(2 * day.count() / world.swarm().deeds_a_day);
    co_await world.sleep(seconds(mind.random.below(most)));
    if (!world.is_working()) break;
    auto doing = do_something(mind);
    co_await std::move(doing);
  }
}

}  // namespace handover::sim
