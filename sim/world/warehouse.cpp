// Technicians tell the CMDB what came in, and correct what it has.
#include <array>

#include "sim/world/mind.hpp"

namespace handover::sim {
namespace {

using boost::asio::awaitable;

constexpr const char* kUnwantedProduct = "PSU-350";

/// A unit with a tag, without one, with the words that say so, or something that nobody wants to
/// have in the CMDB.
Json item_of(const Unit& unit, Random& dice) {
  Json item = Json::object({{"manufacturerPartNumber", unit.product}});
  const std::uint64_t drawn = dice.below(6);
  if (drawn == 0) {
    item.set("quantity", Json::number("2"));
    return item;
  }
  item.set("serialNumber", unit.serial);
  if (drawn == 1) item.set("manufacturerPartNumber", kUnwantedProduct);
  if (drawn == 2) item.set("asset_tag", "No Asset Tag");
  if (drawn > 3) item.set("asset_tag", "TAG-" + unit.serial);
  return item;
}

}  // namespace

awaitable<void> work_in_warehouse(Mind& mind) {
  World& world = mind.world;
  Random& dice = mind.warehouse_dice;
  const Unit unit = world.units()[dice.below(world.units().size())];
  const bool corrects = dice.below(2) == 0;
  Deed& deed = world.ledger().add(DeedKind::kAssetEvent, mind.device);
  Json item = item_of(unit, dice);
  deed.news.unit = {item.text_of("manufacturerPartNumber"), item.text_of("serialNumber"), ""};
  deed.news.tag = item.text_of("asset_tag");
  deed.news.corrects = corrects;
  deed.news.unwanted = !corrects && deed.news.unit.product != kUnitProduct;
  Json items = Json::array({std::move(item)});
  Json body = Json::object({{"event", corrects ? "correction" : "receipt"},
                            {"location", world.device(mind.device).settings().location},
                            {"stockroom", tag_of(deed.number)},
                            {"items", std::move(items)},
                            {"key", key_of(deed, "row")}});
  if (corrects) ++world.faults()["people: correction"];
  auto recording = record(mind, deed, "/v1/asset-events", std::move(body));
  co_await std::move(recording);
}

}  // namespace handover::sim
